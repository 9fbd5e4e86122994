# SPDX-License-Identifier: GPL-2.0
"""The subcommands of seg6-end-dt4 that look and do not change what happens. Python runs the directory; see router/seg6-end-dt4."""

import argparse
import json
import os
import sys
import time

import audit
import doctor
import metrics
import status
from machine import Unknown

# As a shell has it for SIGINT.
INTERRUPTED = 130
# Of doctor and audit: nothing to complain about, something, it could not look.
HEALTHY, FINDINGS, CANNOT_TELL = 0, 1, 2


def _status(arguments: argparse.Namespace) -> int:
    facts = status.collect()
    print(json.dumps(facts, indent=2) if arguments.json else status.show(facts))
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    findings = doctor.examine()
    print(json.dumps([finding.as_json() for finding in findings], indent=2) if arguments.json else doctor.show(findings))
    return FINDINGS if findings else HEALTHY


def _metrics(arguments: argparse.Namespace) -> int:
    text = metrics.render(status.collect())
    if arguments.output:
        metrics.write(arguments.output, text)
    else:
        print(text, end="")
    return 0


def _watch(arguments: argparse.Namespace) -> int:
    try:
        while True:
            text = status.show(status.collect())
            print(f"\033[H\033[2J{text}" if sys.stdout.isatty() else text, flush=True)
            time.sleep(arguments.seconds)
    except KeyboardInterrupt:
        return 0


def _audit(arguments: argparse.Namespace) -> int:
    facts = audit.watch(arguments.seconds)
    print(json.dumps(facts, indent=2) if arguments.json else audit.show(facts))
    return FINDINGS if facts["refused"] else HEALTHY


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0.1 to 86400")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="seg6-end-dt4")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("status", help="what the module does: SIDs, counters, drops")
    command.add_argument("--json", action="store_true", help="for programs")
    command.set_defaults(run=_status)

    command = commands.add_parser("doctor", help="what lets packets die or leak, and what to do about it")
    command.add_argument("--json", action="store_true", help="for programs")
    command.set_defaults(run=_doctor)

    command = commands.add_parser("metrics", help="counters in the text format of Prometheus")
    command.add_argument("--output", metavar="FILE", help="replace FILE by it, at once, instead of printing it")
    command.set_defaults(run=_metrics)

    command = commands.add_parser("watch", help="status, again and again")
    command.add_argument("seconds", metavar="SECONDS", nargs="?", type=_seconds, default=2.0, help="how often (2)")
    command.set_defaults(run=_watch)

    command = commands.add_parser("audit", help="which packets the module would drop, without serving them")
    command.add_argument("seconds", metavar="SECONDS", nargs="?", type=_seconds, default=60.0, help="how long (60)")
    command.add_argument("--json", action="store_true", help="for programs")
    command.set_defaults(run=_audit)
    return parser


def main() -> int:
    """Runs a subcommand; the exit status."""
    arguments = _parser().parse_args()
    if os.geteuid() != 0:
        print("error: looking needs root", file=sys.stderr)
        return CANNOT_TELL
    try:
        return arguments.run(arguments)
    except (Unknown, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return CANNOT_TELL
    except KeyboardInterrupt:
        return INTERRUPTED


sys.exit(main())

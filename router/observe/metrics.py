# SPDX-License-Identifier: GPL-2.0
"""`seg6-end-dt4 metrics`: the counters in the text format of Prometheus, for node_exporter's textfile collector."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

Sample = tuple[dict[str, object], int]

PREFIX = "seg6_end_dt4_"


def render(facts: dict) -> str:
    """What `status --json` says, as metrics."""
    return "".join(_family(*family) for family in _families(facts))


def _families(facts: dict) -> Iterator[tuple[str, str, str, list[Sample]]]:
    state, sids = facts["module"], facts["sids"]
    versions = {"version": state["loaded"] or "", "installed": state["installed"] or "", "kernel": state["kernel"]}
    yield "info", "gauge", "Version of the module that is loaded and of the one installed, and the kernel.", [(versions, 1)]
    yield "in_service", "gauge", "Whether the routes run the module's code.", [({}, int(state["in_service"]))]
    yield (
        "lookups_total",
        "counter",
        "How the ways of outer and inner packets were found.",
        [({"outcome": outcome}, count) for outcome, count in state["lookups"].items()],
    )
    yield (
        "drops_total",
        "counter",
        "Packets dropped, by cause.",
        [({"cause": cause}, count) for cause, count in state["drops"].items()],
    )
    yield (
        "sid_drops_total",
        "counter",
        "Packets dropped, by SID and cause.",
        [({**_labels(sid), "cause": cause}, count) for sid in sids for cause, count in sid["drops"].items()],
    )
    counted = [sid for sid in sids if sid["counters"]]
    for what, text in (("packets", "Packets"), ("bytes", "Octets"), ("errors", "Packets that ended in an error")):
        yield (
            f"sid_{what}_total",
            "counter",
            f"{text} that came to a SID whose route counts, whoever serves it.",
            [(_labels(sid), sid["counters"][what]) for sid in counted],
        )


def _labels(sid: dict) -> dict[str, object]:
    table = sid["table"] if sid["vrf_table"] is None else sid["vrf_table"]
    return {
        "netns": sid["namespace"] or "",
        "sid": sid["prefix"],
        "behaviour": sid["behaviour"],
        "vrf": sid["vrf"] or "",
        "table": table,
    }


def _family(name: str, kind: str, text: str, samples: list[Sample]) -> str:
    if not samples:
        return ""
    lines = [f"# HELP {PREFIX}{name} {text}", f"# TYPE {PREFIX}{name} {kind}"]
    # Two routes to a SID, with different metrics, say, are one series.
    sums: dict[str, int] = {}
    for labels, value in samples:
        series = ",".join(f'{label}="{_escaped(str(content))}"' for label, content in labels.items())
        sums[series] = sums.get(series, 0) + value if kind == "counter" else value
    lines += [f"{PREFIX}{name}{{{series}}} {value}" if series else f"{PREFIX}{name} {value}" for series, value in sums.items()]
    return "\n".join(lines) + "\n"


def _escaped(content: str) -> str:
    return content.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def write(path: str, text: str) -> None:
    """Replaces a file at once: whoever reads it finds the old content or the new."""
    target = Path(path)
    # node_exporter reads *.prom only.
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Put the results of the last make bench, and of the last make bench-scale, into docs/."""

import json
import re
import shutil
from pathlib import Path

from results import SERVERS

TOP = Path(__file__).resolve().parent.parent
BENCH, DOCS = TOP / "build/bench", TOP / "docs"


def main():
    shutil.copy(BENCH / "instructions/chart.svg", DOCS / "performance.svg")
    found = json.loads((BENCH / "instructions/results.json").read_text())
    for case in found["cases"]:
        for server in SERVERS:
            case.get(server, {}).pop("functions", None)  # long; they are in results.json
    (DOCS / "performance.json").write_text(json.dumps(found, indent=1) + "\n")
    page = DOCS / "performance.md"
    text = page.read_text()
    for name, source in (("results", "instructions/results.md"), ("scale", "scale/results.md")):
        if (BENCH / source).exists():
            block = f"<!-- {name} -->\n{(BENCH / source).read_text()}<!-- end of {name} -->"
            text = re.sub(f"<!-- {name} -->.*<!-- end of {name} -->", lambda _: block, text, flags=re.DOTALL)
    page.write_text(text)


main()

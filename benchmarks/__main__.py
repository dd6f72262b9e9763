"""`python -m benchmarks`: measure, print the table, and exit 0 unless a benchmark breaks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.catalogue import BENCHES
from benchmarks.figures import Figure
from benchmarks.page import as_table, write_page
from benchmarks.sizes import FULL, QUICK, Size
from benchmarks.stage import open_stage
from gateway.serving import run


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios to limits and peers, in one run.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller amounts")
    parser.add_argument("--only", action="append", choices=list(BENCHES), help="this benchmark; may be repeated")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the figures into this page")
    words = parser.parse_args()
    return run(_measure(QUICK if words.quick else FULL, words.only or list(BENCHES), words.write))


async def _measure(size: Size, names: list[str], page: Path | None) -> int:
    console = Console(stderr=False)
    found: dict[str, list[Figure]] = {}
    async with open_stage() as stage:
        for name in names:
            console.print(f"{name} …", highlight=False)
            found[name] = await BENCHES[name](stage, size)
    console.print(as_table(found))
    if page is not None:
        write_page(page, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())

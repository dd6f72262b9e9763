"""The command ``python -m demo``, for who has no ``emias-gateway`` at hand and for the detached run itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from demo import stack
from demo.places import Place

__all__ = ["main"]


def main() -> int:
    """Run, detach or stop a rehearsal."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="Репетиция на одной машине / A rehearsal")
    parser.add_argument("--folder", type=Path, default=Path(".demo"), help="where to keep files (.demo)")
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--detach", action="store_true", help="come back when everything is ready")
    does.add_argument("--stop", action="store_true", help="stop what runs in the folder")
    does.add_argument("--report-to", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.report_to is not None:
        place = Place(asked.folder.absolute())
        return stack.run_foreground(asked.folder, on_ready=lambda: stack.report_ready(place, asked.report_to))
    return stack.main(detach=asked.detach, stop=asked.stop, folder=asked.folder)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.faults`: every scenario at full count; the figures go into docs/reference/reliability.md."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    os.environ["FAULTS"] = "full"
    sys.exit(pytest.main(["-v", str(Path(__file__).parent), *sys.argv[1:]]))

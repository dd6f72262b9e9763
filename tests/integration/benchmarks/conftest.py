"""The benchmarks are no part of the distribution: the tests find them in the checkout."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3]))

"""What in a free text may be a SNILS, a policy or a telephone: eleven digits or more, however they are parted."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["LONG_NUMBER"]

LONG_NUMBER: Final = re.compile(r"\d(?:[\s().-]*\d){10,}")

"""The contract as the service publishes it: WSDL and schemas that import each other by URLs of the service itself."""

from __future__ import annotations

import re
from importlib.resources import files

__all__ = ["published"]

_FOLDER = "contracts/seed_soap"
_IMPORT = re.compile(r'schemaLocation="(xsd\d)\.xsd"')


def published(part: str, address: str) -> bytes | None:
    """Read "wsdl" or "xsd0", "xsd1", …; imports are rewritten to `address`, the host name inside stays EMIAS's own."""
    name = "ScheduleService.wsdl" if part == "wsdl" else f"{part}.xsd"
    if not re.fullmatch(r"wsdl|xsd\d", part):
        return None
    path = files("simulator") / _FOLDER / name
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    return _IMPORT.sub(lambda found: f'schemaLocation="{address}?xsd={found[1]}"', text).encode()

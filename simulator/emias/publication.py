"""A contract as its service publishes it: WSDL and schemas that import each other by URLs of the service itself."""

from __future__ import annotations

import re
from importlib.resources import files

__all__ = ["published"]

_CONTRACTS = "contracts"
_IMPORT = re.compile(r'schemaLocation="(\w+)\.xsd"')


def published(folder: str, wsdl: str, part: str, address: str) -> bytes | None:
    """Read "wsdl" or a schema by its name; imports go to `address`, the host inside stays the server's own."""
    if not re.fullmatch(r"[a-z]+\d?", part):
        return None
    path = files("simulator") / _CONTRACTS / folder / (wsdl if part == "wsdl" else f"{part}.xsd")
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    return _IMPORT.sub(lambda found: f'schemaLocation="{address}?xsd={found[1]}"', text).encode()

"""Names of codes in one line: `0101=Поликлиника № 1,0202=…`."""

from __future__ import annotations

__all__ = ["named"]


def named(given: str, longest: int) -> dict[str, str]:
    """Read codes and their names; raise `ValueError` for a code that stands twice or is longer than `longest`."""
    pairs = [entry.partition("=") for entry in given.split(",") if entry.strip()]
    named = {code.strip(): name.strip() for code, _, name in pairs}
    if len(named) < len(pairs) or not all(1 <= len(code) <= longest for code in named):
        raise ValueError(f"every code has 1 to {longest} characters and stands once")
    return named

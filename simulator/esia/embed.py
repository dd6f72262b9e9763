"""What a caller wants spread out in an answer of ESIA's REST: `embed=(documents.elements-1,kids)`."""

from __future__ import annotations

import re

__all__ = ["embedded"]

_COUNT = re.compile(r"-\d+$")


def embedded(text: str) -> frozenset[str]:
    """List the dotted paths of an `embed` parameter, each together with all paths that lead to it."""
    inside = text.strip().removeprefix("(").removesuffix(")")
    wanted: set[str] = set()
    for path in filter(None, (part.strip() for part in inside.split(","))):
        names = [_COUNT.sub("", name) for name in path.split(".")]
        wanted |= {".".join(names[: length + 1]) for length in range(len(names))}
    return frozenset(wanted)

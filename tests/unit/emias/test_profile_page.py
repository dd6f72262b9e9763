"""The reference of profiles against their shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from gateway.emias.profiles import Profile
from gateway.emias.profiles.value_names import EVERYWHERE, FLOW_NAMES, VALUE_NAMES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "profiles.md"
NOT_IN_THE_FILE = {"folder"}


def _tables(kind: type[msgspec.Struct], seen: set[type]) -> Iterator[type[msgspec.Struct]]:
    if kind in seen:
        return
    seen.add(kind)
    yield kind
    for field in msgspec.inspect.type_info(kind).fields:  # type: ignore[attr-defined] # a struct's description has fields
        for inner in _inside(field.type):
            yield from _tables(inner, seen)


def _inside(described: object) -> Iterator[type[msgspec.Struct]]:
    match described:
        case msgspec.inspect.StructType(cls=cls):
            yield cls
        case msgspec.inspect.UnionType(types=kinds):
            for kind in kinds:
                yield from _inside(kind)
        case msgspec.inspect.VarTupleType(item_type=item):
            yield from _inside(item)


def _keys() -> set[str]:
    return {name for kind in _tables(Profile, set()) for name in kind.__struct_encode_fields__} - NOT_IN_THE_FILE


@pytest.mark.parametrize("name", sorted(_keys() | EVERYWHERE.union(*VALUE_NAMES.values(), *FLOW_NAMES.values())))
def test_every_key_and_value_is_described(name: str) -> None:
    """What a profile may say stands on the page."""
    text = PAGE.read_text(encoding="utf-8")

    assert re.search(rf"\b{name.rpartition('.')[2]}\b", text)

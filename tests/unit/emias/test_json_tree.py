"""JSON read as a tree."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.emias.json_tree import read_json, tag_path


def test_members_are_found_by_their_paths() -> None:
    """Objects, lists, numbers as they were written, truth and absence each have one form."""
    tree = read_json('{"a": {"b": "ё"}, "n": 1.50, "t": true, "z": null, "l": [{"c": "1"}, {}]}'.encode())

    assert tree.findtext(tag_path("a.b")) == "ё"
    assert tree.findtext(tag_path("n")) == "1.50"
    assert tree.findtext(tag_path("t")) == "true"
    assert tree.find(tag_path("z")) is None
    assert [item.findtext("c") for item in tree.findall(tag_path("l", is_list=True))] == ["1", None]


@pytest.mark.parametrize("name", ["$id", "a b", "1st", "@odata", "", "имя", "a_x0020_b"])
def test_a_member_may_be_called_anything(name: str) -> None:
    """A name that no tag can have is still found by its path."""
    assert read_json(json.dumps({name: "x"}).encode()).findtext(tag_path(name)) == "x"


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": "b', b'{"a": [1, 2', b'{"a":'])
def test_what_ends_early_is_told_apart(body: bytes) -> None:
    """A document that is cut short is an `EOFError`."""
    with pytest.raises(EOFError):
        read_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<html/>",
        b'{"a": 1} {"a": 1}',
        b'{"a": 1, "a": 2}',
        '{"a": "ё"}'.encode("cp1251"),
        b'{"a": NaN}',
        b'{"a": "\\u0000"}',
        b"[" * 100_000 + b"]" * 100_000,
        b"[" * 70 + b"]" * 70,
    ],
)
def test_what_is_no_document_is_refused(body: bytes) -> None:
    """Other languages, two documents, a member twice, wrong bytes and nesting without end."""
    with pytest.raises(ValueError, match=r".*"):
        read_json(body)


@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_anything_is_a_tree_or_refused(body: bytes) -> None:
    """Whatever comes, the reader answers a tree or one of its two errors."""
    try:
        read_json(body)
    except (ValueError, EOFError):
        return

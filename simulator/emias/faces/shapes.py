"""How a body can be bent and stay what it is: XML, or JSON."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, Protocol

from lxml import etree

__all__ = ["JsonShape", "Shape", "XmlShape"]

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Shape(Protocol):
    """Bends bodies of one kind."""

    def with_additions(self, body: bytes) -> bytes:
        """Put a member that no contract knows in front of each record's members."""

    def turned_round(self, body: bytes) -> bytes:
        """Turn the order of each record's members round."""

    def members_twice(self, body: bytes) -> bytes:
        """Say each scalar member of each record twice."""

    def nil_lists(self, body: bytes) -> bytes:
        """Put nothing, and say so, in place of each list of records."""

    def without_lists(self, body: bytes) -> bytes:
        """Leave each list of records out."""

    def said_twice(self, body: bytes) -> bytes:
        """Say the whole of it twice."""

    def nested(self, depth: int) -> bytes:
        """Nest emptiness."""

    def filler(self, size: int) -> bytes:
        """Fill an answer with a piece of so many bytes."""

    def misread(self, text: str) -> bytes:
        """Announce UTF-8 and write windows-1251."""


class XmlShape:
    """Envelopes."""

    def with_additions(self, body: bytes) -> bytes:
        """Add an element in the record's own namespace."""
        root = etree.fromstring(body)
        for record in list(_records(root)):
            extra = etree.Element(f"{{{etree.QName(record[0]).namespace}}}Channel")
            extra.text = "OTHER_WEB"
            record.insert(0, extra)
        return etree.tostring(root, encoding="utf-8")

    def turned_round(self, body: bytes) -> bytes:
        """Reverse the elements of each record."""
        root = etree.fromstring(body)
        for record in list(_records(root)):
            record[:] = reversed(record)
        return etree.tostring(root, encoding="utf-8")

    def members_twice(self, body: bytes) -> bytes:
        """Repeat the elements that hold text only."""
        root = etree.fromstring(body)
        for record in list(_records(root)):
            record.extend([copy.copy(member) for member in record if not len(member)])
        return etree.tostring(root, encoding="utf-8")

    def nil_lists(self, body: bytes) -> bytes:
        """Mark the lists as nil."""
        root = etree.fromstring(body)
        for holder in _lists(root):
            holder[:] = []
            holder.set(_NIL, "true")
        return etree.tostring(root, encoding="utf-8")

    def without_lists(self, body: bytes) -> bytes:
        """Remove the lists."""
        root = etree.fromstring(body)
        for holder in _lists(root):
            parent = holder.getparent()
            if parent is not None:
                parent.remove(holder)
        return etree.tostring(root, encoding="utf-8")

    def said_twice(self, body: bytes) -> bytes:
        """Repeat the body inside the envelope."""
        root = etree.fromstring(body)
        root.append(etree.fromstring(etree.tostring(root[0])))
        return etree.tostring(root, encoding="utf-8")

    def nested(self, depth: int) -> bytes:
        """Nest elements."""
        return b"<a>" * depth + b"</a>" * depth

    def filler(self, size: int) -> bytes:
        """Write an element of so many bytes."""
        return b"<Filler>" + b"0" * (size - 17) + b"</Filler>"

    def misread(self, text: str) -> bytes:
        """Declare the encoding, too."""
        declared = f'<?xml version="1.0" encoding="utf-8"?><!-- ЕМИАС -->{text}'
        return declared.encode("cp1251", errors="xmlcharrefreplace")


def _records(root: etree._Element) -> Iterator[etree._Element]:
    for element in root[0].iter("*"):
        if element is not root[0] and len(element) and not len(element[0]):
            yield element


def _lists(root: etree._Element) -> list[etree._Element]:
    """List what holds more than one record of the same name."""
    return [
        element
        for element in root[0].iter("*")
        if len(element) > 1 and len(element[0]) and {child.tag for child in element} == {element[0].tag}
    ]


class JsonShape:
    """JSON documents."""

    def with_additions(self, body: bytes) -> bytes:
        """Add a member to each object."""
        return _dumped(_bent(json.loads(body), lambda members: {"channel": "OTHER_WEB", **members}))

    def turned_round(self, body: bytes) -> bytes:
        """Reverse the members of each object."""
        return _dumped(_bent(json.loads(body), lambda members: dict(reversed(members.items()))))

    def members_twice(self, body: bytes) -> bytes:
        """Write each member that is a text twice."""
        return re.sub(rb'("\w+": "[^"]*")', rb"\1, \1", body)

    def nil_lists(self, body: bytes) -> bytes:
        """Write null for the lists."""
        return _dumped(
            {name: None if isinstance(member, list) else member for name, member in json.loads(body).items()}
        )

    def without_lists(self, body: bytes) -> bytes:
        """Leave the lists out."""
        return _dumped({name: member for name, member in json.loads(body).items() if not isinstance(member, list)})

    def said_twice(self, body: bytes) -> bytes:
        """Write the document twice."""
        return body + body

    def nested(self, depth: int) -> bytes:
        """Nest arrays."""
        return b'"a":' + b"[" * depth + b"]" * depth + b","

    def filler(self, size: int) -> bytes:
        """Write a member of so many bytes."""
        return b'"filler":"' + b"0" * (size - 12) + b'",'

    def misread(self, text: str) -> bytes:
        """Begin with a member in Russian, so that there is something to misread."""
        return text.replace("{", '{"система":"ЕМИАС",', 1).encode("cp1251", errors="replace")


def _bent(value: Any, bend: Any) -> Any:
    if isinstance(value, dict):
        return bend({name: _bent(member, bend) for name, member in value.items()})
    return [_bent(entry, bend) for entry in value] if isinstance(value, list) else value


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()

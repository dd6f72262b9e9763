"""How one contract is spoken: the writing of requests and the reading of replies, blind to what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lxml import etree

from gateway.emias.reply import RawReply
from gateway.emias.request import Request
from gateway.emias.translate import Values

__all__ = ["Wire"]


class Wire(Protocol):
    """Writes and reads the operations of one contract, by our names."""

    def paths(self, name: str) -> Mapping[str, str]:
        """Return where each result of the operation stands in its reply's tree."""

    def build(self, name: str, values: Values) -> Request:
        """Write a request; raise `CallFailed`, not sent, when a value cannot stand where the contract wants it."""

    def payload(self, name: str, reply: RawReply) -> etree._Element:
        """Return the reply's result; raise `CallFailed` or `CallRefused` when there is none."""

    def is_plain_success(self, reply: RawReply) -> bool:
        """Tell whether the reply's head promises a result."""

    def content(self, reply: RawReply) -> bytes:
        """Cut out of the reply, unparsed, what does not change while its meaning is the same."""

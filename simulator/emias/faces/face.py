"""What a contract must say so that calls can be answered in it, well or badly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from simulator.emias.call import Call, Received, Reply, UnreadableCallError
from simulator.emias.faces.shapes import Shape
from simulator.emias.instants import instant
from simulator.emias.refusals import RefusalError
from simulator.emias.registry import Registry
from simulator.emias.world import Slot

__all__ = ["Face", "Row", "Work", "day", "needed", "number", "rows_of", "work_of"]

_DATE_LENGTH = len("2026-11-23")
Work = Callable[[Call, Registry], str]


class Row(NamedTuple):
    """Show one slot, its instants as texts; no id where a reply is to be spoiled."""

    slot_id: str | None
    start: str
    end: str
    is_free: bool = True
    room: str = ""


class Face(Protocol):
    """One contract; calls come in and answers go out by its own names."""

    @property
    def name(self) -> str:
        """Name the contract as the control listener does."""

    @property
    def path(self) -> str:
        """Tell the path at which it is served."""

    @property
    def shape(self) -> Shape:
        """Tell how its bodies may be bent."""

    def read(self, received: Received) -> Call:
        """Read a request; raise `UnreadableCallError` when it is none of this contract."""

    def carry_out(self, call: Call, registry: Registry) -> Reply:
        """Do what a call asks; a refusal becomes the contract's own."""

    def refuse(self, call: Call, refusal: RefusalError) -> Reply:
        """Refuse in the contract's words."""

    def fail(self, call: Call) -> Reply:
        """Answer as a server that hides its exceptions."""

    def frame(self, call: Call) -> tuple[str, str]:
        """Open and close an answer to the call that says nothing."""

    def media(self, call: Call) -> str:
        """Tell the content type of answers to the call."""

    def schedule(self, call: Call, rows: Sequence[Row]) -> Reply:
        """Answer a schedule of these slots."""

    def relabel(self, text: str) -> str:
        """Write an answer in the names of another version of the service."""

    def belie(self, body: bytes) -> bytes:
        """Make an answer speak of another doctor, and of another appointment at another time."""

    def document(self, part: str, address: str) -> bytes | None:
        """Return a part of the published contract, its imports at `address`."""


def work_of(works: dict[str, Work], call: Call) -> Work:
    """Find what an operation does."""
    work = works.get(call.operation)
    if work is None:
        raise UnreadableCallError(404)
    return work


def rows_of(slots: Iterable[Slot], style: str) -> list[Row]:
    """Show slots with their instants in a style."""
    return [
        Row(slot.id, instant(slot.starts_at, style), instant(slot.ends_at, style), slot.is_free, slot.doctor.room)
        for slot in slots
    ]


def needed(call: Call, name: str) -> str:
    """Return an argument, or refuse."""
    value = call.arguments.get(name, "").strip()
    if not value:
        raise RefusalError("VALIDATION", name)
    return value


def number(call: Call, name: str) -> int:
    """Return an argument that is a number, or refuse."""
    try:
        return int(needed(call, name))
    except ValueError as error:
        raise RefusalError("VALIDATION", name) from error


def day(call: Call, name: str) -> date:
    """Return an argument that is a date, or begins with one, or refuse."""
    try:
        return date.fromisoformat(needed(call, name)[:_DATE_LENGTH])
    except ValueError as error:
        raise RefusalError("VALIDATION", name) from error

"""A call and its answer, whatever contract they are written in: names are those of the seed's contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["OPERATIONS", "Call", "Received", "Reply", "UnreadableCallError"]

OPERATIONS = (
    "GetSchedule",
    "CreateAppointment",
    "FindAppointments",
    "CancelAppointment",
    "GetVersion",
    "IdentifyPatient",
)
_EFFECTFUL = frozenset({"CreateAppointment", "CancelAppointment"})


class UnreadableCallError(Exception):
    """Say that a request is no call of this contract; `status` is the HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True, repr=False)
class Received:
    """Hold a request as it came in; `tail` is what of its path follows the contract's own."""

    method: str
    tail: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """Hold one call: scalar arguments by name, the members of the patient, and the caller's session if there is one."""

    spoken: str
    operation: str
    arguments: dict[str, str]
    patient: dict[str, str] = field(default_factory=dict)
    session: str = ""

    @property
    def is_effectful(self) -> bool:
        """Tell whether the operation changes the ledger."""
        return self.operation in _EFFECTFUL


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """Hold an answer ready to be sent."""

    status: int
    content_type: str
    text: str
    outcome: str = "ok"

    @property
    def body(self) -> bytes:
        """Encode the text."""
        return self.text.encode()

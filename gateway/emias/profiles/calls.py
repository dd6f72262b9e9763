"""The operations of a contract: what each is called, what it is told, and where its answer stands.

A path is dotted (`patient.lastName`). Parameter paths start at the request element or body, result and verdict paths at
the response element or body, member paths of a list at the list's item.
"""

from __future__ import annotations

from typing import Literal

from msgspec import field as made

from gateway.emias.profiles.table import Bytes, Path, Seconds, Table

__all__ = [
    "Call",
    "CancelCall",
    "CancelResult",
    "CreateCall",
    "CreateResult",
    "FindCall",
    "FindResult",
    "IdentifyCall",
    "IdentifyResult",
    "Method",
    "Operations",
    "ProbeCall",
    "ProbeResult",
    "ScheduleCall",
    "ScheduleResult",
    "Verdict",
]

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
NoList = Literal["mismatch", "empty"]


class Verdict(Table, frozen=True, kw_only=True):
    """How a result says that it is none: a flag or status that must have one of the values, and the first error's code.

    Without `success` the absence of a code is success.
    """

    success: Path | None = None
    success_is: tuple[str, ...] = ("true", "1")
    code: Path | None = None
    message: Path | None = None
    field: Path | None = None


class Call(Table, frozen=True, kw_only=True):
    """One operation and its bounds.

    Over SOAP it has a `name`, over REST a `method` and a `path` in which `{value}` stands for a value of ours. A
    parameter's path leads to the name of our value, or to `=text`; over REST a GET's go into the query, and those among
    `numbers` are written as numbers. Without one of the `needed` values the patient is told, and nothing is sent.
    """

    name: str = ""
    method: Method = "POST"
    path: str = ""
    deadline: Seconds
    max_bytes: Bytes
    parameters: dict[str, str] = made(default_factory=dict)
    numbers: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    verdict: Verdict | None = None


class ProbeResult(Table, frozen=True, kw_only=True):
    """Where the version stands, if there is one."""

    version: Path | None = None


class ProbeCall(Call, frozen=True, kw_only=True):
    """The cheapest read-only operation."""

    result: ProbeResult = ProbeResult()


class IdentifyResult(Table, frozen=True, kw_only=True):
    """Where EMIAS's own id of the patient stands; none where a session remembers the patient."""

    patient_id: Path | None = None


class IdentifyCall(Call, frozen=True, kw_only=True):
    """The operation that finds the patient before the others can name them."""

    result: IdentifyResult = IdentifyResult()


class ScheduleResult(Table, frozen=True, kw_only=True):
    """Where the slots stand; the doctor's id and institution are compared with those asked for.

    `doctor_name` and `doctor_specialty` are hints: the site's own words go before them. `no_list` tells what a reply
    without the list means.
    """

    slots: Path
    slot_id: Path
    starts_at: Path
    ends_at: Path | None = None
    is_free: Path | None = None
    room: Path | None = None
    doctor_id: Path | None = None
    lpu_code: Path | None = None
    doctor_name: Path | None = None
    doctor_specialty: Path | None = None
    no_list: NoList = "mismatch"


class ScheduleCall(Call, frozen=True, kw_only=True):
    """The operation that reads a doctor's slots; an error among `empty_codes` says that there are none."""

    result: ScheduleResult
    empty_codes: tuple[str, ...] = ()


class CreateResult(Table, frozen=True, kw_only=True):
    """Where the receipt of a booking stands; the doctor, the slot and the start are compared with those asked for."""

    appointment_id: Path | None = None
    ticket: Path | None = None
    starts_at: Path | None = None
    doctor_id: Path | None = None
    slot_id: Path | None = None


class CreateCall(Call, frozen=True, kw_only=True):
    """The operation that books."""

    result: CreateResult = CreateResult()


class FindResult(Table, frozen=True, kw_only=True):
    """Where the patient's appointments stand; any state not among `cancelled_states` is active.

    `cancelled` is a second list of the same items, where a contract lists cancelled ones apart.
    """

    appointments: Path
    appointment_id: Path
    doctor_id: Path
    starts_at: Path
    cancelled: Path | None = None
    state: Path | None = None
    cancelled_states: tuple[str, ...] = ()
    slot_id: Path | None = None
    ticket: Path | None = None
    created_at: Path | None = None
    client_ref: Path | None = None
    no_list: NoList = "mismatch"


class FindCall(Call, frozen=True, kw_only=True):
    """The operation that lists a patient's appointments."""

    result: FindResult


class CancelResult(Table, frozen=True, kw_only=True):
    """Where the confirmation stands; without one the absence of an error confirms."""

    cancelled: Path | None = None


class CancelCall(Call, frozen=True, kw_only=True):
    """The operation that cancels.

    `reasons` leads from our reasons (`*`: any other) to the contract's codes. A refusal among `ambiguous` may mean that
    the appointment was cancelled before: the look-up tells.
    """

    result: CancelResult = CancelResult()
    reasons: dict[str, str] = made(default_factory=dict)
    ambiguous: tuple[str, ...] = ()


class Operations(Table, frozen=True, kw_only=True):
    """The operations by our names; one that the contract lacks is left out."""

    probe: ProbeCall
    get_schedule: ScheduleCall
    create: CreateCall
    identify: IdentifyCall | None = None
    find: FindCall | None = None
    cancel: CancelCall | None = None

    def calls(self) -> dict[str, Call]:
        """List those that the contract has."""
        return {name: call for name in self.__struct_fields__ if isinstance(call := getattr(self, name), Call)}

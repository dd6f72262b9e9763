"""A call to EMIAS whose outcome is not known: when to look, what a look shows, and what follows from it.

One look that finds nothing proves nothing, for EMIAS may commit late: absence is proved by the last look of the plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from gateway.domain.booking import Booking, BookingState
from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Refusal, RemoteAppointment
from gateway.domain.patient import Patient
from gateway.domain.retry import was_asked
from gateway.domain.schedule import ScheduleWindow
from gateway.domain.settlement import HoldFate, LookEvidence, Settlement

__all__ = [
    "CLOCK_SLACK",
    "Absent",
    "Doubt",
    "Foreign",
    "Found",
    "LookPlan",
    "Sight",
    "SlotSeen",
    "Unclear",
    "conclude",
    "match_cancelled",
    "match_created",
    "read_slot",
    "see_slot",
    "to_operator",
]

CLOCK_SLACK: Final = timedelta(minutes=5)
"""By how much EMIAS's clock may be behind the database's."""

_LONGEST_ASKED: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A booking in doubt, or one without its appointment's name, that a worker has claimed to look at.

    Its token is new, and older ones are fenced off.
    `looks` counts those made before, `tried_at` is when the intent was written, `age` how long the doubt has lasted;
    both by the database's clock. The patient is None when it can no longer be read.
    """

    booking: Booking
    patient: Patient | None = field(repr=False)
    looks: int
    tried_at: datetime
    age: timedelta

    @property
    def is_nameless(self) -> bool:
        """Tell whether the booking was made and only the appointment's id is wanted."""
        return self.booking.state is BookingState.BOOKED

    @property
    def is_cancel(self) -> bool:
        """Tell whether it is the cancelling that is in doubt."""
        return self.booking.state is BookingState.CANCEL_IN_DOUBT


@dataclass(frozen=True, slots=True)
class Found:
    """EMIAS has the booking's appointment, active or cancelled."""

    appointment: RemoteAppointment


@dataclass(frozen=True, slots=True)
class Absent:
    """EMIAS does not have the appointment now."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """The patient has the slot by an appointment that we did not make."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """What EMIAS shows decides nothing; `seen` is a stable word for the operator."""

    seen: str


Sight = Found | Absent | Foreign | Unclear


class SlotSeen(StrEnum):
    """A slot as the schedule shows it."""

    FREE = "slot_free"
    BUSY = "slot_busy"
    UNLISTED = "slot_unlisted"


@dataclass(frozen=True, slots=True)
class LookPlan:
    """When to look: at `after` from the doubt's beginning, then `every` while it stays unclear, `give_up` at last.

    A look that could not be made is none: it is tried again after `blind`, and those that follow keep their distance.
    """

    after: tuple[timedelta, ...] = (
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
    )
    every: timedelta = timedelta(minutes=10)
    blind: timedelta = timedelta(seconds=5)
    give_up: timedelta = timedelta(hours=24)

    @property
    def first(self) -> timedelta:
        """How long after the doubt's beginning the first look is due."""
        return self.after[0]

    def wait(self, looks: int) -> timedelta:
        """Return how long to wait after so many looks were made."""
        return self.after[looks] - self.after[looks - 1] if 0 < looks < len(self.after) else self.every

    def is_proof(self, looks: int, age: timedelta) -> bool:
        """Tell whether nothing seen by the last of so many looks proves absence."""
        return looks >= len(self.after) and age >= self.after[-1]

    def wait_blind(self, failure: EmiasFailure) -> timedelta:
        """Return how long to wait after a look that EMIAS did not answer, its own wish heard up to a minute.

        Asking a breaker or a budget that says no costs EMIAS nothing, so these are asked again soon.
        """
        if not was_asked(failure.cause) or failure.retry_after is None:
            return self.blind
        return max(self.blind, min(timedelta(seconds=max(failure.retry_after, 0.0)), _LONGEST_ASKED))


def match_created(doubt: Doubt, listed: Iterable[RemoteAppointment], *, echoes_client_ref: bool) -> Sight:
    """Look for the booking's appointment among the patient's: by doctor, start and our reference, never by specialty.

    Where the contract gives no references, an appointment made before our attempt is not ours.
    """
    booking = doubt.booking
    rows = tuple(listed)
    same = [row for row in rows if (row.emias_doctor_id, row.starts_at) == (booking.emias_doctor_id, booking.starts_at)]
    ours = [row for row in same if _names(row, booking)]
    if ours:
        return Found(next((row for row in ours if row.active), ours[0]))
    if any(row.active and _names(row, booking) for row in rows):
        return Unclear("made_elsewhere")
    alike = [row for row in same if row.active and not echoes_client_ref and _may_be_ours(row, doubt.tried_at)]
    if len(alike) > 1:
        return Unclear("several_alike")
    if alike:
        return Found(alike[0])
    return Foreign() if any(row.active for row in same) else Absent()


def _names(row: RemoteAppointment, booking: Booking) -> bool:
    return row.client_ref is not None and row.client_ref.casefold() == str(booking.id)


def _may_be_ours(row: RemoteAppointment, tried_at: datetime) -> bool:
    return row.client_ref is None and (row.created_at is None or row.created_at >= tried_at - CLOCK_SLACK)


def match_cancelled(doubt: Doubt, listed: Iterable[RemoteAppointment]) -> Sight:
    """Look for the appointment that was to be cancelled, by its id."""
    wanted = doubt.booking.emias_appointment_id
    found = next((row for row in listed if row.appointment_id == wanted), None)
    return Found(found) if found else Unclear("appointment_not_listed")


def see_slot(window: ScheduleWindow, starts_at: datetime, *, lists_busy: bool) -> SlotSeen:
    """Tell how a schedule shows the slot that begins then."""
    shown = [slot.is_free for slot in window.slots if slot.starts_at == starts_at]
    if any(shown):
        return SlotSeen.FREE
    if shown or (window.covers(starts_at) and not lists_busy):
        return SlotSeen.BUSY
    return SlotSeen.UNLISTED


def read_slot(seen: SlotSeen) -> Sight:
    """Tell what a slot's state says of the appointment: only a free slot says anything.

    A busy one may be ours or another patient's.
    """
    return Absent() if seen is SlotSeen.FREE else Unclear(seen.value)


def conclude(doubt: Doubt, sight: Sight, plan: LookPlan, *, looks: int, has_look_up: bool) -> Settlement | timedelta:
    """Decide what the look that made it so many means: a settlement, or how long to wait for the next."""
    is_proof = plan.is_proof(looks, doubt.age)
    if isinstance(sight, Unclear):
        is_over = doubt.age >= plan.give_up if has_look_up else is_proof
        return to_operator(doubt, sight.seen, looks) if is_over else plan.wait(looks)
    settled = _of_cancel(sight, is_proof=is_proof) if doubt.is_cancel else _of_create(sight, is_proof=is_proof)
    return settled or plan.wait(looks)


def to_operator(doubt: Doubt, seen: str, looks: int) -> Settlement:
    """Hand a doubt that nothing resolves to the operator, with what was seen."""
    return Settlement(
        BookingState.MANUAL, "unresolved", evidence=LookEvidence(seen, looks, round(doubt.age.total_seconds()))
    )


def _of_create(sight: Found | Absent | Foreign, *, is_proof: bool) -> Settlement | None:
    match sight:
        case Found(appointment=made):
            if made.active:
                return Settlement(
                    BookingState.BOOKED,
                    "found",
                    HoldFate.SPENT,
                    slot_gone=True,
                    emias_appointment_id=made.appointment_id,
                    ticket=made.ticket,
                )
            return _not_made("found_cancelled", made.appointment_id)
        case Foreign() if is_proof:
            return Settlement(
                BookingState.REJECTED,
                "slot_foreign",
                HoldFate.SPENT,
                slot_gone=True,
                read_again=True,
                refusal=Refusal.SLOT_TAKEN,
            )
        case Absent() if is_proof:
            return _not_made("proved_absent")
        case Foreign() | Absent():
            return None
    assert_never(sight)


def _not_made(cause: str, appointment_id: str | None = None) -> Settlement:
    """Free the booking; the slot comes back on sale only when EMIAS is next read and shows it free."""
    return Settlement(
        BookingState.FAILED,
        cause,
        HoldFate.SPENT,
        slot_gone=True,
        read_again=True,
        emias_appointment_id=appointment_id,
    )


def _of_cancel(sight: Found | Absent | Foreign, *, is_proof: bool) -> Settlement | None:
    match sight:
        case Found(appointment=kept) if kept.active:
            return Settlement(BookingState.BOOKED, "cancel_absent") if is_proof else None
        case Found():
            return Settlement(BookingState.CANCELLED, "found_cancelled", read_again=True)
        case Absent() | Foreign():
            return Settlement(BookingState.CANCELLED, "appointment_gone", read_again=True)
    assert_never(sight)

"""What EMIAS's look-up says of an operator's word: it is proved, it is refused, or the word stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, assert_never

from gateway.domain.booking import BookingState
from gateway.domain.doubt import Absent, Doubt, Foreign, Found, Sight, Unclear, match_cancelled, match_created
from gateway.domain.outcomes import RemoteAppointment
from gateway.domain.settlement import HoldFate, Settlement
from gateway.domain.wish import Said

__all__ = ["Listed", "judge_absent", "judge_booked"]

Listed = Sequence[RemoteAppointment] | None
"""The patient's appointments of the day, or None where the contract has no look-up or the patient cannot be read."""

_LATE: Final = timedelta(minutes=1)


def judge_booked(
    doubt: Doubt, *, was_cancel: bool, wanted: str, listed: Listed, echoes: bool, proof_after: timedelta
) -> Settlement | Said:
    """Decide what becomes of a booking of which an operator says that its appointment stands in EMIAS.

    `wanted` is the appointment's id as the operator has it, empty where the look-up is to find it; `echoes` where the
    look-up lists our reference; `proof_after` the age from which EMIAS commits no more.
    """
    if was_cancel:
        return _still_booked(doubt, listed, proof_after)
    if listed is None:
        if not wanted:
            return Said(
                "укажите номер записи в ЕМИАС: сверить её шлюз не может",
                "give the appointment's id in EMIAS: the gateway cannot look it up",
            )
        return _booked("operator_word", wanted, None)
    if not wanted:
        sight = match_created(doubt, listed, echoes_client_ref=echoes)
        if isinstance(sight, Found) and sight.appointment.active:
            return _booked("operator_proved", sight.appointment.appointment_id, sight.appointment.ticket)
        return Said("такой записи у пациента в ЕМИАС нет", "EMIAS lists no such appointment of the patient")
    found = next((row for row in listed if row.appointment_id == wanted), None)
    return _no_match(doubt, found) or _booked("operator_proved", wanted, found.ticket if found else None)


def _no_match(doubt: Doubt, found: RemoteAppointment | None) -> Said | None:
    booking = doubt.booking
    if found is None:
        return Said(
            "у этого пациента на этот день такой записи в ЕМИАС нет",
            "EMIAS lists no such appointment of this patient on that day",
        )
    if not found.active:
        return Said("эта запись в ЕМИАС отменена", "that appointment is cancelled in EMIAS")
    if (found.emias_doctor_id, found.starts_at) != (booking.emias_doctor_id, booking.starts_at):
        return Said(
            "эта запись к другому врачу или на другое время",
            "that appointment is with another doctor or at another time",
        )
    if found.client_ref is not None and not _is_of(found, doubt):
        return Said("эта запись сделана не этим запросом", "that appointment was not made by this request")
    return None


def _booked(cause: str, appointment_id: str, ticket: str | None) -> Settlement:
    return Settlement(
        BookingState.BOOKED,
        cause,
        HoldFate.SPENT,
        slot_gone=True,
        emias_appointment_id=appointment_id,
        ticket=ticket,
    )


def _still_booked(doubt: Doubt, listed: Listed, proof_after: timedelta) -> Settlement | Said:
    if doubt.age < proof_after:
        return _too_early(doubt, proof_after)
    if listed is None:
        return Settlement(BookingState.BOOKED, "operator_word")
    sight = match_cancelled(doubt, listed)
    if isinstance(sight, Found) and sight.appointment.active:
        return Settlement(BookingState.BOOKED, "operator_proved")
    return Said(
        "в ЕМИАС этой записи нет или она отменена: закройте как отменённую",
        "EMIAS does not list it, or lists it cancelled: resolve it as absent",
    )


def judge_absent(
    doubt: Doubt, *, was_cancel: bool, listed: Listed, echoes: bool, proof_after: timedelta
) -> Settlement | Said:
    """Decide what becomes of a booking of which an operator says that EMIAS has no appointment."""
    if was_cancel:
        return _gone(doubt, listed)
    if doubt.age < proof_after:
        return _too_early(doubt, proof_after)
    if listed is None:
        return _absent("absent_by_word")
    sight = match_created(doubt, listed, echoes_client_ref=echoes)
    standing = [row for row in listed if row.active and _is_of(row, doubt)]
    if standing and not (isinstance(sight, Found) and sight.appointment.active):
        return _of(Unclear("made_elsewhere"))
    return _of(sight)


def _is_of(row: RemoteAppointment, doubt: Doubt) -> bool:
    return row.client_ref is not None and row.client_ref.casefold() == str(doubt.booking.id)


def _of(sight: Sight) -> Settlement | Said:
    match sight:
        case Found(appointment=made) if made.active:
            return Said(
                f"в ЕМИАС запись есть, её номер {made.appointment_id}: закройте как записанную",
                f"EMIAS has the appointment, its id is {made.appointment_id}: resolve it as booked",
            )
        case Found(appointment=made):
            return _absent("found_cancelled", made.appointment_id)
        case Unclear():
            return Said(
                "у пациента в ЕМИАС есть похожие записи: сверьте и закройте ту, что верна",
                "EMIAS lists appointments of the patient that may be this one: compare them first",
            )
        case Absent() | Foreign():
            return _absent("operator_proved_absent")
    assert_never(sight)


def _absent(cause: str, appointment_id: str | None = None) -> Settlement:
    return Settlement(
        BookingState.FAILED,
        cause,
        HoldFate.SPENT,
        slot_gone=True,
        read_again=True,
        emias_appointment_id=appointment_id,
    )


def _gone(doubt: Doubt, listed: Listed) -> Settlement | Said:
    if listed is None:
        return Settlement(BookingState.CANCELLED, "absent_by_word", read_again=True)
    sight = match_cancelled(doubt, listed)
    if isinstance(sight, Found) and sight.appointment.active:
        return Said(
            "в ЕМИАС запись ещё стоит: закройте как записанную и отмените снова",
            "the appointment still stands in EMIAS: resolve it as booked and cancel again",
        )
    cause = "found_cancelled" if isinstance(sight, Found) else "operator_not_listed"
    return Settlement(BookingState.CANCELLED, cause, read_again=True)


def _too_early(doubt: Doubt, proof_after: timedelta) -> Said:
    minutes = max(_LATE, proof_after - doubt.age + _LATE) // _LATE
    return Said(
        f"рано: ЕМИАС ещё может провести запрос; спросите через {minutes} мин",
        f"too early: EMIAS may still commit the request; ask again in {minutes} min",
    )

"""A cancel call whose answer is lost: looked for, and never sent again by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.domain.booking import Booking, BookingState
from tests.integration.doubts.clinic import Clinic
from tests.integration.doubts.spies import Blindfolded

S = BookingState
SETTLED = (S.BOOKED, S.CANCELLED, S.MANUAL)
_NO_TIME = timedelta()


@pytest.fixture
async def booked(clinic: Clinic) -> Booking:
    """Book a slot."""
    booking = await clinic.submit()
    assert booking.state is S.BOOKED
    return booking


async def _cancel(clinic: Clinic, booking: Booking, kind: str) -> None:
    clinic.spoil("CancelAppointment", kind)
    doubted = await clinic.cancel.run(clinic.site.holder(), booking.id, "mistake", None)
    assert doubted.state is S.CANCEL_IN_DOUBT


async def test_a_cancel_whose_answer_was_lost_is_found(clinic: Clinic, booked: Booking) -> None:
    """EMIAS cancelled: so is the booking; its slot is offered again only when EMIAS, read anew, shows it free."""
    await _cancel(clinic, booked, "commit_then_drop")
    async with clinic.worker():
        cancelled = await clinic.until(booked.id, *SETTLED)
    assert cancelled.state is S.CANCELLED
    assert (await clinic.history(booked))[-1] == "cancelled:found_cancelled"
    assert not await clinic.is_for_sale(booked)
    await clinic.read()
    assert await clinic.is_for_sale(booked)


async def test_a_cancel_that_never_happened_can_be_asked_again(clinic: Clinic, booked: Booking) -> None:
    """EMIAS did not cancel: after the last look the booking stands as booked, and a new cancel succeeds."""
    await _cancel(clinic, booked, "drop")
    async with clinic.worker():
        kept = await clinic.until(booked.id, *SETTLED)
    assert (kept.state, kept.emias_appointment_id) == (S.BOOKED, booked.emias_appointment_id)
    assert (await clinic.history(booked))[-1] == "booked:cancel_absent"
    assert clinic.installation.journal.calls["CancelAppointment"] == 1
    again = await clinic.cancel.run(clinic.site.holder(), booked.id, "mistake", None)
    assert again.state is S.CANCELLED


async def test_a_vanished_process_s_cancel_is_recovered(clinic: Clinic, booked: Booking) -> None:
    """A row left `cancelling` is looked into like any other doubt."""
    await clinic.ledger.open_cancel(clinic.site.holder(), booked.id, None)
    async with clinic.worker():
        assert await clinic.resolve.recover(_NO_TIME) == 1
        assert (await clinic.until(booked.id, *SETTLED)).state is S.BOOKED


@pytest.mark.parametrize(("kind", "end"), [("commit_then_drop", S.CANCELLED), ("drop", S.MANUAL)])
async def test_without_a_look_up_only_a_free_slot_is_believed(
    clinic: Clinic, booked: Booking, kind: str, end: BookingState
) -> None:
    """A slot that EMIAS shows free again was cancelled; a busy one may be anybody's, and the operator decides."""
    await _cancel(clinic, booked, kind)
    async with clinic.worker(Blindfolded(clinic.emias)):
        assert (await clinic.until(booked.id, *SETTLED)).state is end


@pytest.mark.parametrize(("kind", "end"), [("commit_then_drop", S.MANUAL), ("drop", S.FAILED)])
async def test_a_create_without_a_look_up(clinic: Clinic, kind: str, end: BookingState) -> None:
    """A busy slot is no proof that it is ours; a free one at the last look proves that nothing was made."""
    clinic.spoil("CreateAppointment", kind)
    doubted = await clinic.submit()
    async with clinic.worker(Blindfolded(clinic.emias)):
        assert (await clinic.until(doubted.id, S.FAILED, S.MANUAL, S.BOOKED)).state is end
    assert not await clinic.is_for_sale(doubted)

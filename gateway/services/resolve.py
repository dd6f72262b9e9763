"""Find out what became of a booking whose outcome is not known, and never by sending it again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from gateway.domain.booking import Booking, BookingState
from gateway.domain.doubt import (
    Doubt,
    Found,
    LookPlan,
    Sight,
    conclude,
    match_cancelled,
    match_created,
    read_slot,
    see_slot,
    to_operator,
)
from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import moscow_day
from gateway.domain.outcomes import Cause
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow
from gateway.domain.settlement import Settlement
from gateway.ports import BookingLedger, DoubtLedger, Emias
from gateway.services.under_way import UnderWay

__all__ = ["Resolve"]

_WAITING: Final = "waiting"
_BLIND: Final = "blind"
_OVERTAKEN: Final = "overtaken"
_NAMED: Final = "named"
_NAMELESS: Final = "nameless"
_UNREADABLE: Final = "patient_unreadable"
_OF_THE_LEASE: Final = 0.9
_STANDING: Final = frozenset({BookingState.BOOKED, BookingState.SUBMITTING, BookingState.IN_DOUBT, BookingState.MANUAL})
_log = structlog.stdlib.get_logger("gateway.resolve")


@dataclass(frozen=True, slots=True)
class Resolve:
    """Looks in EMIAS, by the patient's appointments or by the slot's state, and settles what is proved.

    `lease` bounds one look; `patience` how long a visitor's answer waits for one.
    """

    doubts: DoubtLedger
    ledger: BookingLedger
    emias: Emias
    plan: LookPlan
    lease: timedelta
    patience: timedelta
    under_way: UnderWay

    async def recover(self, older_than: timedelta) -> int:
        """Put in doubt what vanished processes left under way so long ago, and count it."""
        recovered = await self.doubts.recover_abandoned(older_than)
        if recovered:
            _log.warning("abandoned_recovered", bookings=recovered)
        return recovered

    async def due(self, limit: int, *, at_once: int, running: Mapping[str, int]) -> list[Doubt]:
        """Claim doubts to look at, so many of one institution together with those `running`."""
        return await self.doubts.claim(limit, self.lease, at_once=at_once, running=running)

    async def look(self, doubt: Doubt, *, planned: bool = True) -> str:
        """Look once and write down what follows; an unplanned look that decides nothing is not counted.

        Returns the state that the booking was settled in, `waiting`, `blind` (EMIAS did not answer), `overtaken`
        (somebody else has decided meanwhile); of a booking that lacks only its appointment's id: `named` or `nameless`.
        """
        looks = doubt.looks + planned
        has_look_up = self.emias.capabilities(doubt.booking.lpu_code).lookup
        if doubt.is_nameless and (doubt.patient is None or not has_look_up or doubt.age >= self.plan.give_up):
            return await self._rest(doubt)
        if doubt.patient is None:
            return await self._settle(doubt, to_operator(doubt, _UNREADABLE, doubt.looks))
        try:
            sight = await self._see(doubt, doubt.patient, has_look_up=has_look_up)
        except EmiasFailure as failure:
            return await self._blind(doubt, failure, planned=planned)
        if doubt.is_nameless:
            return await self._name(doubt, sight, looks)
        following = conclude(doubt, sight, self.plan, looks=looks, has_look_up=has_look_up)
        if isinstance(following, Settlement):
            return await self._settle(doubt, following)
        return await self._postpone(doubt, following if planned else None, _WAITING, looked=planned)

    async def _see(self, doubt: Doubt, patient: Patient, *, has_look_up: bool) -> Sight:
        """Look, within the lease; whatever breaks is a look that was not made."""
        try:
            async with asyncio.timeout(self.lease.total_seconds() * _OF_THE_LEASE):
                return await (self._listed(doubt, patient) if has_look_up else self._shown(doubt.booking))
        except EmiasFailure:
            raise
        except TimeoutError:
            raise EmiasFailure(Cause.TIMEOUT) from None
        except Exception as fault:
            _log.error("look_broke", booking=str(doubt.booking.id), fault=type(fault).__name__, exc_info=fault)
            raise EmiasFailure(Cause.INTERNAL) from fault

    async def _listed(self, doubt: Doubt, patient: Patient) -> Sight:
        """Look among the patient's appointments of the day."""
        booking, day = doubt.booking, moscow_day(doubt.booking.starts_at)
        listed = await self.emias.find_appointments(booking.lpu_code, patient, day, day)
        if doubt.is_cancel:
            return match_cancelled(doubt, listed)
        echoes = self.emias.capabilities(booking.lpu_code).echoes_client_ref
        return match_created(doubt, listed, echoes_client_ref=echoes)

    async def _shown(self, booking: Booking) -> Sight:
        """Look at the slot in the doctor's day, as EMIAS shows it now and not as the mirror has it."""
        day = moscow_day(booking.starts_at)
        window = await self.emias.get_schedule(EmiasDoctorRef(booking.lpu_code, booking.emias_doctor_id), day, day)
        if not isinstance(window, ScheduleWindow):
            raise TypeError("unchanged, though no digest was given")
        lists_busy = self.emias.capabilities(booking.lpu_code).lists_busy_slots
        return read_slot(see_slot(window, booking.starts_at, lists_busy=lists_busy))

    async def _blind(self, doubt: Doubt, failure: EmiasFailure, *, planned: bool) -> str:
        if doubt.age >= self.plan.give_up:
            return await self._settle(doubt, to_operator(doubt, f"unanswered_{failure.cause.value}", doubt.looks))
        after = self.plan.wait_blind(failure) if planned else None
        return await self._postpone(doubt, after, _BLIND, looked=False)

    async def _name(self, doubt: Doubt, sight: Sight, looks: int) -> str:
        """Read back the id of an appointment that EMIAS made without naming it."""
        booking = doubt.booking
        if not isinstance(sight, Found):
            return await self._postpone(doubt, self.plan.wait(looks), _WAITING, looked=True)
        made = sight.appointment
        ours = await self.ledger.name(booking.id, booking.token, made.appointment_id, made.ticket)
        return _NAMED if ours else _OVERTAKEN

    async def _rest(self, doubt: Doubt) -> str:
        """Give up asking for the id; the booking stands all the same."""
        ours = await self.doubts.rest(doubt.booking.id, doubt.booking.token)
        return _NAMELESS if ours else _OVERTAKEN

    async def _settle(self, doubt: Doubt, settlement: Settlement) -> str:
        booking = doubt.booking
        settled = await self.ledger.settle(booking.id, booking.token, settlement, actor="resolve")
        _log.info(
            "doubt_resolved",
            booking=str(booking.id),
            state=settlement.state.value,
            cause=settlement.cause,
            looks=doubt.looks,
            seconds=round(doubt.age.total_seconds()),
            ours=settled is not None,
        )
        return settlement.state.value if settled else _OVERTAKEN

    async def _postpone(self, doubt: Doubt, after: timedelta | None, result: str, *, looked: bool) -> str:
        booking = doubt.booking
        ours = await self.doubts.postpone(booking.id, booking.token, after, looked=looked)
        return result if ours else _OVERTAKEN

    async def beside(self, site_id: int, booking: Booking) -> Booking | None:
        """Look into the same patient's bookings in doubt that EMIAS's refusal of this one may speak of.

        Returns the first that is booked, or still not known, when the looks or the patience are over; a look that takes
        longer goes on by itself.
        """
        found = await self.doubts.beside(booking.id)
        looks = [self.under_way.begin(self._look_into(other)) for other in found]
        if looks:
            await asyncio.wait(looks, timeout=self.patience.total_seconds())
        states = [await self.ledger.get(site_id, other) for other in found]
        return next((other for other in states if other.state in _STANDING), None)

    async def _look_into(self, booking_id: UUID) -> None:
        try:
            doubt = await self.doubts.claim_one(booking_id, self.lease)
            if doubt is not None:
                await self.look(doubt, planned=False)
        except Exception as fault:  # noqa: BLE001 - the planned look comes all the same
            _log.error("look_broke", booking=str(booking_id), fault=type(fault).__name__)

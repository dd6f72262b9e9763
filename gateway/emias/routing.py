"""Several channels to EMIAS as one: each institution is spoken to as its own contract wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date

from gateway.domain.outcomes import CancelOutcome, Capabilities, CreateOutcome, RemoteAppointment
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged
from gateway.emias.connect import Ears, EmiasChannel, open_emias
from gateway.emias.guard import Guard
from gateway.emias.profiles import load_profile
from gateway.emias.profiles.profile import Limits
from gateway.ports import AppointmentRequest, Emias

__all__ = ["RoutedEmias", "open_routed"]


@dataclass(frozen=True, slots=True)
class RoutedEmias:
    """Passes each call to the channel of its institution; those that no channel names have the `main` one."""

    main: Emias
    others: Mapping[str, Emias]

    def _of(self, lpu_code: str) -> Emias:
        return self.others.get(lpu_code, self.main)

    def capabilities(self, lpu_code: str) -> Capabilities:
        """Tell what the institution's contract can do."""
        return self._of(lpu_code).capabilities(lpu_code)

    async def probe(self, lpu_code: str) -> str:
        """Probe the institution's channel."""
        return await self._of(lpu_code).probe(lpu_code)

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Read from the doctor's institution."""
        return await self._of(doctor.lpu_code).get_schedule(doctor, first, last, known_digest=known_digest)

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Book in the doctor's institution."""
        return await self._of(request.doctor.lpu_code).create_appointment(request)

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """Look up in the institution."""
        return await self._of(lpu_code).find_appointments(lpu_code, patient, first, last)

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Cancel in the institution."""
        return await self._of(lpu_code).cancel_appointment(lpu_code, appointment_id, patient, reason)


@asynccontextmanager
async def open_routed(
    channels: Sequence[EmiasChannel], guard_for: Callable[[Limits], Guard], ears_for: Callable[[EmiasChannel], Ears]
) -> AsyncIterator[Emias]:
    """Open the channels, the main one first, each within what its contract's owner grants; raise `EmiasSetupError`."""
    async with AsyncExitStack() as stack:
        opened: list[Emias] = []
        for channel in channels:
            profile = await asyncio.to_thread(load_profile, channel.profile)
            one = open_emias(channel, guard_for(profile.limits), ears_for(channel))
            opened.append(await stack.enter_async_context(one))
        routes = {code: emias for channel, emias in zip(channels, opened, strict=True) for code in channel.institutions}
        yield RoutedEmias(opened[0], routes)

"""One call to EMIAS with the steps and the guards around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final, TypeVar

from lxml import etree

from gateway.domain.outcomes import Refusal
from gateway.domain.patient import Patient
from gateway.emias.blackout import Calendar
from gateway.emias.errors import CallRefused
from gateway.emias.flows import FLOWS, needs_patient
from gateway.emias.guard import Guard
from gateway.emias.profiles.profile import Profile
from gateway.emias.refusing import form_field
from gateway.emias.reply import RawReply
from gateway.emias.security import fixed_values
from gateway.emias.translate import Translator, Values
from gateway.emias.transport import Transport
from gateway.emias.wire import Wire

__all__ = ["Asking"]

_NEEDED: Final = "needed"
_T = TypeVar("_T")
Read = Callable[[etree._Element], _T]  # noqa: SLF001 - lxml names its element so


class Asking:
    """Sends what a profile calls things through the transport, one request after the other."""

    def __init__(
        self,
        profile: Profile,
        wire: Wire,
        transport: Transport,
        guard: Guard,
        secrets: Mapping[str, str],
        identified: Read[str | None] | None,
    ) -> None:
        self.wire = wire
        self._profile = profile
        self._calls = profile.operations.calls()
        self._transport = transport
        self._guard = guard
        self._calendar = Calendar(profile)
        self._translate = Translator(profile.formats)
        self._fixed = fixed_values(profile, secrets)
        self._identified = identified
        self._flow = FLOWS[profile.flow]

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def between_steps(self, call: Callable[[Values], Awaitable[_T]]) -> _T:
        """Make a call that needs no patient, with what the flow adds to its values."""
        return await self._flow(self._profile, call, None)

    async def in_flow(
        self,
        name: str,
        lpu_code: str,
        values: Values,
        read: Callable[[etree._Element], _T],
        *,
        patient: Patient | None = None,
        for_booking: bool = True,
    ) -> _T:
        """Make a call with the steps that the flow puts before it."""

        async def call(added: Values) -> _T:
            return await self._one(name, lpu_code, values | added, read, for_booking=for_booking)

        async def identify(added: Values) -> str | None:
            if patient is None or self._identified is None:
                return None
            asked = self._translate.identification(lpu_code, patient)
            return await self._one("identify", lpu_code, asked | added, self._identified, for_booking=True)

        return await self._flow(self._profile, call, identify if needs_patient(self._profile, name) else None)

    async def _one(
        self, name: str, lpu_code: str, values: Values, read: Callable[[etree._Element], _T], *, for_booking: bool
    ) -> _T:
        """Make a request and read its reply, both under the guard: an answer that cannot be read is none."""
        async with self.answer(name, lpu_code, values, for_booking=for_booking) as reply:
            return read(self.wire.payload(name, reply))

    @asynccontextmanager
    async def answer(self, name: str, lpu_code: str, values: Values, *, for_booking: bool) -> AsyncIterator[RawReply]:
        """Send one request through the guard and hand over its reply, which is judged within."""
        call, told = self._calls[name], self._fixed | values
        for needed in call.needed:
            if not told.get(needed):
                raise CallRefused(Refusal.VALIDATION, _NEEDED, form_field(needed), 0)
        request = self.wire.build(name, told)
        self._calendar.check(datetime.now(UTC))
        async with self._guard.one_call(lpu_code, for_booking=for_booking, deadline=call.deadline):
            yield await self._transport.send(
                request, deadline=call.deadline, max_bytes=call.max_bytes, for_booking=for_booking
            )

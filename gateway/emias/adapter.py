"""EMIAS as its contract's profile says: the port's operations, whatever is spoken below."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Final, NamedTuple, Self, assert_never

import msgspec

from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import moscow_day
from gateway.domain.outcomes import (
    Cancelled,
    CancelOutcome,
    Capabilities,
    Cause,
    CreateOutcome,
    NotSent,
    Refusal,
    Rejected,
    RemoteAppointment,
    Unknown,
)
from gateway.domain.patient import Patient
from gateway.domain.schedule import DoctorHint, EmiasDoctorRef, RemoteSlot, ScheduleWindow, Unchanged
from gateway.emias.asking import Asking
from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.guard import Guard
from gateway.emias.instants import InstantReader
from gateway.emias.profiles.abilities import abilities, echoes_client_ref
from gateway.emias.profiles.calls import CancelCall
from gateway.emias.profiles.profile import Profile
from gateway.emias.receipts import ReceiptReader
from gateway.emias.reply import RawReply
from gateway.emias.schedule_reader import ScheduleReader
from gateway.emias.strictness import is_strict
from gateway.emias.translate import Translator, Values
from gateway.emias.transport import Transport
from gateway.emias.wire import Wire
from gateway.emias.wires import make_wire
from gateway.ports import AppointmentRequest

__all__ = ["ContractEmias"]

_NOT_IN_CONTRACT: Final = "not_in_contract"
_BEFORE_LOOKING_UP: Final = timedelta(days=31)
_AFTER_LOOKING_UP: Final = timedelta(days=366)


class _Chunk(NamedTuple):
    """A reply about some of the days; `noise` is what of it is new each time."""

    first: date
    last: date
    reply: RawReply
    noise: bytes


class ContractEmias:
    """The `Emias` port over a profile; make it with `open`, close it with `aclose` or by leaving its context."""

    def __init__(
        self, profile: Profile, wire: Wire, transport: Transport, guard: Guard, secrets: Mapping[str, str]
    ) -> None:
        formats = profile.formats
        instants = InstantReader(formats.time_zone, needs_offset=formats.offset == "required")
        self._profile = profile
        self._wire = wire
        self._translate = Translator(formats)
        find = profile.operations.find
        self._schedules = ScheduleReader(
            wire.paths("get_schedule"),
            instants,
            strict=is_strict(profile, "get_schedule"),
            no_list_is_empty=profile.operations.get_schedule.result.no_list == "empty",
        )
        self._receipts = {
            name: ReceiptReader(
                wire.paths(name),
                instants,
                strict=is_strict(profile, name),
                no_list_is_empty=find is not None and find.result.no_list == "empty",
            )
            for name in profile.operations.calls()
        }
        identified = self._receipts["identify"].patient_id if "identify" in self._receipts else None
        self._asking = Asking(profile, wire, transport, guard, secrets, identified)
        self._turn = asyncio.Lock()
        self._fingerprint = hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(profile, folder=""))).digest()

    @classmethod
    async def open(
        cls,
        profile: Profile,
        address: str,
        tls: ssl.SSLContext | None,
        *,
        guard: Guard | None = None,
        secrets: Mapping[str, str] | None = None,
        transport: Transport | None = None,
    ) -> Self:
        """Read the contract, in a thread, and be ready to call; raise `ContractError`.

        Every request passes the `guard`. A `transport` that is given stands in the place of a new one.
        """
        known = secrets or {}
        wire = await asyncio.to_thread(make_wire, profile, address, known)
        return cls(profile, wire, transport or Transport(address, tls), guard or Guard(), known)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._asking.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def capabilities(self, lpu_code: str) -> Capabilities:  # noqa: ARG002 - one contract serves all its institutions
        """Tell what the contract can do."""
        can = abilities(self._profile)
        return Capabilities(
            lookup=can["lookup"],
            cancel=can["cancel"],
            returns_appointment_id=can["returns_appointment_id"],
            lists_busy_slots=can["lists_busy_slots"],
            horizon_days=self._profile.schedule.horizon_days,
            echoes_client_ref=echoes_client_ref(self._profile),
        )

    async def probe(self, lpu_code: str) -> str:
        """Return the version that the service names, or else the title of the contract that it answers by."""
        with _told_as_failure():
            read = self._receipts["probe"].version
            return await self._asking.in_flow("probe", lpu_code, {}, read, for_booking=False) or self._profile.title

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Read a range of days in as many calls as the contract needs; the replies are read only if they are new."""
        with _told_as_failure():
            spans = _spans(first, last, self._profile.schedule.days_per_call)
            chunks = [await self._chunk(doctor, *span) for span in spans]
            digest = self._digest(doctor, first, last, chunks)
            if digest == known_digest:
                return Unchanged(digest)
            slots: list[RemoteSlot] = []
            hint = DoctorHint()
            for chunk in chunks:
                async with self._turn:  # of many replies that are ready at once, one a turn of the event loop
                    await asyncio.sleep(0)
                    listed, said = self._read(doctor, chunk)
                slots += listed
                hint = hint.or_else(said)
            return ScheduleWindow(doctor, tuple(slots), first, last, digest, hint)

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Ask for the appointment, once."""
        try:
            return await self._asking.in_flow(
                "create",
                request.doctor.lpu_code,
                self._translate.appointment(request),
                lambda payload: self._receipts["create"].booked(payload, request),
                patient=request.patient,
            )
        except (CallRefused, CallFailed) as error:
            return _told_as_outcome(error)

    async def find_appointments(
        self, lpu_code: str, patient: Patient, first: date, last: date
    ) -> tuple[RemoteAppointment, ...]:
        """List the patient's appointments; raise `EmiasFailure` when the contract has no such operation."""
        with _told_as_failure():
            call = self._profile.operations.find
            if call is None:
                raise CallFailed(Cause.CONTRACT_MISMATCH, is_sent=False, code=_NOT_IN_CONTRACT)
            cancelled = call.result.cancelled_states
            listed = await self._asking.in_flow(
                "find",
                lpu_code,
                self._translate.search(lpu_code, patient, first, last),
                lambda payload: self._receipts["find"].appointments(payload, cancelled),
                patient=patient,
            )
            return tuple(one for one in listed if first <= moscow_day(one.starts_at) <= last)

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Ask for the cancellation, once; an appointment cancelled before is `Cancelled(already=True)`."""
        call = self._profile.operations.cancel
        if call is None:
            return NotSent(Cause.CONTRACT_MISMATCH)
        values = self._translate.cancellation(lpu_code, appointment_id, patient, reason, call.reasons)
        try:
            return await self._asking.in_flow(
                "cancel", lpu_code, values, self._receipts["cancel"].cancelled, patient=patient
            )
        except CallRefused as refusal:
            return await self._refused_cancel(call, refusal, lpu_code, appointment_id, patient)
        except CallFailed as failed:
            return _told_as_outcome(failed)

    async def _refused_cancel(
        self, call: CancelCall, refusal: CallRefused, lpu_code: str, appointment_id: str, patient: Patient
    ) -> CancelOutcome:
        """Tell a refusal that stands from one that says that there is nothing left to cancel."""
        if refusal.kind is Refusal.ALREADY_CANCELLED:
            return Cancelled(already=True)
        if refusal.code not in call.ambiguous:
            return _told_as_outcome(refusal)
        today = moscow_day(datetime.now(UTC))
        try:
            listed = await self.find_appointments(
                lpu_code, patient, today - _BEFORE_LOOKING_UP, today + _AFTER_LOOKING_UP
            )
        except EmiasFailure as failure:
            return Unknown(failure.cause, failure.http_status, refusal.code, failure.retry_after)
        found = next((one for one in listed if one.appointment_id == appointment_id), None)
        return Cancelled(already=True) if found and not found.active else _told_as_outcome(refusal)

    async def _chunk(self, doctor: EmiasDoctorRef, first: date, last: date) -> _Chunk:
        """Read one reply; what cannot be a schedule is refused before the next days are asked for."""

        async def call(added: Values) -> _Chunk:
            values = self._translate.schedule(doctor, first, last) | added
            async with self._asking.answer("get_schedule", doctor.lpu_code, values, for_booking=False) as reply:
                if not self._wire.is_plain_success(reply):
                    self._read(doctor, _Chunk(first, last, reply, b""))
                return _Chunk(first, last, reply, (added.get("session") or "").encode())

        return await self._asking.between_steps(call)

    def _read(self, doctor: EmiasDoctorRef, chunk: _Chunk) -> tuple[list[RemoteSlot], DoctorHint]:
        try:
            payload = self._wire.payload("get_schedule", chunk.reply)
        except CallRefused as refusal:
            if refusal.code in self._profile.operations.get_schedule.empty_codes:
                return [], DoctorHint()
            raise
        slots = self._schedules.read(payload, doctor, chunk.first, chunk.last)
        return slots, self._schedules.hint(payload)

    def _digest(self, doctor: EmiasDoctorRef, first: date, last: date, chunks: Sequence[_Chunk]) -> str:
        """Name the replies' content together with all that decides how it is read."""
        digest = hashlib.sha256(self._fingerprint)
        digest.update(repr((*doctor, first.isoformat(), last.isoformat())).encode())
        for chunk in chunks:
            body = self._wire.content(chunk.reply)
            told = body.replace(chunk.noise, b"") if chunk.noise else body
            digest.update(len(told).to_bytes(8, "big"))
            digest.update(told)
        return digest.hexdigest()


def _spans(first: date, last: date, days: int) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(first + timedelta(days=days - 1), last)
        yield first, end
        first = end + timedelta(days=1)


@contextmanager
def _told_as_failure() -> Iterator[None]:
    """Turn the room's own errors into the domain's one for reads."""
    try:
        yield
    except CallRefused as refusal:
        raise EmiasFailure(Cause.REFUSED, http_status=refusal.http_status, code=refusal.code) from None
    except CallFailed as failed:
        raise EmiasFailure(
            failed.cause, http_status=failed.http_status, code=failed.code, retry_after=failed.retry_after
        ) from None


def _told_as_outcome(error: CallRefused | CallFailed) -> Rejected | NotSent | Unknown:
    """Turn the room's own errors into the outcome of a create or cancel call."""
    match error:
        case CallRefused():
            return Rejected(error.kind, error.code, error.field)
        case CallFailed(is_sent=False):
            return NotSent(error.cause, error.retry_after)
        case CallFailed():
            return Unknown(error.cause, error.http_status, error.code, error.retry_after)
    assert_never(error)

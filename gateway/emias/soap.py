"""EMIAS over SOAP: the port's operations on one contract and one address."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from types import TracebackType
from typing import Final, Self, assert_never

import msgspec
from lxml import etree

from gateway.domain.errors import EmiasFailure
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
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow, Unchanged
from gateway.emias.contract import Contract, load_contract
from gateway.emias.envelope import Envelopes
from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.faults import FaultReader
from gateway.emias.instants import InstantReader
from gateway.emias.profiles.profile import Call, Profile
from gateway.emias.receipts import ReceiptReader
from gateway.emias.reply import RawReply, ReplyReader, is_plain_success, soap_body
from gateway.emias.schedule_reader import ScheduleReader
from gateway.emias.spending import Spending
from gateway.emias.translate import Translator, Values
from gateway.emias.transport import Transport
from gateway.ports import AppointmentRequest, Budget

__all__ = ["SoapEmias"]

_CONNECTIONS: Final = 16
_NOT_IN_CONTRACT: Final = "not_in_contract"


class SoapEmias:
    """The `Emias` port over SOAP; make it with `open`, close it with `aclose` or by leaving its context."""

    def __init__(
        self, profile: Profile, contract: Contract, address: str, transport: Transport, spending: Spending
    ) -> None:
        instants = InstantReader(profile.formats.time_zone)
        self._profile = profile
        self._contract = contract
        self._transport = transport
        self._spending = spending
        self._envelopes = Envelopes(profile, contract, address)
        self._translate = Translator(profile.formats)
        self._replies = ReplyReader(profile.soap.version, FaultReader(profile, contract.faults))
        self._schedules = ScheduleReader(contract.operations["get_schedule"].paths, instants)
        self._receipts = {
            name: ReceiptReader(operation.paths, instants) for name, operation in contract.operations.items()
        }
        self._turn = asyncio.Lock()
        self._fingerprint = hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(profile, folder=""))).digest()

    @classmethod
    async def open(
        cls,
        profile: Profile,
        address: str,
        tls: ssl.SSLContext | None,
        *,
        budget: Budget | None = None,
        connections: int = _CONNECTIONS,
    ) -> Self:
        """Read the contract, in a thread, and be ready to call; raise `ContractError`.

        Every request is spent from the `budget`, reads from the part that is left to sync. `connections` bounds the
        calls under way, once for reads and once for bookings.
        """
        contract = await asyncio.to_thread(load_contract, profile)
        return cls(profile, contract, address, Transport(address, tls, connections=connections), Spending(budget))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def capabilities(self, lpu_code: str) -> Capabilities:  # noqa: ARG002 - one contract serves all its institutions
        """Tell what the contract can do."""
        operations, schedule = self._profile.operations, self._profile.schedule
        find = operations.find
        return Capabilities(
            lookup=find is not None,
            cancel=operations.cancel is not None,
            returns_appointment_id=operations.create.result.appointment_id is not None,
            lists_busy_slots=schedule.lists_busy,
            horizon_days=schedule.horizon_days,
            echoes_client_ref=find is not None
            and find.result.client_ref is not None
            and "client_ref" in operations.create.parameters.values(),
        )

    async def probe(self, lpu_code: str) -> str:
        """Return the version that the service names."""
        with _told_as_failure():
            payload = await self._call("probe", lpu_code, {}, for_booking=False)
            return self._receipts["probe"].version(payload)

    async def get_schedule(
        self, doctor: EmiasDoctorRef, first: date, last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Read a range of days in as many calls as the contract needs; the replies are read only if they are new."""
        with _told_as_failure():
            spans = tuple(_spans(first, last, self._profile.schedule.days_per_call))
            replies = [await self._schedule_reply(doctor, *span) for span in spans]
            digest = self._digest(doctor, first, last, replies)
            if digest == known_digest:
                return Unchanged(digest)
            slots: list[RemoteSlot] = []
            tag = self._contract.operations["get_schedule"].reply_tag
            for span, reply in zip(spans, replies, strict=True):
                async with self._turn:  # of many replies that are ready at once, one a turn of the event loop
                    await asyncio.sleep(0)
                    slots += self._schedules.read(self._replies.payload(reply, tag), doctor, *span)
            return ScheduleWindow(doctor, tuple(slots), first, last, digest)

    async def create_appointment(self, request: AppointmentRequest) -> CreateOutcome:
        """Ask for the appointment, once."""
        try:
            payload = await self._call(
                "create", request.doctor.lpu_code, self._translate.appointment(request), for_booking=True
            )
            return self._receipts["create"].booked(payload, request)
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
            values = self._translate.search(lpu_code, patient, first, last)
            payload = await self._call("find", lpu_code, values, for_booking=True)
            return self._receipts["find"].appointments(payload, call.result.cancelled_states)

    async def cancel_appointment(
        self, lpu_code: str, appointment_id: str, patient: Patient, reason: str
    ) -> CancelOutcome:
        """Ask for the cancellation, once; an appointment cancelled before is `Cancelled(already=True)`."""
        if self._profile.operations.cancel is None:
            return NotSent(Cause.CONTRACT_MISMATCH)
        values = self._translate.cancellation(lpu_code, appointment_id, patient, reason)
        try:
            payload = await self._call("cancel", lpu_code, values, for_booking=True)
            return self._receipts["cancel"].cancelled(payload)
        except CallRefused as refusal:
            if refusal.kind is Refusal.ALREADY_CANCELLED:
                return Cancelled(already=True)
            return _told_as_outcome(refusal)
        except CallFailed as failed:
            return _told_as_outcome(failed)

    async def _call(self, name: str, lpu_code: str, values: Values, *, for_booking: bool) -> etree._Element:
        reply = await self._post(name, lpu_code, values, for_booking=for_booking)
        return self._replies.payload(reply, self._contract.operations[name].reply_tag)

    async def _post(self, name: str, lpu_code: str, values: Values, *, for_booking: bool) -> RawReply:
        call: Call = getattr(self._profile.operations, name)
        request = self._envelopes.build(name, values)
        async with self._spending.one_call(lpu_code, for_booking=for_booking):
            return await self._transport.post(
                request, deadline=call.deadline, max_bytes=call.max_bytes, for_booking=for_booking
            )

    async def _schedule_reply(self, doctor: EmiasDoctorRef, first: date, last: date) -> RawReply:
        """Read one reply; what cannot be a schedule is refused before the next days are asked for."""
        values = self._translate.schedule(doctor, first, last)
        reply = await self._post("get_schedule", doctor.lpu_code, values, for_booking=False)
        if not is_plain_success(reply):
            self._replies.payload(reply, self._contract.operations["get_schedule"].reply_tag)
        return reply

    def _digest(self, doctor: EmiasDoctorRef, first: date, last: date, replies: Sequence[RawReply]) -> str:
        """Name the replies' content together with all that decides how it is read."""
        digest = hashlib.sha256(self._fingerprint)
        digest.update(repr((*doctor, first.isoformat(), last.isoformat())).encode())
        for reply in replies:
            body = soap_body(reply)
            digest.update(len(body).to_bytes(8, "big"))
            digest.update(body)
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

"""`POST /v1/bookings`, `GET /v1/bookings/{id}`, `POST /v1/bookings/{id}/cancel`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath
from litestar.types import ASGIApp

from gateway.domain.booking import Booking, BookingState
from gateway.domain.errors import BookingRefused, InvalidInput, NotCancellable, NotFound
from gateway.domain.hold import Holder
from gateway.domain.identity import IdentitySource, PolicyMark
from gateway.domain.outcomes import Refusal, Rejected
from gateway.domain.patient import Patient
from gateway.http.auth import key_of
from gateway.http.calls import CLIENT_REF, IDEMPOTENCY_KEY, PENDING, REPLAYED, Answer, Call, documented
from gateway.http.door import Door, door_of, identity_of
from gateway.http.examples import EXAMPLES
from gateway.http.forms import Form, read_uuid
from gateway.http.idempotency import Once, fingerprint
from gateway.http.identity_schemas import IdentifiedBookingBody
from gateway.http.patient_form import read_patient
from gateway.http.problems import DoorError
from gateway.http.replies import Reply, json_reply
from gateway.http.schemas import BookingBody, BookingOut, BookingPendingOut, CancelBody
from gateway.http.sent import AnyRequest, canonical, holder_of, idempotency_key_of, language_of, read_object
from gateway.http.shapes import PENDING_STATES, POLL_AFTER, booking_out, pending_out
from gateway.http.ticket_form import read_claim
from gateway.ports import IdempotencyKey, Intent
from gateway.services.book_identified import Claim

__all__ = ["book", "booking_state", "cancel_booking"]

_LONGEST_REFERRAL: Final = 64
_LONGEST_CONTACT: Final = 200
_REASONS: Final = frozenset({"patient_request", "mistake", "illness", "other"})
_REPEATABLE: Final = ("idempotency_key_missing", "idempotency_in_progress", "idempotency_key_reused")
_BOOK = Call(
    id="book",
    summary="Book the held slot in EMIAS",
    tag="bookings",
    scope="book",
    description=(
        "The final submission of the form. EMIAS is asked once, whatever happens to the caller. 202 means that the "
        "answer of EMIAS is not known: the slot stays blocked, ask `status_url`. `patient_rejected` names in `reason` "
        "why EMIAS refused; a refusal that the patient cannot mend is `emias_refused`. After `emias_unavailable` "
        "nothing was sent and the same key may be used again. A repeated request whose first run died tells the "
        "booking's present state; `booking_failed` means that it was proved absent from EMIAS. An `identity_ticket` "
        "stands in the place of `patient` after a Gosuslugi login; it is spent when the booking lives, and answered "
        "501 where the login is off."
    ),
    answers={
        201: Answer("Booked.", BookingOut, EXAMPLES["booking"], REPLAYED),
        202: Answer("Not known yet.", BookingPendingOut, EXAMPLES["pending"], PENDING),
    },
    problems=(
        *_REPEATABLE,
        "hold_not_found",
        "hold_expired",
        "slot_taken",
        "patient_already_booked",
        "patient_busy",
        "patient_rejected",
        "booking_failed",
        "identity_off",
        "ticket_expired",
        "ticket_mismatch",
        "identity_unavailable",
        "emias_refused",
        "emias_unavailable",
    ),
    parameters=(IDEMPOTENCY_KEY, CLIENT_REF),
    body=BookingBody,
    body_example=EXAMPLES["booking_body"],
    other_body=IdentifiedBookingBody,
    other_body_example=EXAMPLES["identified_booking_body"],
)
_STATE = Call(
    id="getBooking",
    summary="State of a booking of the site",
    tag="bookings",
    scope="book",
    description="While the state is not final, `retry_after` tells when to ask again.",
    answers={200: Answer("Its present state.", BookingOut, EXAMPLES["booking"])},
    problems=("booking_not_found",),
)
_CANCEL = Call(
    id="cancelBooking",
    summary="Cancel a booking in EMIAS",
    tag="bookings",
    scope="book",
    answers={
        200: Answer("Cancelled.", BookingOut, EXAMPLES["cancelled"], REPLAYED),
        202: Answer("Not known yet.", BookingPendingOut, EXAMPLES["cancel_pending"], PENDING),
    },
    problems=(*_REPEATABLE, "booking_not_found", "not_cancellable", "emias_unavailable"),
    parameters=(IDEMPOTENCY_KEY, CLIENT_REF),
    body=CancelBody,
    body_example=EXAMPLES["cancel_body"],
)


@dataclass(frozen=True, slots=True)
class _Submission:
    """A booking form that holds what it must."""

    hold_id: UUID
    patient: Patient | Claim
    referral: str | None
    contact: str | None


@post("/bookings", opt=documented(_BOOK))
async def book(request: AnyRequest) -> ASGIApp:
    """Book the held slot."""
    door, holder = door_of(request), holder_of(request)
    key = IdempotencyKey(holder.api_key_id, "book", idempotency_key_of(request))
    given = await read_object(request)
    sent = _read_submission(given, door, holder)

    def intent_of(
        patient: Patient, source: IdentitySource = IdentitySource.MANUAL, mark: PolicyMark = PolicyMark.TYPED
    ) -> Intent:
        return Intent(uuid4(), holder, sent.hold_id, patient, sent.referral, sent.contact, key, source, mark)

    async def act() -> Reply:
        if isinstance(sent.patient, Claim):
            return _booked(await identity_of(door).book.submit(sent.patient, intent_of))
        return _booked(await door.house.book.submit(intent_of(sent.patient)))

    return await _once(request, key, "", given, act, _booked)


async def _once(
    request: AnyRequest,
    key: IdempotencyKey,
    subject: str,
    given: dict[str, Any],
    act: Callable[[], Awaitable[Reply]],
    shape: Callable[[Booking], Reply],
) -> Reply:
    """Run a request once under its key; a caller that hangs up does not stop it."""
    door, site_id = door_of(request), key_of(request.scope).site_id

    async def retell(booking_id: UUID) -> Reply:
        return shape(await door.house.book.state(site_id, booking_id))

    print_of = fingerprint(_secret(door), key.operation, subject, canonical(given))
    once = Once(door.house.idempotency, door.metrics, key, print_of, language_of(request), act, retell)
    return await door.house.book.under_way.shielded(once.run())


def _secret(door: Door) -> str:
    return door.house.settings.lookup_key.get_secret_value()


def _read_submission(given: dict[str, Any], door: Door, holder: Holder) -> _Submission:
    form = Form(given)
    if form.has("identity_ticket"):
        identity_of(door)
    hold_id = form.uuid("hold_id")
    patient = _read_who(form, door, holder)
    referral = form.text("referral", _LONGEST_REFERRAL)
    contact = form.text("contact", _LONGEST_CONTACT)
    form.check()
    if hold_id is None or patient is None:
        raise InvalidInput([])
    return _Submission(hold_id, patient, referral, contact)


def _read_who(form: Form, door: Door, holder: Holder) -> Patient | Claim | None:
    if form.has("identity_ticket"):
        return read_claim(form, holder.api_key_id)
    person = form.part("patient")
    return read_patient(person, door.house.clock.now().date()) if person else None


def _booked(booking: Booking) -> Reply:
    """Answer to a booking request by the state that the booking has come to."""
    match booking.state:
        case BookingState.SUBMITTING | BookingState.IN_DOUBT | BookingState.MANUAL:
            return _pending(booking)
        case BookingState.REJECTED:
            raise BookingRefused(Rejected(booking.refusal or Refusal.OTHER, booking.error_code or ""))
        case BookingState.FAILED:
            raise DoorError("booking_failed")
    return json_reply(booking_out(booking), 201)


def _pending(booking: Booking) -> Reply:
    return json_reply(pending_out(booking), 202, {"Retry-After": str(POLL_AFTER)})


@get("/bookings/{booking_id:str}", opt=documented(_STATE))
async def booking_state(request: AnyRequest, booking_id: FromPath[str]) -> ASGIApp:
    """Tell the state of a booking of the key's site."""
    found = await door_of(request).house.book.state(key_of(request.scope).site_id, _booking_id(booking_id))
    return json_reply(booking_out(found))


@post("/bookings/{booking_id:str}/cancel", opt=documented(_CANCEL))
async def cancel_booking(request: AnyRequest, booking_id: FromPath[str]) -> ASGIApp:
    """Cancel a booking."""
    door, holder, found_id = door_of(request), holder_of(request), _booking_id(booking_id)
    key = IdempotencyKey(holder.api_key_id, "cancel", idempotency_key_of(request))
    given = await read_object(request)
    reason = _read_reason(given)

    async def act() -> Reply:
        return _cancelled(await door.house.cancel.run(holder, found_id, reason, key))

    return await _once(request, key, str(found_id), given, act, _cancelled)


def _read_reason(given: dict[str, Any]) -> str:
    form = Form(given)
    reason = form.needed_choice("reason", _REASONS)
    form.check()
    if reason is None:
        raise InvalidInput([])
    return reason


def _cancelled(booking: Booking) -> Reply:
    """Answer to a cancel request by the state that the booking has come to."""
    if booking.state is BookingState.CANCELLED:
        return json_reply(booking_out(booking))
    if booking.state in PENDING_STATES:
        return _pending(booking)
    raise NotCancellable(booking.state.value)


def _booking_id(text: str) -> UUID:
    found = read_uuid(text)
    if found is None:
        raise NotFound("booking")
    return found

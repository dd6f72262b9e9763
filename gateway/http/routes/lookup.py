"""`POST /v1/bookings/lookup`: a guest finds a booking by its ticket and a birth date."""

from __future__ import annotations

from typing import Any, Final

from litestar import post
from litestar.types import ASGIApp

from gateway.domain.errors import InvalidInput
from gateway.domain.patient import parse_birth_date
from gateway.http.auth import key_of
from gateway.http.calls import CLIENT_REF, Answer, Call, documented
from gateway.http.door import door_of
from gateway.http.examples import EXAMPLES
from gateway.http.forms import Form
from gateway.http.replies import json_reply
from gateway.http.schemas import BookingOut, LookupBody
from gateway.http.sent import AnyRequest, holder_of, read_object
from gateway.http.shapes import booking_out

__all__ = ["look_up_booking"]

_LONGEST: Final = 100
_CALL = Call(
    id="lookUpBooking",
    summary="Find a booking by ticket and birth date",
    tag="bookings",
    scope="book",
    description="404 whichever of the two is wrong. Tightly limited by key and visitor.",
    answers={200: Answer("The booking.", BookingOut, EXAMPLES["booking"])},
    problems=("booking_not_found",),
    parameters=(CLIENT_REF,),
    body=LookupBody,
    body_example=EXAMPLES["lookup_body"],
)


@post("/bookings/lookup", opt=documented(_CALL))
async def look_up_booking(request: AnyRequest) -> ASGIApp:
    """Find a guest's booking."""
    door, holder = door_of(request), holder_of(request)
    door.look_ups.take((holder.api_key_id, holder.client_ref))
    given: dict[str, Any] = await read_object(request)
    form, today = Form(given), door.house.clock.now().date()
    ticket = form.needed_text("ticket", _LONGEST)
    birth_date = form.read("birth_date", _LONGEST, lambda text: parse_birth_date(text, today))
    form.check()
    if ticket is None or birth_date is None:
        raise InvalidInput([])
    found = await door.house.book.look_up(key_of(request.scope).site_id, ticket, birth_date)
    return json_reply(booking_out(found))

"""`POST /v1/holds`, `GET` and `DELETE /v1/holds/{id}`, `POST /v1/holds/{id}/renew`."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath
from litestar.types import ASGIApp

from gateway.domain.errors import NotFound
from gateway.http.calls import CLIENT_REF, Answer, Call, documented
from gateway.http.door import door_of
from gateway.http.examples import EXAMPLES
from gateway.http.forms import Form, read_uuid
from gateway.http.replies import Reply, json_reply
from gateway.http.schemas import HoldBody, HoldOut
from gateway.http.sent import AnyRequest, holder_of, read_object
from gateway.http.shapes import hold_out

__all__ = ["hold_state", "release_hold", "renew_hold", "take_hold"]

_LONGEST_ID: Final = 64
_TAKE = Call(
    id="takeHold",
    summary="Hold a slot for five minutes",
    tag="holds",
    scope="book",
    description="Call it when the form is opened. One holder at a time; a hold that ends frees the slot by itself.",
    answers={201: Answer("The slot is kept.", HoldOut, EXAMPLES["hold"])},
    problems=("slot_not_found", "slot_held", "slot_taken", "too_many_holds"),
    parameters=(CLIENT_REF,),
    body=HoldBody,
    body_example=EXAMPLES["hold_body"],
)
_STATE = Call(
    id="getHold",
    summary="Whether the slot is still kept",
    tag="holds",
    scope="book",
    description=(
        "For the form that is open: asked now and then, it tells at once when EMIAS has sold the slot elsewhere, "
        "and the visitor need not fill the form in vain."
    ),
    answers={200: Answer("The slot is kept.", HoldOut, EXAMPLES["hold"])},
    problems=("hold_not_found", "hold_expired", "slot_taken", "validation_failed"),
    parameters=(CLIENT_REF,),
)
_RENEW = Call(
    id="renewHold",
    summary="Another five minutes, at most twice",
    tag="holds",
    scope="book",
    answers={200: Answer("The hold is longer.", HoldOut, EXAMPLES["hold"])},
    description="A slot that EMIAS shows as taken meanwhile is told with alternatives, and the hold is not lengthened.",
    problems=("hold_not_found", "hold_expired", "renewals_exhausted", "slot_taken", "validation_failed"),
    parameters=(CLIENT_REF,),
)
_RELEASE = Call(
    id="releaseHold",
    summary="Let the slot go",
    tag="holds",
    scope="book",
    description="Releasing twice, or a hold that is no more, is no error.",
    answers={204: Answer("The slot is free for others.")},
    problems=("hold_not_found", "validation_failed"),
    parameters=(CLIENT_REF,),
)


@post("/holds", opt=documented(_TAKE))
async def take_hold(request: AnyRequest) -> ASGIApp:
    """Hold a slot."""
    slot_id, doctor_id = _read_wish(await read_object(request))
    hold = await door_of(request).house.hold.take(holder_of(request), slot_id, doctor_id)
    return json_reply(hold_out(hold), 201)


def _read_wish(given: dict[str, Any]) -> tuple[UUID, str | None]:
    form = Form(given)
    slot_id = form.uuid("slot_id")
    doctor_id = form.text("doctor_id", _LONGEST_ID)
    form.check()
    if slot_id is None:
        raise NotFound("slot")
    return slot_id, doctor_id


@get("/holds/{hold_id:str}", opt=documented(_STATE))
async def hold_state(request: AnyRequest, hold_id: FromPath[str]) -> ASGIApp:
    """Tell whether a hold lives and its slot is still to be had."""
    hold = await door_of(request).house.hold.state(holder_of(request), _hold_id(hold_id))
    return json_reply(hold_out(hold))


@post("/holds/{hold_id:str}/renew", opt=documented(_RENEW))
async def renew_hold(request: AnyRequest, hold_id: FromPath[str]) -> ASGIApp:
    """Lengthen a hold."""
    hold = await door_of(request).house.hold.renew(holder_of(request), _hold_id(hold_id))
    return json_reply(hold_out(hold))


@delete("/holds/{hold_id:str}", opt=documented(_RELEASE), status_code=200)  # the reply itself says 204
async def release_hold(request: AnyRequest, hold_id: FromPath[str]) -> ASGIApp:
    """End a hold."""
    await door_of(request).house.hold.release(holder_of(request), _hold_id(hold_id))
    return Reply(204, b"", None)


def _hold_id(text: str) -> UUID:
    found = read_uuid(text)
    if found is None:
        raise NotFound("hold")
    return found

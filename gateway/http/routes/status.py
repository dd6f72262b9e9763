"""`GET /v1/status`."""

from __future__ import annotations

from litestar import get
from litestar.types import ASGIApp

from gateway.http.auth import key_of
from gateway.http.calls import Answer, Call, documented
from gateway.http.door import door_of
from gateway.http.examples import EXAMPLES
from gateway.http.replies import json_reply
from gateway.http.schemas import StatusOut
from gateway.http.sent import AnyRequest
from gateway.http.shapes import status_out

__all__ = ["gateway_status"]

_CALL = Call(
    id="getStatus",
    summary="Whether patients can book, for the site's health page",
    tag="status",
    scope="read",
    description=(
        "`degraded`: some institutions do not answer, or some schedules are old. `down`: none answers. An institution "
        "is `partial` while only its bookings, or only the reads of its schedules, are kept back by the breaker, and "
        "`stopped` when an operator lets nothing be sent to it."
    ),
    answers={200: Answer("The present state.", StatusOut, EXAMPLES["status"])},
)


@get("/status", opt=documented(_CALL))
async def gateway_status(request: AnyRequest) -> ASGIApp:
    """Tell how the gateway stands for the key's site."""
    return json_reply(status_out(await door_of(request).house.report.status(key_of(request.scope).site_id)))

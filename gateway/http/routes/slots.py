"""`GET /v1/doctors/{id}/slots`, the call that every visitor's page makes: answered from memory when it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from gateway.domain.directory import DoctorSlots
from gateway.domain.errors import NotFound
from gateway.http.auth import key_of
from gateway.http.calls import IF_NONE_MATCH, NOT_MODIFIED, Answer, Call, Parameter, documented
from gateway.http.door import door_at, door_of
from gateway.http.examples import EXAMPLES
from gateway.http.schemas import DoctorSlotsOut
from gateway.http.sent import AnyRequest, read_query

if TYPE_CHECKING:
    from litestar.types import Receive, Scope, Send

__all__ = ["list_slots"]

_LONGEST_ID: Final = 64
_DAY: Final = {"type": "string", "format": "date"}
_CALL = Call(
    id="listSlots",
    summary="Free slots of a doctor",
    tag="directory",
    scope="read",
    description="Held and booked slots are left out. Read from the local mirror; `as_of` tells its age.",
    answers={
        200: Answer("By day.", DoctorSlotsOut, EXAMPLES["slots"], {"ETag": "Names this answer."}),
        304: NOT_MODIFIED,
    },
    problems=("doctor_not_found", "validation_failed"),
    parameters=(
        Parameter("from", "query", _DAY, "First day in Moscow, today by default.", "2026-11-24"),
        Parameter("to", "query", _DAY, "Last day, at most 62 days on; 30 days on by default.", "2026-12-01"),
        IF_NONE_MATCH,
    ),
)


class ReadyPages:
    """ASGI middleware: a page that is kept is sent before a request is even read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page from memory, or let the handler make it."""
        door = door_at(scope)
        page = door.pages.get((key_of(scope).site_id, scope["path_params"]["doctor_id"], scope["query_string"]))
        door.metrics.page_served(from_memory=page is not None)
        await (self._app if page is None else page)(scope, receive, send)


@get("/doctors/{doctor_id:str}/slots", opt=documented(_CALL), middleware=[ReadyPages])
async def list_slots(request: AnyRequest, doctor_id: FromPath[str]) -> ASGIApp:
    """List a doctor's free slots over a range of days."""
    if len(doctor_id) > _LONGEST_ID or not doctor_id.isprintable():
        raise NotFound("doctor")
    query = read_query(request)
    first, last = query.day("from"), query.day("to")
    query.check()
    door, site_id = door_of(request), key_of(request.scope).site_id

    async def read() -> DoctorSlots:
        return await door.house.browse.slots(site_id, doctor_id, first, last)

    return await door.pages.make((site_id, doctor_id, request.scope["query_string"]), read)

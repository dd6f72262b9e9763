"""`GET /v1/specialties`."""

from __future__ import annotations

from litestar import get
from litestar.types import ASGIApp

from gateway.http.auth import key_of
from gateway.http.calls import IF_NONE_MATCH, NOT_MODIFIED, Answer, Call, documented
from gateway.http.door import door_of
from gateway.http.examples import EXAMPLES
from gateway.http.replies import page_reply
from gateway.http.schemas import SpecialtyOut
from gateway.http.sent import AnyRequest
from gateway.http.shapes import specialties_out

__all__ = ["list_specialties"]

_CALL = Call(
    id="listSpecialties",
    summary="Specialties that have bookable doctors",
    tag="directory",
    scope="read",
    answers={
        200: Answer("By name.", tuple[SpecialtyOut, ...], EXAMPLES["specialties"], {"ETag": "Names this answer."}),
        304: NOT_MODIFIED,
    },
    parameters=(IF_NONE_MATCH,),
)


@get("/specialties", opt=documented(_CALL))
async def list_specialties(request: AnyRequest) -> ASGIApp:
    """List the specialties of the key's site."""
    found = await door_of(request).house.browse.specialties(key_of(request.scope).site_id)
    return page_reply(specialties_out(found))

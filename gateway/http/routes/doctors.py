"""`GET /v1/doctors`."""

from __future__ import annotations

import re
from typing import Final

from litestar import get
from litestar.types import ASGIApp

from gateway.http.auth import key_of
from gateway.http.calls import IF_NONE_MATCH, NOT_MODIFIED, Answer, Call, Parameter, documented
from gateway.http.door import door_of
from gateway.http.examples import EXAMPLES
from gateway.http.forms import Form
from gateway.http.replies import page_reply
from gateway.http.schemas import DoctorListOut
from gateway.http.sent import AnyRequest, read_query
from gateway.http.shapes import doctors_out
from gateway.ports import DoctorFilter

__all__ = ["list_doctors"]

_LONGEST_ID: Final = 64
_LONGEST_NAME: Final = 100
_LONGEST_CURSOR: Final = 512
_DEFAULT_LIMIT: Final = 50
_MOST: Final = 200
_LIMIT_FORM: Final = re.compile(r"[0-9]{1,3}")
_CALL = Call(
    id="listDoctors",
    summary="Doctors of the site, a page at a time",
    tag="directory",
    scope="read",
    answers={
        200: Answer("In the site's order.", DoctorListOut, EXAMPLES["doctors"], {"ETag": "Names this answer."}),
        304: NOT_MODIFIED,
    },
    problems=("validation_failed",),
    parameters=(
        Parameter("specialty", "query", {"type": "string", "maxLength": _LONGEST_ID}, "Only this specialty id.", "12"),
        Parameter("lpu", "query", {"type": "string", "maxLength": _LONGEST_ID}, "Only this institution.", "0101"),
        Parameter("q", "query", {"type": "string", "maxLength": _LONGEST_NAME}, "Part of the name.", "иван"),
        Parameter(
            "limit",
            "query",
            {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _DEFAULT_LIMIT},
            "Doctors on a page.",
            50,
        ),
        Parameter(
            "cursor", "query", {"type": "string", "maxLength": _LONGEST_CURSOR}, "`next_cursor` of the page before.", ""
        ),
        IF_NONE_MATCH,
    ),
)


@get("/doctors", opt=documented(_CALL))
async def list_doctors(request: AnyRequest) -> ASGIApp:
    """List a page of the site's doctors."""
    door = door_of(request)
    wanted = _read_filter(read_query(request))
    doctors, cursor = await door.house.browse.doctors(key_of(request.scope).site_id, wanted)
    return page_reply(doctors_out(doctors, cursor, door.house.clock.now(), door.stale_after))


def _read_filter(query: Form) -> DoctorFilter:
    wanted = DoctorFilter(
        specialty=query.text("specialty", _LONGEST_ID),
        lpu=query.text("lpu", _LONGEST_ID),
        q=query.text("q", _LONGEST_NAME),
        limit=_read_limit(query),
        cursor=query.text("cursor", _LONGEST_CURSOR),
    )
    query.check()
    return wanted


def _read_limit(query: Form) -> int:
    if not query.has("limit"):
        return _DEFAULT_LIMIT
    given = query.text("limit", _LONGEST_ID) or ""
    limit = int(given) if _LIMIT_FORM.fullmatch(given) else 0
    if not 1 <= limit <= _MOST:
        query.note("limit", "limit_range")
    return limit

"""`POST /v1/bitrix/events`: the site's hints that doctors have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from litestar import post
from litestar.types import ASGIApp

from gateway.domain.errors import FieldProblem
from gateway.http.auth import key_of
from gateway.http.calls import Answer, Call, documented
from gateway.http.door import door_of
from gateway.http.examples import EXAMPLES
from gateway.http.forms import Form
from gateway.http.replies import json_reply
from gateway.http.schemas import EventsBody, EventsOut
from gateway.http.sent import AnyRequest, read_object
from gateway.ports import PushedChange

__all__ = ["receive_events"]

_MOST_EVENTS: Final = 100
_LARGEST_ID: Final = 2**63 - 1
_KINDS: Final = ("upsert", "delete")
_CALL = Call(
    id="receiveEvents",
    summary="These doctors have changed",
    tag="events",
    scope="events",
    description=(
        "A hint, never the data: each element is read anew from the site within seconds, so order and repetition do "
        "not matter, and what is lost is found by the next reading of the whole list. An event counts once by its "
        "`uuid`, remembered for seven days. A deletion is believed when the site itself no longer has the element."
    ),
    answers={202: Answer("Taken note of.", EventsOut, EXAMPLES["events"])},
    body=EventsBody,
    body_example=EXAMPLES["events_body"],
)


@post("/bitrix/events", opt=documented(_CALL), status_code=202)
async def receive_events(request: AnyRequest) -> ASGIApp:
    """Mark the elements to be read anew."""
    changes = _read_changes(await read_object(request))
    accepted = await door_of(request).house.pushes.note(key_of(request.scope).site_id, changes)
    return json_reply(EventsOut(accepted, len(changes) - accepted), 202)


def _read_changes(given: dict[str, Any]) -> list[PushedChange]:
    problems: list[FieldProblem] = []
    form = Form(given, problems=problems)
    events = given.get("events")
    if not isinstance(events, list):
        form.note("events", "required" if events is None else "wrong_type")
    elif not 1 <= len(events) <= _MOST_EVENTS:
        form.note("events", "events_range")
    else:
        changes = list(_each(events, problems))
        form.check()
        return changes
    form.check()
    return []


def _each(events: list[Any], problems: list[FieldProblem]) -> Iterator[PushedChange]:
    for place, event in enumerate(events):
        name = f"events.{place}"
        if not isinstance(event, dict):
            problems.append(FieldProblem(name, "wrong_type"))
            continue
        form = Form(event, f"{name}.", problems)
        uuid, kind = form.uuid("uuid"), form.needed_choice("kind", _KINDS)
        element_id = _element_id(event.get("element_id"))
        if element_id is None:
            form.note("element_id", "element_id_format" if form.has("element_id") else "required")
        if uuid is not None and kind is not None and element_id is not None:
            yield PushedChange(uuid, element_id, kind == "delete")


def _element_id(value: Any) -> str | None:
    """Read an element id, a number or its digits; None when it is neither."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and value[0] != "0":
        return value if int(value[:20]) <= _LARGEST_ID else None
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST_ID:
        return str(value)
    return None

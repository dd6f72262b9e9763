"""`/doctor/<id>`: the page and its forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.doctor.judging import free_slots_of, judge, judge_mapping
from admin.doctor.pinning import Pinning
from admin.doctor.reading import Seen, read_doctor
from admin.doctor.words import WORDS
from admin.frame.door import form_door, form_of
from admin.frame.page import Frame
from admin.roles import Act, may
from gateway.domain.moscow import as_moscow
from gateway.store.engine import Database
from gateway.store.tables.choices import PinnedField

__all__ = ["doctor_routes"]

_LONGEST_REASON: Final = 300
Form = Mapping[str, str]


def doctor_routes(database: Database, hosts: Sequence[str], mappings_address: str) -> list[Route]:
    """Return `/doctor/<id>`, to be read and written to."""
    pages = _Pages(database, mappings_address)
    address = "/doctor/{doctor_id:int}"
    return [
        Route(address, pages.show, methods=["GET"], middleware=form_door(hosts)),
        Route(address, pages.change, methods=["POST"], middleware=form_door(hosts)),
    ]


class _Pages:
    def __init__(self, database: Database, mappings_address: str) -> None:
        self._database = database
        self._frame = Frame("admin.doctor", WORDS)
        self._mappings_address = mappings_address

    async def show(self, request: Request) -> Response:
        """Show the doctor."""
        return await self._page(request)

    async def change(self, request: Request) -> Response:
        """Do what a form asks, and show what came of it."""
        form = {name: value for name, value in (await form_of(request)).items() if isinstance(value, str)}
        reason = form.get("reason", "").strip()
        if not 1 <= len(reason) <= _LONGEST_REASON:
            return await self._page(request, HTTPStatus.UNPROCESSABLE_ENTITY, "say_why")
        if await read_doctor(self._database, request.path_params["doctor_id"]) is None:
            return await self._page(request)
        try:
            status, said = await self._done(request, form, reason)
        except HTTPException as refused:
            return await self._page(request, HTTPStatus.UNPROCESSABLE_ENTITY, _sentence(refused, self._place(request)))
        return await self._page(request, status, said)

    async def _done(self, request: Request, form: Form, reason: str) -> tuple[int, str]:
        doctor_id: int = request.path_params["doctor_id"]
        write, field = Pinning(self._database, request.scope["visitor"].username), form.get("field", "")
        if form.get("do") in {"pin", "release"} and field not in set(PinnedField):
            return HTTPStatus.UNPROCESSABLE_ENTITY, "no_such_field"
        match form.get("do"):
            case "pin":
                await write.pin(doctor_id, field, form.get("value", ""), reason)
                return HTTPStatus.OK, "pinned"
            case "release":
                is_new = await write.release(doctor_id, field, reason)
                return HTTPStatus.OK, "released" if is_new else "done_already"
            case "block" | "unblock" as wanted:
                is_new = await write.block(doctor_id, reason, is_blocked=wanted == "block")
                return HTTPStatus.OK, f"{wanted}ed" if is_new else "done_already"
        return HTTPStatus.UNPROCESSABLE_ENTITY, "no_such_field"

    async def _page(self, request: Request, status: int = HTTPStatus.OK, said: str = "") -> Response:
        seen = await read_doctor(self._database, request.path_params["doctor_id"])
        if seen is None:
            return self._frame.page(request, "nobody.html", status=HTTPStatus.NOT_FOUND)
        steps, visitor = judge(seen), request.scope["visitor"]
        return self._frame.page(
            request,
            "doctor.html",
            status=status,
            said=said,
            is_well=status == HTTPStatus.OK,
            doctor=seen.doctor,
            steps=steps,
            is_bookable=all(step.level != "bad" for step in steps),
            free=free_slots_of(seen),
            mappings=[(row, judge_mapping(row)) for row in seen.mappings],
            mappings_address=self._mappings_address,
            fields=_fields(seen),
            may_correct=may(visitor, Act.CORRECT_DOCTORS),
            may_map=may(visitor, Act.MAP_DOCTORS),
            may_refresh=may(visitor, Act.REFRESH),
            age=_age(seen, self._frame.speech(request).span),
            moscow=as_moscow,
            longest=_LONGEST_REASON,
        )

    def _place(self, request: Request) -> int:
        return 0 if self._frame.speech(request).language == "ru" else 1


def _fields(seen: Seen) -> list[dict[str, Any]]:
    return [
        {
            "field": field.value,
            "shown": _told(seen.doctor[field.value]),
            "source": pin["source_value"] if pin else _told(seen.doctor[field.value]),
            "pin": pin,
            "kind": _KINDS.get(field, "text"),
        }
        for field in PinnedField
        for pin in [seen.pins.get(field.value)]
    ]


_KINDS: Final = {PinnedField.IS_ACTIVE: "flag", PinnedField.SORT: "number"}


def _told(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _age(seen: Seen, span: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda instant: span(seen.now - instant) if instant else "—"


def _sentence(refused: HTTPException, place: int) -> str:
    detail: Any = refused.detail
    told: str = detail[0]["msg"]
    both = told.split(" · ")
    return both[min(place, len(both) - 1)]

"""The addresses of acts: `/act/booking/<id>`, `/act/doctor/<row>`, `/act/mapping/<row>`, `/act/institution/<LPU>`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Final
from urllib.parse import quote, urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from admin.acts.choices import (
    CODES,
    HOURS,
    Choice,
    booking_choices,
    doctor_choices,
    institution_choices,
    mapping_choices,
)
from admin.acts.facts import read_booking, read_doctor, read_institution, read_mapping
from admin.acts.forms import FormRefused, asked_of
from admin.acts.telling import (
    Fact,
    tell_booking,
    tell_doctor,
    tell_history,
    tell_institution,
    tell_mapping,
    tell_wishes,
)
from admin.acts.words import WORDS
from admin.dashboard.links import Links
from admin.frame.door import form_door, form_of
from admin.frame.page import Frame
from admin.frame.speech import Speech
from admin.roles import Act, may
from gateway.domain.wish import DECISIONS, WishKind
from gateway.store.engine import OUTAGES, Database
from gateway.store.tables import Booking, DoctorMapping, EmiasDoctor, Institution, Wish
from gateway.store.wish_desk import WishDesk, WishSeen

__all__ = ["act_routes"]

_ASSETS: Final = {"acts.css": "text/css", "acts.js": "text/javascript"}
_KINDS: Final[Mapping[str, Sequence[WishKind]]] = {
    "booking": sorted(DECISIONS),
    "doctor": [WishKind.REFRESH_DOCTOR],
    "mapping": [WishKind.TEST_MAPPING],
    "institution": [WishKind.SWITCH, WishKind.RETRY_FAILED, WishKind.PAUSE_RETRIES, WishKind.RESUME_RETRIES],
}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a page shows beside its wishes."""

    name: str
    facts: Sequence[Fact]
    choices: Sequence[Choice]
    row: str
    history: Sequence[Mapping[str, str]] = ()
    links: Mapping[str, str] = field(default_factory=dict)


def act_routes(database: Database, links: Links, hosts: Sequence[str]) -> list[Route]:
    """Return the pages of acts and what they load."""
    pages = _Pages(database, links)
    nouns = (("booking", "uuid"), ("doctor", "int"), ("mapping", "int"), ("institution", "str"))
    return [
        *(_asset(name, kind, _content(name)) for name, kind in _ASSETS.items()),
        _asset(
            "rows.js", "text/javascript", _content("rows.js").replace(b"__PAGES__", json.dumps(links.pages()).encode())
        ),
        *(
            Route(f"/act/{noun}/{{key:{kind}}}", handler, methods=[method], middleware=form_door(hosts))
            for noun, kind in nouns
            for method, handler in (("GET", pages.showing(noun)), ("POST", pages.taking(noun)))
        ),
    ]


def _content(name: str) -> bytes:
    return (resources.files("admin.acts") / "pages" / name).read_bytes()


def _asset(name: str, kind: str, content: bytes) -> Route:
    async def serve(_request: Request) -> Response:
        return Response(content, media_type=kind)

    return Route(f"/acts/{name}", serve)


_Handler = Callable[[Request], Awaitable[Response]]


class _Pages:
    def __init__(self, database: Database, links: Links) -> None:
        self._database = database
        self._links = links
        self._desk = WishDesk(database)
        self._frame = Frame("admin.acts", WORDS)
        self._sheets = {
            "booking": self._booking,
            "doctor": self._doctor,
            "mapping": self._mapping,
            "institution": self._institution,
        }

    def showing(self, noun: str) -> _Handler:
        """Make the handler that shows a page."""

        async def show(request: Request) -> Response:
            return await self._page(request, noun)

        return show

    def taking(self, noun: str) -> _Handler:
        """Make the handler that takes a form and leads back to the page, which shows the wish."""

        async def take(request: Request) -> Response:
            try:
                return await self._take(request, noun)
            except FormRefused as refused:
                told = refused.told or self._frame.speech(request).say(refused.key)
                return await self._page(request, noun, refused.status, refused=told)
            except OUTAGES:
                return JSONResponse({"detail": "База не отвечает · The database does not answer"}, status_code=503)

        return take

    async def _take(self, request: Request, noun: str) -> Response:
        form = await form_of(request)
        speech = self._frame.speech(request)
        wishes = await self._wishes(request, noun)
        sheet = await self._sheets[noun](request, wishes, speech)
        if sheet is None:
            return _no_such_row()
        asked = asked_of(form, sheet.choices)
        wished = await self._desk.make(
            asked.kind,
            str(request.path_params["key"]),
            reason=asked.reason,
            wished_by=request.scope["visitor"].username,
            arguments=asked.arguments,
        )
        told = {"lang": speech.language, "told": "taken" if wished.is_new else "theirs"}
        return RedirectResponse(f"{quote(request.url.path)}?{urlencode(told)}", status_code=303)

    async def _page(self, request: Request, noun: str, status: int = 200, refused: str = "") -> Response:
        speech = self._frame.speech(request)
        wishes = await self._wishes(request, noun)
        sheet = await self._sheets[noun](request, wishes, speech)
        if sheet is None:
            return _no_such_row()
        under_way = next((wish for wish in wishes if wish.is_open), None)
        return self._frame.page(
            request,
            "act.html",
            status=status,
            noun=noun,
            sheet=sheet,
            choices=sorted(sheet.choices, key=lambda choice: bool(choice.against)),
            address=f"{quote(request.url.path)}?lang={speech.language}",
            wishes=tell_wishes(wishes, speech),
            wishes_link=self._links.rows(Wish, subject=str(request.path_params["key"])),
            is_open=under_way is not None and not under_way.paused,
            theirs=_theirs(request, wishes, speech),
            refused=refused,
            codes=CODES,
            hours=HOURS,
        )

    async def _wishes(self, request: Request, noun: str) -> list[WishSeen]:
        return await self._desk.about(str(request.path_params["key"]), _KINDS[noun])

    async def _booking(self, request: Request, wishes: Sequence[WishSeen], speech: Speech) -> _Sheet | None:
        booking_id: UUID = request.path_params["key"]
        facts = await read_booking(self._database, booking_id)
        if facts is None:
            return None
        visitor = request.scope["visitor"]
        reveal = f"/act/booking/{booking_id}/reveal?lang={speech.language}"
        return _Sheet(
            facts.row["patient_mask"] or speech.say("title_booking"),
            tell_booking(facts, speech),
            booking_choices(facts.standing, wishes, visitor, speech),
            self._links.row(Booking, booking_id),
            tell_history(facts.history, speech),
            {"reveal": reveal} if may(visitor, Act.REVEAL) and facts.standing.has_patient else {},
        )

    async def _doctor(self, request: Request, wishes: Sequence[WishSeen], speech: Speech) -> _Sheet | None:
        row = await read_doctor(self._database, request.path_params["key"])
        if row is None:
            return None
        choices = doctor_choices(wishes, request.scope["visitor"], speech)
        name = ", ".join(row["names"]) or row["hint_name"] or row["emias_doctor_id"]
        return _Sheet(name, tell_doctor(row, speech), choices, self._links.row(EmiasDoctor, row["id"]))

    async def _mapping(self, request: Request, wishes: Sequence[WishSeen], speech: Speech) -> _Sheet | None:
        row = await read_mapping(self._database, request.path_params["key"])
        if row is None:
            return None
        choices = mapping_choices(wishes, request.scope["visitor"], speech)
        return _Sheet(row["doctor"], tell_mapping(row, speech), choices, self._links.row(DoctorMapping, row["id"]))

    async def _institution(self, request: Request, wishes: Sequence[WishSeen], speech: Speech) -> _Sheet | None:
        row = await read_institution(self._database, request.path_params["key"])
        if row is None:
            return None
        choices = institution_choices(row, wishes, request.scope["visitor"], speech)
        name = row["name"] or row["lpu_code"]
        return _Sheet(name, tell_institution(row, speech), choices, self._links.row(Institution, row["lpu_code"]))


def _theirs(request: Request, wishes: Sequence[WishSeen], speech: Speech) -> str:
    """Tell whose wish stood in the way of the one that was just asked for."""
    if request.query_params.get("told") != "theirs" or not wishes:
        return ""
    first = next((wish for wish in wishes if wish.is_open), wishes[0])
    return speech.say("theirs", who=first.wished_by, what=speech.say(first.kind))


def _no_such_row() -> Response:
    return JSONResponse({"detail": "нет такой строки · not found"}, status_code=404)

"""`/act/booking/<id>/reveal` and `/act/find`; the gate has asked for the right already."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.disclosures.reading import read_bookings
from admin.disclosures.waiting import SILENCE, answer_of
from admin.disclosures.words import WORDS
from admin.frame.door import form_door, form_of
from admin.frame.page import Frame
from gateway.domain.disclosure import PatientField
from gateway.domain.discretion import LONG_NUMBER
from gateway.domain.errors import FieldError
from gateway.domain.moscow import as_moscow
from gateway.domain.patient import Snils
from gateway.store.disclosures import Asked, AskingBook, NobodyAnswers, TooMany, found_bookings
from gateway.store.engine import OUTAGES
from gateway.store.sealed_box import BoxBroken

__all__ = ["disclosure_routes"]

_SHORTEST, _LONGEST = 3, 300
_FIELDS: Final = tuple(field.value for field in PatientField)


class _Refused(Exception):
    """What was asked is refused; `key` is the word for it."""

    def __init__(self, key: str, status: int) -> None:
        super().__init__(key)
        self.key = key
        self.status = status


def disclosure_routes(book: AskingBook, hosts: Sequence[str]) -> list[Route]:
    """Return the pages of disclosures; an answer stands in the reply to its form and nowhere else."""
    pages, reveal = _Pages(book), "/act/booking/{booking_id:uuid}/reveal"
    return [
        Route(reveal, pages.choose, methods=["GET"], middleware=form_door(hosts)),
        Route(reveal, pages.reveal, methods=["POST"], middleware=form_door(hosts)),
        Route("/act/find", pages.start, methods=["GET"], middleware=form_door(hosts)),
        Route("/act/find", pages.find, methods=["POST"], middleware=form_door(hosts)),
    ]


class _Pages:
    def __init__(self, book: AskingBook) -> None:
        self._book = book
        self._frame = Frame("admin.disclosures", WORDS)

    async def choose(self, request: Request) -> Response:
        """Show what can be revealed of a booking."""
        return await self._reveal_page(request)

    async def reveal(self, request: Request) -> Response:
        """Ask for one field and show it, once."""
        try:
            field, text = await self._ask_field(request)
        except _Refused as refused:
            return await self._reveal_page(request, refused.status, refused=refused.key)
        return await self._reveal_page(request, field=field, told=text)

    async def start(self, request: Request) -> Response:
        """Show the search."""
        return self._find_page(request)

    async def find(self, request: Request) -> Response:
        """Ask for the bookings of a SNILS and show them masked."""
        try:
            found = await self._ask_bookings(request)
        except _Refused as refused:
            return self._find_page(request, refused.status, refused=refused.key)
        return self._find_page(request, found=await read_bookings(self._book.database, found))

    async def _ask_field(self, request: Request) -> tuple[str, str]:
        form = await _texts_of(request)
        if form.get("field") not in _FIELDS:
            raise _Refused("choose_field", 422)
        field, reason = PatientField(form["field"]), _reason_of(form)
        asking = self._book.ask_field(_actor(request), request.path_params["booking_id"], field, reason)
        return field.value, await self._answer(asking)

    async def _ask_bookings(self, request: Request) -> Sequence[UUID]:
        form = await _texts_of(request)
        reason = _reason_of(form)
        try:
            snils = Snils.parse(form.get("snils", ""))
        except FieldError as wrong:
            raise _Refused(wrong.problems[0].code, 422) from None
        return found_bookings(await self._answer(self._book.ask_bookings(_actor(request), snils, reason)))

    async def _answer(self, asking: Awaitable[Asked]) -> str:
        try:
            answer = await answer_of(self._book, await asking)
        except TooMany:
            raise _Refused("too_many", 429) from None
        except NobodyAnswers:
            raise _Refused(SILENCE, 503) from None
        except BoxBroken:
            raise _Refused("unreadable", 409) from None
        except OUTAGES:
            raise _Refused("busy", 503) from None
        if answer.text is None:
            raise _Refused(answer.refusal or SILENCE, 503 if answer.refusal == SILENCE else 409)
        return answer.text

    async def _reveal_page(self, request: Request, status: int = 200, **shown: Any) -> Response:
        booking_id: UUID = request.path_params["booking_id"]
        bookings = await read_bookings(self._book.database, [booking_id])
        return self._page(
            request,
            "reveal.html",
            status if bookings else 404,
            booking=bookings[0] if bookings else None,
            fields=_FIELDS,
            **{"refused": "", "field": "", "told": "", **shown},
        )

    def _find_page(self, request: Request, status: int = 200, **shown: Any) -> Response:
        return self._page(request, "find.html", status, **{"refused": "", "found": None, **shown})

    def _page(self, request: Request, template: str, status: int, **shown: Any) -> Response:
        limits = {"shortest": _SHORTEST, "longest": _LONGEST, "an_hour": self._book.an_hour}
        return self._frame.page(request, template, status=status, moscow=as_moscow, **limits, **shown)


async def _texts_of(request: Request) -> Mapping[str, str]:
    return {name: value for name, value in (await form_of(request)).items() if isinstance(value, str)}


def _reason_of(form: Mapping[str, str]) -> str:
    reason = " ".join(form.get("reason", "").split())
    if not _SHORTEST <= len(reason) <= _LONGEST:
        raise _Refused("say_why", 422)
    if LONG_NUMBER.search(reason):
        raise _Refused("personal_reason", 422)
    return reason


def _actor(request: Request) -> str:
    actor: str = request.scope["visitor"].actor
    return actor

"""`/alerts`: what is open, peace for a while, and a test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.alerts.words import WORDS
from admin.frame.door import form_door, form_of
from admin.frame.page import Frame
from admin.frame.speech import LANGUAGES, Speech
from admin.roles import Act, may
from gateway.domain.moscow import as_moscow
from gateway.store.alert_desk import AlertDesk
from gateway.store.engine import Database

__all__ = ["alert_routes"]

_SPANS: Final = (1, 8, 24, 168)
_DONE: Final = frozenset({"is_muted", "is_awake", "test_asked"})


def alert_routes(database: Database, hosts: Sequence[str]) -> list[Route]:
    """Return `/alerts` and its two forms."""
    pages = _Pages(database)
    return [
        Route("/alerts", pages.show, methods=["GET"], middleware=form_door(hosts)),
        Route("/alerts/mute", pages.mute, methods=["POST"], middleware=form_door(hosts)),
        Route("/alerts/test", pages.test, methods=["POST"], middleware=form_door(hosts)),
    ]


class _Pages:
    def __init__(self, database: Database) -> None:
        self._desk = AlertDesk(database)
        self._frame = Frame("admin.alerts", WORDS)

    async def show(self, request: Request) -> Response:
        """Show alerts and messages."""
        return await self._page(request)

    async def mute(self, request: Request) -> Response:
        """Mute an open alert, or wake it."""
        form = {name: value for name, value in (await form_of(request)).items() if isinstance(value, str)}
        number, hours = form.get("id", ""), form.get("hours", "")
        if not (number.isdecimal() and len(number) < 19 and hours in {"0", *map(str, _SPANS)}):  # noqa: PLR2004 - bigint
            return await self._page(request, 422, "is_over")
        try:
            until = await self._desk.mute(
                int(number), timedelta(hours=int(hours)), _actor(request), form.get("reason", "")
            )
        except ValueError:
            return await self._page(request, 422, "say_why")
        if until is None:
            return await self._page(request, 409, "is_over")
        return await self._page(request, 200, "is_muted" if int(hours) else "is_awake")

    async def test(self, request: Request) -> Response:
        """Ask for a test of every address."""
        await self._desk.ask_test(_actor(request))
        return await self._page(request, 200, "test_asked")

    async def _page(self, request: Request, status: int = 200, said: str = "") -> Response:
        entries, standing = await self._desk.entries(), await self._desk.standing()
        speech = self._frame.speech(request)
        return self._frame.page(
            request,
            "alerts.html",
            status=status,
            said=said,
            is_done=said in _DONE,
            open=[entry for entry in entries if entry.closed_at is None],
            ended=[entry for entry in entries if entry.closed_at is not None],
            messages=await self._desk.messages(),
            standing=standing,
            may_mute=may(request.scope["visitor"], Act.MARK_ERRORS),
            may_test=may(request.scope["visitor"], Act.TEST_ALERTS),
            spans=_SPANS,
            clock=_clock,
            span=speech.span,
            half=lambda words: _half(words, speech),
        )


def _actor(request: Request) -> str:
    actor: str = request.scope["visitor"].actor
    return actor


def _clock(instant: datetime) -> str:
    return f"{as_moscow(instant):%d.%m %H:%M}"


def _half(words: str, speech: Speech) -> str:
    """Return the Russian or the English of what is said in both."""
    halves = words.split(" · ")
    return halves[min(LANGUAGES.index(speech.language), len(halves) - 1)]

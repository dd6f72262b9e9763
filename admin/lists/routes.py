"""`/lists`: refused doctor lists, approved or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.frame.door import form_door, form_of
from admin.frame.page import Frame
from admin.lists.reading import read_lists
from admin.lists.words import WORDS
from admin.roles import Act, may
from gateway.domain.moscow import as_moscow
from gateway.store.engine import Database
from gateway.store.mirror_refusals import MirrorRefusals

__all__ = ["list_routes"]

_LONGEST_REASON: Final = 300


def list_routes(database: Database, hosts: Sequence[str]) -> list[Route]:
    """Return `/lists`, to be read and decided upon."""
    pages = _Pages(database)
    return [
        Route("/lists", pages.show, methods=["GET"], middleware=form_door(hosts)),
        Route("/lists", pages.decide, methods=["POST"], middleware=form_door(hosts)),
    ]


class _Pages:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._frame = Frame("admin.lists", WORDS)
        self._refusals = MirrorRefusals(database)

    async def show(self, request: Request) -> Response:
        """Show the lists."""
        return await self._page(request)

    async def decide(self, request: Request) -> Response:
        """Approve a list as it was shown, or take that back."""
        form = {name: value for name, value in (await form_of(request)).items() if isinstance(value, str)}
        reason = form.get("reason", "").strip()
        approves = form.get("decision") == "approve"
        if not reason or len(reason) > _LONGEST_REASON or (approves and form.get("sure") != "yes"):
            return await self._page(request, 422, "say_why")
        decide = self._refusals.approve if approves else self._refusals.withdraw
        actor = request.scope["visitor"].actor
        if not await decide(form.get("site", ""), form.get("fingerprint", ""), actor=actor, reason=reason):
            return await self._page(request, 409, "another_list")
        return await self._page(request, 200, "approved" if approves else "withdrawn")

    async def _page(self, request: Request, status: int = 200, said: str = "") -> Response:
        return self._frame.page(
            request,
            "lists.html",
            status=status,
            said=said,
            lists=await read_lists(self._database),
            may_decide=may(request.scope["visitor"], Act.APPROVE_LIST),
            moscow=as_moscow,
            longest=_LONGEST_REASON,
        )

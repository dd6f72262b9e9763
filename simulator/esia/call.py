"""A request on its way through the stand: noted, perhaps spoiled, answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from simulator.esia.journal import Entry, Journal
from simulator.esia.refusals import EsiaRefusalError
from simulator.faults import FaultPlan, FaultRule

__all__ = ["Call", "Handler", "Operation", "carried"]

_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>Ведутся технические работы.</p></body></html>"
_SLOW_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Call:
    """Hold a request, its line in the journal, and the fault that its answer is to have."""

    request: web.Request
    entry: Entry
    rule: FaultRule | None

    @property
    def fault(self) -> str:
        """Name the fault, or nothing."""
        return self.rule.kind if self.rule else ""

    def refuse_as_planned(self) -> None:
        """Refuse when a planned refusal is this request's."""
        if self.rule is not None and self.rule.kind == "refuse":
            raise EsiaRefusalError(self.rule.params["code"])

    def note(self, refusal: EsiaRefusalError) -> None:
        """Write a refusal into the journal."""
        self.entry.outcome, self.entry.about = refusal.code, refusal.about


Handler = Callable[[Call], Awaitable[web.StreamResponse]]
Operation = Callable[[web.Request], str]


class _Plans(Protocol):
    """What a request meets first."""

    @property
    def faults(self) -> FaultPlan:
        """Name the planned faults."""

    @property
    def journal(self) -> Journal:
        """Name the journal."""


def carried(
    plans: _Plans, operation: Operation, handler: Handler
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Put the journal and the faults of the whole answer before a handler; a refusal that it lets through is JSON."""

    async def answer(request: web.Request) -> web.StreamResponse:
        name = operation(request)
        entry = plans.journal.begin(name, request.path)
        call = Call(request, entry, plans.faults.take(name))
        entry.outcome = call.fault or "ok"
        spoiled = await _spoiled(call)
        if spoiled is not None:
            return spoiled
        try:
            return await handler(call)
        except EsiaRefusalError as refusal:
            call.note(refusal)
            return web.json_response(refusal.as_json(), status=400)

    return answer


async def _spoiled(call: Call) -> web.StreamResponse | None:
    params = call.rule.params if call.rule else {}
    match call.fault:
        case "slow":
            await asyncio.sleep(float(params.get("seconds", _SLOW_SECONDS)))
        case "status":
            headers = {"Retry-After": str(params["retry_after"])} if "retry_after" in params else {}
            return _page(int(params.get("status", 500)), headers)
        case "html":
            return _page(200, {})
        case "cut":
            if call.request.transport is not None:
                call.request.transport.abort()
            return web.Response()
    return None


def _page(status: int, headers: dict[str, str]) -> web.Response:
    return web.Response(status=status, text=_PAGE.format("Госуслуги"), content_type="text/html", headers=headers)

"""The SOAP endpoint: `/ScheduleService.svc`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import web

from simulator.emias.faults import FaultRule
from simulator.emias.installation import Installation
from simulator.emias.operations import carry_out
from simulator.emias.publication import published
from simulator.emias.replies import KINDS, Exchange, send
from simulator.emias.replies.breaks import drop
from simulator.emias.wire import Call, Reply, UnreadableCallError, hollow, read_call

__all__ = ["SERVICE_PATH", "ScheduleService"]

SERVICE_PATH = "/ScheduleService.svc"
_LARGEST_REQUEST = 256 * 1024


class ScheduleService:
    """Answer SOAP calls from one installation; work that was begun is finished even when the caller hangs up."""

    def __init__(self, installation: Installation, canary_url: Callable[[], str]) -> None:
        self._installation = installation
        self._canary_url = canary_url
        self._work: set[asyncio.Task[Any]] = set()

    def app(self) -> web.Application:
        """Build the application of the EMIAS listener."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_get(SERVICE_PATH, self._contract)
        app.router.add_post(SERVICE_PATH, self._call)
        return app

    async def close(self) -> None:
        """Cancel what is still to be committed late."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _contract(self, request: web.Request) -> web.Response:
        part = "wsdl" if "wsdl" in request.query else request.query.get("xsd", "")
        document = published(part, f"{request.scheme}://{request.host}{SERVICE_PATH}")
        if document is None:
            raise web.HTTPNotFound
        return web.Response(body=document, headers={"Content-Type": "text/xml; charset=utf-8"})

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            call = read_call(request.content_type, await request.read())
        except UnreadableCallError as error:
            return web.Response(status=error.status)
        rule = self._installation.faults.take(call)
        with self._installation.journal.entry(call) as entry:
            if rule is None:
                reply = await self._finish(self._carry_out_after(call, self._installation.settings.latency_ms / 1000))
                entry.outcome = reply.outcome
                return await send(reply)
            entry.outcome = rule.kind
            return await self._spoil(request, call, rule)

    async def _spoil(self, request: web.Request, call: Call, rule: FaultRule) -> web.StreamResponse:
        kind = KINDS[rule.kind]
        reply = hollow(call)
        effect = "now" if rule.params.get("commit") else kind.effect
        if effect == "now" or not call.is_effectful:
            reply = await self._finish(self._carry_out_after(call, self._installation.settings.latency_ms / 1000))
        elif effect == "late":
            self._spawn(self._carry_out_after(call, float(rule.params.get("seconds", 1.0))))
        exchange = Exchange(request, call, reply, rule.params, self._canary_url())
        if kind.drops_reads and not call.is_effectful:
            return await drop(exchange)
        return await kind.behaviour(exchange)

    async def _carry_out_after(self, call: Call, seconds: float) -> Reply:
        registry = self._installation.registry  # a reset meanwhile must not see this call
        await asyncio.sleep(seconds)
        return carry_out(call, registry)

    async def _finish(self, work: Coroutine[Any, Any, Reply]) -> Reply:
        return await asyncio.shield(self._spawn(work))

    def _spawn(self, work: Coroutine[Any, Any, Reply]) -> asyncio.Task[Reply]:
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

"""The endpoints, one for each contract."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from aiohttp import web

from simulator.emias.call import Call, Received, Reply, UnreadableCallError
from simulator.emias.faces import FACES, Face
from simulator.emias.installation import Installation
from simulator.emias.replies import KINDS, Exchange, send
from simulator.emias.replies.breaks import drop
from simulator.faults import FaultRule

__all__ = ["PATHS", "EmiasService"]

PATHS = {face.name: face.path for face in FACES}
_LARGEST_REQUEST = 256 * 1024


class EmiasService:
    """Answer calls of every contract from one installation; work begun is finished even when the caller hangs up."""

    def __init__(self, installation: Installation, canary_url: Callable[[], str]) -> None:
        self._installation = installation
        self._canary_url = canary_url
        self._work: set[asyncio.Task[Any]] = set()

    def app(self) -> web.Application:
        """Build the application of the EMIAS listener."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        for face in FACES:
            app.router.add_get(face.path, partial(self._contract, face))
            app.router.add_post(face.path, partial(self._call, face))
            app.router.add_route("*", f"{face.path}/{{tail:.+}}", partial(self._call, face))
        return app

    async def close(self) -> None:
        """Cancel what is still to be committed late."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _contract(self, face: Face, request: web.Request) -> web.Response:
        part = "wsdl" if "wsdl" in request.query else request.query.get("xsd", "")
        document = face.document(part, f"{request.scheme}://{request.host}{face.path}")
        if document is None:
            raise web.HTTPNotFound
        return web.Response(body=document, headers={"Content-Type": "text/xml; charset=utf-8"})

    async def _call(self, face: Face, request: web.Request) -> web.StreamResponse:
        try:
            call = face.read(await _received(request))
        except UnreadableCallError as error:
            return web.Response(status=error.status)
        about = call.arguments
        rule = self._installation.faults.take(
            call.operation, lpu_code=about.get("lpuCode"), doctor_id=about.get("doctorId")
        )
        with self._installation.journal.entry(call) as entry:
            if rule is None:
                reply = await self._finish(
                    self._carry_out_after(face, call, self._installation.settings.latency_ms / 1000)
                )
                entry.outcome = reply.outcome
                return await send(reply)
            entry.outcome = rule.kind
            return await self._spoil(face, request, call, rule)

    async def _spoil(self, face: Face, request: web.Request, call: Call, rule: FaultRule) -> web.StreamResponse:
        kind = KINDS[rule.kind]
        reply = _hollow(face, call)
        effect = "now" if rule.params.get("commit") else kind.effect
        if effect == "now" or not call.is_effectful:
            reply = await self._finish(self._carry_out_after(face, call, self._installation.settings.latency_ms / 1000))
        elif effect == "late":
            self._spawn(self._carry_out_after(face, call, float(rule.params.get("seconds", 1.0))))
        exchange = Exchange(request, face, call, reply, rule.params, self._canary_url())
        if kind.drops_reads and not call.is_effectful:
            return await drop(exchange)
        return await kind.behaviour(exchange)

    async def _carry_out_after(self, face: Face, call: Call, seconds: float) -> Reply:
        registry = self._installation.registry  # a reset meanwhile must not see this call
        await asyncio.sleep(seconds)
        return face.carry_out(call, registry)

    async def _finish(self, work: Coroutine[Any, Any, Reply]) -> Reply:
        return await asyncio.shield(self._spawn(work))

    def _spawn(self, work: Coroutine[Any, Any, Reply]) -> asyncio.Task[Reply]:
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task


async def _received(request: web.Request) -> Received:
    return Received(
        method=request.method,
        tail=request.match_info.get("tail", ""),
        query=request.query,
        headers=request.headers,
        content_type=request.content_type,
        body=await request.read(),
    )


def _hollow(face: Face, call: Call) -> Reply:
    """Make an answer that says nothing, for misbehaviour that must not touch the ledger."""
    return Reply(200, face.media(call), "".join(face.frame(call)))

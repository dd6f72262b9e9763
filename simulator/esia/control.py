"""The control listener's part for ESIA: what tests and people see and change behind its back."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulator.esia.faults import KINDS, OPERATIONS
from simulator.esia.persons import PERSONS
from simulator.esia.stand import EsiaStand

__all__ = ["EsiaControl"]


class EsiaControl:
    """Answer the JSON calls under `/control/esia`; what does not fit is for the control listener to say."""

    def __init__(self, stand: EsiaStand) -> None:
        self._stand = stand

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [
            web.get("/control/esia/state", self._state),
            web.get("/control/esia/calls", self._calls),
            web.post("/control/esia/faults", self._add_fault),
            web.delete("/control/esia/faults", self._clear_faults),
            web.post("/control/esia/settings", self._settings),
            web.post("/control/esia/systems", self._register),
            web.post("/control/esia/keys/rotate", self._rotate),
            web.post("/control/esia/stop", self._stop),
            web.post("/control/esia/start", self._start),
            web.post("/control/esia/reset", self._reset),
        ]

    async def _state(self, _request: web.Request) -> web.Response:
        stand, esia = self._stand, self._stand.installation
        return web.json_response(
            {
                "listening": stand.is_open,
                "public_url": stand.public_url,
                "url": stand.url,
                "issuer": stand.issuer,
                "broker_issuer": stand.broker_issuer,
                "trust_folder": str(stand.trust_folder),
                "settings": esia.settings.as_json(),
                "calls": esia.journal.counts,
                "faults": [rule.as_json() for rule in esia.faults.rules],
                "systems": [system.client_id for system in esia.systems],
                "persons": {person.key: person.note for person in PERSONS},
                "operations": list(OPERATIONS),
                "kinds": {kind: meaning for kind, (meaning, _) in KINDS.items()},
            }
        )

    async def _calls(self, _request: web.Request) -> web.Response:
        return web.json_response({"items": self._stand.installation.journal.entries()})

    async def _add_fault(self, request: web.Request) -> web.Response:
        rule = self._stand.installation.faults.add(await _object(request))
        return web.json_response({"id": rule.id}, status=201)

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._stand.installation.faults.clear()
        return web.Response(status=204)

    async def _settings(self, request: web.Request) -> web.Response:
        settings = self._stand.installation.settings
        settings.change(await _object(request))
        return web.json_response(settings.as_json())

    async def _register(self, request: web.Request) -> web.Response:
        system = await self._stand.installation.systems.register(await _object(request))
        return web.json_response({"client_id": system.client_id}, status=201)

    async def _rotate(self, request: web.Request) -> web.Response:
        wanted = await _object(request)
        keys, algorithm = self._stand.installation.keys, wanted.get("algorithm", "RS256")
        if not keys.can_sign(algorithm):
            raise ValueError(f"no key of {algorithm} here")
        await keys.rotate(algorithm, publish=bool(wanted.get("publish", True)))
        return web.Response(status=204)

    async def _stop(self, _request: web.Request) -> web.Response:
        await self._stand.stop()
        return web.json_response({"listening": self._stand.is_open})

    async def _start(self, _request: web.Request) -> web.Response:
        await self._stand.start()
        return web.json_response({"listening": self._stand.is_open})

    async def _reset(self, _request: web.Request) -> web.Response:
        self._stand.installation.reset()
        await self._stand.start()
        return web.Response(status=204)


async def _object(request: web.Request) -> dict[str, Any]:
    body = await request.json() if request.can_read_body else {}
    if not isinstance(body, dict):
        raise TypeError("a JSON object is wanted")
    return body

"""The control listener: what tests and the demo see and change behind the stand-in's back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from aiohttp import web

from simulator.emias.installation import Installation
from simulator.emias.ledger import Patient
from simulator.emias.refusals import RefusalError
from simulator.emias.world import HORIZON, MOSCOW, Slot
from simulator.site.directory import SiteDirectory
from simulator.site.webhook import Webhook

__all__ = ["CANARY_PATH", "Control", "EmiasListener"]

CANARY_PATH = "/control/canary"
_NEIGHBOUR = {
    "last_name": "Порталов",
    "first_name": "Пётр",
    "birth_date": "02.01.1948",
    "snils": "087-654-303 00",
    "oms": "5078150847000121",
}


class EmiasListener(Protocol):
    """Open and close the EMIAS listener while the control listener stays."""

    @property
    def is_open(self) -> bool:
        """Tell whether EMIAS accepts connections."""

    async def stop(self) -> None:
        """Let connections be refused."""

    async def start(self, certificate: str) -> None:
        """Accept connections with the "server" or the "wrong_name_server" certificate."""


class Control:
    """Answer the control listener's JSON calls; a request that does not fit is 422 with the reason."""

    def __init__(
        self,
        installation: Installation,
        directory: SiteDirectory,
        emias: EmiasListener,
        webhook: Webhook,
        more: Sequence[web.RouteDef] = (),
    ) -> None:
        self._installation = installation
        self._directory = directory
        self._emias = emias
        self._webhook = webhook
        self._more = more

    def app(self) -> web.Application:
        """Build the application of the control listener."""
        app = web.Application(middlewares=[_unfit_as_422])
        app.router.add_get("/control/state", self._state)
        app.router.add_get("/control/calls", self._calls)
        app.router.add_get("/control/ledger", self._ledger)
        app.router.add_get("/control/doctors", self._doctors)
        app.router.add_get(CANARY_PATH, self._canary)
        app.router.add_post("/control/settings", self._settings)
        app.router.add_post("/control/faults", self._add_fault)
        app.router.add_delete("/control/faults", self._clear_faults)
        app.router.add_post("/control/slots/{change:take|free|remove|renumber}", self._slots)
        app.router.add_post("/control/book", self._book)
        app.router.add_post("/control/stop", self._stop)
        app.router.add_post("/control/start", self._start)
        app.router.add_post("/control/reset", self._reset)
        app.router.add_post("/control/feed/doctors", self._feed_doctor)
        app.router.add_post("/control/webhook", self._change_webhook)
        app.router.add_routes(self._more)
        return app

    async def _state(self, _request: web.Request) -> web.Response:
        installation = self._installation
        return web.json_response(
            {
                "listening": self._emias.is_open,
                "settings": installation.settings.as_json(),
                "calls": dict(installation.journal.calls),
                "in_flight": installation.journal.in_flight,
                "most_in_flight": installation.journal.most_in_flight,
                "faults": [rule.as_json() for rule in installation.faults.rules],
                "appointments": len(installation.ledger),
                "canary_hits": installation.canary_hits,
            }
        )

    async def _calls(self, _request: web.Request) -> web.Response:
        return web.json_response({"items": self._installation.journal.entries()})

    async def _ledger(self, _request: web.Request) -> web.Response:
        return web.json_response({"items": [row.as_json() for row in self._installation.ledger]})

    async def _doctors(self, _request: web.Request) -> web.Response:
        doctors = self._installation.world.doctors.values()
        rows = [{"lpu_code": one.lpu_code, "doctor_id": one.emias_id, "specialty": one.specialty} for one in doctors]
        return web.json_response({"items": rows})

    async def _canary(self, _request: web.Request) -> web.Response:
        self._installation.canary_hits += 1
        return web.Response(text="canary")

    async def _settings(self, request: web.Request) -> web.Response:
        self._installation.settings.change(await _object(request))
        return web.json_response(self._installation.settings.as_json())

    async def _add_fault(self, request: web.Request) -> web.Response:
        rule = self._installation.faults.add(await _object(request))
        return web.json_response({"id": rule.id}, status=201)

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._installation.faults.clear()
        return web.Response(status=204)

    async def _slots(self, request: web.Request) -> web.Response:
        change = request.match_info["change"]
        slots = self._chosen(await _object(request))
        for slot in slots:
            if change == "remove":
                self._installation.world.remove(slot)
            elif change == "renumber":
                self._installation.world.renumber(slot)
            else:
                self._installation.world.mark(slot, free=change == "free")
        return web.json_response({"changed": len(slots)})

    async def _book(self, request: web.Request) -> web.Response:
        wanted = await _object(request)
        patient = Patient(**(wanted.get("patient") or _NEIGHBOUR))
        [slot] = self._chosen({name: wanted[name] for name in ("lpu_code", "doctor_id", "starts_at")})
        row = self._installation.registry.book(slot, patient, channel="portal")
        return web.json_response(row.as_json(), status=201)

    async def _stop(self, _request: web.Request) -> web.Response:
        await self._emias.stop()
        return web.json_response({"listening": self._emias.is_open})

    async def _start(self, request: web.Request) -> web.Response:
        wanted = await _object(request) if request.can_read_body else {}
        await self._emias.start(wanted.get("certificate", "server"))
        self._installation.journal.begin_again()
        return web.json_response({"listening": self._emias.is_open})

    async def _reset(self, _request: web.Request) -> web.Response:
        self._installation.reset()
        self._directory.reset()
        self._webhook.reset()
        await self._emias.start("server")
        return web.Response(status=204)

    async def _feed_doctor(self, request: web.Request) -> web.Response:
        element = self._directory.change(await _object(request))
        return web.json_response({"element": element})

    async def _change_webhook(self, request: web.Request) -> web.Response:
        self._webhook.change(await _object(request))
        return web.Response(status=204)

    def _chosen(self, wanted: dict[str, Any]) -> list[Slot]:
        world = self._installation.world
        doctor = world.doctor(wanted["lpu_code"], int(wanted["doctor_id"]))
        if starts_at := wanted.get("starts_at"):
            moment = datetime.fromisoformat(starts_at)
            return [world.slot_at(doctor, moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW))]
        if day := wanted.get("date"):
            return list(world.slots(doctor, date.fromisoformat(day), date.fromisoformat(day)))
        if not wanted.get("all"):
            raise ValueError("name starts_at, date or all")
        today = world.now().astimezone(MOSCOW).date()
        return list(world.slots(doctor, today, today + HORIZON))


async def _object(request: web.Request) -> dict[str, Any]:
    body = await request.json()
    if not isinstance(body, dict):
        raise TypeError("a JSON object is wanted")
    return body


@web.middleware
async def _unfit_as_422(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except RefusalError as refusal:
        return web.json_response({"error": refusal.code, "field": refusal.field}, status=409)
    except KeyError as error:
        return web.json_response({"error": f"missing or unknown: {error.args[0]}"}, status=422)
    except (TypeError, ValueError) as error:
        return web.json_response({"error": str(error)}, status=422)

"""The stand's panel: EMIAS's bad days at the press of a button, seen on the demo page alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, Protocol

from aiohttp import web

from simulator.emias.installation import Installation
from simulator.emias.ledger import Patient
from simulator.emias.refusals import REFUSALS, RefusalError
from simulator.site.directory import SiteDirectory

__all__ = ["EmiasSwitch", "Panel"]

_NEIGHBOUR: Final = Patient(
    last_name="Порталов",
    first_name="Пётр",
    birth_date="02.01.1948",
    snils="087-654-303 00",
    oms="5078150847000121",
)


class EmiasSwitch(Protocol):
    """Let EMIAS answer, or not."""

    async def stop(self) -> None:
        """Refuse connections."""

    async def start(self, certificate: str) -> None:
        """Accept connections."""


class Panel:
    """Answer the panel's buttons; each tells in words what it has done."""

    def __init__(self, installation: Installation, directory: SiteDirectory, emias: EmiasSwitch) -> None:
        self._installation = installation
        self._directory = directory
        self._emias = emias
        self._buttons: dict[str, Callable[[dict[str, Any]], Awaitable[str]]] = {
            "take_slot": self._take_slot,
            "refuse_next": self._refuse_next,
            "refuse_as": self._refuse_as,
            "lose_answer": self._lose_answer,
            "lose_cancel": self._lose_cancel,
            "emias_off": self._off,
            "emias_on": self._on,
        }

    async def press(self, request: web.Request) -> web.Response:
        """Do what a button says."""
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        wanted = await request.json()
        button = self._buttons.get(str(wanted.get("button")) if isinstance(wanted, dict) else "")
        if button is None:
            raise web.HTTPNotFound
        return web.json_response({"said": await button(wanted)})

    async def _take_slot(self, wanted: dict[str, Any]) -> str:
        """Book the time that the page holds as somebody on the state portal would."""
        doctor = str(wanted.get("doctor", ""))
        mapping = self._directory.mapping_of(int(doctor)) if doctor.isdecimal() else None
        if mapping is None or not wanted.get("starts_at"):
            return "Сначала выберите время."
        world = self._installation.world
        slot = world.slot_at(
            world.doctor(mapping["lpu_code"], int(mapping["emias_doctor_id"])),
            datetime.fromisoformat(str(wanted["starts_at"])),
        )
        try:
            self._installation.registry.book(slot, _NEIGHBOUR, channel="portal")
        except RefusalError as refusal:
            return f"Не занято: {refusal.code}."
        return "Время занято через другой портал: ЕМИАС откажет в записи."

    async def _refuse_next(self, _wanted: dict[str, Any]) -> str:
        self._plan("refuse", {"code": "SLOT_TAKEN"})
        return "Следующая запись получит отказ «время занято»."

    async def _refuse_as(self, wanted: dict[str, Any]) -> str:
        code = str(wanted.get("refusal"))
        if code not in REFUSALS:
            return "Такого отказа нет."
        self._plan("refuse", {"code": code})
        return f"Следующая запись получит отказ «{REFUSALS[code]}»."

    async def _lose_cancel(self, _wanted: dict[str, Any]) -> str:
        self._plan("commit_then_drop", {}, "CancelAppointment")
        return "ЕМИАС отменит следующую запись, но её ответ потеряется."

    async def _lose_answer(self, _wanted: dict[str, Any]) -> str:
        self._plan("commit_then_drop", {})
        return "ЕМИАС создаст следующую запись, но её ответ потеряется."

    async def _off(self, _wanted: dict[str, Any]) -> str:
        await self._emias.stop()
        return "ЕМИАС не отвечает."

    async def _on(self, _wanted: dict[str, Any]) -> str:
        self._installation.faults.clear()
        await self._emias.start("server")
        return "ЕМИАС отвечает."

    def _plan(self, kind: str, params: dict[str, str], operation: str = "CreateAppointment") -> None:
        self._installation.faults.add({"operation": operation, "kind": kind, "params": params})

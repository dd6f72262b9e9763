"""The site's incoming webhook: two REST methods over the same doctors, as Bitrix answers them, and queued faults."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulator.site.directory import SiteDirectory
from simulator.site.keys import SecretSource

__all__ = ["IBLOCK_ID", "IBLOCK_PROPERTIES", "LIST_PROPERTIES", "WEBHOOK_PATH", "Webhook"]

WEBHOOK_PATH = "/rest/{user}/{secret}/{method}"
IBLOCK_ID = 17
IBLOCK_PROPERTIES = {"lpu": "LPU_CODE", "emias": "EMIAS_DOCTOR_ID", "specialty": "SPECIALTY", "shown": "SHOWN"}
LIST_PROPERTIES = {"lpu": "PROPERTY_951", "emias": "PROPERTY_952", "specialty": "PROPERTY_953", "shown": "PROPERTY_954"}
_PROPERTY_NUMBERS = {"lpu": 951, "emias": 952, "specialty": 953, "shown": 954}
_FAULTS = {
    "query_limit": (503, "QUERY_LIMIT_EXCEEDED"),
    "operation_time_limit": (429, "OPERATION_TIME_LIMIT"),
    "overload": (503, "OVERLOAD_LIMIT"),
    "denied": (401, "NO_AUTH_FOUND"),
    "closed": (403, "PORTAL_DELETED"),
}
_BROKEN = ("html", "truncated")
_STORAGES = ("v1", "v2")
_CONDITION = re.compile(r"FILTER\[(?P<comparison>[<>=]*)ID\]")


class Webhook:
    """Answer `iblock.Element.list` and `lists.element.get` to the holder of the secret, `page` elements at once."""

    def __init__(
        self, directory: SiteDirectory, secrets: SecretSource, *, page: int = 50, now: Callable[[], float] = time.time
    ) -> None:
        self._directory = directory
        self._secrets = secrets
        self._page = page
        self._now = now
        self.asked: list[dict[str, str]] = []
        self.reset()

    def reset(self) -> None:
        """Forget faults and what was asked."""
        self.asked.clear()
        self._faults: deque[str] = deque()
        self._storage = "v1"
        self._reset_in = 30.0

    def change(self, wanted: dict[str, Any]) -> None:
        """Queue `faults`, one a request; choose the property `storage`; set `reset_in`, seconds of the time limit."""
        faults, storage = wanted.get("faults", []), wanted.get("storage", self._storage)
        if unknown := set(faults) - {*_FAULTS, *_BROKEN}:
            raise ValueError(f"unknown faults: {', '.join(sorted(unknown))}")
        if storage not in _STORAGES:
            raise ValueError(f"storage is one of {', '.join(_STORAGES)}")
        self._faults.extend(faults)
        self._storage = storage
        self._reset_in = float(wanted.get("reset_in", self._reset_in))

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a method call."""
        if not self._secrets.knows(request.match_info["secret"]):
            return self._refused(401, "INVALID_CREDENTIALS")
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self._faults:
            return self._broken(self._faults.popleft())
        match request.match_info["method"].removesuffix(".json").lower():
            case "iblock.element.list":
                return self._iblock(form)
            case "lists.element.get":
                return self._lists(form)
        return self._refused(404, "ERROR_METHOD_NOT_FOUND")

    def _iblock(self, form: dict[str, str]) -> web.Response:
        chosen = [value for name, value in form.items() if name.startswith("select[")]
        if unknown := set(chosen) - {"ID", "NAME", "IBLOCK_SECTION_ID", *IBLOCK_PROPERTIES.values()}:
            return self._refused(400, "0", f"Restricted field `{min(unknown)}`")
        found = self._found(form, form.get("iblockId"), form.get("filter[0][1]"), form.get("filter[0][2]"))
        told = [self._whole(element) for element in found]
        elements = [{name: value for name, value in element.items() if name in chosen} for element in told]
        return web.json_response({"result": {"elements": elements}, "time": self._time()})

    def _lists(self, form: dict[str, str]) -> web.Response:
        comparison, wanted = next(
            ((told["comparison"], value) for name, value in form.items() if (told := _CONDITION.fullmatch(name))),
            (None, None),
        )
        found = self._found(form, form.get("IBLOCK_ID"), comparison, wanted)
        return web.json_response({"result": [self._listed(element) for element in found], "time": self._time()})

    def _found(
        self, form: dict[str, str], iblock: str | None, comparison: str | None, wanted: str | None
    ) -> list[dict[str, Any]]:
        if iblock != str(IBLOCK_ID) or form.get("start") != "-1" or wanted is None:
            return []
        if comparison == "=":
            element = self._directory.get(int(wanted))
            return [element] if element else []
        return self._directory.after(int(wanted))[: self._page]

    def _whole(self, element: dict[str, Any]) -> dict[str, Any]:
        """Tell an element as the ORM does: each property null, an object, or a list of those."""
        told: dict[str, Any] = {"ID": element["id"], "NAME": element["name"]}
        for kind, values in _properties(element).items():
            made = [
                {"ID": self._value_id(element, kind, place), "VALUE": value, "DESCRIPTION": None}
                for place, value in enumerate(values)
            ]
            told[IBLOCK_PROPERTIES[kind]] = made if len(made) > 1 else made[0] if made else None
        return told

    def _listed(self, element: dict[str, Any]) -> dict[str, Any]:
        """Tell an element as lists do: values by their ids, empty properties left out, everything a text."""
        told: dict[str, Any] = {"ID": str(element["id"]), "NAME": element["name"]}
        for kind, values in _properties(element).items():
            if values:
                told[LIST_PROPERTIES[kind]] = {
                    self._value_id(element, kind, place): value for place, value in enumerate(values)
                }
        return told

    def _value_id(self, element: dict[str, Any], kind: str, place: int) -> str:
        number = _PROPERTY_NUMBERS[kind]
        if self._storage == "v2":
            return f"{element['id']}:{number}" if place == 0 else f"{element['id']}:{number}:{place}"
        return str(element["id"] * 10_000 + number * 10 + place)

    def _broken(self, fault: str) -> web.Response:
        if fault == "html":
            return web.Response(status=502, text="<html><body>Bad gateway</body></html>", content_type="text/html")
        if fault == "truncated":
            return web.Response(body=b'{"result": {"elements": [{"ID": 7', content_type="application/json")
        return self._refused(*_FAULTS[fault])

    def _refused(self, status: int, code: str, description: str = "") -> web.Response:
        body = {"error": code, "error_description": description, "time": self._time()}
        return web.json_response(body, status=status)

    def _time(self) -> dict[str, Any]:
        return {"operating": 0.1, "operating_reset_at": int(self._now() + self._reset_in)}


def _properties(element: dict[str, Any]) -> dict[str, list[str]]:
    mappings = element["mappings"]
    return {
        "lpu": [mapping["lpu_code"] for mapping in mappings if mapping["lpu_code"]],
        "emias": [mapping["emias_doctor_id"] for mapping in mappings if mapping["emias_doctor_id"]],
        "specialty": [element["specialty"]["id"]],
        "shown": ["Y" if element["active"] else "N"],
    }

"""The kernel's one address for AJAX, without PHP: the actions of the shipped module and components."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import aiohttp
from aiohttp import web

from simulator.site.feed import Feed
from simulator.site.keys import SecretSource
from simulator.site.relay import GatewayProblem, Relay

__all__ = ["AJAX_PATH", "Ajax"]

AJAX_PATH = "/bitrix/services/main/ajax.php"
_MODULE = "emias:gateway."
_COOKIE = "PHPSESSID"
_MOSCOW = timezone(timedelta(hours=3))
_LONGEST_HORIZON = 60
_MOST_SLOTS = 20
_FORM = {"last_name", "first_name", "middle_name", "birth_date", "snils"}
_Action = Callable[[Relay, dict[str, str]], Awaitable[Any]]


class Ajax:
    """Answer the feed to the gateway and the page's actions to visitors, in Bitrix's envelope."""

    def __init__(self, feed: Feed, gateway_url: str, keys: SecretSource) -> None:
        self._feed = feed
        self._gateway_url = gateway_url
        self._keys = keys
        self._client: aiohttp.ClientSession | None = None

    async def context(self, _app: web.Application) -> AsyncIterator[None]:
        """Hold the HTTP client for as long as the site's listener is open."""
        async with aiohttp.ClientSession() as client:
            self._client = client
            yield
            self._client = None

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one call as the kernel's router does."""
        wanted = request.query.get("action", "")
        if wanted.startswith("emias:gateway.feed."):
            return await self._feed.answer(request)
        action = _action_of(request)
        if action is None or self._client is None:
            return _envelope([{"message": "Could not find the action", "code": "22002"}], status=404)
        if request.method != "POST":
            return _envelope([{"message": "Wrong method for current action", "code": "invalid_http_method"}])
        given = {name: str(value) for name, value in (await request.post()).items()}
        visitor = request.cookies.get(_COOKIE) or secrets.token_urlsafe(18)
        language = "en" if given.get("SITE_ID") == "en" else "ru"
        relay = Relay(self._client, self._gateway_url, self._keys, language, visitor)
        response = await _act(action, relay, given)
        response.set_cookie(_COOKIE, visitor, httponly=True, samesite="Lax", path="/")
        return response


async def _act(action: _Action, relay: Relay, given: dict[str, str]) -> web.Response:
    token = relay.sign("sessid")[:32]
    if not hmac.compare_digest(given.get("sessid", "").encode(), token.encode()):
        return _envelope([{"message": "Invalid csrf token", "code": "invalid_csrf", "customData": {"csrf": token}}])
    try:
        return _envelope([], data=await action(relay, given))
    except KeyError as missing:
        return _envelope([{"message": f"Could not find value for {missing}", "code": "bad_request"}])
    except GatewayProblem as problem:
        told = {"alternatives": [], "errors": [], "reason": "", **problem.document}
        error = {"message": told.get("detail", ""), "code": told["code"], "customData": told}
        return _envelope([error])


def _envelope(errors: list[dict[str, Any]], *, data: Any = None, status: int = 200) -> web.Response:
    content = {"status": "error" if errors else "success", "data": data, "errors": errors}
    return web.json_response(content, status=status, headers={"Cache-Control": "no-store"})


async def _specialties(relay: Relay, _given: dict[str, str]) -> Any:
    items, status = await asyncio.gather(relay.call("GET", "specialties"), relay.call("GET", "status"))
    return _fresh(items) | {"emias": status["emias"]}


async def _doctors(relay: Relay, given: dict[str, str]) -> Any:
    found: list[Any] = []
    query = {"specialty": given["specialty"], "limit": "200"}
    while True:
        page = await relay.call("GET", "doctors", query=query)
        found += page["items"]
        if page["next_cursor"] is None:
            return _fresh(found)
        query["cursor"] = page["next_cursor"]


async def _slots(relay: Relay, given: dict[str, str]) -> Any:
    today = datetime.now(_MOSCOW).date()
    last = today + timedelta(days=max(1, min(int(given.get("days", "30")), _LONGEST_HORIZON)))
    query = {"from": today.isoformat(), "to": last.isoformat()}
    found = await relay.call("GET", f"doctors/{given['doctor']}/slots", query=query)
    return _fresh(found["days"]) | {"stale": found["stale"], "as_of": found["as_of"]}


async def _nearest(relay: Relay, given: dict[str, str]) -> Any:
    found = await _slots(relay, given)
    slots = [slot for day in found["items"] for slot in day["slots"]]
    return found | {"items": slots[: min(int(given.get("limit", "6")), _MOST_SLOTS)]}


async def _hold(relay: Relay, given: dict[str, str]) -> Any:
    return _timed(await relay.call("POST", "holds", body={"slot_id": given["slot"], "doctor_id": given["doctor"]}))


async def _renew(relay: Relay, given: dict[str, str]) -> Any:
    return _timed(await relay.call("POST", f"holds/{given['hold']}/renew"))


async def _release(relay: Relay, given: dict[str, str]) -> Any:
    return await relay.call("DELETE", f"holds/{given['hold']}")


async def _book(relay: Relay, given: dict[str, str]) -> Any:
    fields = {name[8:-1]: value.strip() for name, value in given.items() if name.startswith("patient[")}
    patient: dict[str, Any] = {name: value for name, value in fields.items() if name in _FORM and value}
    patient["oms"] = {name: fields[f"oms_{name}"] for name in ("number", "series") if fields.get(f"oms_{name}")}
    body = {"hold_id": given["hold"], "patient": patient}
    if given.get("referral"):
        body["referral"] = given["referral"]
    return _passed(relay, await relay.call("POST", "bookings", body=body, idempotency_key=given["key"]))


async def _status(relay: Relay, given: dict[str, str]) -> Any:
    return _passed(relay, await relay.call("GET", f"bookings/{_owned(relay, given)}"))


async def _find(relay: Relay, given: dict[str, str]) -> Any:
    body = {"ticket": given["ticket"], "birth_date": given["birthDate"]}
    return _passed(relay, await relay.call("POST", "bookings/lookup", body=body))


async def _cancel(relay: Relay, given: dict[str, str]) -> Any:
    path = f"bookings/{_owned(relay, given)}/cancel"
    told = await relay.call("POST", path, body={"reason": "patient_request"}, idempotency_key=given["key"])
    return _passed(relay, told)


async def _nobody(_relay: Relay, _given: dict[str, str]) -> Any:
    return {"enabled": False, "person": None, "notice": None}


def _fresh(items: Any) -> dict[str, Any]:
    return {"items": items, "fetched_at": int(time.time()), "degraded": False}


def _timed(hold: dict[str, Any]) -> dict[str, Any]:
    left = datetime.fromisoformat(hold["expires_at"]).timestamp() - time.time()
    return hold | {"seconds_left": max(0, int(left))}


def _passed(relay: Relay, booking: dict[str, Any]) -> dict[str, Any]:
    return booking | {"pass": relay.sign(f"booking|{booking.get('id')}")}


def _owned(relay: Relay, given: dict[str, str]) -> str:
    booking = given["booking"]
    if not hmac.compare_digest(relay.sign(f"booking|{booking}"), given["pass"]):
        raise GatewayProblem({"code": "booking_not_found"})
    return booking


_OF_MODULE: dict[str, _Action] = {
    "booking.slots": _slots,
    "booking.hold": _hold,
    "booking.renew": _renew,
    "booking.release": _release,
    "booking.book": _book,
    "booking.status": _status,
    "booking.find": _find,
    "booking.cancel": _cancel,
    "identity.state": _nobody,
}
_OF_COMPONENTS: dict[tuple[str, str], _Action] = {
    ("emias:appointment", "specialties"): _specialties,
    ("emias:appointment", "doctors"): _doctors,
    ("emias:doctor.slots", "nearest"): _nearest,
}


def _action_of(request: web.Request) -> _Action | None:
    wanted = request.query.get("action", "")
    if request.query.get("mode") == "class":
        return _OF_COMPONENTS.get((request.query.get("c", ""), wanted))
    return _OF_MODULE.get(wanted.removeprefix(_MODULE)) if wanted.startswith(_MODULE) else None

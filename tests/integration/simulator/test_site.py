"""The site's listener, and the command itself."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from aiohttp import web

from simulator.pki import Pki
from simulator.running import SimulatorConfig, running_simulator
from tests.unit.simulator.soap_client import Emias

_FEED = "/bitrix/services/main/ajax.php?action=emias:gateway.feed.doctors"


async def test_the_site_serves_its_page_under_a_strict_policy(emias: Emias) -> None:
    """The page and its files come with a policy that allows this site alone; no PHP file is given away."""
    component = "/local/components/emias/appointment/templates/.default"
    parts = ("/", "/doctor/?ELEMENT_ID=701", f"{component}/script.js", f"{component}/style.css", "/stand/favicon.svg")
    hidden = (f"{component}/template.php", "/local/nothing.js", "/local/..%2f..%2fsimulator/site/keys.py", "/keys.py")
    async with httpx.AsyncClient(base_url=emias.simulator.site_url) as browser:
        answers = [await browser.get(path) for path in parts]
        missing = [(await browser.get(path)).status_code for path in hidden]

    assert [answer.status_code for answer in answers] == [200] * len(parts)
    assert missing == [404] * len(hidden)
    for answer in answers:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in answers[0].headers["Content-Security-Policy"]


async def test_the_feed_is_changed_through_control(tmp_path: Path) -> None:
    """The key opens the feed, and an edit through the control listener shows in it."""
    key_file = tmp_path / "feed.key"
    key_file.write_text("feed-key\n")
    config = SimulatorConfig(pki_folder=tmp_path / "pki", doctors=2, feed_key_file=key_file)
    async with running_simulator(config) as simulator, httpx.AsyncClient(headers={"X-Gateway-Key": "feed-key"}) as site:
        await site.post(f"{simulator.control_url}/control/feed/doctors", json={"id": 701, "active": False})
        await site.post(f"{simulator.control_url}/control/feed/doctors", json={"id": 704, "remove": True})
        page = (await site.get(f"{simulator.site_url}{_FEED}")).json()
        unknown = await site.post(f"{simulator.control_url}/control/feed/doctors", json={"id": 999, "remove": True})
    assert [(one["id"], one["active"]) for one in page["data"]["items"]] == [(701, False), (707, True)]
    assert unknown.status_code == 422


@asynccontextmanager
async def _gateway(seen: list[web.Request]) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        await request.read()
        problem = {"code": "slot_taken", "detail": "занято"}
        return web.json_response(problem, status=409, headers={"Retry-After": "3", "X-Internal": "no"})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _act(browser: httpx.AsyncClient, action: str, **given: str) -> dict[str, Any]:
    """Call an action as the page does: once without a token, then with the one that the refusal brought."""
    address = f"/bitrix/services/main/ajax.php?action=emias:gateway.booking.{action}"
    refused = (await browser.post(address, data=given)).json()["errors"][0]
    assert refused["code"] == "invalid_csrf"
    answer = await browser.post(address, data=given | {"sessid": refused["customData"]["csrf"]})
    assert "egw_demo_secret" not in str(answer.headers) + answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    told: dict[str, Any] = answer.json()
    return told


async def test_the_site_keeps_the_key_and_names_the_visitor(pki: Pki, tmp_path: Path) -> None:
    """The gateway gets key, stable visitor reference and idempotency key; the browser gets the refusal and no key."""
    seen: list[web.Request] = []
    key_file = tmp_path / "gateway.key"
    patient = {"patient[snils]": "112-233-445 95", "patient[oms_number]": "7756410885000127"}
    async with _gateway(seen) as gateway_url:
        config = SimulatorConfig(pki.ca.parent, doctors=2, gateway_url=gateway_url, gateway_key_file=key_file)
        async with running_simulator(config) as simulator, httpx.AsyncClient(base_url=simulator.site_url) as browser:
            unset = await _act(browser, "hold", slot="s", doctor="701")
            key_file.write_text("egw_demo_secret\n")
            held = await _act(browser, "hold", slot="s", doctor="701")
            booked = await _act(browser, "book", hold="h", key="k", **patient)
            unknown = await browser.post("/bitrix/services/main/ajax.php?action=emias:gateway.booking.guess", data={})

    assert unset["errors"][0]["code"] == "site_not_configured"
    assert [request.path for request in seen] == ["/v1/holds", "/v1/bookings"]
    assert {request.headers["Authorization"] for request in seen} == {"Bearer egw_demo_secret"}
    [reference] = {request.headers["X-Client-Ref"] for request in seen}
    assert (len(reference), seen[1].headers["Idempotency-Key"]) == (64, "k")
    assert unknown.status_code == 404
    for told in (held, booked):
        [error] = told["errors"]
        assert (error["code"], error["customData"]["retry_after"]) == ("slot_taken", 3)


async def test_the_site_says_when_the_gateway_is_gone(pki: Pki, tmp_path: Path) -> None:
    """A gateway that refuses connections is a refusal with its own code."""
    key_file = tmp_path / "gateway.key"
    key_file.write_text("egw_demo_secret")
    config = SimulatorConfig(pki.ca.parent, doctors=2, gateway_url="http://127.0.0.1:9", gateway_key_file=key_file)
    async with running_simulator(config) as simulator, httpx.AsyncClient(base_url=simulator.site_url) as browser:
        told = await _act(browser, "slots", doctor="701")
    assert told["errors"][0]["code"] == "gateway_unavailable"


async def test_the_panel_changes_what_emias_does(emias: Emias) -> None:
    """Each button does one thing to EMIAS and says so; what is no button is not found."""
    simulator = emias.simulator
    async with httpx.AsyncClient(base_url=simulator.site_url) as browser:

        async def press(button: str, **more: str) -> str:
            answer = await browser.post("/stand/press", json={"button": button, **more})
            return str(answer.raise_for_status().json()["said"])

        [doctor, *_] = simulator.installation.world.doctors.values()
        day = simulator.installation.world.now().date() + timedelta(days=3)
        slot = next(one for one in simulator.installation.world.slots(doctor, day, day) if one.is_free)
        taken = await press("take_slot", doctor="701", starts_at=slot.starts_at.isoformat())
        again = await press("take_slot", doctor="701", starts_at=slot.starts_at.isoformat())
        await press("refuse_next")
        await press("lose_answer")
        assert "направление" in await press("refuse_as", refusal="REFERRAL_REQUIRED")
        assert await press("refuse_as", refusal="NONSENSE") == "Такого отказа нет."
        await press("lose_cancel")
        planned = [rule.kind for rule in simulator.installation.faults.rules]
        await press("emias_off")
        was_open = simulator.is_open
        await press("emias_on")
        missing = await browser.post("/stand/press", json={"button": "explode"})
    assert taken.startswith("Время занято")
    assert again.startswith("Не занято")
    assert planned == ["refuse", "commit_then_drop", "refuse", "commit_then_drop"]
    assert (was_open, simulator.is_open, len(simulator.installation.faults.rules)) == (False, True, 0)
    assert missing.status_code == 404


@asynccontextmanager
async def _command(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", *arguments, stdout=pipe, stderr=pipe
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_the_command_says_when_it_is_ready_and_stops_when_told(pki: Pki) -> None:
    """One JSON line names the listeners; a second process on its port exits 2 and names it; SIGTERM ends with 0."""
    folder = str(pki.ca.parent)
    async with _command("--pki", folder, "--doctors", "2") as process:
        assert process.stdout
        ready = json.loads(await process.stdout.readline())
        assert (ready["event"], sorted(ready)) == ("ready", ["control_url", "emias_url", "event", "site_url"])

        port = ready["control_url"].rsplit(":", 1)[1]
        async with _command("--pki", folder, "--control-port", port) as other:
            _, complaint = await other.communicate()
        assert (other.returncode, port in complaint.decode()) == (2, True)

        process.send_signal(signal.SIGTERM)
        assert (await process.communicate())[1] == b""
        assert process.returncode == 0

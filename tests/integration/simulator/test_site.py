"""The site's listener, and the command itself."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from aiohttp import web

from simulator.pki import Pki
from simulator.running import SimulatorConfig, running_simulator
from tests.unit.simulator.soap_client import Emias

_FEED = "/bitrix/services/main/ajax.php?action=emias:gateway.feed.doctors"


async def test_the_site_serves_its_page_under_a_strict_policy(emias: Emias) -> None:
    """The page and its files come with a policy that allows this site alone; nothing names another host."""
    async with httpx.AsyncClient(base_url=emias.simulator.site_url) as browser:
        answers = [await browser.get(path) for path in ("/", "/app.js", "/style.css", "/favicon.svg", "/form.js")]
        missing = [(await browser.get(path)).status_code for path in ("/keys.py", "/nothing.js", "/..%2fkeys.py")]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert missing == [404] * 3
    for answer in answers:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
        assert "https://" not in answer.text
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


async def test_the_relay_keeps_the_key_and_names_the_visitor(pki: Pki, tmp_path: Path) -> None:
    """The gateway gets key, stable visitor reference and idempotency key; the browser gets the answer and no key."""
    seen: list[web.Request] = []
    key_file = tmp_path / "gateway.key"
    async with _gateway(seen) as gateway_url:
        config = SimulatorConfig(pki.ca.parent, doctors=2, gateway_url=gateway_url, gateway_key_file=key_file)
        async with running_simulator(config) as simulator, httpx.AsyncClient(base_url=simulator.site_url) as browser:
            assert (await browser.get("/api/specialties")).json()["code"] == "site_not_configured"
            key_file.write_text("egw_demo_secret\n")
            answers = [
                await browser.post("/api/holds", json={"slot_id": "s"}),
                await browser.post("/api/bookings", json={}, headers={"Idempotency-Key": "k", "X-Client-Ref": "mine"}),
            ]
            forbidden = await browser.post("/api/identity/logins", json={})
            form = await browser.post("/api/holds", data={"slot_id": "s"})

    assert [request.path for request in seen] == ["/v1/holds", "/v1/bookings"]
    assert {request.headers["Authorization"] for request in seen} == {"Bearer egw_demo_secret"}
    [reference] = {request.headers["X-Client-Ref"] for request in seen}
    assert (len(reference), seen[1].headers["Idempotency-Key"]) == (64, "k")
    assert (forbidden.status_code, form.status_code) == (404, 415)
    for answer in answers:
        assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (409, "slot_taken", "3")
        assert "egw_demo_secret" not in str(answer.headers) + answer.text
        assert "X-Internal" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in answers[0].headers["Set-Cookie"]


async def test_the_relay_says_when_the_gateway_is_gone(pki: Pki, tmp_path: Path) -> None:
    """A gateway that refuses connections is a 502 problem in words for the reader."""
    key_file = tmp_path / "gateway.key"
    key_file.write_text("egw_demo_secret")
    config = SimulatorConfig(pki.ca.parent, doctors=2, gateway_url="http://127.0.0.1:9", gateway_key_file=key_file)
    async with running_simulator(config) as simulator, httpx.AsyncClient(base_url=simulator.site_url) as browser:
        answer = await browser.get("/api/specialties")
    assert (answer.status_code, answer.json()["code"]) == (502, "gateway_unreachable")


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

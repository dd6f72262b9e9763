"""The stand-ins on the wire: what a client with and without a certificate sees."""

from __future__ import annotations

import asyncio
import gzip
import json
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from aiohttp import web
from lxml import etree

from simulator.emias.replies import KINDS
from simulator.emias.world import HORIZON, MOSCOW
from simulator.pki import Pki, open_pki
from simulator.running import SimulatorConfig, running_simulator
from tests.unit.simulator.soap_client import DC, MEDIA, SOAP11, SOAP12, SVC, VERA, Emias, get_version, tls_client

_REFUSED_BY_TLS = (httpx.TransportError, ssl.SSLError)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Make one set of certificates for all tests of this module."""
    return open_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
async def emias(pki: Pki) -> AsyncIterator[Emias]:
    """Run a fresh stand-in and hold a client with the right certificate."""
    async with (
        running_simulator(SimulatorConfig(pki_folder=pki.ca.parent, doctors=4)) as simulator,
        tls_client(pki, pki.client_cert, pki.client_key) as client,
    ):
        yield Emias(simulator, client)


async def _eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the stand-in offers no event for this
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
async def test_an_appointment_is_made_in_the_callers_soap_version(emias: Emias, soap: str) -> None:
    """The receipt comes in the envelope and media type of the call and agrees with the ledger."""
    answer = await emias.book(soap=soap)

    root = etree.fromstring(answer.content)
    [row] = await emias.ledger()
    assert (answer.status_code, answer.headers["Content-Type"], etree.QName(root).namespace) == (
        200,
        MEDIA[soap],
        soap,
    )
    assert root.findtext(f".//{SVC}AppointmentId") == row["id"]
    assert root.findtext(f".//{SVC}StartTime") == row["starts_at"]
    assert (row["client_ref"], row["channel"], row["patient"]["snils"]) == ("ref-1", "soap", "11223344595")


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
async def test_a_refusal_is_a_typed_fault(emias: Emias, soap: str) -> None:
    """The second booking of one slot is status 500 with code and field in the detail."""
    await emias.book()
    answer = await emias.book(soap=soap)

    fault = etree.fromstring(answer.content).find(f".//{DC}ScheduleFault")
    assert fault is not None
    assert (answer.status_code, fault.findtext(f"{DC}Code")) == (500, "PATIENT_ALREADY_BOOKED")
    assert len(await emias.ledger()) == 1


async def test_found_and_cancelled_appointments(emias: Emias) -> None:
    """A booking is found by SNILS, cancelled once, and then found as cancelled."""
    await emias.book()
    [row] = await emias.ledger()
    day = row["starts_at"][:10]
    who = "<lpuCode>0101</lpuCode><snils>11223344595</snils>"
    find = f"{who}<dateFrom>{day}</dateFrom><dateTo>{day}</dateTo>"
    cancel = f"{who}<appointmentId>{row['id']}</appointmentId><reason>patient</reason>"

    states = []
    for operation, inner in (("FindAppointments", find), ("CancelAppointment", cancel), ("FindAppointments", find)):
        answer = await emias.post(operation, inner)
        states.append(etree.fromstring(answer.content).findtext(".//{*}State"))

    assert states == ["Active", None, "Cancelled"]


async def test_a_schedule_lists_the_horizon(emias: Emias) -> None:
    """Forty slots a day for 32 days, free and busy, with Moscow's offset; the switches change style and extent."""
    root = etree.fromstring((await emias.schedule()).content)
    free = [element.text for element in root.iter(f"{DC}IsFree")]
    assert len(free) == 40 * 32
    assert set(free) == {"true", "false"}
    assert str(root.findtext(f".//{DC}StartTime")).endswith("+03:00")

    await emias.control("POST", "settings", {"absent_busy": True, "date_style": "utc"})
    root = etree.fromstring((await emias.schedule()).content)
    assert {element.text for element in root.iter(f"{DC}IsFree")} == {"true"}
    assert str(root.findtext(f".//{DC}StartTime")).endswith("Z")


async def test_the_contract_is_published_with_its_imports(emias: Emias) -> None:
    """The WSDL imports schemas by URLs of the service itself, and each of them is there."""
    wsdl = etree.fromstring((await emias.client.get(f"{emias.simulator.emias_url}?wsdl")).content)
    urls = [str(node.get("schemaLocation")) for node in wsdl.iter("{http://www.w3.org/2001/XMLSchema}import")]

    assert urls == [f"{emias.simulator.emias_url}?xsd=xsd{number}" for number in range(3)]
    assert [(await emias.client.get(url)).status_code for url in urls] == [200] * 3
    assert (await emias.client.get(f"{emias.simulator.emias_url}?xsd=xsd7")).status_code == 404


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("text/xml", b"<broken", 400),
        ("text/xml", f'<s:Envelope xmlns:s="{SOAP11}"><s:Body/></s:Envelope>'.encode(), 400),
        ("text/xml", f'<!DOCTYPE x><s:Envelope xmlns:s="{SOAP11}"><s:Body><a/></s:Body></s:Envelope>'.encode(), 400),
        ("text/xml", f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><Nope/></s:Body></s:Envelope>'.encode(), 500),
    ],
)
async def test_what_is_no_call_is_refused(emias: Emias, content_type: str, body: bytes, status: int) -> None:
    """Other media types, broken XML, empty bodies, DTDs and unknown operations each have their status."""
    headers = {"Content-Type": content_type}
    answer = await emias.client.post(emias.simulator.emias_url, content=body, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("name", ["", "foreign_client", "expired_client", "future_client"])
async def test_a_client_without_a_good_certificate_is_refused(emias: Emias, pki: Pki, name: str) -> None:
    """No certificate, another CA's, an expired one and one of the future get no answer and reach no operation."""
    cert, key = (getattr(pki, f"{name}_cert"), getattr(pki, f"{name}_key")) if name else (None, None)
    async with tls_client(pki, cert, key) as client:
        with pytest.raises(_REFUSED_BY_TLS):
            await Emias(emias.simulator, client).post("GetVersion")
    assert (await emias.control("GET", "state"))["calls"] == {}


async def test_every_form_of_the_client_key_opens_the_door(emias: Emias, pki: Pki) -> None:
    """The encrypted key opens with its password, the next certificate is as good as the present one."""
    password = pki.client_password.read_text()
    for cert, key in ((pki.client_cert, pki.client_key_encrypted), (pki.next_client_cert, pki.next_client_key)):
        async with tls_client(pki, cert, key, password) as client:
            assert (await Emias(emias.simulator, client).post("GetVersion")).status_code == 200
    assert {path.stat().st_mode & 0o777 for path in pki.ca.parent.iterdir()} == {0o600}


async def test_the_server_can_show_a_certificate_for_another_name(emias: Emias) -> None:
    """After a start with the wrong certificate a careful client refuses the server; a reset brings the right one."""
    await emias.control("POST", "start", {"certificate": "wrong_name_server"})
    with pytest.raises(httpx.ConnectError, match="mismatch"):
        await emias.post("GetVersion")

    await emias.control("POST", "reset")
    assert (await emias.post("GetVersion")).status_code == 200


async def test_a_stopped_listener_refuses_connections_until_started(emias: Emias) -> None:
    """Stop closes the port, start opens the same one."""
    await emias.control("POST", "stop")
    with pytest.raises(httpx.ConnectError):
        await emias.post("GetVersion")

    await emias.control("POST", "start")
    assert (await emias.post("GetVersion")).status_code == 200


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("commit_then_drop", httpx.RemoteProtocolError),
        ("commit_then_hang", httpx.ReadTimeout),
        ("truncated_after_commit", httpx.RemoteProtocolError),
        ("drop", httpx.RemoteProtocolError),
        ("hang", httpx.ReadTimeout),
        ("truncated", httpx.RemoteProtocolError),
    ],
)
async def test_lost_answers(emias: Emias, kind: str, raised: type[Exception]) -> None:
    """The kinds that commit leave a row behind their lost answer, the others do not."""
    emias.client.timeout = httpx.Timeout(0.5)
    await emias.spoil(kind, "CreateAppointment")
    with pytest.raises((raised, httpx.ReadError)):
        await emias.book()
    assert len(await emias.ledger()) == int("commit" in kind)


async def test_a_late_commit_comes_after_the_caller_has_gone(emias: Emias) -> None:
    """The answer never comes, the row comes later."""
    emias.client.timeout = httpx.Timeout(0.2)
    await emias.spoil("late_commit", "CreateAppointment", seconds=0.5)
    with pytest.raises(httpx.ReadTimeout):
        await emias.book()
    assert await emias.ledger() == []
    await _eventually(lambda: len(emias.simulator.installation.ledger) == 1)


async def test_a_committing_kind_just_drops_a_read(emias: Emias) -> None:
    """A schedule has nothing to commit: its connection is closed."""
    await emias.spoil("commit_then_hang", "GetSchedule")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await emias.schedule()


async def test_a_booking_behind_a_502_stands(emias: Emias) -> None:
    """The proxy's page hides a committed row."""
    await emias.spoil("commit_then_502", "CreateAppointment")
    answer = await emias.book()
    assert (answer.status_code, "html" in answer.headers["Content-Type"], len(await emias.ledger())) == (502, True, 1)


@pytest.mark.parametrize(
    ("retry_after", "body"), [("7", "text"), ("Mon, 23 Nov 2026 09:00:00 GMT", "html"), ("soon", "text")]
)
async def test_a_gate_answers_with_retry_after_as_given(emias: Emias, retry_after: str, body: str) -> None:
    """Seconds, a date and nonsense are passed as they are."""
    await emias.spoil("status", status=429, retry_after=retry_after, body=body)
    answer = await emias.schedule()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, retry_after)
    assert ("html" in answer.headers["Content-Type"]) is (body == "html")


async def test_a_planned_refusal_and_a_fault_without_detail(emias: Emias) -> None:
    """The refusal carries its code and field and writes nothing; the other fault says nothing but WCF's own code."""
    await emias.spoil("refuse", "CreateAppointment", code="VALIDATION", field="snils")
    fault = etree.fromstring((await emias.book()).content).find(f".//{DC}ScheduleFault")
    assert fault is not None
    assert [fault.findtext(f"{DC}{name}") for name in ("Code", "Field")] == ["VALIDATION", "snils"]

    await emias.spoil("fault_without_detail", "CreateAppointment")
    answer = await emias.book()
    assert (answer.status_code, b"InternalServiceFault" in answer.content) == (500, True)
    assert b"Detail" not in answer.content
    assert await emias.ledger() == []


async def test_answers_that_are_no_soap(emias: Emias) -> None:
    """A maintenance page with 200, nothing with 200, and a clean-looking half of an envelope."""
    await emias.spoil("html_200")
    assert "text/html" in (await emias.schedule()).headers["Content-Type"]
    await emias.spoil("empty_200")
    assert (await emias.schedule()).content == b""
    await emias.spoil("truncated", clean=True)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring((await emias.schedule()).content)


@pytest.mark.parametrize("part", ["headers", "body"])
async def test_a_dribbled_answer_comes_in_crumbs(emias: Emias, part: str) -> None:
    """The answer is whole, and its body needs many reads."""
    await emias.spoil("dribble", interval=0.002, part=part)
    async with emias.client.stream("POST", emias.simulator.emias_url, **get_version()) as answer:
        crumbs = [crumb async for crumb in answer.aiter_raw()]
    assert len(crumbs) > 20
    assert etree.fromstring(b"".join(crumbs)).findtext(f".//{SVC}Version")


async def test_huge_answers_and_bombs_have_the_size_that_was_asked(emias: Emias) -> None:
    """Two megabytes plain, two megabytes out of a few kilobytes of gzip, a thousand levels of nesting."""
    await emias.spoil("huge", megabytes=2)
    assert len((await emias.schedule()).content) >= 2 * 1024 * 1024

    await emias.spoil("gzip_bomb", megabytes=2)
    async with emias.client.stream("POST", emias.simulator.emias_url, **get_version()) as answer:
        packed = b"".join([piece async for piece in answer.aiter_raw()])
    assert len(packed) < 20 * 1024
    assert len(gzip.decompress(packed)) >= 2 * 1024 * 1024

    await emias.spoil("deep_nesting", depth=1000)
    assert (await emias.schedule()).content.count(b"<a>") == 1000


async def test_dtds_come_as_announced_and_the_canary_counts_who_follows_them(emias: Emias) -> None:
    """Each DTD kind declares what its name says; the external entity lives where the control listener counts."""
    contents = {}
    for kind in ("doctype", "entity_bomb", "external_entity"):
        await emias.spoil(kind)
        contents[kind] = (await emias.schedule()).content
    assert all(content.startswith(b"<!DOCTYPE Envelope") for content in contents.values())
    assert b"&e11;" in contents["entity_bomb"]
    assert f"{emias.simulator.control_url}/control/canary".encode() in contents["external_entity"]

    async with httpx.AsyncClient() as reader:
        await reader.get(f"{emias.simulator.control_url}/control/canary")
    assert (await emias.control("GET", "state"))["canary_hits"] == 1


async def test_true_answers_in_wrong_shapes(emias: Emias) -> None:
    """Each reshaping keeps the booking in the ledger and spoils just what its name says."""
    await emias.control("POST", "settings", {"allow_repeat_patient": True})

    async def spoiled(kind: str) -> httpx.Response:
        await emias.spoil(kind, "CreateAppointment")
        return await emias.book()

    extra = etree.fromstring((await spoiled("extra_elements")).content)
    receipt = extra[0][0]
    assert [etree.QName(node).localname for node in receipt] == ["Channel", "AppointmentId", "StartTime", "Ticket"]
    turned = etree.fromstring((await spoiled("unordered")).content)
    assert [etree.QName(node).localname for node in turned[0][0]] == ["Ticket", "StartTime", "AppointmentId"]
    assert len(etree.fromstring((await spoiled("two_bodies")).content)) == 2
    assert b"http://tempuri.org/v2/" in (await spoiled("wrong_namespace")).content
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring((await spoiled("wrong_encoding")).content)
    foreign = etree.fromstring((await spoiled("wrong_doctor")).content)
    rows = await emias.ledger()
    assert len(rows) == 6
    assert foreign.findtext(f".//{SVC}AppointmentId") not in {row["id"] for row in rows}
    assert foreign.findtext(f".//{SVC}StartTime") != rows[-1]["starts_at"]


async def test_schedules_that_say_nothing_or_nonsense(emias: Emias) -> None:
    """An empty schedule has no slot; a garbage one has slots of no id and of the year 1."""
    await emias.spoil("empty_schedule", "GetSchedule")
    assert etree.fromstring((await emias.schedule()).content).find(f".//{DC}ScheduleSlot") is None
    await emias.spoil("garbage_schedule", "GetSchedule")
    starts = [node.text for node in etree.fromstring((await emias.schedule()).content).iter(f"{DC}StartTime")]
    assert "0001-01-01T00:00:00" in starts


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"huge", "gzip_bomb", "dribble", "refuse"}))
async def test_a_spoiled_call_spoils_no_other(emias: Emias, kind: str) -> None:
    """After any fault the next call is answered as if nothing had been."""
    emias.client.timeout = httpx.Timeout(1)
    await emias.spoil(kind, "GetSchedule")
    with_fault: httpx.Response | None
    try:
        with_fault = await emias.schedule()
    except httpx.TransportError:
        with_fault = None
    emias.client.timeout = httpx.Timeout(10)
    clean = await emias.schedule()
    assert clean.status_code == 200
    assert with_fault is None or with_fault.content != clean.content


async def test_control_changes_slots_behind_everybodys_back(emias: Emias) -> None:
    """Take, free, remove, renumber and a booking through the portal show in the next schedule."""
    world = emias.simulator.installation.world
    slot = world.slot(world.doctors[41001], emias.free_slot_ids()[0])
    where = {"lpu_code": "0101", "doctor_id": 41001, "starts_at": slot.starts_at.isoformat()}

    assert await emias.control("POST", "slots/take", where) == {"changed": 1}
    assert slot.id not in emias.free_slot_ids()
    await emias.control("POST", "slots/free", where)
    row = await emias.control("POST", "book", where)
    assert (row["channel"], row["starts_at"]) == ("portal", slot.starts_at.astimezone(MOSCOW).isoformat())
    assert slot.id not in emias.free_slot_ids()
    assert (await emias.control("POST", "slots/renumber", {**where, "starts_at": None, "all": True}))["changed"] == 1280
    await emias.control("POST", "slots/remove", where)
    assert len(etree.fromstring((await emias.schedule()).content).findall(f".//{DC}ScheduleSlot")) == 1279

    await emias.control("POST", "reset")
    assert slot.id in emias.free_slot_ids()
    assert await emias.ledger() == []


async def test_the_world_lives_when_told_to(emias: Emias) -> None:
    """With a rate set, free slots change without anybody's call."""
    world = emias.simulator.installation.world

    def picture() -> list[bool]:
        today = world.now().date()
        return [slot.is_free for one in world.doctors.values() for slot in world.slots(one, today, today + HORIZON)]

    before = picture()
    await emias.control("POST", "settings", {"living": 500})
    await _eventually(lambda: picture() != before)


async def test_control_says_what_does_not_fit(emias: Emias) -> None:
    """Unknown settings, faults and doctors are 422 or 409 with the reason."""
    async with httpx.AsyncClient(base_url=emias.simulator.control_url) as client:
        answers = [
            await client.post("/control/settings", json={"weather": "fine"}),
            await client.post("/control/settings", json={"date_style": "roman"}),
            await client.post("/control/faults", json={"operation": "GetSchedule", "kind": "meteor"}),
            await client.post("/control/slots/take", json={"lpu_code": "0101", "doctor_id": 41001}),
            await client.post("/control/slots/take", json={"lpu_code": "0101", "doctor_id": 1, "all": True}),
        ]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 409]
    assert all(answer.json()["error"] for answer in answers)


async def test_the_journal_counts_calls_without_patient_data(emias: Emias) -> None:
    """Calls are counted by operation and listed with their outcome; no name or number of a patient is in it."""
    await emias.book()
    await emias.book()
    calls = await emias.control("GET", "calls")

    assert (await emias.control("GET", "state"))["calls"] == {"CreateAppointment": 2}
    assert [call["outcome"] for call in calls["items"]] == ["ok", "PATIENT_ALREADY_BOOKED"]
    assert all(value not in json.dumps(calls, ensure_ascii=False) for value in VERA.values())


async def test_a_second_start_on_the_same_ports_works_at_once(pki: Pki) -> None:
    """Ports with connections in TIME_WAIT can be taken again."""
    first_config = SimulatorConfig(pki_folder=pki.ca.parent, doctors=2)
    async with running_simulator(first_config) as first:
        async with tls_client(pki, pki.client_cert, pki.client_key) as client:
            await Emias(first, client).post("GetVersion")
        emias_port, control_port, site_port = (
            urlsplit(url).port or 0 for url in (first.emias_url, first.control_url, first.site_url)
        )
    config = replace(first_config, emias_port=emias_port, control_port=control_port, site_port=site_port)
    async with running_simulator(config) as second, tls_client(pki, pki.client_cert, pki.client_key) as client:
        assert second.emias_url == first.emias_url
        assert (await Emias(second, client).post("GetVersion")).status_code == 200


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

"""Faults on the wire, each as it is described."""

from __future__ import annotations

import gzip

import httpx
import pytest
from lxml import etree

from simulator.emias.replies import KINDS
from tests.integration.simulator.waiting import eventually
from tests.unit.simulator.soap_client import DC, SVC, Emias, get_version


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
    await emias.spoil("late_commit", "CreateAppointment", seconds=4)
    with pytest.raises(httpx.ReadTimeout):
        await emias.book()
    assert await emias.ledger() == []
    await eventually(lambda: len(emias.simulator.installation.ledger) == 1)


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

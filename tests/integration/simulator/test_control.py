"""The control listener."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
from lxml import etree

from simulator.emias.world import HORIZON, MOSCOW
from simulator.pki import Pki
from simulator.running import SimulatorConfig, running_simulator
from tests.integration.simulator.waiting import eventually
from tests.unit.simulator.soap_client import DC, VERA, Emias, tls_client


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
    await eventually(lambda: picture() != before)


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

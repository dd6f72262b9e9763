"""Certificates that are out of their time, not ours, not theirs, or replaced while bookings go on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.faults.figures import Figures
from tests.faults.load import under_load
from tests.faults.processes import Replica
from tests.faults.stage import Stage, make_replica
from tests.faults.visitor import Event, Visitor

Clients = list[httpx.AsyncClient]
_BACK_SECONDS = 60.0
_REFUSED_AT_THE_START = {
    "expired": {"EMIAS_CERT_FILE": "expired_client_cert.pem", "EMIAS_KEY_FILE": "expired_client_key.pem"},
    "not yet valid": {"EMIAS_CERT_FILE": "future_client_cert.pem", "EMIAS_KEY_FILE": "future_client_key.pem"},
    "wrong key": {"EMIAS_KEY_FILE": "next_client_key.pem"},
    "wrong password": {"EMIAS_KEY_FILE": "client_key_encrypted.pem"},
    "no such file": {"EMIAS_CERT_FILE": "nowhere.pem"},
}


@pytest.mark.quick
@pytest.mark.parametrize("wrong", ["wrong password", "expired", "not yet valid", "wrong key", "no such file"])
async def test_a_certificate_that_cannot_be_used_stops_the_start(stage: Stage, wrong: str) -> None:
    """A gateway does not start with a certificate that is out of its time, nor with a key that does not fit."""
    pki = stage.folder / "pki"
    files = {name: str(pki / file) for name, file in _REFUSED_AT_THE_START[wrong].items()}
    broken = make_replica("serve-tls", {**stage.env, **files, "EMIAS_KEY_PASSWORD": "not-the-password"}, _logs(stage))
    await broken.spawn()
    await broken.ended()
    assert broken.process.status not in {0, None}
    assert "BEGIN" not in broken.process.log.read_text()


async def test_a_certificate_that_emias_does_not_know_books_nothing(stage: Stage, history: list[Event]) -> None:
    """With a foreign CA's certificate EMIAS hears of no booking, and each is told as not sent or proved not made."""
    pki = stage.folder / "pki"
    foreign = {
        "EMIAS_CERT_FILE": str(pki / "foreign_client_cert.pem"),
        "EMIAS_KEY_FILE": str(pki / "foreign_client_key.pem"),
    }
    async with stage.settings_of(stage.gateway, **foreign):
        told = await _book(stage, stage.gateway, history)
    # TLS 1.3 refuses a client after the handshake: the refusal may be lost in the reset that follows it.
    assert told.status in {202, 503}
    assert (await stage.ask("state"))["calls"].get("CreateAppointment", 0) == 0
    await stage.until_settled(_BACK_SECONDS)
    assert set((await stage.states()).values()) == {"failed"}
    await stage.forget()
    assert (await _book(stage, stage.gateway, history)).status == 201


@pytest.mark.quick
async def test_a_server_with_another_name_is_told_nothing(stage: Stage, history: list[Event]) -> None:
    """A server with another host's certificate gets no patient's data, and bookings go on when it is right again."""
    await stage.tell("start", certificate="wrong_name_server")
    try:
        told = await _book(stage, stage.gateway, history)
        calls = (await stage.ask("state"))["calls"]
    finally:
        await stage.tell("start", certificate="server")
    assert (told.status, told.code) == (503, "emias_unavailable")
    assert calls.get("CreateAppointment", 0) == 0
    async with asyncio.timeout(_BACK_SECONDS):
        while (await _book(stage, stage.gateway, history)).status != 201:
            await asyncio.sleep(0.5)


async def test_a_certificate_is_replaced_under_load(
    stage: Stage, clients: Clients, history: list[Event], figures: Figures
) -> None:
    """Gateways restarted one after the other with the next certificate lose no booking."""
    pki = stage.folder / "pki"
    following = {
        "EMIAS_CERT_FILE": str(pki / "next_client_cert.pem"),
        "EMIAS_KEY_FILE": str(pki / "next_client_key.pem"),
    }
    async with under_load(stage, clients, history, 6) as load:
        for _ in range(5):
            for replica in (stage.gateway, stage.other):
                async with stage.settings_of(replica, **following):
                    await asyncio.sleep(0.5)
    reached = [event for event in load.ends if event.status is not None]
    booked = sum(event.status == 201 for event in reached)
    seen = f"{booked} of {len(reached)} answered visits booked"
    figures.add("certificate replaced by rolling restarts", "0 lost", seen)
    assert [event for event in reached if event.status not in {201, 202}][:3] == [], load.counts()


async def _book(stage: Stage, replica: Replica, history: list[Event]) -> Event:
    headers = {"Authorization": f"Bearer {stage.api_key}"}
    async with httpx.AsyncClient(base_url=replica.url, headers=headers, timeout=60, trust_env=False) as client:
        return await Visitor.of(stage, client, history).booked((await stage.slots())[0])


def _logs(stage: Stage) -> Path:
    return stage.folder / "logs"

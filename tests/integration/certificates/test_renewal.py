"""A certificate that is replaced while bookings are made."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path

from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Booked, CreateOutcome
from gateway.domain.patient import OmsPolicy, Patient, Snils
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow
from gateway.emias.connect import Ears, EmiasChannel, open_emias
from gateway.emias.renewal import CertificateNews
from gateway.ports import AppointmentRequest, Emias
from simulator.running import Simulator
from tests.faults.people import POLICY, SURNAME, snils
from tests.integration.certificates.conftest import Wallet
from tests.integration.certificates.front import running_front

OFTEN = 0.02
CROWD = 8
BEFORE_AND_AFTER = 40


def _patient(number: int) -> Patient:
    return Patient(
        last_name=SURNAME,
        first_name="Анна",
        middle_name=None,
        birth_date=date(1985, 3, 14),
        snils=Snils.parse(snils(number)),
        oms=OmsPolicy.parse(POLICY),
    )


async def _free(emias: Emias, simulator: Simulator) -> list[tuple[EmiasDoctorRef, RemoteSlot]]:
    tomorrow = datetime.now(MOSCOW).date() + timedelta(days=1)
    free = []
    for one in simulator.installation.world.doctors.values():
        doctor = EmiasDoctorRef(one.lpu_code, str(one.emias_id))
        window = await emias.get_schedule(doctor, tomorrow, tomorrow + timedelta(days=6))
        assert isinstance(window, ScheduleWindow)
        free += [(doctor, slot) for slot in window.slots if slot.is_free]
    return free


async def test_a_certificate_replaced_under_load_fails_no_booking(simulator: Simulator, wallet: Wallet) -> None:
    """Every booking succeeds while the pair is replaced, and those after it show the next certificate."""
    news, outcomes = asyncio.Queue[CertificateNews](), list[CreateOutcome]()
    busy, replaced = asyncio.Event(), asyncio.Event()
    async with running_front(simulator) as (front, url):
        channel = EmiasChannel("seed-soap", url, wallet.files)
        async with open_emias(channel, ears=Ears(certificate=news.put_nowait), look_every=OFTEN) as emias:
            free = iter(await _free(emias, simulator))
            numbers = iter(range(1, 100_000))

            async def book_on() -> None:
                done_after = 0
                while done_after < BEFORE_AND_AFTER // CROWD:
                    is_after = replaced.is_set()
                    (doctor, slot), number = next(free), next(numbers)
                    outcomes.append(
                        await emias.create_appointment(
                            AppointmentRequest(
                                doctor, slot.emias_slot_id, slot.starts_at, _patient(number), f"b{number}"
                            )
                        )
                    )
                    done_after += is_after
                    if len(outcomes) >= BEFORE_AND_AFTER:
                        busy.set()

            async def replace() -> None:
                await busy.wait()
                assert (await news.get()).facts is not None
                wallet.replace("next_client")
                await _heard(news, None)
                replaced.set()

            await asyncio.gather(replace(), *(book_on() for _ in range(CROWD)))

    failed = [outcome for outcome in outcomes if not isinstance(outcome, Booked)]
    assert failed == []
    assert len(outcomes) >= 2 * BEFORE_AND_AFTER
    assert front.shown["gateway"] >= BEFORE_AND_AFTER
    assert front.shown["gateway, the next certificate"] >= BEFORE_AND_AFTER
    assert sum(row.is_active for row in simulator.installation.ledger) == len(outcomes)


async def test_files_that_cannot_be_used_leave_the_last_good_certificate(simulator: Simulator, wallet: Wallet) -> None:
    """A key of another certificate, an expired pair and a missing file are told by code, and calls go on."""
    news = asyncio.Queue[CertificateNews]()
    channel = EmiasChannel("seed-soap", simulator.emias_url, wallet.files)
    async with open_emias(channel, ears=Ears(certificate=news.put_nowait), look_every=OFTEN) as emias:
        await _heard(news, None)
        for spoil, code in (
            (_mix_up, "key_mismatch"),
            (_let_expire, "expired"),
            (_lose, "file_missing"),
        ):
            spoil(wallet)
            await _heard(news, code)
            assert await emias.probe("0101")
        wallet.replace("client")
        await _heard(news, None)
        assert await emias.probe("0101")


async def _heard(news: asyncio.Queue[CertificateNews], problem: str | None) -> None:
    """Wait for a word; between two files that are replaced there may be others."""
    while (await news.get()).problem != problem:
        pass


def _mix_up(wallet: Wallet) -> None:
    _key(wallet).write_bytes(wallet.pki.next_client_key.read_bytes())


def _let_expire(wallet: Wallet) -> None:
    wallet.replace("expired_client")


def _lose(wallet: Wallet) -> None:
    _key(wallet).unlink()


def _key(wallet: Wallet) -> Path:
    assert wallet.files.key_file is not None
    return wallet.files.key_file

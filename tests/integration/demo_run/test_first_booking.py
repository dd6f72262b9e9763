"""The first booking, as the demo's own dialogue makes it."""

from __future__ import annotations

import sys

import asyncpg

from tests.integration.demo_run.conftest import RunningDemo


def test_the_printed_dialogue_ends_with_a_ticket(demo: RunningDemo) -> None:
    """The script that the demo writes books a slot, and EMIAS's ledger holds exactly that appointment."""
    before = {item["id"] for item in demo.control("ledger")["items"]}
    done = demo.run("bash", ".demo/first-booking.sh")
    assert done.returncode == 0, done.stdout + done.stderr
    made = [item for item in demo.control("ledger")["items"] if item["id"] not in before]
    assert len(made) == 1
    assert done.stdout.strip().splitlines()[-1] == made[0]["ticket"]


def test_a_booked_slot_is_gone_from_the_next_read(demo: RunningDemo) -> None:
    """A slot that was just booked is not offered by the very next read."""
    with demo.gateway() as gateway:
        doctor, slot = _late_slot(demo, 0)
        hold = gateway.post("/v1/holds", json={"slot_id": slot}).raise_for_status().json()
        held = _slots(demo, doctor)
        booked = gateway.post("/v1/bookings", json=_booking(hold["id"]), headers={"Idempotency-Key": "gone-1"})
        assert booked.status_code == 201, booked.text
        assert slot not in held
        assert slot not in _slots(demo, doctor)


async def test_the_demo_mirrors_fifty_doctors_and_sixty_thousand_slots(demo: RunningDemo) -> None:
    """After the first sync the table holds 30 days of 50 doctors."""
    connection = await asyncpg.connect(demo.values["DATABASE_URL"])
    try:
        doctors, slots = await connection.fetchrow("SELECT count(DISTINCT doctor_id), count(*) FROM local_emias_slots")
    finally:
        await connection.close()
    assert (doctors, slots) == (50, 60_000)


def test_a_second_demo_in_the_same_folder_is_refused_by_name(demo: RunningDemo) -> None:
    """A second start beside a running demo says which process runs it and changes nothing."""
    refused = demo.run(sys.executable, "-m", "gateway", "demo", "--detach")
    assert refused.returncode == 1
    assert (demo.folder / ".demo" / "demo.pid").read_text().split()[0] in refused.stdout + refused.stderr


def test_nothing_personal_is_in_any_log(demo: RunningDemo) -> None:
    """After bookings, no log of any process holds the patient's SNILS, policy, name or birth date."""
    canaries = ("11223344595", "112-233-445", "7756410885000127", "Образцова", "Тестова", "1985-03-14", "14.03.1985")
    logs = list((demo.folder / ".demo" / "logs").glob("*.log"))
    assert {log.stem for log in logs} >= {"gateway", "sync", "admin"}
    found = [(log.name, canary) for log in logs for canary in canaries if canary in log.read_text(encoding="utf-8")]
    assert found == []


def _slots(demo: RunningDemo, doctor: str) -> list[str]:
    with demo.gateway() as gateway:
        days = gateway.get(f"/v1/doctors/{doctor}/slots").raise_for_status().json()["days"]
    return [slot["id"] for day in days for slot in day["slots"]]


def _late_slot(demo: RunningDemo, doctor_number: int) -> tuple[str, str]:
    with demo.gateway() as gateway:
        doctors = gateway.get("/v1/doctors").raise_for_status().json()["items"]
    doctor = [entry["id"] for entry in doctors if entry["bookable"]][doctor_number]
    return doctor, _slots(demo, doctor)[-1]


def _booking(hold_id: str) -> dict[str, object]:
    patient = {
        "last_name": "Образцова",
        "first_name": "Анна",
        "birth_date": "1985-03-14",
        "snils": "112-233-445 95",
        "oms": {"number": "7756410885000127"},
    }
    return {"hold_id": hold_id, "patient": patient}

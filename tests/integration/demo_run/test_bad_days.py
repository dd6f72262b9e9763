"""EMIAS's bad days, seen from the site."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.integration.demo_run.conftest import RunningDemo


@pytest.fixture
def gateway(demo: RunningDemo) -> Any:
    """Yield a client, and leave EMIAS well afterwards."""
    with demo.gateway() as client:
        yield client
    demo.make_emias_well()


def test_slot_taken_offers_slots_that_can_be_held(demo: RunningDemo, gateway: httpx.Client) -> None:
    """When EMIAS says that the slot is taken the site gets 409 with alternatives, and the first of them can be held."""
    hold = _hold(gateway, doctor=3)
    demo.control("faults", {"operation": "CreateAppointment", "kind": "refuse", "params": {"code": "SLOT_TAKEN"}})
    answer = _book(gateway, hold, "taken-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    again = gateway.post("/v1/holds", json={"slot_id": answer.json()["alternatives"][0]["slot_id"]})
    assert again.status_code == 201


def test_a_lost_answer_is_told_as_unknown_and_booked_once(demo: RunningDemo, gateway: httpx.Client) -> None:
    """When EMIAS books and its answer is lost the site gets 202; soon it is booked, and EMIAS has one appointment."""
    hold = _hold(gateway, doctor=4)
    before = len(demo.control("ledger")["items"])
    demo.control("faults", {"operation": "CreateAppointment", "kind": "commit_then_drop"})
    answer = _book(gateway, hold, "lost-1")
    assert (answer.status_code, answer.json()["state"]) == (202, "in_doubt")
    booked = _settled(gateway, answer.json()["id"])
    made = demo.control("ledger")["items"][before:]
    assert [(booked["state"], booked["emias_appointment_id"])] == [("booked", row["id"]) for row in made]
    again = _book(gateway, hold, "lost-1")
    assert (again.status_code, again.json()["id"]) == (201, booked["id"])
    assert again.headers["Idempotent-Replayed"] == "true"


def test_emias_stopped_leaves_reads_and_refuses_bookings(demo: RunningDemo, gateway: httpx.Client) -> None:
    """With EMIAS stopped slots are still read, a booking answers 503 with Retry-After, and its key may try again."""
    hold = _hold(gateway, doctor=5)
    demo.control("stop", {})
    assert gateway.get("/v1/specialties").status_code == 200
    refused = _book(gateway, hold, "down-1")
    assert (refused.status_code, refused.json()["code"]) == (503, "emias_unavailable")
    assert int(refused.headers["Retry-After"]) >= 1
    demo.control("start", {})
    assert _book(gateway, hold, "down-1").status_code == 201


def test_a_booking_is_found_and_cancelled_by_its_patient(demo: RunningDemo, gateway: httpx.Client) -> None:
    """A booking is found by ticket and birth date, cancelled in EMIAS, and a second cancel is refused."""
    booked = _book(gateway, _hold(gateway, doctor=6), "mine-1").json()
    found = gateway.post("/v1/bookings/lookup", json={"ticket": booked["ticket"], "birth_date": "14.03.1985"})
    assert found.json()["id"] == booked["id"]
    path = f"/v1/bookings/{booked['id']}/cancel"
    cancelled = gateway.post(path, json={"reason": "patient_request"}, headers={"Idempotency-Key": "cancel-1"})
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    again = gateway.post(path, json={"reason": "patient_request"}, headers={"Idempotency-Key": "cancel-2"})
    assert (again.status_code, again.json()["code"]) == (409, "not_cancellable")
    states = {item["id"]: item["state"] for item in demo.control("ledger")["items"]}
    assert states[booked["emias_appointment_id"]] == "Cancelled"


def _settled(gateway: httpx.Client, booking_id: str) -> dict[str, Any]:
    """Ask as a site does until the state is final."""
    deadline = time.monotonic() + 150
    while True:
        booking: dict[str, Any] = gateway.get(f"/v1/bookings/{booking_id}").raise_for_status().json()
        if "retry_after" not in booking or time.monotonic() > deadline:
            return booking
        time.sleep(0.5)


def _hold(gateway: httpx.Client, doctor: int) -> str:
    doctors = [entry["id"] for entry in gateway.get("/v1/doctors").json()["items"] if entry["bookable"]]
    days = gateway.get(f"/v1/doctors/{doctors[doctor]}/slots").json()["days"]
    held = gateway.post("/v1/holds", json={"slot_id": days[-1 - doctor]["slots"][-1 - doctor]["id"]})
    held.raise_for_status()
    return str(held.json()["id"])


def _book(gateway: httpx.Client, hold_id: str, key: str) -> httpx.Response:
    patient = {
        "last_name": "Образцова",
        "first_name": "Анна",
        "birth_date": "1985-03-14",
        "snils": "112-233-445 95",
        "oms": {"number": "7756410885000127"},
    }
    return gateway.post("/v1/bookings", json={"hold_id": hold_id, "patient": patient}, headers={"Idempotency-Key": key})

"""The module's PHP client against the real gateway."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.browser.visitor import patient
from tests.integration.demo_run.conftest import RunningDemo

_EDITED = 713
_SCRIPT = Path(__file__).parents[1] / "php" / "client.php"


def _steps(demo: RunningDemo, given: dict[str, Any]) -> dict[str, Any]:
    php = shutil.which("php") or ""
    done = subprocess.run(  # noqa: S603 - our own words
        [php, str(_SCRIPT), demo.values["GATEWAY_URL"]],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["step"]: line for line in lines}


def _comes_to_be(demo: RunningDemo, name: str) -> bool:
    """Wait until the gateway tells a doctor of this name: it reads the pushed element anew by itself."""
    deadline = time.monotonic() + 30
    with demo.gateway() as gateway:
        while time.monotonic() < deadline:
            found = gateway.get("/v1/doctors", params={"q": name}).raise_for_status().json()["items"]
            if found:
                return bool(found[0]["id"] == str(_EDITED))
            time.sleep(0.2)
    return False


def test_php_books_repeats_finds_and_cancels(demo: RunningDemo, site: str) -> None:  # noqa: ARG001 - EMIAS is well
    """Each step has its answer or its exception, a repeated key books nothing twice, a pushed edit arrives."""
    person = patient(40)
    whole = {
        "last_name": person["last_name"],
        "first_name": person["first_name"],
        "birth_date": person["birth_date"],
        "snils": person["snils"],
        "oms": {"number": person["oms_number"]},
    }
    before = len(demo.control("ledger")["items"])
    demo.control("feed/doctors", {"id": _EDITED, "name": "Переименованная Вера Ильинична"})
    steps = _steps(demo, {"key": demo.values["API_KEY"], "patient": whole, "changed": _EDITED})

    refused = {name: (step["refusal"], step["code"]) for name, step in steps.items() if "refusal" in step}
    assert refused == {
        "hold_of_another": ("SlotLost", "slot_held"),
        "wrong_snils": ("PatientRefused", "validation_failed"),
        "not_there": ("NotFound", "booking_not_found"),
        "wrong_key": ("WrongCall", "unauthorized"),
    }
    booking = steps["book"]["answer"]
    assert booking["state"] == "booked"
    assert {steps[name]["answer"]["id"] for name in ("book_again", "status", "look_up", "cancel")} == {booking["id"]}
    assert steps["cancel"]["answer"]["state"] == "cancelled"
    assert len(demo.control("ledger")["items"]) == before + 1
    assert steps["push"]["answer"] == {"taken": 1, "left": 0}
    assert _comes_to_be(demo, "Переименованная Вера Ильинична")

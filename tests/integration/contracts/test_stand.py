"""One look at a stand, and a rehearsal on it, for each shipped profile; nobody's data are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.commands.contract import Asked, draft_contract, rehearse_contract, try_contract
from simulator.running import Simulator
from tests.integration.contracts.conftest import CANARIES, MADE_UP, StandCase, stand_case
from tests.unit.contracts.test_draft import SHIPPED

Captured = pytest.CaptureFixture[str]


def _shown(captured: Captured) -> str:
    told = captured.readouterr()
    text = told.out + told.err
    assert [canary for canary in CANARIES if canary in text] == []
    return text


async def _try(case: StandCase, operation: str) -> int:
    return await try_contract(case.settings, Asked(operation, case.doctor, 7))


async def test_the_schedule_is_shown_as_it_came_and_as_it_is_read(case: StandCase, capsys: Captured) -> None:
    """Request, reply and the slots that the gateway reads out of it stand one below the other."""
    assert await _try(case, "get_schedule") == 0

    text = _shown(capsys)
    assert text.index("→ request") < text.index("← reply") < text.index("= what the gateway reads")
    assert "HTTP 200 " in text
    assert " slots, " in text.rsplit("=", 1)[1]
    assert case.active() == 0


async def test_the_service_answers_to_its_name(case: StandCase, capsys: Captured) -> None:
    """The harmless call is made with the channel's own certificate and secrets."""
    assert await _try(case, "probe") == 0
    assert "answers as: " in _shown(capsys)


async def test_a_look_up_asks_for_the_made_up_patient_only(seed: StandCase, capsys: Captured) -> None:
    """The stand's patient is asked for and shown nowhere."""
    assert await _try(seed, "find") == 0
    assert "snils: ‹digits›" in _shown(capsys)


async def test_a_rehearsal_leaves_nothing_behind(case: StandCase, capsys: Captured) -> None:
    """Each step is told, the appointment is made and cancelled, and its slot is free again."""
    assert await rehearse_contract(case.settings, case.doctor, show_all=True) == 0

    text = _shown(capsys)
    steps = [line.split(":")[0].split(maxsplit=1)[-1] for line in text.splitlines() if line.startswith(("ok ", "left"))]
    wanted = ["probe", "schedule", "out hold", "book", "look up", "cancel", "look up", "schedule again"]
    if case.name == "fer-like":
        wanted = ["probe", "schedule", "out hold", "book", "out look up", "cancel", "schedule again"]
    assert steps == wanted
    assert "FAILED" not in text
    assert len(list(case.simulator.installation.ledger)) == 1
    assert case.active() == 0


async def test_a_profile_that_is_no_stand_s_is_not_rehearsed(seed: StandCase, capsys: Captured) -> None:
    """Without the mark nothing is sent at all."""
    settings = seed.settings.model_copy(update={"emias_profile": "seed-soap"})

    assert await rehearse_contract(settings, seed.doctor, show_all=False) == 2
    assert "test_stand" in _shown(capsys)
    assert dict(seed.simulator.installation.journal.calls) == {}


async def test_a_refused_step_shows_what_was_said(seed: StandCase, capsys: Captured) -> None:
    """The rehearsal ends at the refusal, with its kind, its code and EMIAS's own reply."""
    seed.spoil("CreateAppointment", "refuse", code="POLICY_INVALID")

    assert await rehearse_contract(seed.settings, seed.doctor, show_all=False) == 1
    text = _shown(capsys)
    assert "FAILED   book: refused: policy_invalid, code POLICY_INVALID" in text
    assert "Code: POLICY_INVALID" in text
    assert seed.active() == 0


async def test_a_booking_whose_answer_is_lost_is_looked_up_and_told(seed: StandCase, capsys: Captured) -> None:
    """What may have been made is never made again; the operator is told to cancel it."""
    seed.spoil("CreateAppointment", "truncated_after_commit")

    assert await rehearse_contract(seed.settings, seed.doctor, show_all=False) == 1
    text = _shown(capsys)
    assert "not known: truncated" in text
    assert "BY HAND" in text
    assert seed.simulator.installation.journal.calls["CreateAppointment"] == 1


async def test_a_reply_that_cannot_be_believed_is_told_with_its_cause(seed: StandCase, capsys: Captured) -> None:
    """A page in place of a schedule ends with status 1, and only its size is shown."""
    seed.spoil("GetSchedule", "html_200")

    assert await _try(seed, "get_schedule") == 1
    text = _shown(capsys)
    assert "nothing to believe" in text
    assert "neither XML nor JSON" in text


@pytest.mark.parametrize("name", ["seed-soap", "hub-like", "fer-like"])
async def test_a_draft_is_rehearsed_without_an_edit(
    name: str, running: Simulator, tmp_path: Path, capsys: Captured
) -> None:
    """Drafted from the stand-in's WSDL, and only marked as a stand's, a profile books, looks up and cancels."""
    running.installation.reset()
    case = stand_case(name, running, tmp_path)
    output = tmp_path / "drafted" / "profile.toml"
    output.parent.mkdir()
    assert draft_contract(SHIPPED[name], output, None, force=False) == 0
    output.write_text(output.read_text(encoding="utf-8") + MADE_UP, encoding="utf-8")
    settings = case.settings.model_copy(update={"emias_profile": str(output)})

    assert await rehearse_contract(settings, case.doctor, show_all=False) == 0
    assert "FAILED" not in _shown(capsys)
    assert case.active() == 0

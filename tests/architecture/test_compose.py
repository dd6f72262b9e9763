"""compose.yaml and the Dockerfile against the code: no container engine is needed to find a wrong name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.__main__ import cli
from gateway.settings import AdminSettings, Settings
from gateway.settings.privacy import RetentionSettings

REPOSITORY = Path(__file__).parents[2]
OURS = ("migrate", "gateway", "sync", "admin")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """Read compose.yaml with its anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_services_are_the_processes_and_their_engines(compose: dict[str, Any]) -> None:
    """Compose starts our processes, the migrations and both engines; what runs on has a health check."""
    services = compose["services"]
    assert set(services) == {*OURS, "postgres", "redis"}
    assert [name for name in services if name != "migrate" and "healthcheck" not in services[name]] == []


def test_each_service_runs_a_command_that_exists(compose: dict[str, Any]) -> None:
    """Every command of ours is one of `emias-gateway`."""
    assert {compose["services"][name]["command"][0] for name in OURS} <= set(cli.commands)


@pytest.mark.parametrize("service", OURS)
def test_each_variable_is_a_setting(compose: dict[str, Any], service: str) -> None:
    """Every variable given to a process is a setting of it, or the file form of one."""
    model = AdminSettings if service == "admin" else Settings
    known = {name.upper() for name in model.model_fields}
    given = set(compose["services"][service]["environment"])
    assert {name if name in known else name.removesuffix("_FILE") for name in given} <= known


@pytest.mark.parametrize("service", OURS)
def test_each_secret_file_is_mounted(compose: dict[str, Any], service: str) -> None:
    """Every file under /run/secrets that a process is told of is a secret of that service, and declared."""
    settings = compose["services"][service]
    named = {Path(value).name for value in settings["environment"].values() if str(value).startswith("/run/secrets/")}
    assert named <= set(settings["secrets"])
    assert set(settings["secrets"]) <= set(compose["secrets"])


@pytest.mark.parametrize("service", ["gateway", "sync"])
def test_deadlines_and_the_budget_of_emias_are_passed_on(compose: dict[str, Any], service: str) -> None:
    """What a clinic is told to set of its own, deadlines and its share of EMIAS's calls, reaches the process."""
    given = set(compose["services"][service]["environment"])
    deadlines = {name.upper() for name in RetentionSettings.model_fields}
    assert deadlines | {"EMIAS_RATE", "EMIAS_BURST", "EMIAS_CONCURRENCY"} <= given


def test_the_admin_is_given_no_key(compose: dict[str, Any]) -> None:
    """The admin's container holds neither EMIAS's key nor one to personal data, only that of its own one-time codes."""
    assert compose["services"]["admin"]["secrets"] == ["admin_mfa_keys", "database_url"]


def test_the_image_holds_what_it_copies() -> None:
    """Every path that the Dockerfile copies exists, and its user is not root."""
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+) ", text, re.MULTILINE)
    assert copied
    assert [path for path in copied if not (REPOSITORY / path).exists()] == []
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE) == ["gateway"]


def test_the_image_compiles_no_failpoint() -> None:
    """The image runs Python optimised, as tests/faults/test_optimised.py proves that it can."""
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    assert "PYTHONOPTIMIZE=1" in text

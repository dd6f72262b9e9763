"""Names of what is counted, and whether the files of `ops/` ask for what is served."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from admin.metrics import AdminMetrics
from gateway.domain.alerts.alert import Severity
from gateway.domain.circuit import Circuit, CircuitState, Lane
from gateway.domain.retention import Kind, Standing
from gateway.domain.retry import Again
from gateway.metrics import Metrics
from gateway.ports import Written
from gateway.ports.alerting import AlertFigures
from gateway.services.refresh import Refreshed, Result
from gateway.store.stock import Stock
from sync.signs import Signs
from tests.unit.sync.fakes import due_doctor

OPS = Path(__file__).parents[2] / "ops"
OF_THE_PROCESS = re.compile(r"process_|python_")
LABELS = {"method", "route", "status", "code", "source", "operation", "outcome", "again", "cause", "lpu_code", "lane"}
LABELS |= {"granted", "channel", "result", "change", "chore", "area", "severity", "kind", "ending"}


def _gateway() -> CollectorRegistry:
    metrics = Metrics()
    metrics.request_answered("GET", "/v1/doctors", 200, 0.1)
    metrics.problem_told("slot_taken")
    metrics.emias_called("create_appointment", "booked", Again.FINAL, 0.1)
    metrics.sent_again("connect")
    metrics.breaker_seen(Circuit("0101", Lane.READS), CircuitState.OPEN)
    metrics.budget_asked(Lane.READS, 0.1, granted=False)
    metrics.budget_used("0101", Lane.READS, 1)
    metrics.certificate_shown("main", datetime.now(UTC))
    metrics.alerts_seen(AlertFigures(dict.fromkeys(Severity, 1), 2, 3.0, 4.0))
    metrics.alert_sent("delivered")
    metrics.login_ended("failed", "ESIA-007014")
    metrics.login_signed(0.01)
    metrics.esia_clock_seen(0.5)
    return metrics.registry


def _worker() -> CollectorRegistry:
    registry = CollectorRegistry()
    signs = Signs(registry)
    signs.doctor_read(due_doctor(1), Refreshed(Result.FAILED, cause="timeout"))
    signs.doctor_read(due_doctor(2), Refreshed(Result.CHANGED, written=Written(1, 1, 1)))
    signs.doubt_looked_at("booked")
    signs.mirror_passed("done")
    signs.chore_done("expire_holds", 1)
    signs.stock_taken(Stock(1, 2, 3.0, 4, 5, 6, 7))
    signs.wish_carried("switch", "done")
    signs.oldest_wish(1.0)
    signs.retention_seen([Standing(Kind.HOLDS, None, None, 0, None, 0, 0)])
    return registry


async def _admin() -> CollectorRegistry:
    metrics = AdminMetrics()

    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(_message: Any) -> None:
        return

    await metrics.counted(answer)({"type": "http", "path": "/dashboard"}, receive, send)
    return metrics.registry


@pytest.fixture
async def registries() -> list[CollectorRegistry]:
    """The registries of gateway, worker and admin, each collector used once."""
    return [_gateway(), _worker(), await _admin()]


def _asked() -> Iterator[tuple[str, str]]:
    dashboard = json.loads((OPS / "grafana-dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel["targets"])
    alerts = yaml.safe_load((OPS / "prometheus-alerts.yaml").read_text(encoding="utf-8"))
    yield from ((rule["alert"], rule["expr"]) for group in alerts["groups"] for rule in group["rules"])


async def test_what_is_asked_for_is_served(registries: list[CollectorRegistry]) -> None:
    """Every metric of the Grafana dashboard and the alert rules is one that a process serves, with the labels named."""
    served: dict[str, set[str]] = {}
    for registry in registries:
        for family in registry.collect():
            for sample in family.samples:
                served.setdefault(sample.name, set()).update(sample.labels)
    asked = list(_asked())
    assert len(asked) > 25
    for where, expression in asked:
        names = re.findall(r"\bemias_[a-z_]+", expression)
        assert names, where
        for name in names:
            assert name in served, f"{where}: {name}"
        known = set().union(*(served[name] for name in names)) | {"le"}
        named = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", " ".join(re.findall(r"\{[^}]*\}", expression)))
        named += re.findall(r"\w+", " ".join(re.findall(r"\bby \(([^)]*)\)", expression)))
        assert set(named) <= known, where


async def test_names_and_units_follow_the_conventions(registries: list[CollectorRegistry]) -> None:
    """A name says its process and, at its end, its base unit; labels are from a closed list without anybody's data."""
    for registry in registries:
        for family in registry.collect():
            if OF_THE_PROCESS.match(family.name):
                continue
            assert re.fullmatch(r"emias_(gateway|sync|admin|doubt)_[a-z_]+", family.name), family.name
            assert not re.search(r"_(ms|milliseconds|minutes|hours|days|percent|total|left)\b", family.name), (
                family.name
            )
            assert family.documentation.endswith("."), family.name
            if family.type == "histogram":
                assert family.name.endswith("_seconds"), family.name
            for sample in family.samples:
                assert set(sample.labels) <= LABELS | {"le"}, sample.name


async def test_the_admin_serves_what_it_counts() -> None:
    """The admin's registry can be read back in Prometheus's format, with the request in its area."""
    text = generate_latest(await _admin()).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["emias_admin_request_seconds"].samples[0].labels["area"] == "dashboard"


def test_every_alert_says_what_to_do_in_two_languages() -> None:
    """Each rule of `ops/` has a severity, a Russian and an English word, and a page that exists."""
    alerts = yaml.safe_load((OPS / "prometheus-alerts.yaml").read_text(encoding="utf-8"))
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    assert len(rules) > 10
    for rule in rules:
        assert rule["labels"]["severity"] in set(Severity)
        assert rule["annotations"]["summary"].count(" · ") == 1, rule["alert"]
        assert (OPS.parent / rule["annotations"]["runbook"]).is_file(), rule["alert"]

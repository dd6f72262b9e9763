"""What the worker shows of itself."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry

from gateway.ports import Written
from gateway.services.refresh import Refreshed, Result
from sync.health import make_health_app
from sync.retention import KeepDeadlines
from sync.signs import Signs
from tests.unit.sync.fake_operations import FakeRetention
from tests.unit.sync.fakes import due_doctor


async def ask(signs: Signs, registry: CollectorRegistry, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Ask the health app as an ASGI server would."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await make_health_app(signs, registry)({"type": "http", "path": path, "method": method}, receive, send)
    return sent[0]["status"], sent[1]["body"]


async def test_ready_while_the_loops_turn() -> None:
    """The probe fails before the first turns and when a watched loop has been silent for too long."""
    now, registry = 100.0, CollectorRegistry()
    signs = Signs(registry, lambda: now)
    assert await ask(signs, registry, "/health/ready") == (
        503,
        b'{"status": "silent", "silent": ["schedules", "doubts", "expire_holds", "wishes"]}',
    )
    signs.beat("schedules")
    signs.beat("doubts")
    signs.beat("wishes")
    signs.chore_done("expire_holds", 0)
    assert await ask(signs, registry, "/health/ready") == (200, b'{"status": "ok", "silent": []}')
    now += 45
    assert signs.silent() == ["doubts", "expire_holds", "wishes"]


async def test_overdue_personal_data_is_a_degraded_line() -> None:
    """While rows have outlived their deadline the probe says of which kind and how many, and passes on."""
    registry = CollectorRegistry()
    signs = Signs(registry)
    for loop in ("schedules", "doubts", "expire_holds", "wishes"):
        signs.beat(loop)
    deadlines = KeepDeadlines(FakeRetention(), signs)
    assert (await deadlines.erase(), await deadlines.look()) == (3, 1)
    answer = b'{"status": "degraded", "silent": [], "retention_overdue": {"failed": 1}}'
    assert await ask(signs, registry, "/health/ready") == (200, answer)
    _, text = await ask(signs, registry, "/metrics")
    assert b'emias_gateway_retention_overdue{kind="failed"} 1.0' in text
    assert b'emias_gateway_oldest_personal_row_seconds{kind="unsettled"} 0.0' in text


async def test_live_whenever_it_answers() -> None:
    """The live probe asks for nothing but an answer, other paths are not there."""
    registry = CollectorRegistry()
    signs = Signs(registry)
    assert (await ask(signs, registry, "/health/live"))[0] == 200
    assert await ask(signs, registry, "/health/live", "HEAD") == (200, b"")
    assert (await ask(signs, registry, "/"))[0] == 404


async def test_reads_are_counted_by_result_cause_and_rows() -> None:
    """Prometheus sees how reads ended and what they wrote."""
    registry = CollectorRegistry()
    signs = Signs(registry)
    signs.doctor_read(due_doctor(1), Refreshed(Result.CHANGED, Written(inserted=5, closed=1)))
    signs.doctor_read(due_doctor(2), Refreshed(Result.FAILED, cause="timeout"))
    signs.doubt_looked_at("booked")
    signs.mirror_passed("refused")
    signs.chore_done("expire_holds", 4)
    _, text = await ask(signs, registry, "/metrics")
    for line in (
        b'emias_sync_reads_total{cause="",result="changed"} 1.0',
        b'emias_sync_reads_total{cause="timeout",result="failed"} 1.0',
        b'emias_sync_slots_total{change="inserted"} 5.0',
        b'emias_doubt_looks_total{result="booked"} 1.0',
        b'emias_sync_mirror_passes_total{result="refused"} 1.0',
        b'emias_sync_chore_rows_total{chore="expire_holds"} 4.0',
    ):
        assert line in text


async def test_the_server_s_life_is_acknowledged() -> None:
    """The app takes part in the server's start and end."""
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[Any] = []

    async def receive() -> MutableMapping[str, Any]:
        return dict(next(messages))

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message["type"])

    registry = CollectorRegistry()
    await make_health_app(Signs(registry), registry)({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

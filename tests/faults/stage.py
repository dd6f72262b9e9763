"""The stage: engines that can be broken, the stand-in for EMIAS, and the product in processes of its own."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from cryptography.fernet import Fernet
from redis.asyncio import Redis

from demo.engines import PostgresHandle, ValkeyHandle, embedded_postgres, embedded_valkey
from demo.ports import free_port
from gateway.commands.verify import Scope, Verdict, check_invariants
from gateway.emias import profiles
from gateway.settings import Settings, VerifySettings, read_settings
from gateway.store.api_keys import KeyRing
from gateway.store.engine import Database, open_database
from gateway.store.migrate import migrate
from gateway.store.sites import Sites
from tests.faults.figures import times
from tests.faults.people import CANARIES, snils
from tests.faults.processes import Replica, Simulator

__all__ = ["DEADLINE", "Slot", "Stage", "make_replica", "open_stage"]

DEADLINE = 3.0
"""Seconds that the stage's contract gives a booking's calls; the shipped profile is more patient."""
_DOCTORS = times(quick=8, full=40)
_SCENARIO_ROWS = "holds, bookings, booking_history, idempotency_keys, sync_log"
_SLOTS = """
SELECT s.id, d.element_id, e.lpu_code, e.emias_doctor_id, s.starts_at
FROM slots_for_sale s JOIN emias_doctors e ON e.id = s.doctor_id
JOIN bookable_mappings d ON d.emias_doctor = e.id
WHERE s.starts_at > now() + interval '1 day'
ORDER BY s.starts_at, e.id
"""


_HASTEN_UNREAD = """
UPDATE emias_doctors SET next_sync_at = CASE WHEN lease_token IS NULL THEN now() ELSE next_sync_at END
WHERE as_of < $1 RETURNING id
"""
_READ_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot for sale, by its public id, and what EMIAS calls it."""

    id: UUID
    element_id: str
    lpu_code: str
    emias_doctor_id: str
    starts_at: datetime

    def named(self) -> dict[str, Any]:
        """Name it to the stand-in's control."""
        return {
            "lpu_code": self.lpu_code,
            "doctor_id": int(self.emias_doctor_id),
            "starts_at": self.starts_at.isoformat(),
        }


@dataclass(slots=True)
class Stage:
    """Everything that runs; a scenario may break any of it and leaves it whole.

    `is_outdated` is for the scenario that leaves slots in the tables which a reset EMIAS does not know any more.
    """

    folder: Path
    postgres: PostgresHandle
    valkey: ValkeyHandle
    simulator: Simulator
    gateway: Replica
    other: Replica
    sync: Replica
    database: Database
    control: httpx.AsyncClient
    env: Mapping[str, str] = field(repr=False)
    api_key: str = field(repr=False)
    people: set[int] = field(default_factory=set)
    is_outdated: bool = False
    _numbers: Iterable[int] = field(default_factory=lambda: itertools.count(1))
    _slots: list[Slot] = field(default_factory=list)

    async def begin(self) -> None:
        """Begin a scenario: nothing booked, nothing held, EMIAS well, one gateway and one worker ready."""
        await self.clear()
        for replica in (self.gateway, self.sync):
            if not replica.running:
                await replica.start()
        if self.is_outdated:
            await self.read_well()
            self.is_outdated = False

    async def read_well(self) -> None:
        """Let the worker read every doctor once more, however often that must be tried."""
        began = await self.database.pool.fetchval("SELECT clock_timestamp()")
        async with asyncio.timeout(_READ_SECONDS):
            while await self.database.pool.fetch(_HASTEN_UNREAD, began):
                await asyncio.sleep(0.5)

    async def clear(self) -> None:
        """Empty the book on both sides and whatever Redis remembers."""
        (await self.control.post("/control/reset", json={})).raise_for_status()
        await self.database.pool.execute(f"TRUNCATE {_SCENARIO_ROWS} CASCADE")
        await self.forget()
        self.people.clear()

    async def forget(self) -> None:
        """Let Redis lose all that it remembers: gates, budgets, open breakers."""
        async with Redis.from_url(self.valkey.url) as redis:
            await redis.flushall()

    def next_person(self) -> int:
        """Number a patient that nobody was before."""
        number = next(iter(self._numbers))
        self.people.add(number)
        return number

    async def slots(self, count: int = 1) -> list[Slot]:
        """Take free slots that no scenario has touched, of different doctors as far as there are."""
        if len(self._slots) < count:
            raise RuntimeError("no untouched slots are left")
        taken, self._slots = self._slots[:count], self._slots[count:]
        return taken

    async def slots_of_doctors(self, count: int) -> list[Slot]:
        """Take one untouched free slot of each of so many doctors."""
        chosen: dict[str, Slot] = {}
        for slot in self._slots:
            if len(chosen) < count:
                chosen.setdefault(slot.emias_doctor_id, slot)
        self._slots = [slot for slot in self._slots if chosen.get(slot.emias_doctor_id) is not slot]
        return list(chosen.values())

    @asynccontextmanager
    async def another(self, name: str) -> AsyncIterator[Replica]:
        """Run one more process, `serve-…` or `sync-…`, for a while."""
        replica = make_replica(name, self.env, self.folder / "logs")
        await replica.start()
        try:
            yield replica
        finally:
            await replica.stop()

    async def fault(self, operation: str, kind: str, **more: Any) -> None:
        """Let the stand-in answer the next call of an operation badly."""
        answer = await self.control.post("/control/faults", json={"operation": operation, "kind": kind, **more})
        answer.raise_for_status()

    async def heal(self) -> None:
        """Let the stand-in answer well again."""
        (await self.control.delete("/control/faults")).raise_for_status()

    async def tell(self, path: str, **body: Any) -> Any:
        """Tell the stand-in's control something."""
        return (await self.control.post(f"/control/{path}", json=body)).raise_for_status().json()

    async def ask(self, path: str) -> Any:
        """Ask the stand-in's control."""
        return (await self.control.get(f"/control/{path}")).raise_for_status().json()

    async def appointments(self, *, active: bool = True) -> list[dict[str, Any]]:
        """List the appointments that stand in EMIAS's book, or all that ever did."""
        rows: list[dict[str, Any]] = (await self.ask("ledger"))["items"]
        return [row for row in rows if row["state"] == "Active" or not active]

    async def states(self) -> dict[str, str]:
        """Tell the state of each booking by its id."""
        return {str(row[0]): row[1] for row in await self.database.pool.fetch("SELECT id, state FROM bookings")}

    async def until_settled(self, seconds: float, *unsettled: str) -> None:
        """Wait until no booking is in one of the states, by default those that end by themselves."""
        waited = list(unsettled or ("submitting", "in_doubt", "cancelling", "cancel_in_doubt"))
        async with asyncio.timeout(seconds):
            while await self.database.pool.fetchval("SELECT count(*) FROM bookings WHERE state = ANY($1)", waited):
                await asyncio.sleep(0.1)

    async def end_hold(self, hold_id: str, seconds: float) -> None:
        """Let a hold's five minutes be over in so many seconds."""
        await self.database.pool.execute(
            "UPDATE holds SET expires_at = now() + make_interval(secs => $2) WHERE id = $1::uuid", hold_id, seconds
        )

    async def pass_idempotency_leases(self) -> None:
        """Let the minute be over that a first run under a key is given."""
        await self.database.pool.execute("UPDATE idempotency_keys SET lease_until = now() WHERE state = 'running'")

    async def verdicts(self) -> dict[str, Verdict]:
        """Run `emias-gateway verify` over the tables, EMIAS's book, Redis and the logs."""
        canaries = (*CANARIES, *(snils(number) for number in sorted(self.people)[:50]))
        scope = Scope(str(self.control.base_url.join("/control/ledger")), canaries, self.folder / "logs")
        settings = read_settings(VerifySettings, self.env)
        return {verdict.invariant: verdict for verdict in await check_invariants(settings, scope)}

    async def broken(self) -> dict[str, tuple[str, ...]]:
        """Name the first rows of every broken invariant."""
        verdicts = (await self.verdicts()).values()
        return {verdict.invariant: verdict.rows for verdict in verdicts if verdict.state == "broken"}

    @asynccontextmanager
    async def settings_of(self, *replicas: Replica, **changed: str) -> AsyncIterator[None]:
        """Run processes with other settings for a while; ones that do not run now are only changed."""
        before = {name: self.env.get(name, "") for name in changed}
        await self._change(replicas, changed)
        try:
            yield
        finally:
            await self._change(replicas, before)

    @staticmethod
    async def _change(replicas: Iterable[Replica], settings: Mapping[str, str]) -> None:
        for replica in replicas:
            replica.change(**settings)
            if replica.running:
                await replica.stop()
                await replica.start()

    def settings(self, **more: str) -> Settings:
        """Read the product's settings as its processes do."""
        return read_settings(Settings, {**self.env, **more})

    async def read_slots(self) -> None:
        """Fill the slot table from EMIAS and list what is for sale."""
        once = Replica("sync-once", ["sync", "once"], self.env, self.folder / "logs", port=0, health=0)
        await once.spawn()
        await once.ended()
        if once.process.status:
            raise RuntimeError(once.process.tail())
        rows = await self.database.pool.fetch(_SLOTS)
        self._slots = [Slot(row[0], row[1], row[2], row[3], row[4]) for row in rows]


@asynccontextmanager
async def open_stage(folder: Path, doctors: int = _DOCTORS) -> AsyncIterator[Stage]:
    """Start it all but the product's processes; leave nothing running."""
    logs = folder / "logs"
    logs.mkdir()
    async with AsyncExitStack() as exits:
        postgres = await exits.enter_async_context(embedded_postgres(folder / "postgres", keep=False))
        valkey = await exits.enter_async_context(embedded_valkey(folder / "valkey", keep=False))
        (folder / "feed-key").write_text("made-up-feed-key-of-thirty-two-characters")
        simulator = _simulator(folder, doctors)
        exits.push_async_callback(simulator.stop)
        await simulator.start()
        await migrate(postgres.url)
        database = await exits.enter_async_context(
            open_database(postgres.url, max_size=8, application_name="fault tests")
        )
        env = _environment(folder, postgres, valkey, simulator)
        site_id = await Sites(database).ensure("main")
        key = await KeyRing(database).create(site_id, ("read", "book"))
        control = await exits.enter_async_context(
            httpx.AsyncClient(base_url=simulator.facts["control_url"], trust_env=False, timeout=30)
        )
        gateway, other, sync = (make_replica(name, env, logs) for name in ("serve", "serve-2", "sync"))
        for replica in (gateway, other, sync):
            exits.push_async_callback(replica.stop)
        stage = Stage(folder, postgres, valkey, simulator, gateway, other, sync, database, control, env, key)
        await stage.read_slots()
        yield stage


def _simulator(folder: Path, doctors: int) -> Simulator:
    options = ["--pki", str(folder / "pki"), "--feed-key-file", str(folder / "feed-key"), "--doctors", str(doctors)]
    return Simulator("simulator", ["-m", "simulator", *options], {}, folder / "logs")


def _profile(folder: Path) -> Path:
    """Copy the shipped contract with shorter deadlines."""
    shipped = Path(profiles.__file__).parent / "seed-soap"
    copy = folder / "profile"
    shutil.copytree(shipped, copy)
    text = (shipped / "profile.toml").read_text(encoding="utf-8")
    (copy / "profile.toml").write_text(re.sub(r"deadline = \d+", f"deadline = {DEADLINE:g}", text), encoding="utf-8")
    return copy / "profile.toml"


def make_replica(name: str, env: Mapping[str, str], logs: Path) -> Replica:
    """Prepare a process of the product that listens on free ports; the name begins with its command."""
    port, health = free_port(), free_port()
    ports = {"GATEWAY_PORT": str(port), "INTERNAL_PORT": str(health), "SYNC_INTERNAL_PORT": str(health)}
    return Replica(name, [name.partition("-")[0]], {**env, **ports}, logs, port=port, health=health)


def _environment(folder: Path, postgres: PostgresHandle, valkey: ValkeyHandle, simulator: Simulator) -> dict[str, str]:
    """Write the product's settings; limits are wide, for other tests measure them."""
    pki = folder / "pki"
    return {
        "DATABASE_URL": postgres.url,
        "REDIS_URL": valkey.url,
        "EMIAS_URL": simulator.facts["emias_url"],
        "EMIAS_PROFILE": str(_profile(folder)),
        "EMIAS_CA_FILE": str(pki / "ca.pem"),
        "EMIAS_CERT_FILE": str(pki / "client_cert.pem"),
        "EMIAS_KEY_FILE": str(pki / "client_key.pem"),
        "EMIAS_RATE": "10000",
        "EMIAS_BURST": "10000",
        "EMIAS_CONCURRENCY": "64",
        "DOUBT_LOOKS": "1,2,4,8",
        "ABANDONED_AFTER": "8",
        "INSTITUTIONS": "0101=Поликлиника № 1,0202=Поликлиника № 2",
        "BITRIX_FEED_URL": f"{simulator.facts['site_url']}/bitrix/services/main/ajax.php",
        "BITRIX_FEED_KEY_FILE": str(folder / "feed-key"),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "LOOKUP_KEY": "made-up-lookup-key-of-thirty-two-characters",
        "HOLDS_PER_VISITOR": "100",
        "HOLDS_PER_KEY": "100000",
        "KEY_RATE": "1000000",
    }

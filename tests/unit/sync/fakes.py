"""The outside of the worker, by hand: a due list, an EMIAS, a doctor list and chores."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from prometheus_client import CollectorRegistry

from gateway.domain.diff import KnownSlot, SlotDiff
from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import (
    CancelOutcome,
    Capabilities,
    Cause,
    CreateOutcome,
    RemoteAppointment,
)
from gateway.domain.pace import Pace
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, RemoteSlot, ScheduleWindow, Unchanged
from gateway.ports import AppointmentRequest, DueDoctor, Written
from gateway.services.refresh import Refresh
from gateway.services.resolve import Resolve
from gateway.services.under_way import UnderWay
from gateway.settings import Settings
from gateway.wiring import House
from sync.signs import Signs
from tests.unit.services.fakes import Bookings, Emias
from tests.unit.services.fakes_of_doubts import Doubts, a_resolve
from tests.unit.sync.fake_mirror import FakeMirror
from tests.unit.sync.fake_operations import FakeDisclosures, FakeOperations, FakeRetention, make_report
from tests.unit.sync.fake_wishes import FakeChanges, FakeWishes

__all__ = [
    "FakeBook",
    "FakeChores",
    "FakeEmias",
    "FakeMirror",
    "HandClock",
    "due_doctor",
    "make_house",
    "make_signs",
]

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW)
LEASE = timedelta(seconds=60)
Answer = Callable[[EmiasDoctorRef], Awaitable[ScheduleWindow | Unchanged]]


def due_doctor(row_id: int, *, digest: str | None = None, lpu_code: str = "0101") -> DueDoctor:
    """Make a doctor of the due list."""
    return DueDoctor(
        row_id=row_id,
        ref=EmiasDoctorRef(lpu_code, str(row_id)),
        token=uuid4(),
        digest=digest,
        as_of=None,
        interval=timedelta(minutes=5),
        failures=0,
        quarantined=0,
    )


def window(ref: EmiasDoctorRef, slots: int = 2) -> ScheduleWindow:
    """Make a schedule with free slots an hour apart."""
    listed = tuple(RemoteSlot(NOW + timedelta(hours=hour + 1), f"slot-{hour}", is_free=True) for hour in range(slots))
    return ScheduleWindow(ref, listed, NOW.date(), NOW.date() + timedelta(days=29), "digest")


class HandClock:
    """The time of day stands still."""

    def now(self) -> datetime:
        """Tell it."""
        return NOW


@dataclass
class FakeBook:
    """A due list in memory; `changed` is set whenever a doctor's read has ended in it."""

    due: list[DueDoctor] = field(default_factory=list)
    leases: list[timedelta] = field(default_factory=list)
    claimed: list[int] = field(default_factory=list)
    failures: dict[int, tuple[Cause, str | None, timedelta]] = field(default_factory=dict)
    written: list[int] = field(default_factory=list)
    rested: list[int] = field(default_factory=list)
    next_instant: datetime | None = None
    claim_troubles: int = 0
    failed_breaks: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def claim_due(
        self, limit: int, lease: timedelta, *, at_once: int | None = None, running: Mapping[str, int] | None = None
    ) -> list[DueDoctor]:
        """Lease the first of those due whose institution has room."""
        if self.claim_troubles:
            self.claim_troubles -= 1
            raise ConnectionError
        self.leases.append(lease)
        counts = Counter(running or {})
        taken: list[DueDoctor] = []
        for doctor in self.due:
            if len(taken) < limit and (at_once is None or counts[doctor.ref.lpu_code] < at_once):
                counts[doctor.ref.lpu_code] += 1
                taken.append(doctor)
        self.due = [doctor for doctor in self.due if doctor not in taken]
        self.claimed += [doctor.row_id for doctor in taken]
        return taken

    async def claim(self, doctor: EmiasDoctorRef, _lease: timedelta) -> DueDoctor | None:
        """Lease one of those due."""
        found = next((due for due in self.due if due.ref == doctor), None)
        if found is not None:
            self.due.remove(found)
        return found

    async def next_due(self) -> datetime | None:
        """Tell what the test set."""
        return self.next_instant

    async def all_due_now(self) -> int:
        """Count those due."""
        return len(self.due)

    async def known_slots(self, _due: DueDoctor, _first: date, _last: date) -> list[KnownSlot]:
        """Know nothing yet."""
        return []

    async def unchanged(self, due: DueDoctor, _next_after: timedelta) -> bool:
        """Note it."""
        self.rested.append(due.row_id)
        self.changed.set()
        return True

    async def write(
        self, due: DueDoctor, _window: ScheduleWindow, diff: SlotDiff, _next_after: timedelta
    ) -> Written | None:
        """Note it."""
        self.written.append(due.row_id)
        self.changed.set()
        return Written(len(diff.insert), len(diff.update), len(diff.close), diff.kept)

    async def quarantine(
        self, _due: DueDoctor, _window: ScheduleWindow, _known_free: int, _next_after: timedelta
    ) -> None:
        """Never asked for by these tests."""
        raise AssertionError

    async def postpone(self, _due: DueDoctor, _next_after: timedelta) -> None:
        """Never asked for by these tests."""
        raise AssertionError

    async def failed(self, due: DueDoctor, cause: Cause, code: str | None, next_after: timedelta) -> None:
        """Note it."""
        if self.failed_breaks:
            raise ConnectionError
        self.failures[due.row_id] = (cause, code, next_after)
        self.changed.set()


@dataclass
class FakeEmias:
    """Answers as `answers` says for a doctor's id, else with two free slots; counts the reads under way."""

    answers: dict[str, Answer] = field(default_factory=dict)
    now: int = 0
    most: int = 0
    asked: Counter[str] = field(default_factory=Counter)

    def capabilities(self, _lpu_code: str) -> Capabilities:
        """Tell of a month ahead."""
        return Capabilities(lookup=True, cancel=True, returns_appointment_id=True, lists_busy_slots=True)

    async def get_schedule(
        self, doctor: EmiasDoctorRef, _first: date, _last: date, *, known_digest: str | None = None
    ) -> ScheduleWindow | Unchanged:
        """Answer."""
        self.asked[doctor.emias_doctor_id] += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0)
            if known_digest == "digest":
                return Unchanged("digest")
            answer = self.answers.get(doctor.emias_doctor_id)
            return window(doctor) if answer is None else await answer(doctor)
        finally:
            self.now -= 1

    async def probe(self, _lpu_code: str) -> str:
        """Never asked for by the worker."""
        raise AssertionError

    async def create_appointment(self, _request: AppointmentRequest) -> CreateOutcome:
        """Never asked for by the worker."""
        raise AssertionError

    async def find_appointments(
        self, _lpu_code: str, _patient: Patient, _first: date, _last: date
    ) -> tuple[RemoteAppointment, ...]:
        """Never asked for by the worker."""
        raise AssertionError

    async def cancel_appointment(
        self, _lpu_code: str, _appointment_id: str, _patient: Patient, _reason: str
    ) -> CancelOutcome:
        """Never asked for by the worker."""
        raise AssertionError


@dataclass
class FakeChores:
    """Chores that do nothing but count; `turn_is_ours` says whether another worker mirrors."""

    done: Counter[str] = field(default_factory=Counter)
    turn_is_ours: bool = True
    turns: list[timedelta] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    worked: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def mirror_turn(self, _site_id: int, every: timedelta) -> AsyncIterator[bool]:
        """Give the turn as the test wants."""
        self.turns.append(every)
        self.asked.set()
        yield self.turn_is_ours

    async def make_slot_partitions(self, ahead: timedelta) -> int:
        """Count."""
        assert ahead > timedelta(days=31)
        return self._do("make_slot_partitions")

    async def expire_holds(self) -> int:
        """Count."""
        return self._do("expire_holds")

    async def hand_over_stopped(self) -> int:
        """Count."""
        return self._do("hand_over_stopped")

    async def forget_idempotency_keys(self) -> int:
        """Count."""
        return self._do("forget_idempotency_keys")

    async def forget_logins(self) -> int:
        """Count."""
        return self._do("forget_logins")

    async def forget_pushes(self, older_than: timedelta) -> int:
        """Count."""
        assert older_than >= timedelta(days=7)
        return self._do("forget_pushes")

    def _do(self, name: str) -> int:
        self.done[name] += 1
        self.worked.set()
        if name in self.broken:
            raise ConnectionError
        return 3


def make_refresh(book: FakeBook, emias: FakeEmias, lease: timedelta = LEASE) -> Refresh:
    """Make the service that reads one doctor."""
    pace = Pace(timedelta(minutes=5), timedelta(minutes=15))
    return Refresh(emias, book, HandClock(), pace, lease, UnderWay())


def quiet_resolve() -> Resolve:
    """Make a service that has nothing in doubt."""
    table = Bookings()
    return a_resolve(Doubts(table), table, Emias())


def make_signs() -> Signs:
    """Make signs in a registry of their own."""
    return Signs(CollectorRegistry())


def make_house(
    book: FakeBook,
    emias: FakeEmias,
    *,
    mirror: FakeMirror | None = None,
    chores: FakeChores | None = None,
    lease: timedelta = LEASE,
    workers: int = 4,
    resolve: Resolve | None = None,
) -> House:
    """Make a house with the rooms that the worker enters; the others are left empty."""
    given: dict[str, Any] = {
        "settings": Settings.model_construct(
            sync_workers=workers, emias_concurrency=workers, mirror_every=600, abandoned_after=120.0
        ),
        "resolve": resolve or quiet_resolve(),
        "clock": HandClock(),
        "sync_book": book,
        "housekeeping": chores or FakeChores(),
        "refresh": make_refresh(book, emias, lease),
        "mirror": mirror.service() if mirror else None,
        "operations": FakeOperations(),
        "retention": FakeRetention(),
        "disclosures": FakeDisclosures(),
        "wishes": FakeWishes().service(),
        "changes": FakeChanges(),
        "report": make_report(HandClock()),
    }
    rooms: dict[str, Any] = {room.name: given.get(room.name) for room in fields(House)}
    return House(**rooms)

"""Stand-ins of the ports that fill the mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from gateway.domain.diff import KnownSlot, SlotDiff
from gateway.domain.outcomes import Cause
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow
from gateway.ports import DoctorSnapshot, DueDoctor, MarkedDoctor, MirrorSummary, PushedChange, Reread, Written
from tests.unit.services.samples import DOCTOR, NOW, a_due_doctor

__all__ = ["Feed", "Pushes", "SiteMirror", "SyncBook"]


@dataclass
class SyncBook:
    """The due list of one doctor, and what was written for him, each line with the wait until the next read."""

    rows: list[KnownSlot] = field(default_factory=list)
    leased: bool = False
    lease_lost: bool = False
    lines: list[tuple[str, timedelta]] = field(default_factory=list)
    details: list[object] = field(default_factory=list)
    claims: int = 0

    async def claim_due(
        self, limit: int, lease: timedelta, *, at_once: int | None = None, running: Mapping[str, int] | None = None
    ) -> list[DueDoctor]:
        """Lease the doctor."""
        assert limit
        assert lease
        assert (at_once, running) == (None, None)
        return [a_due_doctor()]

    async def claim(self, doctor: EmiasDoctorRef, lease: timedelta) -> DueDoctor | None:
        """Lease the doctor unless another worker has him."""
        assert doctor == DOCTOR
        assert lease
        self.claims += 1
        return None if self.leased else a_due_doctor()

    async def next_due(self) -> datetime | None:
        """Answer that a doctor is due."""
        return NOW

    async def all_due_now(self) -> int:
        """Count the one doctor."""
        return 1

    async def known_slots(self, due: DueDoctor, first: date, last: date) -> list[KnownSlot]:
        """Give the rows."""
        assert due.ref == DOCTOR
        assert first <= last
        return self.rows

    async def unchanged(self, due: DueDoctor, next_after: timedelta) -> bool:
        """Note the read."""
        assert due.ref == DOCTOR
        self.lines.append(("unchanged", next_after))
        return not self.lease_lost

    async def write(
        self, due: DueDoctor, window: ScheduleWindow, diff: SlotDiff, next_after: timedelta
    ) -> Written | None:
        """Note the write."""
        assert due.ref == DOCTOR
        if self.lease_lost:
            return None
        self.lines.append((f"write {window.digest}", next_after))
        return Written(len(diff.insert), len(diff.update), len(diff.close), diff.kept)

    async def quarantine(self, due: DueDoctor, window: ScheduleWindow, known_free: int, next_after: timedelta) -> None:
        """Note the disbelief."""
        assert due.ref == DOCTOR
        self.lines.append((f"quarantine {window.digest}", next_after))
        self.details.append(known_free)

    async def postpone(self, due: DueDoctor, next_after: timedelta) -> None:
        """Note that it was put off."""
        assert due.ref == DOCTOR
        self.lines.append(("postponed", next_after))

    async def failed(self, due: DueDoctor, cause: Cause, code: str | None, next_after: timedelta) -> None:
        """Note the failure."""
        assert due.ref == DOCTOR
        self.lines.append(("failed", next_after))
        self.details.append((cause, code))


@dataclass
class Feed:
    """The site's doctors, or the error that reading them brings."""

    listed: DoctorSnapshot = field(default_factory=lambda: DoctorSnapshot(()))
    error: Exception | None = None

    async def snapshot(self) -> DoctorSnapshot:
        """Read them."""
        if self.error:
            raise self.error
        return self.listed

    async def one(self, element_id: str) -> DoctorSnapshot:
        """Read one of them."""
        listed = await self.snapshot()
        return DoctorSnapshot(tuple(doctor for doctor in listed.doctors if doctor.element_id == element_id))


@dataclass
class SiteMirror:
    """The local copy of the site's doctors."""

    error: Exception | None = None
    applied: list[tuple[int, DoctorSnapshot]] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    reread: list[tuple[str, DoctorSnapshot]] = field(default_factory=list)
    answer: Reread = field(default_factory=Reread)

    async def now(self) -> datetime:
        """Tell the time."""
        return NOW

    async def apply_one(self, site_id: int, marked: MarkedDoctor, found: DoctorSnapshot) -> Reread:
        """Take what was found."""
        assert site_id
        self.reread.append((marked.element_id, found))
        return self.answer

    async def apply(self, site_id: int, snapshot: DoctorSnapshot, since: datetime) -> MirrorSummary:
        """Take the snapshot."""
        assert since == NOW
        if self.error:
            raise self.error
        self.applied.append((site_id, snapshot))
        return MirrorSummary(added=len(snapshot.doctors))

    async def refused(self, site_id: int, reason: str) -> None:
        """Note the reason."""
        self.refusals.append((site_id, reason))


@dataclass
class Pushes:
    """Marks of the site's pushes, and those that were put off with their pause."""

    marked: list[MarkedDoctor] = field(default_factory=list)
    put_offs: list[tuple[str, timedelta]] = field(default_factory=list)

    async def note(self, site_id: int, changes: Sequence[PushedChange]) -> int:
        """Mark them."""
        assert site_id
        self.marked += [MarkedDoctor(change.element_id, 1, change.is_deletion, 0, NOW) for change in changes]
        return len(changes)

    async def claim(self, site_id: int, lease: timedelta) -> MarkedDoctor | None:
        """Give the first."""
        assert site_id
        assert lease
        return self.marked.pop(0) if self.marked else None

    async def put_off(self, site_id: int, marked: MarkedDoctor, again_after: timedelta) -> None:
        """Note the pause."""
        assert site_id
        self.put_offs.append((marked.element_id, again_after))

"""A site's doctor list as tests write it, and what the tables have of it."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.ports import DoctorSnapshot, MirrorSummary
from gateway.store.doctor_mirror import DoctorMirror
from gateway.store.engine import Database

__all__ = ["apply", "doctor", "mappings", "snapshot", "staff", "versions"]


def doctor(number: int, *places: tuple[str, str], active: bool = True, name: str | None = None) -> FeedDoctor:
    """Make a doctor of the list, by default with one mapping."""
    return FeedDoctor(
        str(number),
        None,
        name or f"Врач {number}",
        active=active,
        specialty_id="1",
        specialty_name="Терапевт",
        mappings=tuple(FeedMapping(*place) for place in places or (("LPU", f"E{number}"),)),
        sort=500,
        hash="site's",
    )


def staff(count: int) -> list[FeedDoctor]:
    """Make so many doctors."""
    return [doctor(number) for number in range(1, count + 1)]


def snapshot(doctors: Sequence[FeedDoctor], *illegible: str) -> DoctorSnapshot:
    """Make a list of doctors."""
    return DoctorSnapshot(tuple(doctors), frozenset(illegible))


async def apply(mirror: DoctorMirror, site_id: int, doctors: Sequence[FeedDoctor], *illegible: str) -> MirrorSummary:
    """Mirror a list that was read just now."""
    return await mirror.apply(site_id, snapshot(doctors, *illegible), await mirror.now())


async def mappings(database: Database) -> list[tuple[object, ...]]:
    """List all mappings by doctor."""
    rows = await database.pool.fetch(
        "SELECT d.element_id, m.emias_doctor_id, m.origin, m.status, m.reason FROM doctor_mappings m"
        " JOIN doctors d ON d.id = m.doctor_id ORDER BY d.element_id::int, m.lpu_code, m.emias_doctor_id"
    )
    return [tuple(row) for row in rows]


async def versions(database: Database) -> Sequence[object]:
    """Name the present version of every row that the mirror writes, but for the site's own."""
    rows: Sequence[object] = await database.pool.fetch(
        "SELECT 'd', id, xmin::text FROM doctors UNION ALL SELECT 'm', id, xmin::text FROM doctor_mappings"
        " UNION ALL SELECT 'e', id, xmin::text FROM emias_doctors UNION ALL SELECT 'l', id, xmin::text FROM sync_log"
        " ORDER BY 1, 2"
    )
    return rows

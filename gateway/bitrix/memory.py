"""A site's doctor list that is kept in the process."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.domain.directory import FeedDoctor
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSnapshot

__all__ = ["MemorySource"]


class MemorySource:
    """A `DoctorSource` that tells what it was last given; `refuse` makes it unreadable for a reason."""

    def __init__(self, doctors: Iterable[FeedDoctor] = ()) -> None:
        self.put(doctors)

    def put(self, doctors: Iterable[FeedDoctor], illegible: Iterable[str] = ()) -> None:
        """Replace the whole list; it is readable again."""
        by_id = {doctor.element_id: doctor for doctor in doctors}
        self._snapshot = DoctorSnapshot(tuple(by_id.values()), frozenset(illegible))
        self._refusal: str | None = None

    def refuse(self, reason: str) -> None:
        """Refuse every reading until the next `put`."""
        self._refusal = reason

    async def snapshot(self) -> DoctorSnapshot:
        """Read every doctor; raise `MirrorRefused` while refusing."""
        if self._refusal is not None:
            raise MirrorRefused(self._refusal)
        return self._snapshot

    async def one(self, element_id: str) -> DoctorSnapshot:
        """Read one element; raise `MirrorRefused` while refusing."""
        listed = await self.snapshot()
        return DoctorSnapshot(
            tuple(doctor for doctor in listed.doctors if doctor.element_id == element_id),
            listed.illegible & {element_id},
        )

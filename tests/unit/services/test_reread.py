"""Reading pushed doctors anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.domain.directory import FeedDoctor
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSnapshot, MarkedDoctor, Reread
from gateway.services.reread import RereadPushed, RereadResult
from tests.unit.services.fakes_of_sync import Feed, Pushes, SiteMirror
from tests.unit.services.samples import NOW

DOCTOR = FeedDoctor("17", None, "Сидоров С. С.", True, "1", "терапевт", (), 500, "h")  # noqa: FBT003 - active


def _mark(failures: int = 0) -> MarkedDoctor:
    return MarkedDoctor("17", 4, is_deletion=False, failures=failures, claimed_at=NOW)


def _service(feed: Feed, mirror: SiteMirror, pushes: Pushes) -> RereadPushed:
    return RereadPushed(feed, mirror, pushes, 3, timedelta(minutes=1))


async def test_without_a_mark_nothing_is_read() -> None:
    """The site is asked only for what it pushed."""
    assert await _service(Feed(error=ZeroDivisionError()), SiteMirror(), Pushes()).next() is None


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (Reread(written=True), RereadResult.WRITTEN),
        (Reread(), RereadResult.UNCHANGED),
        (Reread(hidden=True), RereadResult.HIDDEN),
        (Reread(is_current=False), RereadResult.OVERTAKEN),
    ],
)
async def test_what_was_found_is_applied(answer: Reread, result: RereadResult) -> None:
    """The element goes to the mirror as it was read, and what became of it is told."""
    mirror, pushes = SiteMirror(answer=answer), Pushes([_mark()])
    assert await _service(Feed(DoctorSnapshot((DOCTOR,))), mirror, pushes).next() is result
    assert mirror.reread == [("17", DoctorSnapshot((DOCTOR,)))]
    assert pushes.put_offs == []


@pytest.mark.parametrize(("failures", "seconds"), [(0, 5), (1, 10), (4, 80), (7, 600), (60, 600)])
async def test_a_refused_reading_is_put_off_ever_longer(failures: int, seconds: int) -> None:
    """From five seconds to ten minutes; nothing is applied."""
    mirror, pushes = SiteMirror(), Pushes([_mark(failures)])
    feed = Feed(error=MirrorRefused("auth_failed"))
    assert await _service(feed, mirror, pushes).next() is RereadResult.PUT_OFF
    assert mirror.reread == []
    assert pushes.put_offs == [("17", timedelta(seconds=seconds))]


async def test_another_error_is_not_swallowed() -> None:
    """A database that is away is the loop's affair; the lease brings the mark back."""
    with pytest.raises(ConnectionError):
        await _service(Feed(error=ConnectionError()), SiteMirror(), Pushes([_mark()])).next()

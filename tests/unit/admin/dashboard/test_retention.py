"""The retention clock of the dashboard."""

from __future__ import annotations

from datetime import timedelta

from admin.dashboard.judging import Level
from admin.dashboard.links import Links
from admin.dashboard.retention import retention_of
from admin.dashboard.words import Speech
from admin.tables import tables_shown
from gateway.domain.retention import Kind, Standing
from tests.unit.admin.dashboard.pieces import NOW, figures

_DAY = timedelta(days=1)
_LINKS = Links(tables_shown())


def _standing(kind: Kind, keep: timedelta | None, age: timedelta | None, overdue: int = 0) -> Standing:
    oldest = None if age is None else NOW - age
    return Standing(kind, keep, oldest, overdue, NOW - timedelta(minutes=30), 3, 40)


def test_each_kind_tells_its_deadline_and_what_goes_next() -> None:
    """Only kinds with rows are shown, overdue ones first, each with its deadline, oldest row, end and place."""
    told = retention_of(
        figures(
            retention=[
                _standing(Kind.VISITED, 14 * _DAY, 3 * _DAY),
                _standing(Kind.CANCELLED, 7 * _DAY, None),
                _standing(Kind.REJECTED, 3 * _DAY, 3 * _DAY + timedelta(minutes=1)),
                _standing(Kind.FAILED, 7 * _DAY, 9 * _DAY, overdue=2),
                _standing(Kind.IDEMPOTENCY, timedelta(0), -_DAY),
                _standing(Kind.UNSETTLED, None, 2 * _DAY),
            ]
        ),
        Speech("ru"),
        _LINKS,
    )
    assert [(line.kept, line.oldest, line.told, line.level) for line in told.lines] == [
        ("7 дн.", "9 дн.", "просрочено: 2", Level.BAD),
        ("14 дн.", "3 дн.", "через 11 дн.", Level.GOOD),
        ("3 дн.", "3 дн.", "в ближайший час", Level.GOOD),
        ("свой", "0 с", "через 1 дн.", Level.GOOD),
        ("—", "2 дн.", "когда решится", Level.NONE),
    ]
    assert "retention=failed" in told.lines[0].link
    assert (told.last_pass, told.level) == ("30 мин назад", Level.GOOD)


def test_a_pass_that_is_late_or_never_was_is_a_warning() -> None:
    """Without a pass within three hours somebody should look at the worker."""
    never = Standing(Kind.HOLDS, None, NOW - _DAY, 0, None, 0, 0)
    late = Standing(Kind.HOLDS, 30 * _DAY, NOW - _DAY, 0, NOW - timedelta(hours=4), 0, 0)
    for standing in (never, late):
        assert retention_of(figures(retention=[standing]), Speech("en"), _LINKS).level is Level.WARN
    [line] = retention_of(figures(retention=[never]), Speech("en"), _LINKS).lines
    assert (line.kept, line.told, line.level) == ("—", "deadline not told yet", Level.WARN)


def test_every_kind_has_its_name() -> None:
    """Each kind is named in both languages and leads somewhere or nowhere without fail."""
    rows = [_standing(kind, _DAY, _DAY) for kind in Kind]
    for language in ("ru", "en"):
        lines = retention_of(figures(retention=rows), Speech(language), _LINKS).lines
        assert len({line.name for line in lines}) == len(Kind)
        assert not {line.name for line in lines} & {kind.value for kind in Kind}

"""The table of roles."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from admin.roles import GRANTS, TABLES, WISHES, Act, Door, Role, may, may_touch, may_wish, rule_of
from gateway.domain.wish import WishKind

CHANGES = ("POST", "PUT", "PATCH", "DELETE")


def _of(role: Role) -> SimpleNamespace:
    return SimpleNamespace(role=role.value)


@pytest.mark.parametrize("role", Role)
def test_every_role_is_granted_something(role: Role) -> None:
    """Each role may see the dashboard, whatever else it may."""
    assert may(_of(role), Act.SEE)
    assert may(SimpleNamespace(user=_of(role)), Act.SEE)


def test_only_administrators_may_everything() -> None:
    """An administrator may all that there is, and nobody else does."""
    assert [role for role, acts in GRANTS.items() if acts == frozenset(Act)] == [Role.ADMINISTRATOR]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_reads_changes_nothing(role: Role) -> None:
    """Neither a viewer nor an auditor changes a row or makes a wish."""
    assert not any(may_touch(_of(role), table, method) for table in TABLES for method in CHANGES)
    assert not any(may_wish(_of(role), kind) for kind in WISHES)
    assert not may(_of(role), Act.REVEAL)


@pytest.mark.parametrize("table", ["api_keys", "piccolo_user", "audit_log"])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_access_is_the_administrators_and_auditors(role: Role, table: str) -> None:
    """Viewers and operators read neither keys nor users nor the audit log."""
    assert not may_touch(_of(role), table, "GET")
    assert may_touch(_of(Role.AUDITOR), table, "GET")


def test_nobody_touches_what_is_not_listed() -> None:
    """An unlisted table, wish or address is refused even to an administrator."""
    chief = _of(Role.ADMINISTRATOR)
    assert not may_touch(chief, "sessions", "GET")
    assert not may_touch(chief, "bookings", "PATCH")
    assert not may_wish(chief, "drop_everything")
    assert rule_of("GET", "/somewhere/new") is None
    assert rule_of("POST", "/dashboard") is None


def test_every_wish_asks_for_an_act() -> None:
    """Each kind of wish of the domain has its place in the table."""
    assert {kind.value for kind in WishKind} <= set(WISHES)


def test_the_first_rule_decides() -> None:
    """A narrower rule stands before the wider one that would let more people in."""
    reveal = rule_of("POST", "/act/booking/00000000-0000-0000-0000-000000000000/reveal")
    code = rule_of("GET", "/account/one-time")
    assert reveal is not None
    assert reveal.asks is Act.REVEAL
    assert code is not None
    assert code.asks is Door.FIRST

"""Compare our bookings with EMIAS's own book: who is owed what, and what was made twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.domain.booking import BookingState

__all__ = ["Account", "Entry", "lost_or_invented", "made_twice", "undone_but_made"]

_S = BookingState
_ENDED_WITHOUT: Final = frozenset({_S.REJECTED, _S.FAILED})


@dataclass(frozen=True, slots=True)
class Account:
    """A booking of ours, as far as EMIAS's book is concerned."""

    id: str
    state: BookingState
    lpu_code: str
    emias_doctor_id: str
    starts_at: datetime
    appointment_id: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment in EMIAS's book that was made over our channel; `client_ref` is our booking's id."""

    id: str
    lpu_code: str
    emias_doctor_id: str
    starts_at: datetime
    client_ref: str | None
    active: bool


def made_twice(entries: Sequence[Entry]) -> Iterator[str]:
    """Name the bookings for which EMIAS has more than one appointment, cancelled ones counted."""
    for client_ref, times in Counter(entry.client_ref for entry in entries).items():
        if client_ref is not None and times > 1:
            yield f"booking {client_ref}: {times} appointments"


def lost_or_invented(accounts: Mapping[str, Account], before: Sequence[Entry], after: Sequence[Entry]) -> Iterator[str]:
    """Name appointments that no row answers for, and rows whose appointment does not stand as they say.

    `before` was read before our rows were, `after` after them: what moved meanwhile is nobody's fault.
    """
    for entry in before:
        if entry.client_ref not in accounts:
            yield f"appointment {entry.id}: no booking"
    standing = {entry.id: entry for entry in after}
    by_ref = {entry.client_ref: entry for entry in after}
    for account in accounts.values():
        fault = _mismatch(account, standing.get(account.appointment_id or "") or by_ref.get(account.id))
        if fault:
            yield f"booking {account.id}: {account.state.value}, {fault}"


def undone_but_made(accounts: Mapping[str, Account], after: Sequence[Entry]) -> Iterator[str]:
    """Name bookings that were told as not made, although their appointment stands in EMIAS."""
    for entry in after:
        account = accounts.get(entry.client_ref or "")
        if account and entry.active and account.state in _ENDED_WITHOUT:
            yield f"booking {account.id}: {account.state.value}, appointment {entry.id}"


def _mismatch(account: Account, entry: Entry | None) -> str | None:
    if account.state is _S.BOOKED:
        if entry is None:
            return "no appointment"
        if not entry.active:
            return f"appointment {entry.id} is cancelled"
        if entry.client_ref not in {account.id, None}:
            return f"appointment {entry.id} is of booking {entry.client_ref}"
        if _place(entry) != _place(account):
            return f"appointment {entry.id} is with another doctor or at another time"
    if account.state is _S.CANCELLED and entry is not None and entry.active:
        return f"appointment {entry.id} still stands"
    return None


def _place(one: Account | Entry) -> tuple[str, str, datetime]:
    return one.lpu_code, one.emias_doctor_id, one.starts_at

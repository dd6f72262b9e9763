"""Which wishes about a booking are refused before anything is done, and why: shown by the admin, held by the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from gateway.domain.booking import BookingState
from gateway.domain.wish import Said, WishKind

__all__ = ["DOUBTFUL", "RETRIED_CAUSES", "Standing", "objection", "pace_of_bulk"]

_S = BookingState
DOUBTFUL: Final = frozenset({_S.IN_DOUBT, _S.MANUAL, _S.CANCEL_IN_DOUBT})
RETRIED_CAUSES: Final = frozenset({"not_sent", "proved_absent", "operator_proved_absent"})
"""Why a failed booking surely has no appointment in EMIAS: only then may another be asked for."""

_UNDER_WAY: Final = Said(
    "запрос в ЕМИАС ещё идёт: дождитесь его исхода", "the request to EMIAS is still under way: wait for its outcome"
)
_STOPPED: Final = Said(
    "обмен с ЕМИАС этого ЛПУ остановлен: сначала включите его",
    "calls to EMIAS of this LPU are stopped: switch them on first",
)
_ERASED: Final = Said(
    "данные пациента уже стёрты или не читаются", "the patient's data is erased or can no longer be read"
)
_SETTLED: Final = Said(
    "исход этой записи известен: решать нечего", "the outcome of this booking is known: there is nothing to decide"
)
_NOT_CANCELLED: Final = MappingProxyType(
    {
        _S.SUBMITTING: _UNDER_WAY,
        _S.CANCELLING: Said("отмена уже идёт", "it is being cancelled already"),
        _S.CANCELLED: Said("запись уже отменена", "it is cancelled already"),
        _S.CANCEL_IN_DOUBT: Said(
            "отмена уже отправлена, её исход сверяется", "a cancel has been sent; its outcome is being looked into"
        ),
        _S.IN_DOUBT: Said("исход записи неясен: сначала закройте его", "the booking is in doubt: resolve that first"),
        _S.MANUAL: Said("исход записи неясен: сначала закройте его", "the booking is in doubt: resolve that first"),
        _S.REJECTED: Said("ЕМИАС отказала: отменять нечего", "EMIAS refused it: there is nothing to cancel"),
        _S.FAILED: Said("записи нет: отменять нечего", "it was not made: there is nothing to cancel"),
    }
)
_DOUBTFUL_RETRY: Final = Said(
    "исход неясен: повтор мог бы создать вторую запись; сначала закройте исход",
    "the outcome is in doubt: a retry could make a second appointment; resolve it first",
)
_NOT_RETRIED: Final = MappingProxyType(
    {
        _S.SUBMITTING: _UNDER_WAY,
        _S.CANCELLING: _UNDER_WAY,
        _S.IN_DOUBT: _DOUBTFUL_RETRY,
        _S.MANUAL: _DOUBTFUL_RETRY,
        _S.CANCEL_IN_DOUBT: _DOUBTFUL_RETRY,
        _S.BOOKED: Said("пациент записан: повторять нечего", "the patient is booked: there is nothing to retry"),
        _S.CANCELLED: Said("запись отменена: повторять нечего", "it was cancelled: there is nothing to retry"),
        _S.REJECTED: Said(
            "ЕМИАС отказала по существу: повтор ничего не изменит",
            "EMIAS refused for a reason: a retry changes nothing",
        ),
    }
)
_UNPROVED: Final = Said(
    "нет доказательства, что записи нет в ЕМИАС: запишите пациента заново",
    "that EMIAS has no appointment is not proved: book the patient anew",
)
_RETRIED: Final = Said("эту запись уже повторили", "this booking has been retried already")
_BOOKED_SINCE: Final = Said(
    "пациент с тех пор записан сам, или исход другой его записи неясен",
    "the patient has booked by themselves since, or another booking of theirs is in doubt",
)
_PAST: Final = Said("время приёма прошло", "the time of the visit is past")
_FIRST_PAUSE: Final = timedelta(seconds=1)
_LONGEST_PAUSE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the tables say of a booking, as far as a decision about it is concerned; nothing personal.

    `cause`, `actor` and `since` are those of its last step, `retried_by` the booking that tried it again. `was_cancel`
    when the doubt is about a cancel. `booked_since` when the same patient has another live booking that was made later
    or is not settled in the institution, or one at the same time.
    """

    state: BookingState
    cause: str
    actor: str
    since: datetime
    was_cancel: bool
    appointment_id: str | None
    has_patient: bool
    is_ahead: bool
    retried_by: UUID | None
    booked_since: bool
    calls_stopped: bool


def objection(kind: WishKind, standing: Standing) -> Said | None:
    """Return why one of the `DECISIONS` about the booking is refused; None when it may be carried out."""
    return _RULES[kind](standing)


def _to_resolving(standing: Standing) -> Said | None:
    if standing.state in {_S.SUBMITTING, _S.CANCELLING}:
        return _UNDER_WAY
    return None if standing.state in DOUBTFUL else _SETTLED


def _to_cancelling(standing: Standing) -> Said | None:
    if standing.state is not _S.BOOKED:
        return _NOT_CANCELLED[standing.state]
    if standing.appointment_id is None:
        return Said("ЕМИАС ещё не назвала номер записи", "EMIAS has not named the appointment yet")
    if not standing.has_patient:
        return _ERASED
    return _STOPPED if standing.calls_stopped else None


def _to_retrying(standing: Standing) -> Said | None:
    if standing.state is not _S.FAILED:
        return _NOT_RETRIED[standing.state]
    against = (
        (_UNPROVED, standing.cause not in RETRIED_CAUSES),
        (_RETRIED, standing.retried_by is not None),
        (_BOOKED_SINCE, standing.booked_since),
        (_PAST, not standing.is_ahead),
        (_ERASED, not standing.has_patient),
        (_STOPPED, standing.calls_stopped),
    )
    return next((why for why, stands in against if stands), None)


_RULES: Final[Mapping[WishKind, Callable[[Standing], Said | None]]] = MappingProxyType(
    {
        WishKind.RESOLVE_BOOKED: _to_resolving,
        WishKind.RESOLVE_ABSENT: _to_resolving,
        WishKind.CANCEL_BOOKING: _to_cancelling,
        WishKind.RETRY_BOOKING: _to_retrying,
    }
)


def pace_of_bulk(failed_in_a_row: int) -> timedelta:
    """Return how long to wait before the next retry of many; failures in a row slow it down, up to a minute."""
    return min(_FIRST_PAUSE * (1 << min(failed_in_a_row, 10)), _LONGEST_PAUSE)

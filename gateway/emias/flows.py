"""The order of the steps: few flows, named; a profile picks one, and what each step is called is data.

| flow | before a call that needs the patient |
|---|---|
| one_step | nothing: the call itself carries the patient |
| identify_then_book | EMIAS is asked for its id of the patient, which serves this call only |
| session | a new session is begun and the patient identified in it; a session that is over is begun anew, once |

A step before the call creates nothing, so that its failure is told as a call that was not sent.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol, TypeVar

from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.profiles.profile import Profile
from gateway.emias.translate import Values

__all__ = ["FLOWS", "Flow", "Identify", "needs_patient"]

_T = TypeVar("_T")
Identify = Callable[[Values], Awaitable[str | None]]
"""Find the patient, given what the flow adds to the values; returns EMIAS's id where there is one."""
_NOBODY: Final[Values] = {"patient_id": None}


class Flow(Protocol):
    """Make a call between the steps that it needs; `identify` is None where it needs no patient."""

    async def __call__(
        self, profile: Profile, call: Callable[[Values], Awaitable[_T]], identify: Identify | None, /
    ) -> _T:
        """Add to the call's values what the steps have brought; raise what the call raises."""


async def _one_step(_profile: Profile, call: Callable[[Values], Awaitable[_T]], _identify: Identify | None) -> _T:
    return await call({})


async def _identify_then_book(
    _profile: Profile, call: Callable[[Values], Awaitable[_T]], identify: Identify | None
) -> _T:
    return await call(await _identified(identify, {}))


async def _session(profile: Profile, call: Callable[[Values], Awaitable[_T]], identify: Identify | None) -> _T:
    async def in_session() -> _T:
        session: Values = {"session": str(uuid.uuid4())}
        return await call(session | await _identified(identify, session))

    try:
        return await in_session()
    except CallRefused as refusal:
        if refusal.code not in profile.session.expired:
            raise
    return await in_session()


async def _identified(identify: Identify | None, values: Values) -> Values:
    if identify is None:
        return _NOBODY
    try:
        return {"patient_id": await identify(values)}
    except CallFailed as failed:
        raise CallFailed(
            failed.cause,
            is_sent=False,
            http_status=failed.http_status,
            code=failed.code,
            retry_after=failed.retry_after,
        ) from None


FLOWS: Final[Mapping[str, Flow]] = {
    "one_step": _one_step,
    "identify_then_book": _identify_then_book,
    "session": _session,
}


def needs_patient(profile: Profile, name: str) -> bool:
    """Tell whether a call must be preceded by the identification of its patient.

    Those that name EMIAS's id of the patient must, and in a session the booking, whose patient is the session's.
    """
    if profile.operations.identify is None or name in {"probe", "identify", "get_schedule"}:
        return False
    asks = "patient_id" in profile.operations.calls()[name].parameters.values()
    return asks or (profile.flow == "session" and name == "create")

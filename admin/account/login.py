"""A login: a name, a password, a one-time code, and what it leaves in the audit log.

An unknown name, a closed account and a wrong password look alike, take alike long and are counted alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from admin.account.codes import OneTimeCodes
from admin.account.guesses import Guesses, Turn
from admin.account.sessions import Sessions
from admin.users import Administrator
from gateway.store.audit import AuditEvent, record
from gateway.store.engine import Database

__all__ = ["Attempt", "Doorkeeper", "Ending", "Outcome"]


class Ending(StrEnum):
    """How an attempt ended."""

    IN = "in"
    WRONG = "wrong"
    CODE_NEEDED = "code_needed"  # name and password are right
    WRONG_CODE = "wrong_code"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was typed, where from, and the token of the session that the browser had before."""

    username: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    address: str
    old_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: with a session's token, or after how long to try again."""

    ending: Ending
    token: str = field(default="", repr=False)
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Lets people in."""

    database: Database
    sessions: Sessions
    guesses: Guesses
    codes: OneTimeCodes | None

    async def let_in(self, attempt: Attempt) -> Outcome:
        """Judge an attempt and open a session."""
        turn = await self.guesses.begin(attempt.username, attempt.address)
        if turn.wait:
            return Outcome(Ending.WAIT, wait=turn.wait)
        user = await self._known(attempt.username, attempt.password)
        ending = await self._judge(user, attempt.code)
        if ending is Ending.IN and user is not None:
            return Outcome(ending, await self._open(user, attempt))
        if ending is Ending.CODE_NEEDED:
            await self.guesses.take_back(attempt.username, attempt.address)
        else:
            await self._note_failure(attempt, ending, turn)
        return Outcome(ending)

    async def is_password_of(self, username: str, password: str, address: str) -> bool | timedelta:
        """Tell whether somebody who is logged in knows the password, or how long to wait before the next guess."""
        turn = await self.guesses.begin(username, address)
        if turn.wait:
            return turn.wait
        if await self._known(username, password) is None:
            await self._note_failure(Attempt(username, "", "", address), Ending.WRONG, turn)
            return False
        await self.guesses.take_back(username, address)
        return True

    async def _known(self, username: str, password: str) -> Administrator | None:
        user_id = await Administrator.login(username, password)
        if user_id is None:
            return None
        found: Administrator | None = (
            await Administrator.objects()
            .where(Administrator.id == user_id)
            .where(Administrator.active.eq(value=True))
            .first()
        )
        return found

    async def _judge(self, user: Administrator | None, code: str) -> Ending:
        if user is None:
            return Ending.WRONG
        if self.codes is None or not await self.codes.are_set_up(user):
            return Ending.IN
        if not code.strip():
            return Ending.CODE_NEEDED
        return Ending.IN if await self.codes.accept(user, code) else Ending.WRONG_CODE

    async def _open(self, user: Administrator, attempt: Attempt) -> str:
        await self.guesses.forget(attempt.username, attempt.address)
        async with self.database.engine.transaction() as transaction:
            token = await self.sessions.open(user.id, attempt.old_token)
            await record(
                transaction.connection,
                actor=f"admin:{user.username}",
                what=AuditEvent.LOGIN,
                subject=f"user:{user.username}",
                details={"address": attempt.address, "with_code": bool(attempt.code.strip())},
            )
        return token

    async def _note_failure(self, attempt: Attempt, ending: Ending, turn: Turn) -> None:
        # What is no user's name may be a password that was typed in the wrong place: it is not written down.
        async with self.database.transaction() as connection:
            known = await connection.fetchval("SELECT username FROM piccolo_user WHERE username = $1", attempt.username)
            subject = f"user:{known or '?'}"
            details: dict[str, Any] = {"address": attempt.address, "why": ending.value}
            await record(connection, actor="admin", what=AuditEvent.LOGIN_FAILED, subject=subject, details=details)
            for kind in turn.locks:
                told = {"address": attempt.address, "by": kind}
                await record(connection, actor="admin", what=AuditEvent.LOCKED_OUT, subject=subject, details=told)

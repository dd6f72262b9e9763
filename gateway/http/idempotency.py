"""One effect under one `Idempotency-Key`, whatever happens to the caller or to this process."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

import structlog

from gateway.http.language import Language
from gateway.http.problems import problem_bytes, tell
from gateway.http.replies import JSON, PROBLEM, Reply, problem_headers
from gateway.logs import REQUEST_ID
from gateway.metrics import Metrics
from gateway.ports import IdempotencyBook, IdempotencyKey, Replay, Retold, Started

__all__ = ["Once", "fingerprint"]

LEASE: Final = timedelta(seconds=60)
_REPLAYED: Final = {"Idempotent-Replayed": "true"}
_UNKNOWN_END: Final = frozenset({"internal_error", "temporarily_unavailable"})
_log = structlog.stdlib.get_logger("gateway.idempotency")


def fingerprint(secret: str, operation: str, subject: str, body: bytes) -> bytes:
    """Tell one request from another without keeping what it says: the body holds personal data, so it is keyed."""
    message = b"\n".join((operation.encode(), subject.encode(), body))
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Once:
    """A request that must have one effect.

    `act` does it, `retell` answers with the present state of the booking that an earlier run left behind. Final
    answers are kept; what surely did nothing frees the key; an end that is not known leaves the booking to speak.
    """

    book: IdempotencyBook
    metrics: Metrics
    key: IdempotencyKey
    fingerprint: bytes
    language: Language
    act: Callable[[], Awaitable[Reply]]
    retell: Callable[[UUID], Awaitable[Reply]]

    async def run(self) -> Reply:
        """Act, or repeat what was answered; raises `IdempotencyReused` or `IdempotencyInProgress`."""
        begun = await self.book.begin(self.key, self.fingerprint, LEASE)
        match begun:
            case Started():
                return await self._first()
            case Replay():
                media_type = JSON if begun.status < 400 else PROBLEM  # noqa: PLR2004 - where HTTP's errors begin
                return Reply(begun.status, begun.body, media_type, problem_headers(None) | _REPLAYED)
            case Retold():
                return await self._answer(lambda: self.retell(begun.booking_id), _REPLAYED)
        assert_never(begun)

    async def _first(self) -> Reply:
        try:
            reply = await self._answer(self.act)
        except Exception:
            await self._conclude(self.book.leave_open(self.key))
            raise
        if reply.status == 202:  # noqa: PLR2004 - accepted: EMIAS's answer is not known
            await self._conclude(self.book.leave_open(self.key))
        elif reply.status == 503:  # noqa: PLR2004 - surely not sent
            await self._conclude(self.book.forget(self.key))
        else:
            await self._conclude(self.book.finish(self.key, reply.status, reply.body))
        return reply

    async def _answer(self, act: Callable[[], Awaitable[Reply]], headers: dict[str, str] | None = None) -> Reply:
        """Make a refusal by the domain an answer like any other; what nobody foresaw goes on as it is."""
        try:
            reply = await act()
        except Exception as error:
            told = tell(error)
            if told.kind.code in _UNKNOWN_END:
                raise
            self.metrics.problem_told(told.kind.code)
            body = problem_bytes(told, self.language, REQUEST_ID.get() or "")
            all_headers = problem_headers(self.language, told.retry_after) | (headers or {})
            return Reply(told.kind.status, body, PROBLEM, all_headers)
        return reply.with_headers(headers) if headers else reply

    async def _conclude(self, noting: Awaitable[None]) -> None:
        """Note the end of the run; when that fails the lease runs out and the booking itself is told."""
        try:
            await noting
        except Exception as fault:  # noqa: BLE001 - the booking stands, and its caller must hear of it
            _log.error("answer_not_kept", operation=self.key.operation, fault=type(fault).__name__)

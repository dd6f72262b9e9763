"""What the pages of the account work with, and the session's cookie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from admin.account.addresses import Network, client_address, networks_of
from admin.account.codes import OneTimeCodes
from admin.account.guesses import Guesses
from admin.account.login import Doorkeeper
from admin.account.policy import CodePolicy, must_enrol, policy_of
from admin.account.sessions import COOKIE, LONGEST, Sessions, Visitor
from gateway.settings import AdminSettings
from gateway.store.audit import AuditEvent, record
from gateway.store.engine import Database

__all__ = ["Office", "open_office"]


@dataclass(frozen=True, slots=True)
class Office:
    """One process's sessions, codes and counts."""

    database: Database
    sessions: Sessions
    doorkeeper: Doorkeeper
    codes: OneTimeCodes | None
    policy: CodePolicy
    trusted: Sequence[Network]
    hosts: Sequence[str]
    is_secure: bool

    def address(self, request: Request) -> str:
        """Return where a request comes from."""
        return client_address(request, self.trusted)

    def must_enrol(self, visitor: Visitor) -> bool:
        """Tell whether somebody has to set up one-time codes before anything else."""
        return must_enrol(self.policy, visitor.role, is_enrolled=visitor.is_enrolled)

    def give_cookie(self, response: Response, token: str) -> None:
        """Let the browser keep a session."""
        response.set_cookie(
            COOKIE, token, max_age=int(LONGEST.total_seconds()), httponly=True, secure=self.is_secure, samesite="lax"
        )

    def take_cookie(self, response: Response) -> None:
        """Let the browser forget its session."""
        response.delete_cookie(COOKIE, httponly=True, secure=self.is_secure, samesite="lax")

    async def note(self, visitor: Visitor, what: AuditEvent, **details: str | int | bool) -> None:
        """Write down what somebody did to the own account."""
        async with self.database.transaction() as connection:
            subject = f"user:{visitor.username}"
            await record(connection, actor=visitor.actor, what=what, subject=subject, details=details)


def open_office(settings: AdminSettings, database: Database, *, is_secure: bool) -> Office:
    """Make the office of an open database."""
    policy, keys = policy_of(settings), settings.admin_mfa_keys
    codes = OneTimeCodes(database, keys.get_secret_value()) if keys and policy is not CodePolicy.OFF else None
    sessions = Sessions(database)
    host = urlsplit(settings.admin_origin or "").hostname
    return Office(
        database,
        sessions,
        Doorkeeper(database, sessions, Guesses(database), codes),
        codes,
        policy,
        networks_of(settings.trusted_proxies),
        [host] if host else [],
        is_secure,
    )

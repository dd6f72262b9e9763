"""What a Gosuslugi login needs: somebody who knows the person, and places where login and ticket wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from gateway.domain.errors import LoginFailed
from gateway.domain.identity import Account, IdentitySource, IdentityTicket, Login

__all__ = ["Begun", "IdentityProvider", "LoginBook", "Tickets"]


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes to log in, and what the provider needs again afterwards."""

    authorize_url: str = field(repr=False)
    memo: Mapping[str, str] = field(repr=False)


class IdentityProvider(Protocol):
    """Gosuslugi, by itself or through a broker."""

    @property
    def source(self) -> IdentitySource:
        """Which of the two it is."""

    async def begin(self, state: str, callback: str) -> Begun:
        """Make the address of a login; `state` is a UUID, `callback` a registered one. Raises `IdentityUnavailable`."""

    async def finish(self, login: Login, code: str) -> Account:
        """Exchange the code, once, for who the person is; raise `LoginFailed`."""

    def read_refusal(self, error: str, description: str) -> LoginFailed:
        """Tell what the error means that the browser brought back in place of a code."""

    def logout_url(self, callback: str) -> str | None:
        """Return where the browser ends its session with the provider, if there is such a place."""


class LoginBook(Protocol):
    """The logins under way, by their state. Raises `IdentityUnavailable` when it cannot be reached."""

    async def keep(self, login: Login, lasts: timedelta) -> None:
        """Keep a login until its callback comes."""

    async def take(self, state: str) -> Login | None:
        """Return a login and forget it, in one step: there is no second time."""


class Tickets(Protocol):
    """The identity tickets, by their secret text. Raises `IdentityUnavailable` when they cannot be reached."""

    async def keep(self, text: str, ticket: IdentityTicket, lasts: timedelta) -> None:
        """Keep a ticket, or give one back that was not spent."""

    async def take(self, text: str) -> IdentityTicket | None:
        """Return a ticket and forget it, in one step."""

"""What a login needs: a provider that answers as it is told, and places that keep everything in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from gateway.domain.errors import IdentityUnavailable, LoginFailed
from gateway.domain.identity import Account, IdentitySource, IdentityTicket, Login, VerifiedPerson
from gateway.domain.login_failure import FailureReason
from gateway.domain.patient import OmsPolicy, Sex, Snils
from gateway.ports import Begun

__all__ = ["CHILD", "PERSON", "FakeLogins", "FakeProvider", "FakeTickets"]

PERSON = VerifiedPerson(
    last_name="Петрова",
    first_name="Мария",
    middle_name="Сергеевна",
    birth_date=date(1985, 3, 14),
    sex=Sex.FEMALE,
    snils=Snils.parse("112-233-445 95"),
    policy=OmsPolicy.parse("7756410885000127"),
    is_policy_verified=True,
)
CHILD = VerifiedPerson("Петров", "Иван", None, date(2010, 12, 31))


@dataclass
class FakeProvider:
    """Gosuslugi that knows one parent and one child."""

    source: IdentitySource = IdentitySource.ESIA
    account: Account = field(default_factory=lambda: Account(PERSON, (CHILD,)))
    failure: LoginFailed | None = None
    codes: list[str] = field(default_factory=list)
    callbacks: list[str] = field(default_factory=list)

    async def begin(self, state: str, callback: str) -> Begun:
        """Make an address."""
        self.callbacks.append(callback)
        return Begun(f"https://esia.example/ac?state={state}", {"verifier": "made-up"})

    async def finish(self, login: Login, code: str) -> Account:
        """Answer as told."""
        assert login.memo == {"verifier": "made-up"}
        self.codes.append(code)
        if self.failure is not None:
            raise self.failure
        return self.account

    def read_refusal(self, error: str, description: str) -> LoginFailed:
        """Know one error."""
        reason = FailureReason.PERSON_REFUSED if error == "access_denied" else FailureReason.OTHER
        return LoginFailed(reason, description[:11] or None)

    def logout_url(self, callback: str) -> str | None:
        """Name a place."""
        return f"https://esia.example/logout?redirect_url={callback}"


@dataclass
class FakeLogins:
    """Logins by their state; `is_away` makes it unreachable."""

    kept: dict[str, Login] = field(default_factory=dict)
    is_away: bool = False

    async def keep(self, login: Login, lasts: timedelta) -> None:
        """Keep a login."""
        self._check()
        assert lasts > timedelta(0)
        self.kept[login.state] = login

    async def take(self, state: str) -> Login | None:
        """Return a login, once."""
        self._check()
        return self.kept.pop(state, None)

    def _check(self) -> None:
        if self.is_away:
            raise IdentityUnavailable(5)


@dataclass
class FakeTickets:
    """Tickets by their text; `is_away` makes them unreachable."""

    kept: dict[str, IdentityTicket] = field(default_factory=dict)
    lasting: dict[str, timedelta] = field(default_factory=dict)
    is_away: bool = False

    async def keep(self, text: str, ticket: IdentityTicket, lasts: timedelta) -> None:
        """Keep a ticket."""
        self._check()
        self.kept[text], self.lasting[text] = ticket, lasts

    async def take(self, text: str) -> IdentityTicket | None:
        """Return a ticket, once."""
        self._check()
        return self.kept.pop(text, None)

    def _check(self) -> None:
        if self.is_away:
            raise IdentityUnavailable(5)

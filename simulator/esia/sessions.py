"""What ESIA remembers of a login: the request while a person chooses, the code, the access."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Literal, TypeVar
from uuid import uuid4

from simulator.esia.persons import Person
from simulator.esia.pkce import Challenge
from simulator.esia.systems import System

__all__ = ["Access", "Asked", "Grant", "Remembered"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """Hold a checked first request; `scope` is the text as it came."""

    door: Literal["esia", "broker"]
    system: System
    scope: str
    redirect_uri: str
    state: str
    confirmed_only: bool = False
    challenge: Challenge | None = None
    nonce: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """Hold what a code stands for."""

    asked: Asked
    person: Person
    at: datetime
    session: str


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """Hold what an access token opens."""

    person: Person
    scopes: frozenset[str]


class Remembered(Generic[T]):
    """Keep things for a while under names that nobody can guess."""

    def __init__(self, now: Callable[[], datetime], seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._kept: dict[str, tuple[datetime, T]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, thing: T, name: str | None = None) -> str:
        """Keep a thing and return its name."""
        chosen = name or f"{uuid4()}.{secrets.token_urlsafe(24)}"
        self._kept[chosen] = (self._now() + timedelta(seconds=self._seconds()), thing)
        return chosen

    def look(self, name: str) -> T | None:
        """Find a thing that has not become too old."""
        until, thing = self._kept.get(name, (None, None))
        return thing if until is not None and self._now() < until else None

    def take(self, name: str) -> T | None:
        """Find a thing and forget it."""
        thing = self.look(name)
        self._kept.pop(name, None)
        return thing

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

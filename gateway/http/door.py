"""What the routes share: the house, and what this process remembers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gateway.http.auth import KeyChain
from gateway.http.limits import Buckets
from gateway.http.problems import DoorError
from gateway.http.sent import AnyRequest
from gateway.http.slot_pages import SlotPages
from gateway.metrics import Metrics
from gateway.wiring import House, IdentityParts

if TYPE_CHECKING:
    from litestar.types import Scope

__all__ = ["DOOR", "Door", "door_at", "door_of", "identity_of"]

DOOR: Final = "door"
_LOOK_UPS_AT_ONCE: Final = 5
_LOGINS_A_SECOND: Final = 0.1
_LOGINS_AT_ONCE: Final = 5


@dataclass(frozen=True, slots=True)
class Door:
    """The house as the routes see it."""

    house: House
    metrics: Metrics
    keys: KeyChain
    rates: Buckets
    look_ups: Buckets
    logins: Buckets
    pages: SlotPages
    stale_after: timedelta

    @classmethod
    def of(cls, house: House, metrics: Metrics) -> Door:
        """Prepare what the process remembers, empty."""
        settings = house.settings
        return cls(
            house,
            metrics,
            KeyChain(house.keys),
            Buckets(settings.key_rate, max(settings.key_rate, 1.0)),
            Buckets(settings.lookup_rate, _LOOK_UPS_AT_ONCE),
            Buckets(_LOGINS_A_SECOND, _LOGINS_AT_ONCE),
            SlotPages(house.clock, settings.lag_after),
            settings.lag_after,
        )


def door_of(request: AnyRequest) -> Door:
    """Return the door that a request came through."""
    door: Door = request.app.state[DOOR]
    return door


def door_at(scope: Scope) -> Door:
    """Return the door that an ASGI scope came through."""
    door: Door = scope["litestar_app"].state[DOOR]
    return door


def identity_of(door: Door) -> IdentityParts:
    """Return what Gosuslugi logins need; raise `identity_off` where there are none."""
    if door.house.identity is None:
        raise DoorError("identity_off")
    return door.house.identity

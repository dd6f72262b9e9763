"""All fakes joined to a house."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from gateway.domain.booking import Booking, BookingState
from gateway.domain.circuit import CircuitRules
from gateway.domain.directory import FreeSlot
from gateway.domain.doubt import LookPlan
from gateway.domain.hold import HOLD_FOR, MAX_RENEWALS, Hold, Holder
from gateway.domain.pace import Pace
from gateway.holds.memory_breaker import MemoryBreaker
from gateway.metrics import Metrics
from gateway.ports import (
    Disclosures,
    Emias,
    HoldLimits,
    Housekeeping,
    Retention,
    SyncBook,
)
from gateway.services.book import Book
from gateway.services.book_identified import BookIdentified
from gateway.services.browse import Browse
from gateway.services.cancel import Cancel
from gateway.services.hold import HoldSlot
from gateway.services.identify import Identify
from gateway.services.offer import Offer
from gateway.services.refresh import Refresh
from gateway.services.report import Report
from gateway.services.resend import Resend
from gateway.services.resolve import Resolve
from gateway.services.under_way import UnderWay
from gateway.services.wishes.carry_out import CarryOut
from gateway.settings import Settings, read_settings
from gateway.store.operations import Operations
from gateway.wiring import House, IdentityParts
from tests.fakes.booking import FakeBookings, FakeEmias, FakeGate, FakeHolds, FakeIdempotency
from tests.fakes.doubts import FakeDoubts
from tests.fakes.identity import FakeLogins, FakeProvider, FakeTickets
from tests.fakes.nouns import SITE, make_booking, make_key, make_slot
from tests.fakes.pushes import FakePushes
from tests.fakes.reading import FakeChanges, FakeClock, FakeDirectory, FakeKeys

__all__ = ["World"]


class World:
    """Everything behind a fake house, to be set and looked at by a test."""

    def __init__(self, **settings: str) -> None:
        self.settings = _settings(settings)
        self.clock = FakeClock()
        self.keys = FakeKeys({"k1": make_key("k1", "read", "book", "events", "identity"), "k2": make_key("k2", "read")})
        self.directory = FakeDirectory(self, [make_slot(hours) for hours in (5, 6, 7, 30)])
        self.holds = FakeHolds(self)
        self.gate = FakeGate()
        self.emias = FakeEmias()
        self.bookings = FakeBookings(self)
        self.doubts = FakeDoubts(self)
        self.idempotency = FakeIdempotency()
        self.changes = FakeChanges()
        self.pushes = FakePushes()
        self.breaker = MemoryBreaker(CircuitRules())
        self.under_way = UnderWay()
        self.metrics = Metrics()
        self.provider: FakeProvider | None = None
        self.logins = FakeLogins()
        self.tickets = FakeTickets()

    @property
    def slot(self) -> FreeSlot:
        """The first slot for sale."""
        return self.directory.slots[0]

    def house(self) -> House:
        """Join the services to the fakes."""
        clock, emias = self.clock, cast("Emias", self.emias)
        offer = Offer(self.directory)
        sync_book, housekeeping = cast("SyncBook", None), cast("Housekeeping", None)
        pace = Pace(timedelta(minutes=5), timedelta(minutes=15))
        refresh = Refresh(emias, sync_book, clock, pace, timedelta(minutes=2), self.under_way)
        resolve = Resolve(
            self.doubts,
            self.bookings,
            emias,
            LookPlan(),
            timedelta(minutes=1),
            timedelta(seconds=5),
            self.under_way,
        )
        book = Book(self.bookings, emias, self.gate, offer, self.under_way, Resend(self.bookings), resolve)
        return House(
            settings=self.settings,
            clock=clock,
            metrics=self.metrics,
            keys=self.keys,
            changes=self.changes,
            idempotency=self.idempotency,
            sync_book=sync_book,
            housekeeping=housekeeping,
            browse=Browse(self.directory, clock, timedelta(days=30)),
            hold=HoldSlot(
                self.directory,
                self.holds,
                self.gate,
                offer,
                refresh,
                clock,
                HoldLimits(3, 500),
                timedelta(minutes=10),
                timedelta(seconds=1),
            ),
            book=book,
            cancel=Cancel(self.bookings, emias, self.under_way, Resend(self.bookings)),
            resolve=resolve,
            report=Report(self.directory, clock, timedelta(minutes=30), self.breaker),
            refresh=refresh,
            mirror=None,
            pushes=self.pushes,
            reread=None,
            operations=cast("Operations", None),
            identity=self._identity(book),
            retention=cast("Retention", None),
            disclosures=cast("Disclosures", None),
            wishes=cast("CarryOut", None),
        )

    def _identity(self, book: Book) -> IdentityParts | None:
        """Join a login to the fakes, where there is a provider."""
        if self.provider is None:
            return None
        lasts = timedelta(minutes=30)
        return IdentityParts(
            Identify(
                self.provider,
                self.logins,
                self.tickets,
                self.clock,
                lasts,
                self.settings.identity_redirect_uri,
                self.metrics.login_ended,
            ),
            BookIdentified(book, self.tickets, self.clock),
        )

    def hold_slot(self, slot: FreeSlot | None = None) -> Hold:
        """Hold a slot without asking anybody."""
        hold = Hold(uuid4(), slot or self.slot, self.clock.now() + HOLD_FOR, MAX_RENEWALS, verified=True)
        self.holds.holds[hold.id], self.holds.holders[hold.id] = hold, Holder(SITE, "k1", None)
        return hold

    def add_booking(self, state: BookingState, **changes: Any) -> Booking:
        """Write a booking down in some state."""
        booking = replace(make_booking(self.slot), state=state, **changes)
        self.bookings.rows[booking.id] = booking
        return booking


def _settings(given: dict[str, str]) -> Settings:
    needed = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1/none",
        "REDIS_URL": "redis://127.0.0.1/0",
        "EMIAS_URL": "http://127.0.0.1:9/",
        "FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "LOOKUP_KEY": "a-made-up-lookup-key-of-more-than-32-characters",
    }
    return read_settings(Settings, needed | given)

"""The composition root: which adapter serves which need. Doors call `open_house` and use what it yields."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.bitrix.feed import open_feed
from gateway.domain.moscow import MOSCOW
from gateway.domain.pace import Pace
from gateway.emias.certificate import TlsFiles
from gateway.emias.connect import EmiasChannel, open_emias
from gateway.emias.observed import Observation, ObservedEmias
from gateway.holds.budget import RedisBudget
from gateway.holds.connection import open_redis
from gateway.holds.gate import RedisGate
from gateway.holds.ration import Ration
from gateway.metrics import Metrics
from gateway.ports import Changes, Clock, DoctorSource, HoldLimits, Housekeeping, IdempotencyBook, KeyRing, SyncBook
from gateway.services.book import Book
from gateway.services.browse import Browse
from gateway.services.cancel import Cancel
from gateway.services.hold import HoldSlot
from gateway.services.mirror import MirrorDoctors
from gateway.services.offer import Offer
from gateway.services.refresh import Refresh
from gateway.services.report import Report
from gateway.services.under_way import UnderWay
from gateway.settings import Settings
from gateway.store import (
    api_keys,
    bookings,
    changes,
    directory,
    doctor_mirror,
    holds,
    housekeeping,
    idempotency,
    sync_book,
)
from gateway.store.cipher import Cipher
from gateway.store.engine import Database, open_database
from gateway.store.institutions import Institutions
from gateway.store.sites import Sites

__all__ = ["House", "emias_channel", "field_keys", "open_house", "open_site_feed"]

_LEASE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a door may use, ready for work."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    keys: KeyRing
    changes: Changes
    idempotency: IdempotencyBook
    sync_book: SyncBook
    housekeeping: Housekeeping
    browse: Browse
    hold: HoldSlot
    book: Book
    cancel: Cancel
    report: Report
    refresh: Refresh
    mirror: MirrorDoctors | None


class _MoscowClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(MOSCOW)


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Open every adapter and join the services to them; calls under way are ended before the house closes."""
    metrics = Metrics()

    def count(seen: Observation) -> None:
        metrics.emias_called(seen.operation, seen.outcome, seen.seconds)

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            open_database(settings.database_url.get_secret_value(), max_size=settings.database_pool)
        )
        line = await stack.enter_async_context(open_redis(settings.redis_url.get_secret_value()))
        budget = RedisBudget(line, _ration(settings))
        emias = ObservedEmias(await stack.enter_async_context(open_emias(emias_channel(settings), budget)), count)
        feed = await stack.enter_async_context(open_site_feed(settings))
        for lpu_code, name in settings.institutions.items():
            await Institutions(database).ensure(lpu_code, name)

        clock = _MoscowClock()
        under_way = UnderWay()
        stack.push_async_callback(under_way.drain)
        doctors = directory.Directory(database)
        offer = Offer(doctors)
        gate = RedisGate(line)
        book = sync_book.SyncBook(database)
        refresh = Refresh(emias, book, clock, _pace(settings), _LEASE, under_way)
        cipher = Cipher.from_keys(field_keys(settings), settings.lookup_key.get_secret_value())
        ledger = bookings.BookingLedger(database, cipher)
        yield House(
            settings=settings,
            clock=clock,
            metrics=metrics,
            keys=api_keys.KeyRing(database),
            changes=changes.Changes(database),
            idempotency=idempotency.IdempotencyBook(database),
            sync_book=book,
            housekeeping=housekeeping.Housekeeping(database),
            browse=Browse(doctors, clock, timedelta(days=30)),
            hold=HoldSlot(
                directory=doctors,
                ledger=holds.HoldLedger(database),
                gate=gate,
                offer=offer,
                refresh=refresh,
                clock=clock,
                limits=HoldLimits(per_visitor=settings.holds_per_visitor, per_key=settings.holds_per_key),
                stale_after=timedelta(seconds=settings.verify_hold_after),
                patience=timedelta(seconds=settings.hold_patience),
            ),
            book=Book(ledger, emias, gate, offer, under_way),
            cancel=Cancel(ledger, emias, under_way),
            report=Report(doctors, clock, settings.lag_after),
            refresh=refresh,
            mirror=await _mirror(feed, settings, database),
        )


def emias_channel(settings: Settings) -> EmiasChannel:
    """Name the profile, the address and the files with which EMIAS is spoken to."""
    password = settings.emias_key_password
    files = TlsFiles(
        ca_file=settings.emias_ca_file,
        cert_file=settings.emias_cert_file,
        key_file=settings.emias_key_file,
        pkcs12_file=settings.emias_pkcs12_file,
        password=password.get_secret_value().encode() if password else None,
    )
    return EmiasChannel(settings.emias_profile, settings.emias_url, files)


def _ration(settings: Settings) -> Ration:
    return Ration(
        rate=settings.emias_rate,
        burst=settings.emias_burst,
        concurrency=settings.emias_concurrency,
        booking_share=settings.emias_booking_share,
    )


def _pace(settings: Settings) -> Pace:
    return Pace(timedelta(seconds=settings.sync_shortest), timedelta(seconds=settings.sync_longest))


def field_keys(settings: Settings) -> list[str]:
    """List the keys that seal personal data, the newest first."""
    return [key.strip() for key in settings.field_keys.get_secret_value().split(",") if key.strip()]


@asynccontextmanager
async def open_site_feed(settings: Settings) -> AsyncIterator[DoctorSource | None]:
    """Prepare to read the site's doctor feed; None where none is configured."""
    if settings.bitrix_feed_url is None or settings.bitrix_feed_key is None:
        yield None
        return
    async with open_feed(settings.bitrix_feed_url, settings.bitrix_feed_key.get_secret_value()) as feed:
        yield feed


async def _mirror(feed: DoctorSource | None, settings: Settings, database: Database) -> MirrorDoctors | None:
    if feed is None:
        return None
    return MirrorDoctors(feed, doctor_mirror.DoctorMirror(database), await Sites(database).ensure(settings.site_id))

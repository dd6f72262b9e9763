"""The composition root: which adapter serves which need. Doors call `open_house` and use what it yields."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.bitrix.feed import open_feed
from gateway.bitrix.webhook import WebhookTable, open_webhook
from gateway.bitrix.webhook_calls import Pacing
from gateway.bitrix.webhook_reading import PropertyNames
from gateway.domain.circuit import CircuitRules
from gateway.domain.doubt import LookPlan
from gateway.domain.moscow import MOSCOW
from gateway.domain.pace import Pace
from gateway.emias.certificate import TlsFiles
from gateway.emias.connect import EmiasChannel, open_emias
from gateway.emias.guard import Guard
from gateway.emias.observed import Observation, ObservedEmias
from gateway.holds.breaker import RedisBreaker
from gateway.holds.budget import RedisBudget
from gateway.holds.connection import open_redis
from gateway.holds.gate import RedisGate
from gateway.holds.observed import ObservedBudget
from gateway.holds.ration import Ration
from gateway.metrics import Metrics
from gateway.ports import (
    Changes,
    Clock,
    DoctorSource,
    HoldLimits,
    Housekeeping,
    IdempotencyBook,
    KeyRing,
    PushBook,
    SyncBook,
)
from gateway.services.book import Book
from gateway.services.browse import Browse
from gateway.services.cancel import Cancel
from gateway.services.hold import HoldSlot
from gateway.services.mirror import MirrorDoctors
from gateway.services.offer import Offer
from gateway.services.refresh import Refresh
from gateway.services.report import Report
from gateway.services.reread import RereadPushed
from gateway.services.resend import Resend
from gateway.services.resolve import Resolve
from gateway.services.under_way import UnderWay
from gateway.settings import Settings
from gateway.store import (
    api_keys,
    bookings,
    changes,
    directory,
    doctor_mirror,
    doubts,
    holds,
    housekeeping,
    idempotency,
    pushes,
    sync_book,
)
from gateway.store.cipher import Cipher
from gateway.store.engine import Database, open_database
from gateway.store.health import HealthNotes
from gateway.store.institutions import Institutions
from gateway.store.sites import Sites
from gateway.store.switches import Switches

__all__ = ["House", "emias_channel", "field_keys", "open_house", "open_site_feed"]

_LEASE: Final = timedelta(minutes=2)
_LOOK_LEASE: Final = timedelta(minutes=1)
_LOOK_PATIENCE: Final = timedelta(seconds=5)


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
    resolve: Resolve
    report: Report
    refresh: Refresh
    mirror: MirrorDoctors | None
    pushes: PushBook
    reread: RereadPushed | None


class _MoscowClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(MOSCOW)


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Open every adapter and join the services to them; calls under way are ended before the house closes."""
    metrics = Metrics()

    def count(seen: Observation) -> None:
        metrics.emias_called(seen.operation, seen.outcome, seen.again, seen.seconds)

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            open_database(settings.database_url.get_secret_value(), max_size=settings.database_pool)
        )
        line = await stack.enter_async_context(open_redis(settings.redis_url.get_secret_value()))
        breaker = RedisBreaker(line, _circuit_rules(settings), metrics.breaker_seen)
        health = HealthNotes(database)
        stack.push_async_callback(health.drain)
        guard = Guard(
            budget=ObservedBudget(RedisBudget(line, _ration(settings)), metrics),
            breaker=breaker,
            switches=Switches(database),
            health=health,
        )
        emias = ObservedEmias(await stack.enter_async_context(open_emias(emias_channel(settings), guard)), count)
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
        plan = _look_plan(settings)
        ledger = bookings.BookingLedger(database, cipher, plan.first)
        resend = Resend(ledger, heard=metrics.sent_again)
        resolve = Resolve(
            doubts=doubts.DoubtLedger(database, cipher, plan.first),
            ledger=ledger,
            emias=emias,
            plan=plan,
            lease=_LOOK_LEASE,
            patience=_LOOK_PATIENCE,
            under_way=under_way,
        )
        mirror = await _mirror(feed, settings, database)
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
            book=Book(ledger, emias, gate, offer, under_way, resend, resolve),
            cancel=Cancel(ledger, emias, under_way, resend),
            resolve=resolve,
            report=Report(doctors, clock, settings.lag_after, breaker),
            refresh=refresh,
            mirror=mirror,
            pushes=pushes.PushBook(database),
            reread=_reread(mirror, database),
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


def _circuit_rules(settings: Settings) -> CircuitRules:
    return CircuitRules(failures=settings.emias_breaker_failures, longest=settings.emias_breaker_longest)


def _ration(settings: Settings) -> Ration:
    return Ration(
        rate=settings.emias_rate,
        burst=settings.emias_burst,
        concurrency=settings.emias_concurrency,
        booking_share=settings.emias_booking_share,
    )


def _look_plan(settings: Settings) -> LookPlan:
    after = tuple(timedelta(seconds=seconds) for seconds in settings.doubt_looks)
    return LookPlan(after, every=after[-1], give_up=timedelta(seconds=settings.doubt_give_up))


def _pace(settings: Settings) -> Pace:
    return Pace(timedelta(seconds=settings.sync_shortest), timedelta(seconds=settings.sync_longest))


def field_keys(settings: Settings) -> list[str]:
    """List the keys that seal personal data, the newest first."""
    return [key.strip() for key in settings.field_keys.get_secret_value().split(",") if key.strip()]


@asynccontextmanager
async def open_site_feed(settings: Settings) -> AsyncIterator[DoctorSource | None]:
    """Prepare to read the site's doctors, through its feed or its REST; None where neither is configured."""
    if settings.bitrix_feed_url is not None and settings.bitrix_feed_key is not None:
        async with open_feed(settings.bitrix_feed_url, settings.bitrix_feed_key.get_secret_value()) as feed:
            yield feed
    elif settings.bitrix_webhook_url is not None and settings.bitrix_iblock_id is not None:
        url, pacing = settings.bitrix_webhook_url.get_secret_value(), Pacing(settings.bitrix_webhook_rate)
        async with open_webhook(url, _webhook_table(settings, settings.bitrix_iblock_id), pacing) as webhook:
            yield webhook
    else:
        yield None


def _webhook_table(settings: Settings, iblock_id: int) -> WebhookTable:
    names = PropertyNames(
        lpu_code=settings.bitrix_property_lpu_code,
        emias_doctor_id=settings.bitrix_property_emias_doctor_id,
        specialty=settings.bitrix_property_specialty,
        active=settings.bitrix_property_active,
        specialties=settings.bitrix_specialties,
    )
    return WebhookTable(iblock_id, settings.bitrix_webhook_method, settings.bitrix_iblock_type, names)


async def _mirror(feed: DoctorSource | None, settings: Settings, database: Database) -> MirrorDoctors | None:
    if feed is None:
        return None
    return MirrorDoctors(feed, doctor_mirror.DoctorMirror(database), await Sites(database).ensure(settings.site_id))


def _reread(mirror: MirrorDoctors | None, database: Database) -> RereadPushed | None:
    if mirror is None:
        return None
    return RereadPushed(mirror.source, mirror.mirror, pushes.PushBook(database), mirror.site_id, _LEASE)

"""The composition root: which adapter serves which need. Doors call `open_house` and use what it yields."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from gateway.bitrix.feed import open_feed
from gateway.bitrix.webhook import WebhookTable, open_webhook
from gateway.bitrix.webhook_calls import Pacing
from gateway.bitrix.webhook_reading import PropertyNames
from gateway.domain.circuit import Circuit, CircuitRules, CircuitState
from gateway.domain.doubt import LookPlan
from gateway.domain.moscow import MOSCOW
from gateway.domain.pace import Pace
from gateway.emias.certificate import TlsFiles
from gateway.emias.channels import read_channels, read_secrets
from gateway.emias.connect import Ears, EmiasChannel
from gateway.emias.guard import Guard
from gateway.emias.observed import Observation, ObservedEmias
from gateway.emias.profiles.profile import Limits
from gateway.emias.renewal import CertificateNews
from gateway.emias.routing import open_routed
from gateway.holds.breaker import RedisBreaker
from gateway.holds.budget import RedisBudget
from gateway.holds.connection import RedisLine, open_redis
from gateway.holds.gate import RedisGate
from gateway.holds.observed import ObservedBudget
from gateway.holds.ration import Ration
from gateway.metrics import Metrics
from gateway.ports import (
    Budget,
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
from gateway.settings import ChannelSettings, Settings
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
from gateway.store.operations import Operations
from gateway.store.sites import Sites
from gateway.store.switches import Switches
from gateway.store.tables.choices import BeatKind

__all__ = ["House", "emias_channel", "emias_channels", "field_keys", "open_house", "open_site_feed"]

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
    operations: Operations


class _MoscowClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(MOSCOW)


@asynccontextmanager
async def open_house(settings: Settings, process: Literal["gateway", "sync"] = "gateway") -> AsyncIterator[House]:
    """Open every adapter and join the services to them; calls under way are ended before the house closes."""
    metrics = Metrics()

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            open_database(settings.database_url.get_secret_value(), max_size=settings.database_pool)
        )
        line = await stack.enter_async_context(open_redis(settings.redis_url.get_secret_value()))
        operations = Operations(database, process)
        await stack.enter_async_context(operations.kept())

        def count(seen: Observation) -> None:
            metrics.emias_called(seen.operation, seen.outcome, seen.again, seen.seconds)
            operations.call_ended(seen.operation, seen.lpu_code, seen.outcome, seen.emias_doctor_id)

        def watch_breaker(circuit: Circuit, state: CircuitState) -> None:
            metrics.breaker_seen(circuit, state)
            operations.breaker_seen(circuit, state)

        breaker = RedisBreaker(line, _circuit_rules(settings), watch_breaker)
        health = HealthNotes(database)
        stack.push_async_callback(health.drain)
        guard = Guard(
            breaker=breaker,
            switches=Switches(database),
            health=health,
            watch=operations.request_ended,
        )
        routed = open_routed(
            emias_channels(settings),
            lambda limits: replace(guard, budget=_budget(line, settings, limits, metrics)),
            lambda channel: Ears(certificate=_certificate_watch(metrics, operations, channel)),
        )
        emias = ObservedEmias(await stack.enter_async_context(routed), count)
        feed = await stack.enter_async_context(open_site_feed(settings))
        for lpu_code, name in settings.institutions.items():
            await Institutions(database).ensure(lpu_code, name)
        operations.tell(BeatKind.BUDGET_RATE, settings.emias_rate)

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
            operations=operations,
        )


def emias_channels(settings: Settings) -> list[EmiasChannel]:
    """List the main channel first, then those that the file names; raise `ChannelError`."""
    file = settings.emias_channels_file
    return [emias_channel(settings), *(read_channels(file) if file else ())]


def emias_channel(settings: ChannelSettings) -> EmiasChannel:
    """Name the profile, the address and the files of the main channel; raise `ChannelError`."""
    password = settings.emias_key_password
    files = TlsFiles(
        ca_file=settings.emias_ca_file,
        cert_file=settings.emias_cert_file,
        key_file=settings.emias_key_file,
        pkcs12_file=settings.emias_pkcs12_file,
        password=password.get_secret_value().encode() if password else None,
        password_file=settings.emias_key_password_file,
        server_name=settings.emias_server_name,
    )
    return EmiasChannel(
        settings.emias_profile,
        settings.emias_url,
        files,
        secrets=read_secrets(settings.emias_secrets_file) if settings.emias_secrets_file else {},
        is_test_stand=settings.emias_test_stand,
        sidecar=settings.emias_sidecar,
    )


def _certificate_watch(
    metrics: Metrics, operations: Operations, channel: EmiasChannel
) -> Callable[[CertificateNews], None]:
    name = ", ".join(channel.institutions) or "main"

    def hear(news: CertificateNews) -> None:
        if news.problem is not None:
            metrics.certificate_not_replaced(name)
        elif news.facts is not None:
            metrics.certificate_shown(name, news.facts.not_after)
            operations.tell(BeatKind.CERTIFICATE_ENDS, news.facts.not_after.timestamp(), name)

    return hear


def _circuit_rules(settings: Settings) -> CircuitRules:
    return CircuitRules(failures=settings.emias_breaker_failures, longest=settings.emias_breaker_longest)


def _budget(line: RedisLine, settings: Settings, limits: Limits, metrics: Metrics) -> Budget:
    """Make a budget of the settings' numbers, or the contract's where these are less."""
    ration = Ration(
        rate=min(settings.emias_rate, limits.rate or settings.emias_rate),
        burst=min(settings.emias_burst, limits.burst or settings.emias_burst),
        concurrency=min(settings.emias_concurrency, limits.concurrency or settings.emias_concurrency),
        booking_share=settings.emias_booking_share,
    )
    return ObservedBudget(RedisBudget(line, ration), metrics)


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

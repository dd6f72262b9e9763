"""The house: every adapter opened, and the services joined to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from gateway.domain.circuit import Circuit, CircuitState
from gateway.domain.doubt import LookPlan
from gateway.domain.moscow import MOSCOW
from gateway.domain.pace import Pace
from gateway.emias.connect import Ears
from gateway.emias.guard import Guard
from gateway.emias.observed import Observation, ObservedEmias
from gateway.emias.routing import open_routed
from gateway.holds.breaker import RedisBreaker
from gateway.holds.connection import open_redis
from gateway.holds.gate import RedisGate
from gateway.metrics import Metrics
from gateway.ports import (
    Changes,
    Clock,
    Disclosures,
    HoldLimits,
    Housekeeping,
    IdempotencyBook,
    KeyRing,
    PushBook,
    Retention,
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
from gateway.services.wishes.carry_out import CarryOut
from gateway.services.wishes.hands import Tools, make_hands
from gateway.settings import Settings
from gateway.store import (
    api_keys,
    bookings,
    cases,
    changes,
    directory,
    disclosures,
    doubts,
    holds,
    housekeeping,
    idempotency,
    pushes,
    retention,
    sync_book,
    wishes,
)
from gateway.store.cipher import Cipher
from gateway.store.engine import open_database
from gateway.store.health import HealthNotes
from gateway.store.institutions import Institutions
from gateway.store.operations import Operations
from gateway.store.switches import SwitchBoard, Switches
from gateway.store.tables.choices import BeatKind
from gateway.wiring.alerts import watch_of
from gateway.wiring.channels import certificate_watch, circuit_rules, emias_channels, shared_budget
from gateway.wiring.identity import IdentityParts, open_identity
from gateway.wiring.site import mirror_of, open_site_feed, reread_of

__all__ = ["House", "field_keys", "open_house"]

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
    retention: Retention
    disclosures: Disclosures
    wishes: CarryOut
    identity: IdentityParts | None = None


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
        await stack.enter_async_context(watch_of(settings, operations, metrics).kept())

        def count(seen: Observation) -> None:
            metrics.emias_called(seen.operation, seen.outcome, seen.again, seen.seconds)
            operations.call_ended(seen.operation, seen.lpu_code, seen.outcome, seen.emias_doctor_id)

        def watch_breaker(circuit: Circuit, state: CircuitState) -> None:
            metrics.breaker_seen(circuit, state)
            operations.breaker_seen(circuit, state)

        breaker = RedisBreaker(line, circuit_rules(settings), watch_breaker)
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
            lambda limits: replace(guard, budget=shared_budget(line, settings, limits, metrics)),
            lambda channel: Ears(certificate=certificate_watch(metrics, operations, channel)),
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
        mirror = await mirror_of(feed, settings, database)
        replies = idempotency.IdempotencyBook(database)
        hold = HoldSlot(
            directory=doctors,
            ledger=holds.HoldLedger(database),
            gate=gate,
            offer=offer,
            refresh=refresh,
            clock=clock,
            limits=HoldLimits(per_visitor=settings.holds_per_visitor, per_key=settings.holds_per_key),
            stale_after=timedelta(seconds=settings.verify_hold_after),
            patience=timedelta(seconds=settings.hold_patience),
        )
        submit = Book(ledger, emias, gate, offer, under_way, resend, resolve)
        cancel = Cancel(ledger, emias, under_way, resend)
        identity = None
        if process == "gateway":
            identity = await stack.enter_async_context(
                open_identity(settings, field_keys(settings), line, clock, submit, metrics, operations)
            )
        tools = Tools(
            wishes=wishes.WishBook(database),
            cases=cases.CaseBook(database, cipher),
            ledger=ledger,
            idempotency=replies,
            switches=SwitchBoard(database),
            emias=emias,
            clock=clock,
            hold=hold,
            book=submit,
            cancel=cancel,
            refresh=refresh,
            proof_after=plan.after[-1],
            lease=_LEASE,
        )
        yield House(
            settings=settings,
            clock=clock,
            metrics=metrics,
            keys=api_keys.KeyRing(database),
            changes=changes.Changes(database),
            idempotency=replies,
            sync_book=book,
            housekeeping=housekeeping.Housekeeping(database),
            browse=Browse(doctors, clock, timedelta(days=30)),
            hold=hold,
            book=submit,
            cancel=cancel,
            resolve=resolve,
            report=Report(doctors, clock, settings.lag_after, breaker),
            refresh=refresh,
            mirror=mirror,
            pushes=pushes.PushBook(database),
            reread=reread_of(mirror, database),
            operations=operations,
            retention=retention.Retention(database, settings.deadlines),
            disclosures=disclosures.DisclosureBook(
                database, cipher, disclosures.search_keys(settings.lookup_key.get_secret_value())
            ),
            wishes=make_hands(tools),
            identity=identity,
        )


def _look_plan(settings: Settings) -> LookPlan:
    after = tuple(timedelta(seconds=seconds) for seconds in settings.doubt_looks)
    return LookPlan(after, every=after[-1], give_up=timedelta(seconds=settings.doubt_give_up))


def _pace(settings: Settings) -> Pace:
    return Pace(timedelta(seconds=settings.sync_shortest), timedelta(seconds=settings.sync_longest))


def field_keys(settings: Settings) -> list[str]:
    """List the keys that seal personal data, the newest first."""
    return [key.strip() for key in settings.field_keys.get_secret_value().split(",") if key.strip()]

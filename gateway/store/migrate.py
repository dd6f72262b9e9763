"""Bring the database up to the schema of this release."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, redirect_stdout
from datetime import timedelta
from typing import Final

import asyncpg
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig, Finder, MigrationModule

from gateway.store.engine import Database, open_pool
from gateway.store.piccolo_conf import APP_REGISTRY, lent_engine

__all__ = ["grant", "migrate", "pending"]

_AHEAD: Final = timedelta(days=62)
_PATIENCE: Final = timedelta(minutes=5)
_CONF: Final = "PICCOLO_CONF"


async def migrate(url: str) -> list[str]:
    """Run what has not run yet, all of it or none, and make room for the slots of the next two months.

    Replicas may call this at once: one works, the others wait and then find nothing to do. Returns the names of the
    steps that ran, as `app:id`.
    """
    async with _patient_database(url) as database:
        async with database.engine.transaction() as transaction:
            await transaction.connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('migrate', 0))")
            with _lent_to_piccolo(database):
                if not await Migration.table_exists().run():
                    await Migration.create_table()
                ran = [name for app in _apps() for name in await _forwards(app)]
        await database.pool.execute(
            "SELECT ensure_slot_partitions((now() AT TIME ZONE 'Europe/Moscow')::date,"
            " (now() AT TIME ZONE 'Europe/Moscow' + $1::interval)::date)",
            _AHEAD,
        )
        return ran


async def grant(url: str, role: str) -> None:
    """Let a role run the application: it may write the audit log, and neither change it nor the schema."""
    async with _patient_database(url) as database:
        await database.pool.execute("SELECT grant_application($1)", role)


async def pending(url: str) -> list[str]:
    """List the steps that have not run yet, as `app:id`; changes nothing."""
    async with _patient_database(url) as database:
        try:
            rows = await database.pool.fetch("SELECT app_name, name FROM migration")
        except asyncpg.UndefinedTableError:
            rows = []
    done = {(row["app_name"], row["name"]) for row in rows}
    return [
        f"{app.app_name}:{step}" for app in _apps() for step in sorted(_steps(app)) if (app.app_name, step) not in done
    ]


async def _forwards(app: AppConfig) -> list[str]:
    steps = _steps(app)
    done = await Migration.get_migrations_which_ran(app_name=app.app_name)
    missing = sorted(set(steps) - set(done))
    for step in missing:
        manager = await steps[step].forwards()
        await manager.run()
        await Migration.insert(Migration(name=step, app_name=app.app_name)).run()
    return [f"{app.app_name}:{step}" for step in missing]


def _apps() -> list[AppConfig]:
    finder = Finder()
    return finder.sort_app_configs(list(APP_REGISTRY.app_configs.values()))


def _steps(app: AppConfig) -> dict[str, MigrationModule]:
    path = sys.path.copy()
    try:
        return BaseMigrationManager().get_migration_modules(app.resolved_migrations_folder_path)
    finally:
        sys.path[:] = path  # Piccolo leaves every migrations folder in it


def _patient_database(url: str) -> AbstractAsyncContextManager[Database]:
    return open_pool(url, min_size=1, max_size=2, statement_timeout=_PATIENCE, lock_timeout=_PATIENCE)


@contextmanager
def _lent_to_piccolo(database: Database) -> Iterator[None]:
    """Let Piccolo's steps find our engine, which they look up by the name of a module, and keep what they print."""
    before = os.environ.get(_CONF)
    lent = lent_engine.set(database.engine)
    database.bind(Migration)
    os.environ[_CONF] = "gateway.store.piccolo_conf"
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        lent_engine.reset(lent)
        if before is None:
            del os.environ[_CONF]
        else:
            os.environ[_CONF] = before

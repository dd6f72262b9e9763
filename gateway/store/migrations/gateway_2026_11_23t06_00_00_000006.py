"""What people ask the worker for."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from gateway.store.schema_file import run_schema_file

ID = "2026-11-23T06:00:00:000006"
VERSION = "1.38.0"
DESCRIPTION = "Wishes, and which booking is the retry of which."


async def forwards() -> MigrationManager:
    """Return the step that runs `schema/0006_wishes.sql`."""
    manager = MigrationManager(migration_id=ID, app_name="gateway", description=DESCRIPTION)

    async def run() -> None:
        await run_schema_file("0006_wishes.sql")

    manager.add_raw(run)
    return manager

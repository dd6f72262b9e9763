"""Who would vanish by a refused list."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from gateway.store.schema_file import run_schema_file

ID = "2026-11-23T06:00:00:000012"
VERSION = "1.38.0"
DESCRIPTION = "A refused doctor list keeps the doctors that it lacks."


async def forwards() -> MigrationManager:
    """Return the step that runs `schema/0012_removals.sql`."""
    manager = MigrationManager(migration_id=ID, app_name="gateway", description=DESCRIPTION)

    async def run() -> None:
        await run_schema_file("0012_removals.sql")

    manager.add_raw(run)
    return manager

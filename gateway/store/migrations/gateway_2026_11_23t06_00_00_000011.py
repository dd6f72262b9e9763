"""What EMIAS itself says of doctors."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from gateway.store.schema_file import run_schema_file

ID = "2026-11-23T06:00:00:000011"
VERSION = "1.38.0"
DESCRIPTION = "EMIAS hints of a doctor's name and specialty, and where they differ from the site."


async def forwards() -> MigrationManager:
    """Return the step that runs `schema/0011_hints.sql`."""
    manager = MigrationManager(migration_id=ID, app_name="gateway", description=DESCRIPTION)

    async def run() -> None:
        await run_schema_file("0011_hints.sql")

    manager.add_raw(run)
    return manager

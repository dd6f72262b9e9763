"""How long personal data stays, and who was shown some of it."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from gateway.store.schema_file import run_schema_file

ID = "2026-11-23T06:00:00:000008"
VERSION = "1.38.0"
DESCRIPTION = "Deadlines of personal data, disclosures, the key of searches."


async def forwards() -> MigrationManager:
    """Return the step that runs `schema/0008_retention.sql`."""
    manager = MigrationManager(migration_id=ID, app_name="gateway", description=DESCRIPTION)

    async def run() -> None:
        await run_schema_file("0008_retention.sql")

    manager.add_raw(run)
    return manager

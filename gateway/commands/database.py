"""`emias-gateway migrate`."""

from __future__ import annotations

from rich.console import Console

from gateway.settings import DatabaseSettings
from gateway.store.migrate import grant, migrate

__all__ = ["migrate_database"]


async def migrate_database(settings: DatabaseSettings, grant_to: str | None = None) -> int:
    """Run the migrations that this database has not seen and name them; then let a role use the tables."""
    names = await migrate(settings.database_url.get_secret_value())
    if grant_to:
        await grant(settings.database_url.get_secret_value(), grant_to)
    Console().print(f"migrations run: {', '.join(names) or 'none were needed'}")
    return 0

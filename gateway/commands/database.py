"""`emias-gateway migrate`."""

from __future__ import annotations

from rich.console import Console

from gateway.settings import DatabaseSettings
from gateway.store.migrate import migrate

__all__ = ["migrate_database"]


async def migrate_database(settings: DatabaseSettings) -> int:
    """Run the migrations that this database has not seen and name them."""
    names = await migrate(settings.database_url.get_secret_value())
    Console().print(f"migrations run: {', '.join(names) or 'none were needed'}")
    return 0

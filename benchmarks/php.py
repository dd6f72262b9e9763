"""Whether PHP is on this machine, with what the peers need."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

__all__ = ["find_php", "pdo_dsn"]


async def find_php(*modules: str, names: Sequence[str] = ("php",)) -> str | None:
    """Return the path of the first of these programs that is here, when it has the modules."""
    php = next(filter(None, map(shutil.which, names)), None)
    if php is None:
        return None
    asked = await asyncio.create_subprocess_exec(php, "-m", stdout=asyncio.subprocess.PIPE)
    told, _ = await asked.communicate()
    return php if set(modules) <= set(told.decode().lower().split()) else None


def pdo_dsn(database_url: str) -> str:
    """Write a PostgreSQL address as PDO expects it."""
    parts = urlsplit(database_url)
    return (
        f"pgsql:host={parts.hostname};port={parts.port or 5432};dbname={parts.path.lstrip('/')}"
        f";user={unquote(parts.username or '')};password={unquote(parts.password or '')}"
    )

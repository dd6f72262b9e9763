"""Run a file of `schema/` inside the migration under way."""

from __future__ import annotations

from importlib.resources import files

from piccolo.engine import engine_finder
from piccolo.engine.postgres import PostgresEngine

__all__ = ["run_schema_file"]


async def run_schema_file(name: str) -> None:
    """Execute the statements of `schema/<name>` in Piccolo's present transaction.

    Piccolo's own `raw` sends a prepared statement, which holds one command only.
    """
    engine = engine_finder()
    transaction = engine.current_transaction.get() if isinstance(engine, PostgresEngine) else None
    if transaction is None:
        raise RuntimeError("a schema file runs inside a migration's transaction")
    await transaction.connection.execute(files("gateway.store").joinpath("schema", name).read_text(encoding="utf-8"))

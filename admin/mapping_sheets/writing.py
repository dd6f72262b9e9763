"""Write a file's differences in one transaction; the dry run does the same and takes it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from admin.mapping_sheets.differences import Differences, Problem, compare
from admin.mapping_sheets.refusals import SheetRefused
from admin.mapping_sheets.register import Held, Register, read_register
from admin.mapping_sheets.sheet import read_sheet
from gateway.store.audit import AuditEvent, record
from gateway.store.engine import Database

__all__ = ["Sheet", "Trial", "import_sheet", "try_sheet"]

_LOCK: Final = "LOCK TABLE doctor_mappings IN SHARE ROW EXCLUSIVE MODE"
_REMOVE: Final = "DELETE FROM doctor_mappings WHERE id = ANY ($1::bigint[])"
# All leave their places before the first takes another: two may change places with each other.
_LEAVE: Final = """
UPDATE doctor_mappings SET lpu_code = '', emias_doctor_id = 'moving-' || id, origin = 'admin'
WHERE id = ANY ($1::bigint[])
"""
_MOVE: Final = "UPDATE doctor_mappings SET lpu_code = $2, emias_doctor_id = $3 WHERE id = $1"
_ADD: Final = "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id, origin) VALUES ($1, $2, $3, 'admin')"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it came, and whether what it leaves out is to go."""

    content: bytes
    removes: bool

    @property
    def digest(self) -> str:
        """Name the file's content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Trial:
    """What a file does: its differences, the database before and after, and the digest that a person agrees to."""

    differences: Differences
    before: Register
    after: Register
    digest: str

    def besides(self) -> Sequence[tuple[Held, Held]]:
        """Return the mappings that no row names and whose status changes with the others, before and after."""
        named = {each.held.id for each in self.differences.moved}
        pairs = ((held, self.after.mappings.get(held.id)) for held in self.before.mappings.values())
        return [(held, now) for held, now in pairs if now and held.id not in named and held.status != now.status]


async def try_sheet(database: Database, sheet: Sheet) -> Trial:
    """Tell what a file would do, and do none of it.

    Raises:
        SheetRefused: the file cannot be read.
    """
    async with _undone(database) as connection:
        trial = await _compared(connection, sheet)
        return trial if trial.differences.problems else await _written(connection, trial)


async def import_sheet(database: Database, sheet: Sheet, shown: str, actor: str) -> Trial | None:
    """Do what the dry run with this digest has shown, all of it or nothing, with an audit row.

    None when file or database are no longer those of the dry run, or a row cannot be meant.

    Raises:
        SheetRefused: the file cannot be read, or a row would be a conflict.
    """
    async with database.transaction() as connection:
        await connection.execute(_LOCK)
        trial = await _compared(connection, sheet)
        if trial.digest != shown or trial.differences.problems:
            return None
        details = _told(trial.differences, sheet)
        event, subject = AuditEvent.IMPORT, "table:doctor_mappings"
        await record(connection, actor=f"admin:{actor}", what=event, subject=subject, details=details)
        trial = await _written(connection, trial)
        if trial.differences.problems:
            raise SheetRefused("wrong_lines_hint")
        return trial


@asynccontextmanager
async def _undone(database: Database) -> AsyncIterator[Any]:
    async with database.pool.acquire() as connection:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        try:
            yield connection
        finally:
            await transaction.rollback()


async def _compared(connection: Any, sheet: Sheet) -> Trial:
    before = await read_register(connection)
    found = compare(before, read_sheet(sheet.content), removes=sheet.removes)
    named = json.dumps([sheet.digest, sheet.removes, before.digest()])
    return Trial(found, before, before, hashlib.sha256(named.encode()).hexdigest())


async def _written(connection: Any, trial: Trial) -> Trial:
    found = trial.differences
    await connection.execute(_REMOVE, [each.id for each in found.removed])
    await connection.execute(_LEAVE, [each.held.id for each in found.moved])
    await connection.executemany(_MOVE, [(each.held.id, *each.place) for each in found.moved])
    await connection.executemany(_ADD, [(each.doctor.id, *each.place) for each in found.added])
    after = await read_register(connection)
    return replace(trial, after=after, differences=replace(found, problems=list(_conflicts(found, after))))


def _conflicts(found: Differences, after: Register) -> Iterator[Problem]:
    """Name the rows that want another's doctor of EMIAS: the database tells, once all is written."""
    holders = after.holders()
    outcomes = {(each.doctor_id, each.place): each for each in after.mappings.values()}
    for each in found.together:
        held = outcomes[each.doctor.id, each.place]
        if held.status == "conflict":
            holder = holders.get((each.doctor.site, each.place), "—")
            yield Problem(each.line, "emias_doctor_id_taken", {"code": held.emias_doctor_id, "holder": holder})


def _told(found: Differences, sheet: Sheet) -> dict[str, str | int | bool]:
    return {
        "added": len(found.added),
        "changed": len(found.moved),
        "removed": len(found.removed),
        "file": sheet.digest[:16],
    }

"""What the server refuses, whatever a page or a script asks for.

Each is a validator or a hook of Piccolo's own REST API. A refusal speaks Russian with English beside it, in the
form that Piccolo Admin shows above its forms.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from fastapi import HTTPException
from piccolo.columns import Column
from piccolo.table import Table
from piccolo_api.crud.hooks import Hook, HookType
from piccolo_api.crud.validators import Validators
from starlette.requests import Request

from admin.masking import refuse_sealed
from admin.meta import column_title, is_secret, name_of, primary_key_of, table_name
from admin.roles import may_touch

__all__ = ["editable", "only_columns", "read_only", "refusal"]

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_log = structlog.get_logger()


def refusal(column: Column, message: str) -> HTTPException:
    """Make the refusal of a value of one column."""
    return HTTPException(422, detail=[{"loc": [column_title(column)], "msg": message}])


def read_only() -> Validators:
    """Refuse every change of a table."""
    return Validators(every=[refuse_sealed, _refuse_change, _refuse_by_role])


def editable(*methods: str) -> Validators:
    """Let a table be changed by these methods only, and log who changed which row."""

    def refuse_others(piccolo_crud: Any, request: Request) -> None:  # noqa: ARG001 - the signature of a validator
        if request.method not in _READS and request.method not in methods:
            raise HTTPException(405, detail="Это действие здесь не разрешено · This is not allowed here")

    return Validators(every=[refuse_sealed, refuse_others, _refuse_by_role, _note_change])


def _refuse_change(piccolo_crud: Any, request: Request) -> None:  # noqa: ARG001 - the signature of a validator
    if request.method not in _READS:
        raise HTTPException(405, detail="Только для чтения · Read only")


def _refuse_by_role(piccolo_crud: Any, request: Request) -> None:
    """Ask the table of roles once more, behind the gate."""
    if not may_touch(request.user, table_name(piccolo_crud.table), request.method):
        raise HTTPException(403, detail="Ваша роль этого не разрешает · Your role does not allow this")


def _note_change(piccolo_crud: Any, request: Request) -> None:
    if request.method not in _READS:
        _log.info(
            "admin.change",
            method=request.method,
            table=table_name(piccolo_crud.table),
            row=request.path_params.get("row_id"),
            user_id=request.user.user_id,
        )


def only_columns(table: type[Table], *allowed: str) -> Hook:
    """Make the hook that lets an edit change these columns only; a form that sends the others unchanged passes."""

    async def keep_others(row_id: Any, values: Mapping[Column, Any]) -> dict[Column, Any]:
        kept = {column: value for column, value in values.items() if name_of(column) in allowed}
        others = [column for column in values if column not in kept and not is_secret(column)]
        row = await table.select(*others).where(primary_key_of(table) == row_id).first()
        for column in others:
            if row is not None and _plain(values[column]) != _plain(row[name_of(column)]):
                raise refusal(column, "здесь не меняется · cannot be changed here")
        return kept

    checked: Callable[..., Awaitable[dict[Column, Any]]] = keep_others
    return Hook(HookType.pre_patch, checked)


def _plain(value: Any) -> Any:
    # A form knows instants to the second, and an empty field for null.
    return value.replace(microsecond=0) if isinstance(value, datetime) else (value or None)

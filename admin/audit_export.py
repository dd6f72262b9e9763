"""The audit log as a file for the auditor; that it was taken is written into it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from gateway.domain.moscow import MOSCOW
from gateway.store.audit import AuditEvent, read_log, record
from gateway.store.audit_sheet import MEDIA_TYPES, Sheet, written
from gateway.store.engine import Database

__all__ = ["audit_routes"]


def audit_routes(database: Database) -> list[Route]:
    """Return `/audit/export?format=csv|jsonl&since=2026-11-01&until=2026-11-30`, both days whole and Moscow's."""

    async def export(request: Request) -> Response:
        sheet: Sheet = "jsonl" if request.query_params.get("format") == "jsonl" else "csv"
        try:
            since, until = (_day(request.query_params.get(name)) for name in ("since", "until"))
        except ValueError:
            return JSONResponse({"detail": "Дата пишется так: 2026-11-30 · A date is written so"}, status_code=422)
        until = until and until + timedelta(days=1)
        async with database.transaction() as connection:
            told = {"format": sheet, "since": _told(since), "until": _told(until)}
            actor = request.scope["visitor"].actor
            await record(connection, actor=actor, what=AuditEvent.EXPORT, subject="audit", details=told)
        name = f"audit-{datetime.now(MOSCOW):%Y-%m-%d}.{sheet}"
        return StreamingResponse(
            written(read_log(database, since, until), sheet),
            media_type=MEDIA_TYPES[sheet],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    return [Route("/audit/export", export)]


def _day(given: str | None) -> datetime | None:
    return datetime.combine(date.fromisoformat(given), time(), MOSCOW) if given else None


def _told(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""

"""The addresses of the mappings' table: take it away, compare it, write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.frame.door import form_door, form_of
from admin.frame.page import Frame
from admin.frame.speech import LANGUAGES
from admin.mapping_sheets.export import sheet_rows
from admin.mapping_sheets.page import told
from admin.mapping_sheets.parcel import LARGEST_FORM, pack, unpack
from admin.mapping_sheets.refusals import SheetRefused
from admin.mapping_sheets.register import read_register
from admin.mapping_sheets.sheet import write_sheet
from admin.mapping_sheets.words import WORDS
from admin.mapping_sheets.writing import Sheet, import_sheet, try_sheet
from gateway.store.engine import OUTAGES, Database

__all__ = ["mapping_sheet_routes"]

_KIND: Final = "text/csv; charset=utf-8"


def mapping_sheet_routes(database: Database, mappings_address: str, hosts: Sequence[str]) -> list[Route]:
    """Return `/mappings/export` and `/mappings/import`."""
    pages = _Pages(database, Frame("admin.mapping_sheets", WORDS), mappings_address)
    return [
        Route("/mappings/export", pages.export),
        Route("/mappings/import", pages.start, methods=["GET"], middleware=form_door(hosts)),
        Route("/mappings/import", pages.take, methods=["POST"], middleware=form_door(hosts, LARGEST_FORM)),
    ]


class _Pages:
    def __init__(self, database: Database, frame: Frame, mappings_address: str) -> None:
        self._database = database
        self._frame = frame
        self._mappings_address = mappings_address

    async def export(self, request: Request) -> Response:
        """Send the sheet."""
        speech = self._frame.speech(request)
        async with self._database.transaction() as connection:
            register = await read_register(connection)
        content = write_sheet(sheet_rows(register, speech.say), LANGUAGES.index(speech.language))
        headers = {"Content-Disposition": 'attachment; filename="mappings.csv"'}
        return Response(content, media_type=_KIND, headers=headers)

    async def start(self, request: Request) -> Response:
        """Show the first step."""
        return self._page(request)

    async def take(self, request: Request) -> Response:
        """Compare a file, or write one that has been compared."""
        form = await form_of(request)
        try:
            sheet = await _sheet_of(form)
            shown = form.get("shown")
            if isinstance(shown, str):
                return await self._write(request, sheet, shown)
            return await self._compare(request, sheet)
        except SheetRefused as refused:
            return self._page(request, status=422, refused=self._frame.speech(request).say(refused.key, **refused.gaps))
        except OUTAGES:
            return self._page(request, status=503, refused=self._frame.speech(request).say("busy"))

    async def _compare(self, request: Request, sheet: Sheet, *, stale: bool = False) -> Response:
        trial = await try_sheet(self._database, sheet)
        shown = told(trial, self._frame.speech(request))
        status = 409 if stale else 200
        return self._page(
            request,
            status,
            trial=shown,
            stale=stale,
            packed=pack(sheet.content),
            digest=trial.digest,
            removes=sheet.removes,
        )

    async def _write(self, request: Request, sheet: Sheet, shown: str) -> Response:
        trial = await import_sheet(self._database, sheet, shown, request.scope["visitor"].username)
        if trial is None:
            return await self._compare(request, sheet, stale=True)
        return self._page(request, trial=told(trial, self._frame.speech(request)), is_written=True)

    def _page(self, request: Request, status: int = 200, **shown: Any) -> Response:
        blank = {"trial": None, "refused": "", "stale": False, "is_written": False, "removes": False}
        address = {"mappings_address": self._mappings_address}
        return self._frame.page(request, "import.html", status=status, **{**blank, **address, **shown})


async def _sheet_of(form: FormData) -> Sheet:
    removes = form.get("removes") == "yes"
    packed, file = form.get("packed"), form.get("file")
    if isinstance(packed, str):
        return Sheet(unpack(packed), removes)
    if not isinstance(file, UploadFile) or not file.filename:
        raise SheetRefused("no_file")
    return Sheet(await file.read(), removes)

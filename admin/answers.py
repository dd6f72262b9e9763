"""Answers of Piccolo's API, changed on their way to the browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from piccolo.columns import Timestamptz
from piccolo.table import Table
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.meta import column_title, columns_of, name_of
from admin.words import beside
from gateway.domain.moscow import as_moscow

__all__ = ["Rewriting", "explained", "in_moscow"]


def in_moscow(table: type[Table], body: Any) -> Any:
    """Show the instants of a list in Moscow time; a form, which reads one row, has a time zone of its own."""
    instants = [name_of(column) for column in columns_of(table) if isinstance(column, Timestamptz)]
    for row in body["rows"]:
        for name in instants:
            if row.get(name):
                moscow = as_moscow(datetime.fromisoformat(row[name]))
                row[name] = moscow.isoformat(sep=" ", timespec="seconds")
    return body


def explained(table: type[Table], body: Any) -> Any:
    """Put our names and Russian to what Piccolo's own checks say of a form; what was typed is not sent back."""
    titles = {name_of(column): column_title(column) for column in columns_of(table)}
    if isinstance(body, dict) and isinstance(body.get("detail"), list):
        for problem in body["detail"]:
            if problem["loc"][-1] in titles:
                problem["loc"] = [titles[problem["loc"][-1]]]
                empty = problem.pop("input", None) in ("", None)
                problem["msg"] = beside("укажите значение" if empty else "значение не подходит", problem["msg"])
    return body


class Rewriting:
    """One answer held back, and its body rewritten when it has the wanted status."""

    def __init__(self, app: ASGIApp, status: int, rewrite: Callable[[Any], Any]) -> None:
        self._app = app
        self._status = status
        self._rewrite = rewrite
        self._body = bytearray()
        self._start: Message = {}

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request and send the answer, whole."""

        async def hold_back(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._start = message
                return
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._release(send)

        await self._app(scope, receive, hold_back)

    async def _release(self, send: Send) -> None:
        body = bytes(self._body)
        if self._start["status"] == self._status:
            body = json.dumps(self._rewrite(json.loads(body)), ensure_ascii=False).encode()
        headers = [pair for pair in self._start["headers"] if pair[0].lower() != b"content-length"]
        await send({**self._start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})

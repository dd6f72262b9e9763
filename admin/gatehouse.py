"""The gate in front of every page: who asks, and whether the table of roles lets them."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from admin.account.office import Office
from admin.account.sessions import Visitor
from admin.account.words import WORDS
from admin.answers import Rewriting
from admin.frame.page import Frame
from admin.frame.speech import LANGUAGES
from admin.roles import ROLES, TABLES, Act, Door, may, may_touch, rule_of
from admin.words import beside

__all__ = ["Gatehouse"]

_LISTS: Final = frozenset({"/api/tables/", "/api/tables/grouped/", "/api/links/"})
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_log = structlog.get_logger()


class Gatehouse:
    """The layer itself; tables are asked for by their real names here.

    Whoever passes is known to the layers behind it as `scope["visitor"]`.
    """

    def __init__(self, app: ASGIApp, office: Office) -> None:
        self._app = app
        self._office = office
        self._frame = Frame("admin.account", WORDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        rule = rule_of(request.method, _path(request))
        if rule is None or rule.asks is Door.CLOSED:
            await _no_such_page()(scope, receive, send)
        elif rule.asks is Door.OPEN:
            await self._app(scope, receive, send)
        else:
            await self._check(rule.asks, request, receive, send)

    async def _check(self, asks: Act | Door, request: Request, receive: Receive, send: Send) -> None:
        visitor = await self._office.sessions.visitor(request.cookies)
        refusal = self._refusal(asks, request, visitor)
        scope = {**request.scope, "visitor": visitor}
        if refusal is not None:
            await refusal(scope, receive, send)
        elif _path(request) in _LISTS and visitor is not None:
            await Rewriting(self._app, 200, lambda body: _seen_by(visitor, body)).serve(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, asks: Act | Door, request: Request, visitor: Visitor | None) -> Response | None:
        if visitor is None:
            return _to_login(request)
        if asks is not Door.FIRST and self._office.must_enrol(visitor):
            return _to_codes(request)
        if asks is Door.TABLE:
            return self._refusal_of_table(request, visitor)
        return None if isinstance(asks, Door) or may(visitor, asks) else self._forbidden(request, visitor)

    def _refusal_of_table(self, request: Request, visitor: Visitor) -> Response | None:
        table = _path(request).split("/")[3]
        if may_touch(visitor, table, request.method):
            return None
        touch = TABLES.get(table)
        if touch and request.method not in _READS and request.method not in touch.change:
            words = "Только для чтения · Read only" if not touch.change else "Это здесь не разрешено · Not allowed here"
            return JSONResponse({"detail": words}, status_code=405)
        if touch and request.method == "GET" and _path(request).endswith("/ids/"):
            # The form of a row asks for the names of all that the row refers to: of these there are none for this role.
            return JSONResponse({})
        return self._forbidden(request, visitor)

    def _forbidden(self, request: Request, visitor: Visitor) -> Response:
        _log.warning("admin.refused", method=request.method, user_id=visitor.user_id, role=visitor.role.value)
        speech = self._frame.speech(request)
        if _is_call(request):
            told = beside(
                *(each.format(role=_role(visitor, place)) for place, each in enumerate(WORDS["forbidden_why"]))
            )
            return JSONResponse({"detail": told}, status_code=403)
        role = _role(visitor, LANGUAGES.index(speech.language))
        return self._frame.page(request, "refused.html", status=403, role=role)


def _role(visitor: Visitor, place: int) -> str:
    return (ROLES[visitor.role], visitor.role.value)[place]


def _path(request: Request) -> str:
    # `request.url` is put together with the Host header, which anybody may write; routes go by the scope.
    path: str = request.scope["path"]
    return path


def _is_call(request: Request) -> bool:
    return _path(request).startswith("/api/") or request.method not in _READS


def _no_such_page() -> Response:
    return JSONResponse({"detail": "нет такой страницы · not found"}, status_code=404)


def _to_login(request: Request) -> Response:
    if _is_call(request):
        return JSONResponse({"detail": "Войдите · Log in", "error": "Auth failed"}, status_code=401)
    query = request.scope["query_string"].decode("latin-1")
    wanted = _path(request) + (f"?{query}" if query else "")
    return RedirectResponse("/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}", status_code=303)


def _to_codes(request: Request) -> Response:
    if _is_call(request):
        told = "Сначала настройте одноразовые коды: /account/one-time · Set up one-time codes first"
        return JSONResponse({"detail": told}, status_code=403)
    return RedirectResponse("/account/one-time", status_code=303)


def _seen_by(visitor: Visitor, body: Any) -> Any:
    """Leave tables and links out of a menu that somebody may not read."""
    if isinstance(body, list):
        return [table for table in body if may_touch(visitor, table, "GET")]
    if "grouped" in body:
        grouped = {group: _seen_by(visitor, tables) for group, tables in body["grouped"].items()}
        return {"grouped": grouped, "ungrouped": _seen_by(visitor, body["ungrouped"])}
    return {name: link for name, link in body.items() if _may_follow(visitor, link)}


def _may_follow(visitor: Visitor, link: str) -> bool:
    rule = rule_of("GET", link.partition("?")[0]) if link.startswith("/") else None
    return rule is None or not isinstance(rule.asks, Act) or may(visitor, rule.asks)

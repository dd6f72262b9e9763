"""The login as a page and as the call that Piccolo Admin's script makes, and the way out."""

from __future__ import annotations

from json import JSONDecodeError
from math import ceil

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from admin.account.login import Attempt, Ending, Outcome
from admin.account.office import Office
from admin.account.sessions import COOKIE
from admin.account.words import WORDS
from admin.frame.door import form_of
from admin.frame.page import Frame
from gateway.store.audit import AuditEvent

__all__ = ["LoginPages"]

_TOO_MANY = 429
_FIRST_SCREEN = "/dashboard"
_NOTES = ("again", "out")


class LoginPages:
    """The addresses before the door."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._frame = Frame("admin.account", WORDS)

    async def show(self, request: Request) -> Response:
        """Show the form; who is logged in goes on."""
        if await self._office.sessions.visitor(request.cookies):
            return RedirectResponse(_onward(request), status_code=303)
        note = request.query_params.get("note")
        return self._form(request, note=note if note in _NOTES else None)

    async def submit(self, request: Request) -> Response:
        """Judge the form."""
        form = await form_of(request)
        username, password, code = (str(form.get(name) or "") for name in ("username", "password", "code"))
        if not username.strip() or not password:
            return self._form(request, problem="empty", status=422)
        outcome = await self._let_in(request, username, password, code)
        if outcome.ending is Ending.IN:
            response: Response = RedirectResponse(_onward(request), status_code=303)
            self._office.give_cookie(response, outcome.token)
            return response
        if outcome.wait:
            return self._form(request, problem="wait", wait=outcome.wait.total_seconds(), status=_TOO_MANY)
        return self._form(request, problem="refused", status=401)

    async def submit_json(self, request: Request) -> Response:
        """Judge what Piccolo Admin's own form sends; the words of its answers are Piccolo's."""
        try:
            body = await request.json()
        except (JSONDecodeError, UnicodeDecodeError):
            body = None
        given = body if isinstance(body, dict) else {}
        username, password, code = (str(given.get(name) or "") for name in ("username", "password", "mfa_code"))
        if not username.strip() or not password:
            return JSONResponse({"detail": "Missing username or password"}, status_code=422)
        outcome = await self._let_in(request, username, password, code)
        return self._told(outcome)

    async def leave(self, request: Request) -> Response:
        """End the session."""
        visitor = await self._office.sessions.visitor(request.cookies)
        if visitor is None:
            return JSONResponse({"detail": "Вы не вошли · You are not logged in"}, status_code=401)
        await self._office.sessions.end(request.cookies)
        await self._office.note(visitor, AuditEvent.LOGOUT)
        response = JSONResponse({"message": "logged out"})
        self._office.take_cookie(response)
        return response

    async def _let_in(self, request: Request, username: str, password: str, code: str) -> Outcome:
        address, old = self._office.address(request), request.cookies.get(COOKIE)
        attempt = Attempt(_storable(username), _storable(password), _storable(code), address, old)
        return await self._office.doorkeeper.let_in(attempt)

    def _told(self, outcome: Outcome) -> Response:
        if outcome.ending is Ending.IN:
            response = JSONResponse({"message": "logged in"})
            self._office.give_cookie(response, outcome.token)
            return response
        if outcome.wait:
            seconds = ceil(outcome.wait.total_seconds())
            told = f"Слишком много попыток, подождите {seconds} с · Too many attempts, wait {seconds} s"
            return JSONResponse({"detail": told}, status_code=_TOO_MANY, headers={"Retry-After": str(seconds)})
        words = "MFA code required" if outcome.ending is Ending.CODE_NEEDED else "Login failed"
        return JSONResponse({"detail": words}, status_code=401)

    def _form(
        self,
        request: Request,
        *,
        problem: str | None = None,
        note: str | None = None,
        wait: float = 0,
        status: int = 200,
    ) -> Response:
        speech = self._frame.speech(request)
        response = self._frame.page(
            request,
            "login.html",
            status=status,
            problem=problem and speech.say(problem, time=speech.span(max(wait, 1))),
            note=note and speech.say(note),
            has_codes=self._office.codes is not None,
        )
        if wait:
            response.headers["Retry-After"] = str(ceil(wait))
        return response


def _storable(typed: str) -> str:
    """Put marks in the place of what no text of the database holds, so that such a guess is counted like any other."""
    return typed.replace("\0", "?").encode(errors="replace").decode()


def _onward(request: Request) -> str:
    """Return the page of ours that was wanted before the login."""
    wanted = request.query_params.get("next", "")
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_ours else _FIRST_SCREEN

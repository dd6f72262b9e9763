"""One's own account: password, one-time codes, sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from admin.account.codes import Enrolment, OneTimeCodes
from admin.account.office import Office
from admin.account.sessions import COOKIE, Visitor
from admin.account.words import WORDS
from admin.frame.door import form_of
from admin.frame.page import Frame
from admin.passwords import SHORTEST, check_password
from admin.users import Administrator
from gateway.store.audit import AuditEvent

__all__ = ["OwnPages"]

_Page = Callable[[Request], Awaitable[Response]]


class OwnPages:
    """The addresses of whoever is logged in."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._frame = Frame("admin.account", WORDS)

    def known(self, page: Callable[[Request, Visitor], Awaitable[Response]]) -> _Page:
        """Give a page its visitor; who is not logged in is sent to the login."""

        async def serve(request: Request) -> Response:
            visitor = await self._office.sessions.visitor(request.cookies)
            return await page(request, visitor) if visitor else RedirectResponse("/login", status_code=303)

        return serve

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """Show the account."""
        return self._account(request, visitor)

    async def change_password(self, request: Request, visitor: Visitor) -> Response:
        """Change the password; every session ends."""
        form = await form_of(request)
        current, new, confirm = (str(form.get(name) or "") for name in ("current", "new", "confirm"))
        problem = await self._not_current(request, visitor, current) or self._unfit(request, visitor, current, new)
        if problem is None and new != confirm:
            problem = self._frame.speech(request).say("differ")
        if problem:
            return self._account(request, visitor, problem=problem, status=422)
        await Administrator.update_password(visitor.user_id, new)
        await self._office.note(visitor, AuditEvent.PASSWORD_CHANGED)
        return self._gone("again")

    async def log_out(self, request: Request, visitor: Visitor) -> Response:
        """End this session."""
        await self._office.sessions.end(request.cookies)
        await self._office.note(visitor, AuditEvent.LOGOUT)
        return self._gone("out")

    async def log_out_everywhere(self, _request: Request, visitor: Visitor) -> Response:
        """End all sessions of this person."""
        await self._office.sessions.end_all(visitor.user_id)
        await self._office.note(visitor, AuditEvent.LOGOUT, everywhere=True)
        return self._gone("out")

    async def show_codes(self, request: Request, visitor: Visitor) -> Response:
        """Show a new secret to put into an app."""
        codes = self._office.codes
        if codes is None or visitor.is_enrolled:
            return RedirectResponse("/account", status_code=303)
        return self._enrolment(request, visitor, codes.begin(visitor))

    async def set_up_codes(self, request: Request, visitor: Visitor) -> Response:
        """Keep a secret whose code and whose owner's password are right; sessions elsewhere end."""
        codes = self._office.codes
        if codes is None or visitor.is_enrolled:
            return RedirectResponse("/account", status_code=303)
        form = await form_of(request)
        password, code, pending = (str(form.get(name) or "") for name in ("password", "code", "pending"))
        enrolment = codes.resume(visitor, pending)
        if enrolment is None:
            late = self._frame.speech(request).say("codes_late")
            return self._enrolment(request, visitor, codes.begin(visitor), late, status=422)
        if problem := await self._not_current(request, visitor, password):
            return self._enrolment(request, visitor, enrolment, problem, status=422)
        return await self._finish(request, visitor, codes, enrolment, code)

    async def remove_codes(self, request: Request, visitor: Visitor) -> Response:
        """Log in without codes again, where the policy leaves that to the user."""
        form = await form_of(request)
        codes, is_needed = self._office.codes, self._office.must_enrol(_without_codes(visitor))
        if codes is None or is_needed:
            return RedirectResponse("/account", status_code=303)
        if problem := await self._not_current(request, visitor, str(form.get("password") or "")):
            return self._account(request, visitor, problem=problem, status=422)
        await codes.remove(visitor.user_id)
        await self._office.note(visitor, AuditEvent.MFA_REMOVED)
        return RedirectResponse("/account", status_code=303)

    async def _finish(
        self, request: Request, visitor: Visitor, codes: OneTimeCodes, enrolment: Enrolment, code: str
    ) -> Response:
        recovery = await codes.finish(visitor, enrolment, code)
        if recovery is None:
            wrong = self._frame.speech(request).say("codes_wrong")
            return self._enrolment(request, visitor, enrolment, wrong, status=422)
        await self._office.sessions.end_all(visitor.user_id, but=request.cookies.get(COOKIE))
        await self._office.note(visitor, AuditEvent.MFA_ENROLLED)
        return self._frame.page(request, "recovery.html", recovery=recovery)

    async def _not_current(self, request: Request, visitor: Visitor, password: str) -> str | None:
        """Return what is wrong with the password that somebody was asked to repeat."""
        speech = self._frame.speech(request)
        right = await self._office.doorkeeper.is_password_of(visitor.username, password, self._office.address(request))
        if isinstance(right, timedelta):
            return speech.say("wait", time=speech.span(right))
        return None if right else speech.say("not_current")

    def _unfit(self, request: Request, visitor: Visitor, current: str, new: str) -> str | None:
        if new == current:
            return self._frame.speech(request).say("same")
        try:
            check_password(new, visitor.username)
        except ValueError as problem:
            return str(problem)
        return None

    def _account(self, request: Request, visitor: Visitor, *, status: int = 200, **shown: Any) -> Response:
        return self._frame.page(
            request,
            "account.html",
            status=status,
            **{
                "visitor": visitor,
                "shortest": SHORTEST,
                "has_codes": self._office.codes is not None,
                "codes_needed": self._office.must_enrol(_without_codes(visitor)),
                "problem": None,
            }
            | shown,
        )

    def _enrolment(
        self, request: Request, visitor: Visitor, enrolment: Enrolment, problem: str | None = None, *, status: int = 200
    ) -> Response:
        return self._frame.page(
            request,
            "codes.html",
            status=status,
            enrolment=enrolment,
            is_must=self._office.must_enrol(visitor),
            problem=problem,
            username=visitor.username,
        )

    def _gone(self, note: str) -> Response:
        response = RedirectResponse(f"/login?note={note}", status_code=303)
        self._office.take_cookie(response)
        return response


def _without_codes(visitor: Visitor) -> Visitor:
    return Visitor(visitor.user_id, visitor.username, visitor.role, is_enrolled=False)

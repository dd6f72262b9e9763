"""The first request: who asks for what is checked, a person is asked, the answer goes back by the browser."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import web

from simulator.esia.call import Call
from simulator.esia.checks import Api
from simulator.esia.forms import Form
from simulator.esia.installation import EsiaInstallation
from simulator.esia.login_page import login_page, refusal_page
from simulator.esia.persons import Person, person_of
from simulator.esia.pkce import METHODS, Challenge
from simulator.esia.refusals import EsiaRefusalError
from simulator.esia.sessions import Asked, Grant
from simulator.esia.systems import System

__all__ = ["LOGIN_PATH", "Authorise", "found"]

LOGIN_PATH = "/stand/login"
_CONFIRMED = "conf_acc"
_COMMON = ("response_type", "access_type", "timestamp", "state", "client_secret")


@dataclass(frozen=True, slots=True)
class Authorise:
    """Answer `/aas/oauth2/v2/ac` and its elder `/aas/oauth2/ac`, and the button of the page that they show."""

    esia: EsiaInstallation

    async def old(self, call: Call) -> web.StreamResponse:
        """Answer a request signed by PKCS#7."""
        return await self._answer(call, Api.OLD)

    async def new(self, call: Call) -> web.StreamResponse:
        """Answer a request with a raw signature."""
        return await self._answer(call, Api.NEW)

    async def login(self, call: Call) -> web.StreamResponse:
        """Send the chosen person's browser back with a code, or with a refusal."""
        pressed = Form((await call.request.post()).items())
        asked, person = self.esia.logins.take(pressed.get("login")), person_of(pressed.get("person"))
        if asked is None or person is None:
            return refusal_page(EsiaRefusalError("ESIA-007003", "login"))
        call.entry.client_id = asked.system.client_id
        try:
            _let_in(asked, person)
        except EsiaRefusalError as refusal:
            call.note(refusal)
            return found(asked.redirect_uri, _refusal(asked, refusal))
        grant = Grant(asked, person, self.esia.now(), str(uuid4()))
        return found(asked.redirect_uri, {"code": self.esia.codes.keep(grant), "state": asked.state})

    async def _answer(self, call: Call, api: Api) -> web.StreamResponse:
        form = Form(call.request.query.items())
        call.entry.client_id = form.get("client_id")
        checks = self.esia.checks
        try:
            system = checks.system(form)
            redirect_uri = checks.redirect_uri(form, system)
        except EsiaRefusalError as refusal:  # nobody is known to answer to
            call.note(refusal)
            return refusal_page(refusal)
        try:
            call.refuse_as_planned()
            asked = await self._checked(form, system, redirect_uri, api)
        except EsiaRefusalError as refusal:
            call.note(refusal)
            return found(redirect_uri, refusal.as_json(form.get("state")))
        return login_page(LOGIN_PATH, self.esia.logins.keep(asked), asked)

    async def _checked(self, form: Form, system: System, redirect_uri: str, api: Api) -> Asked:
        checks = self.esia.checks
        scope = checks.scope(form, system)
        form.require(*_COMMON, *(["client_certificate_hash"] if api is Api.NEW else []))
        form.demand("response_type", "code", otherwise="ESIA-007009")
        form.demand("access_type", "online", "offline")
        form.demand("access_type", "online", otherwise="ESIA-007005")  # no card here allows offline access
        state = checks.state(form)
        checks.time(form)
        challenge = _challenge(form, system)
        confirmed_only = _confirmed_only(form)
        await checks.signature(form, system, api)
        return Asked("esia", system, scope, redirect_uri, state, confirmed_only, challenge)


def found(address: str, answer: dict[str, str]) -> web.Response:
    """Send the browser on, with the answer in the query."""
    joint = "&" if "?" in address else "?"
    headers = {"Location": f"{address}{joint}{urlencode(answer)}", "Cache-Control": "no-store"}
    return web.Response(status=302, headers=headers)


def _let_in(asked: Asked, person: Person) -> None:
    if person.refuses:
        raise EsiaRefusalError("ESIA-007004", "person")
    if asked.confirmed_only and not person.trusted:
        raise EsiaRefusalError("ESIA-007055", "person")


def _refusal(asked: Asked, refusal: EsiaRefusalError) -> dict[str, str]:
    """Answer in ESIA's words, or, at the broker's door, in OAuth's alone."""
    if asked.door == "broker":
        return {"error": refusal.error, "state": asked.state}
    return refusal.as_json(asked.state)


def _challenge(form: Form, system: System) -> Challenge | None:
    """Take the promise of PKCE; a system whose card asks for it must make it, by the method of the card."""
    value, method = form.get("code_challenge"), form.get("code_challenge_method")
    if system.pkce != "off":
        form.require("code_challenge", "code_challenge_method")
        form.demand("code_challenge_method", system.pkce)
    if not value:
        return None
    form.demand("code_challenge_method", *METHODS)
    return Challenge(value, method)


def _confirmed_only(form: Form) -> bool:
    """Read `person_filter`: the base64 of a list of filters, of which one is known."""
    text = form.get("person_filter")
    if not text:
        return False
    try:
        wanted = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        wanted = ""
    if wanted != _CONFIRMED:
        raise EsiaRefusalError("ESIA-007003", "person_filter")
    return True

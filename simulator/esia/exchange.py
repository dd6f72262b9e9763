"""The second request: a code, once, for the tokens of the login that it stands for."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import web

from simulator.esia.call import Call
from simulator.esia.checks import Api
from simulator.esia.forms import Form
from simulator.esia.installation import EsiaInstallation
from simulator.esia.refusals import EsiaRefusalError
from simulator.esia.sessions import Access, Grant
from simulator.esia.systems import System
from simulator.esia.tokens import ACCESS_SECONDS, write_tokens

__all__ = ["Exchange"]

_COMMON = ("code", "grant_type", "token_type", "client_secret")


@dataclass(frozen=True, slots=True)
class Exchange:
    """Answer `/aas/oauth2/v3/te` and its elder `/aas/oauth2/te`."""

    esia: EsiaInstallation
    issuer: Callable[[], str]

    async def old(self, call: Call) -> web.StreamResponse:
        """Answer a request signed by PKCS#7."""
        return await self._answer(call, Api.OLD)

    async def new(self, call: Call) -> web.StreamResponse:
        """Answer a request with a raw signature."""
        return await self._answer(call, Api.NEW)

    async def _answer(self, call: Call, api: Api) -> web.StreamResponse:
        form = Form((await call.request.post()).items())
        call.entry.client_id = form.get("client_id")
        try:
            grant = await self._granted(form, api, call)
        except EsiaRefusalError as refusal:
            call.note(refusal)
            return web.json_response(refusal.as_json(form.get("state")), status=400)
        tokens = await write_tokens(self.esia.keys, grant, issuer=self.issuer(), now=self.esia.now(), fault=call.fault)
        self.esia.accesses.keep(Access(grant.person, frozenset(grant.asked.scope.split())), name=tokens.access)
        answer = {
            "access_token": tokens.access,
            "id_token": tokens.id,
            "expires_in": ACCESS_SECONDS,
            "state": str(uuid4()) if call.fault == "wrong_state" else form.get("state"),
            "token_type": "Bearer",
        }
        if call.fault == "without_id_token":
            del answer["id_token"]
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def _granted(self, form: Form, api: Api, call: Call) -> Grant:
        system = await self._client(form, api)
        call.refuse_as_planned()
        grant = self.esia.codes.take(form.get("code"))
        if grant is None or not _is_for(grant, system, form):
            raise EsiaRefusalError("ESIA-007011", "code")
        await _check_verifier(grant, form.get("code_verifier"))
        return grant

    async def _client(self, form: Form, api: Api) -> System:
        """Find the system that asks, after all that does not depend on the code."""
        checks = self.esia.checks
        system = checks.system(form)
        form.require(*_COMMON)
        form.demand("grant_type", "authorization_code", otherwise="ESIA-007012")
        form.demand("token_type", "Bearer")
        checks.redirect_uri(form, system)
        checks.scope(form, system)
        checks.state(form)
        checks.time(form)
        await checks.signature(form, system, api)
        return system


def _is_for(grant: Grant, system: System, form: Form) -> bool:
    """Tell whether the code was given at ESIA's door to this system, for this address and this scope."""
    asked = grant.asked
    promised = (asked.door, asked.system.client_id, asked.redirect_uri, asked.scope)
    said = ("esia", system.client_id, form.get("redirect_uri"), form.get("scope"))
    return all(hmac.compare_digest(one.encode(), other.encode()) for one, other in zip(promised, said, strict=True))


async def _check_verifier(grant: Grant, verifier: str) -> None:
    challenge = grant.asked.challenge
    if challenge is None:
        if verifier:
            raise EsiaRefusalError("ESIA-007039", "code_verifier")
        return
    if not await challenge.fits(verifier):
        raise EsiaRefusalError("ESIA-007040", "code_verifier")

"""The way out: the browser goes back to a site of the system that it names."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from simulator.esia.call import Call
from simulator.esia.forms import Form
from simulator.esia.installation import EsiaInstallation
from simulator.esia.login_page import refusal_page
from simulator.esia.refusals import EsiaRefusalError

__all__ = ["LOGOUT_PATH", "Logout"]

LOGOUT_PATH = "/idp/ext/Logout"


@dataclass(frozen=True, slots=True)
class Logout:
    """Answer the logout; the parameter is `redirect_url`, unlike everywhere else."""

    esia: EsiaInstallation

    async def answer(self, call: Call) -> web.StreamResponse:
        """Send the browser back when the address is on an origin that the system has registered."""
        form = Form(call.request.query.items())
        call.entry.client_id = form.get("client_id")
        try:
            address = self._address(form)
        except EsiaRefusalError as refusal:
            call.note(refusal)
            return refusal_page(refusal)
        return web.Response(status=302, headers={"Location": address})

    def _address(self, form: Form) -> str:
        system = self.esia.checks.system(form)
        form.require("redirect_url")
        if _origin(form.get("redirect_url")) not in set(map(_origin, system.redirect_uris)):
            raise EsiaRefusalError("ESIA-007023", "redirect_url")
        return form.get("redirect_url")


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc

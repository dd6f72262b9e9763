"""What ESIA checks of either request: who asks, when, for what, and that it was the system that signed.

The order of the signed string is written down nowhere officially; it is that of the independent clients which work.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from simulator.esia.forms import Form
from simulator.esia.refusals import EsiaRefusalError
from simulator.esia.systems import KNOWN_SCOPES, System, Systems

__all__ = ["Api", "Checks", "decode_secret"]

_TIMESTAMP = re.compile(r"\d{4}\.\d{2}\.\d{2} \d{2}:\d{2}:\d{2} [+-]\d{4}")
_SECRET = re.compile(r"(?:[\w-]+|[A-Za-z0-9+/]+)={0,2}", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UUID_VERSION = 4


class Api(Enum):
    """The old requests (`/ac`, `/te`: PKCS#7) and the new ones (`/v2/ac`, `/v3/te`: a raw signature)."""

    OLD = ("scope", "timestamp", "client_id", "state")
    NEW = ("client_id", "scope", "scope_org", "timestamp", "state", "redirect_uri", "code")

    def signed_string(self, form: Form) -> bytes:
        """Join the parameters as the system had to before it signed; a request has no `code` before it gets one."""
        return "".join(form.get(name) for name in self.value).encode()


@dataclass(frozen=True, slots=True)
class Checks:
    """Refuse what does not fit; `tolerance` is how far a timestamp may be off."""

    systems: Systems
    now: Callable[[], datetime]
    tolerance: Callable[[], timedelta]

    def system(self, form: Form) -> System:
        """Find the system that asks."""
        form.require("client_id")
        system = self.systems.get(form.get("client_id"))
        if system is None:
            raise EsiaRefusalError("ESIA-007002", "client_id")
        return system

    def redirect_uri(self, form: Form, system: System) -> str:
        """Take the address to answer to, exactly as it was registered."""
        form.require("redirect_uri")
        if form.get("redirect_uri") not in system.redirect_uris:
            raise EsiaRefusalError("ESIA-007023", "redirect_uri")
        return form.get("redirect_uri")

    def scope(self, form: Form, system: System) -> str:
        """Take the scope when all of it is known and granted."""
        if not form.get("scope").split():
            raise EsiaRefusalError("ESIA-007013", "scope")
        wanted = set(form.get("scope").split())
        if "openid" not in wanted or not wanted <= KNOWN_SCOPES:
            raise EsiaRefusalError("ESIA-007006", "scope")
        if not wanted <= system.scopes:
            raise EsiaRefusalError("ESIA-007019", "scope")
        return form.get("scope")

    def state(self, form: Form) -> str:
        """Take the state, a UUID of version 4 in its usual writing."""
        form.require("state")
        state = form.get("state")
        if not _UUID.fullmatch(state) or UUID(state).version != _UUID_VERSION:
            raise EsiaRefusalError("ESIA-007003", "state")
        return state

    def time(self, form: Form) -> None:
        """Refuse a timestamp that is malformed, too old or too far ahead."""
        form.require("timestamp")
        text = form.get("timestamp")
        try:
            said = datetime.strptime(text, "%Y.%m.%d %H:%M:%S %z") if _TIMESTAMP.fullmatch(text) else None
        except ValueError:
            said = None
        if said is None or abs(said - self.now()) > self.tolerance():
            raise EsiaRefusalError("ESIA-007015", "timestamp")

    async def signature(self, form: Form, system: System, api: Api) -> None:
        """Refuse a request that no registered and active certificate of the system has signed."""
        names = ("client_secret", "client_certificate_hash") if api is Api.NEW else ("client_secret",)
        form.require(*names)
        signature = decode_secret(form.get("client_secret"))
        active = [each for each in system.certificates if each.is_active(self.now())]
        message = api.signed_string(form)
        if api is Api.OLD:
            if not any([await each.verifies_cms(message, signature) for each in active]):
                raise EsiaRefusalError("ESIA-007053", "client_secret")
            return
        named = [each for each in active if each.hash == form.get("client_certificate_hash")]
        if not named:
            raise EsiaRefusalError("ESIA-007053", "client_certificate_hash")
        if not await named[0].verifies(message, signature):
            raise EsiaRefusalError("ESIA-007053", "client_secret")


def decode_secret(text: str) -> bytes:
    """Read base64 of either alphabet, with or without padding: clients that work send each of these."""
    try:
        if not _SECRET.fullmatch(text):
            raise EsiaRefusalError("ESIA-007053", "client_secret")
        bare = text.rstrip("=").replace("+", "-").replace("/", "_")
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise EsiaRefusalError("ESIA-007053", "client_secret") from None

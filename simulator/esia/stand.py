"""The whole stand-in for ESIA as one object: its listeners, its routes, its addresses."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from simulator.esia import rest
from simulator.esia.authorise import LOGIN_PATH, Authorise
from simulator.esia.broker import BROKER_PATH, Broker
from simulator.esia.call import Handler, Operation, carried
from simulator.esia.exchange import Exchange
from simulator.esia.installation import EsiaInstallation
from simulator.esia.login_page import STYLE_PATH, style
from simulator.esia.logout import LOGOUT_PATH, Logout
from simulator.listeners import Listener, server_tls
from simulator.pki import Pki

__all__ = ["EsiaConfig", "EsiaStand", "running_esia"]

_LARGEST_BODY = 16 * 1024
_NOWHERE = "http://127.0.0.1:9/"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class EsiaConfig:
    """Say how to run: `folder` takes the trust directory, `pki` secures the back channel, port 0 is a free one.

    `elsewhere` is the address that the fault `off_origin` points to.
    """

    folder: Path
    pki: Pki
    port: int = 0
    back_port: int = 0
    now: Callable[[], datetime] = field(default=_utc_now)
    elsewhere: Callable[[], str] = field(default=lambda: _NOWHERE)


class EsiaStand:
    """Name the addresses of a running stand; `installation` is what ESIA knows.

    Browsers come by `public_url`, plain on loopback; systems come by `url`, over TLS. Either leads to the same ESIA.
    """

    def __init__(self, config: EsiaConfig) -> None:
        self.installation = EsiaInstallation(config.folder / "trust", config.now)
        self._pki = config.pki
        self._elsewhere = config.elsewhere
        self._public = Listener("Gosuslugi", self._app, config.port)
        self._back = Listener("Gosuslugi back channel", self._app, config.back_port)

    @property
    def public_url(self) -> str:
        """Tell the origin for browsers."""
        return f"http://127.0.0.1:{self._public.port}"

    @property
    def url(self) -> str:
        """Tell the origin for systems."""
        return f"https://127.0.0.1:{self._back.port}"

    @property
    def issuer(self) -> str:
        """Tell the `iss` of ESIA's tokens."""
        return f"{self.public_url}/"

    @property
    def broker_issuer(self) -> str:
        """Tell the issuer of the broker."""
        return f"{self.url}{BROKER_PATH}"

    @property
    def trust_folder(self) -> Path:
        """Tell the directory of the certificates that tokens are to be verified by."""
        return self.installation.keys.folder

    @property
    def is_open(self) -> bool:
        """Tell whether ESIA accepts connections."""
        return self._public.is_open

    async def open(self) -> None:
        """Make the keys of the tokens and accept connections."""
        await self.installation.keys.open()
        await self.start()

    async def start(self) -> None:
        """Accept connections."""
        await self._public.open()
        await self._back.open(self._tls())

    async def stop(self) -> None:
        """Refuse connections and break those that are open."""
        await self._public.close()
        await self._back.close()

    def _tls(self) -> ssl.SSLContext:
        return server_tls(self._pki.server_cert, self._pki.server_key)

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_get(STYLE_PATH, style)
        for method, path, operation, handler in self._routes():
            app.router.add_route(method, path, carried(self.installation, operation, handler))
        return app

    def _routes(self) -> list[tuple[str, str, Operation, Handler]]:
        esia = self.installation
        authorise, exchange = Authorise(esia), Exchange(esia, lambda: self.issuer)
        desk = rest.PersonDesk(esia, self._elsewhere)
        broker = Broker(esia, lambda: self.broker_issuer, lambda: self.public_url)
        prns = r"/rs/prns/{oid:\d+}"
        return [
            ("GET", "/aas/oauth2/v2/ac", _named("authorise"), authorise.new),
            ("GET", "/aas/oauth2/ac", _named("authorise"), authorise.old),
            ("POST", LOGIN_PATH, _named("login"), authorise.login),
            ("POST", "/aas/oauth2/v3/te", _named("token"), exchange.new),
            ("POST", "/aas/oauth2/te", _named("token"), exchange.old),
            ("GET", prns, rest.operation_of, desk.person),
            ("GET", f"{prns}/docs", rest.operation_of, desk.documents),
            ("GET", f"{prns}/kids", rest.operation_of, desk.kids),
            ("GET", prns + r"/kids/{kid:\d+}/docs", rest.operation_of, desk.kid_documents),
            ("GET", LOGOUT_PATH, _named("logout"), Logout(esia).answer),
            ("GET", f"{BROKER_PATH}/.well-known/openid-configuration", _named("broker"), broker.discovery),
            ("GET", f"{BROKER_PATH}/jwks", _named("broker"), broker.jwks),
            ("GET", f"{BROKER_PATH}/authorize", _named("broker"), broker.authorize),
            ("POST", f"{BROKER_PATH}/token", _named("broker_token"), broker.token),
            ("GET", f"{BROKER_PATH}/userinfo", _named("broker"), broker.userinfo),
        ]


def _named(operation: str) -> Operation:
    return lambda _request: operation


@asynccontextmanager
async def running_esia(config: EsiaConfig) -> AsyncIterator[EsiaStand]:
    """Run the stand inside this event loop."""
    stand = EsiaStand(config)
    try:
        await stand.open()
        yield stand
    finally:
        await stand.stop()

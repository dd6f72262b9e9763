"""The whole stand-in as one object: started, addressed and stopped."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from simulator.control import CANARY_PATH, Control
from simulator.emias.installation import Installation
from simulator.emias.life import live
from simulator.emias.server import PATHS, EmiasService
from simulator.emias.world import MOSCOW
from simulator.esia.clinic import CALLBACK_PATH, Clinic, open_clinic
from simulator.esia.control import EsiaControl
from simulator.esia.stand import EsiaConfig, EsiaStand
from simulator.listeners import Listener, mutual_tls
from simulator.pki import Pki, open_pki
from simulator.site.ajax import Ajax
from simulator.site.directory import SiteDirectory
from simulator.site.feed import Feed
from simulator.site.keys import SecretSource
from simulator.site.page import Pages
from simulator.site.panel import Panel
from simulator.site.php import PhpConfig, PhpSite
from simulator.site.server import Backend, PlainSite, make_site
from simulator.site.webhook import Webhook

__all__ = ["Simulator", "SimulatorConfig", "running_simulator"]


_BITRIX = Path(__file__).parents[1] / "bitrix"


def _moscow_now() -> datetime:
    return datetime.now(MOSCOW)


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """Say how to run: port 0 is a free one, `living` is changed slots a second, keys are read when they are needed.

    `php` is the binary that runs the site's module and components; None lets this process stand in for it. Without an
    `esia_port` there is no ESIA.
    """

    pki_folder: Path
    emias_port: int = 0
    control_port: int = 0
    site_port: int = 0
    esia_port: int | None = None
    gateway_url: str = "http://127.0.0.1:8000"
    gateway_key_file: Path | None = None
    feed_key_file: Path | None = None
    seed: int = 1
    doctors: int = 50
    living: float = 0.0
    php: str | None = None
    now: Callable[[], datetime] = field(default=_moscow_now)


class Simulator:
    """Name the addresses and certificates of a running stand-in; `installation` is what EMIAS knows.

    `clinic` is what the rehearsal's clinic shows to `esia`, once both are open.
    """

    clinic: Clinic | None = None

    def __init__(self, config: SimulatorConfig) -> None:
        self.pki: Pki = open_pki(config.pki_folder)
        self.installation = Installation(seed=config.seed, doctors=config.doctors, living=config.living, now=config.now)
        self.directory = SiteDirectory(self.installation.world.doctors.values(), config.now)
        self._service = EmiasService(self.installation, lambda: f"{self.control_url}{CANARY_PATH}")
        self._certificate = "server"
        self._emias = Listener("EMIAS", self._service.app, config.emias_port)
        webhook = Webhook(self.directory, SecretSource(config.feed_key_file, "SIMULATOR_FEED_KEY"))
        self.esia = self._esia(config)
        more = EsiaControl(self.esia).routes() if self.esia else []
        control = Control(self.installation, self.directory, self, webhook, more)
        self._control = Listener("control", control.app, config.control_port)
        backend = self._backend(config)
        panel = Panel(self.installation, self.directory, self)
        self._site = Listener("site", lambda: make_site(backend, panel, webhook, _BITRIX), config.site_port)

    @property
    def emias_url(self) -> str:
        """Tell the address of the seed's service."""
        return self.contract_url("seed-soap")

    def contract_url(self, name: str) -> str:
        """Tell the address at which a contract is served."""
        return f"https://127.0.0.1:{self._emias.port}{PATHS[name]}"

    @property
    def control_url(self) -> str:
        """Tell the address of the control listener."""
        return f"http://127.0.0.1:{self._control.port}"

    @property
    def site_url(self) -> str:
        """Tell the address of the site."""
        return f"http://127.0.0.1:{self._site.port}"

    @property
    def is_open(self) -> bool:
        """Tell whether EMIAS accepts connections."""
        return self._emias.is_open

    async def start(self, certificate: str = "server") -> None:
        """Open the EMIAS listener with one of the PKI's two server certificates; with another one, open it anew."""
        tls = self._tls(certificate)
        if certificate != self._certificate:
            await self._emias.close()
        self._certificate = certificate
        await self._emias.open(tls)

    async def stop(self) -> None:
        """Close the EMIAS listener and break its connections."""
        await self._emias.close()

    async def open(self) -> None:
        """Open all listeners."""
        await self._control.open()
        await self._site.open()
        await self.start()
        if self.esia is not None:
            await self.esia.open()
            self.clinic = await open_clinic(self.esia, self.pki.ca.parent / "esia", f"{self.site_url}{CALLBACK_PATH}")

    async def close(self) -> None:
        """Close all listeners."""
        if self.esia is not None:
            await self.esia.stop()
        for listener in (self._site, self._emias, self._control):
            await listener.close()
        await self._service.close()

    def _esia(self, config: SimulatorConfig) -> EsiaStand | None:
        if config.esia_port is None:
            return None
        folder = config.pki_folder / "esia"
        return EsiaStand(
            EsiaConfig(folder, self.pki, port=config.esia_port, elsewhere=lambda: f"{self.control_url}{CANARY_PATH}")
        )

    def _backend(self, config: SimulatorConfig) -> Backend:
        if config.php is not None:
            keys = (config.gateway_key_file, config.feed_key_file)
            return PhpSite(PhpConfig(config.php, _BITRIX, config.gateway_url, *keys), self.directory)
        feed = Feed(self.directory, SecretSource(config.feed_key_file, "SIMULATOR_FEED_KEY"))
        gateway_keys = SecretSource(config.gateway_key_file, "SIMULATOR_GATEWAY_KEY")
        return PlainSite(Ajax(feed, config.gateway_url, gateway_keys), Pages(_BITRIX))

    def _tls(self, certificate: str) -> ssl.SSLContext:
        pairs = {
            "server": (self.pki.server_cert, self.pki.server_key),
            "wrong_name_server": (self.pki.wrong_name_server_cert, self.pki.wrong_name_server_key),
        }
        return mutual_tls(*pairs[certificate], self.pki.ca)


@asynccontextmanager
async def running_simulator(config: SimulatorConfig) -> AsyncIterator[Simulator]:
    """Run the stand-in inside this event loop."""
    simulator = Simulator(config)
    life: asyncio.Task[None] | None = None
    try:
        await simulator.open()
        life = asyncio.create_task(live(simulator.installation))
        yield simulator
    finally:
        if life is not None:
            life.cancel()
            with suppress(asyncio.CancelledError):
                await life
        await simulator.close()

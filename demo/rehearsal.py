"""Raise the whole rehearsal: engines, stand-ins, gateway, worker, admin; and take it down in reverse order."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from urllib.parse import urlsplit

from rich.console import Console

from demo.console import show_ready, show_step
from demo.engines import Engine, embedded_postgres, embedded_valkey
from demo.engines.lock import await_gone
from demo.env_file import write_dialogue, write_env
from demo.errors import DemoError
from demo.places import Place, Ports, read_ports, write_private
from demo.presence import presence
from demo.processes import Child, Supervisor
from demo.table import USERS, Script, Setting, Table

__all__ = ["rehearse"]

_PROBE_SECONDS = 10.0


async def rehearse(
    place: Place, environment: Mapping[str, str], script: Script, console: Console, on_ready: Callable[[], None]
) -> None:
    """Run everything until cancelled, or until something ends that should not.

    Args:
        place: where files are kept.
        environment: the environment to start from; ``DATABASE_URL`` and ``REDIS_URL`` in it replace the engines.
        script: what to run beside the engines.
        console: where to say how it goes.
        on_ready: called when everything is ready and has been shown.

    Raises:
        DemoError: whatever stopped it; all is down again by then.
    """
    place.make()
    ports = read_ports(environment)
    with presence(place) as was_killed:
        if was_killed:
            await asyncio.to_thread(await_gone, lambda: ports.all_free)
        ports.require_free()
        async with AsyncExitStack() as stack:
            run = _Run(place, ports, script, console)
            await run.raise_engines(stack, environment)
            stack.push_async_callback(run.supervisor.stop)
            facts = await run.raise_children()
            show_ready(console, facts, place.env_file, place.dialogue)
            on_ready()
            await run.supervisor.watch(run.engines)


class _Run:
    """One rehearsal on its way up."""

    def __init__(self, place: Place, ports: Ports, script: Script, console: Console) -> None:
        self.supervisor = Supervisor(place.logs)
        self.engines: dict[str, Engine] = {}
        self._place = place
        self._ports = ports
        self._script = script
        self._console = console
        self._environment: dict[str, str] = {}

    async def raise_engines(self, stack: AsyncExitStack, environment: Mapping[str, str]) -> None:
        """Start those engines that the environment does not name."""
        self._environment = dict(environment)
        if not environment.get("DATABASE_URL"):
            show_step(self._console, "PostgreSQL")
            postgres = await stack.enter_async_context(
                embedded_postgres(self._place.engines, port=self._ports.postgres)
            )
            self.engines["postgres"] = postgres
            self._environment["DATABASE_URL"] = postgres.url
        if not environment.get("REDIS_URL"):
            show_step(self._console, "Valkey")
            valkey = await stack.enter_async_context(embedded_valkey(self._place.engines, port=self._ports.redis))
            self.engines["valkey"] = valkey
            self._environment["REDIS_URL"] = valkey.url

    async def raise_children(self) -> dict[str, str]:
        """Start all children and write down what they can be reached by."""
        setting = Setting(self._place, self._ports, self._environment)
        said = await self._bring_up(self._script.stand_in(setting))
        table = self._script.product(setting, said)
        for child in table.first:
            await self._bring_up(child)
        if not self._is_prepared():
            await self._prepare(table)
        for child in table.then:
            await self._bring_up(child)
        if not await asyncio.to_thread(_opens, self._ports.gateway, self._place.api_key.read_text()):
            await self._prepare(table)
        facts = self._facts(said)
        write_env(self._place, facts)
        write_dialogue(self._place)
        return facts

    async def _bring_up(self, child: Child) -> dict[str, str]:
        show_step(self._console, child.title or child.name)
        return await self.supervisor.bring_up(child)

    async def _prepare(self, table: Table) -> None:
        """Give a new database its API key and its users."""
        await self._bring_up(table.key)
        log = self.supervisor.log_of(table.key.name)
        write_private(self._place.api_key, _api_key(log.read_text()))
        log.unlink()
        for user in table.users:
            await self._bring_up(user)
        write_private(self._place.prepared, self._database())

    def _is_prepared(self) -> bool:
        prepared = self._place.prepared
        return self._place.api_key.exists() and prepared.exists() and prepared.read_text() == self._database()

    def _database(self) -> str:
        """Name the database without its password; an embedded one changes its port and never its password."""
        parts = urlsplit(self._environment["DATABASE_URL"])
        where = "" if "postgres" in self.engines else parts.netloc.rpartition("@")[2]
        return hashlib.sha256(f"{where} {parts.path} {parts.password}".encode()).hexdigest()

    def _facts(self, said: Mapping[str, str]) -> dict[str, str]:
        return {
            "GATEWAY_URL": f"http://127.0.0.1:{self._ports.gateway}",
            "API_KEY": self._place.api_key.read_text(),
            "ADMIN_URL": f"http://127.0.0.1:{self._ports.admin}",
            "ADMIN_USER": "admin",
            **{f"{user.upper()}_PASSWORD": self._place.password(user).read_text() for user in USERS},
            "SITE_URL": said["site_url"],
            "SIMULATOR_CONTROL_URL": said["control_url"],
            "DATABASE_URL": self._environment["DATABASE_URL"],
            "REDIS_URL": self._environment["REDIS_URL"],
        }


def _api_key(output: str) -> str:
    """Find the key in the last line of JSON that holds one."""
    for line in reversed(output.splitlines()):
        with suppress(ValueError):
            said = json.loads(line)
            for value in said.values() if isinstance(said, dict) else ():
                if isinstance(value, str) and value.startswith("egw_"):
                    return value
    raise DemoError("child_failed", name="keys", reason="нет ключа в ответе / no key in the answer", log="-", tail="")


def _opens(port: int, key: str) -> bool:
    """Ask the gateway whether it still knows the key: an external database may have been made anew."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PROBE_SECONDS)
    try:
        connection.request("GET", "/v1/status", headers={"Authorization": f"Bearer {key}"})
        return connection.getresponse().status != http.HTTPStatus.UNAUTHORIZED
    finally:
        connection.close()

"""Read a doctor's day over HTTP: from ready bytes, with an ETag, and with nothing kept."""

from __future__ import annotations

import asyncio
import base64
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from benchmarks import fastcgi
from benchmarks.figures import Figure, at_least
from benchmarks.load import NUMBER, Task
from benchmarks.php import find_php, pdo_dsn
from benchmarks.population import Population, insert_slots, populate, today
from benchmarks.replies import starts
from benchmarks.rounds import Side, take_turns
from benchmarks.sizes import Size
from benchmarks.stage import Stage
from demo.ports import free_port

__all__ = ["measure"]

_READ_SCRIPT: Final = Path(__file__).parent / "peers" / "read_slots.php"
_FPM_NAMES: Final = ("php-fpm", "php-fpm8.4", "php-fpm8.3", "php-fpm8.2")
_FPM_POOL: Final = """
[global]
daemonize = no
error_log = {log}
[plain]
user = {user}
listen = 127.0.0.1:{port}
pm = static
pm.max_children = {children}
clear_env = no
catch_workers_output = yes
"""
_GOOD: Final = "HTTP/1.1 200"
_OF_ASYNCPG: Final = 0.92
"""The goal of 1.2 times php-fpm as a share of what bare asyncpg reached beside it, 1.3 times."""


async def measure(stage: Stage, size: Size) -> list[Figure]:
    """Ask the product and its peers in turn with the same generator."""
    population = await populate(stage.database, 1)
    day = today() + timedelta(days=1)
    await insert_slots(stage.database, population, 0, list(starts(day, 1, size.slots_a_day)))
    sides = await _sides(stage, size, population, f"{day}")
    askers = {name: _Asker(stage, task) for name, task in sides.items()}
    taken = await take_turns(size.few_rounds, dict[str, Side](askers))
    busy = f"the generator was busy {askers['ready'].busiest:.0%} of the time, with hello {askers['hello'].busiest:.0%}"
    read = f"read a doctor's day of {size.slots_a_day} slots"
    figures = [
        Figure(f"{read}, ready bytes", "bare Granian ASGI hello", taken.ratio("hello", "ready"), at_least(0.4), busy),
        Figure(f"{read}, 304 by its ETag", "bare Granian ASGI hello", taken.ratio("hello", "etag"), at_least(0.4)),
        Figure(
            f"{read}, nothing kept", "bare asyncpg behind Granian", taken.ratio("bare", "miss"), at_least(_OF_ASYNCPG)
        ),
    ]
    php = "php-fpm, persistent PostgreSQL, no web server in front"
    if "php" not in sides:
        why = "php-fpm with pdo_pgsql is not on this machine"
        absent = (("ready bytes", at_least(7)), ("nothing kept", at_least(1.2)))
        return figures + [Figure(f"{read}, {how}", php, None, goal, why) for how, goal in absent]
    return [
        *figures,
        Figure(f"{read}, ready bytes", php, taken.ratio("php", "ready"), at_least(7)),
        Figure(f"{read}, nothing kept", php, taken.ratio("php", "miss"), at_least(1.2)),
    ]


@dataclass(slots=True)
class _Asker:
    """A side that asks one server for a while; its cost is seconds an answer."""

    stage: Stage
    task: Task
    busiest: float = 0.0

    async def __call__(self) -> float:
        env = {"LOAD_TASK": msgspec.json.encode(self.task).decode()}
        told = await self.stage.result(await self.stage.start("benchmarks.load", env=env))
        self.busiest = max(self.busiest, told["busy"])
        # What was asked once may be kept: the next turn begins where this one ended.
        self.task = msgspec.structs.replace(self.task, skip_numbers=int(told["numbers"]))
        return float(told["seconds"] / told["answered"])


async def _sides(stage: Stage, size: Size, population: Population, day: str) -> dict[str, Task]:
    gateway = free_port()
    environment = stage.environment(GATEWAY_PORT=str(gateway), INTERNAL_PORT=str(free_port()))
    hello, bare = free_port(), free_port()
    processes = (
        (await stage.start("gateway", "serve", env=environment), gateway),
        (await stage.start("benchmarks.peers.hello", str(hello)), hello),
        (await stage.start("benchmarks.peers.bare_query", str(bare), env={"DATABASE_URL": stage.database_url}), bare),
    )
    for process, port in processes:
        await stage.reachable(process, port)
    path = f"/v1/doctors/{population.element_id(0)}/slots?from={day}&to={day}"
    bearer = f"Authorization: Bearer {population.key}\r\n"
    etag = await _etag(gateway, path, bearer)
    plain_path = f"/{population.site_id}/{population.element_id(0)}/{day}/{day}"
    sides = {
        "hello": _http(hello, "/", size),
        "ready": _http(gateway, path, size, bearer),
        "etag": _http(gateway, path, size, f"{bearer}If-None-Match: {etag}\r\n", opening="HTTP/1.1 304"),
        "bare": _http(bare, plain_path, size),
        "miss": _http(gateway, f"{path}&n={NUMBER.decode()}", size, bearer),
    }
    php_port = await _php_fpm(stage, size)
    if php_port is not None:
        sides["php"] = _fastcgi(php_port, plain_path, size)
    return sides


def _http(port: int, path: str, size: Size, headers: str = "", opening: str = _GOOD) -> Task:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()
    return Task(port, base64.b64encode(request).decode(), opening, size.connections, size.load_for)


def _fastcgi(port: int, path: str, size: Size) -> Task:
    request = fastcgi.request(
        {
            "SCRIPT_FILENAME": str(_READ_SCRIPT),
            "REQUEST_METHOD": "GET",
            "REQUEST_URI": path,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "GATEWAY_INTERFACE": "CGI/1.1",
        }
    )
    written = base64.b64encode(request).decode()
    return Task(port, written, fastcgi.OPENING, size.connections, size.load_for, is_fastcgi=True)


async def _etag(port: int, path: str, headers: str) -> str:
    """Read the page once and return its ETag."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Connection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    head = answer.partition("\r\n\r\n")[0]
    if not head.startswith(_GOOD):
        raise RuntimeError(f"the gateway answers {head.partition(chr(13))[0]}")
    return next(line.partition(":")[2].strip() for line in head.split("\r\n") if line.lower().startswith("etag:"))


async def _php_fpm(stage: Stage, size: Size) -> int | None:
    """Start php-fpm where it is to be had and return its port."""
    fpm = await find_php("pdo_pgsql", names=_FPM_NAMES)
    if fpm is None:
        return None
    port = free_port()
    pool = stage.folder / "php-fpm.conf"
    user = os.environ.get("USER") or "root"
    log = stage.folder / "php-fpm.errors"
    pool.write_text(_FPM_POOL.format(log=log, user=user, port=port, children=size.connections), encoding="utf-8")
    arguments = [fpm, "--nodaemonize", "--allow-to-run-as-root", "--fpm-config", str(pool)]
    process = await stage.start_program(arguments, "php-fpm", {"PEER_DSN": pdo_dsn(stage.database_url)})
    await stage.reachable(process, port)
    return port

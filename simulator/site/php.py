"""The site's real PHP: `php -S` behind the site's listener, with the module, the components and the stand's kernel."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from simulator.site.directory import SiteDirectory
from simulator.site.elements import element_row

__all__ = ["PhpConfig", "PhpSite", "usable_php"]

_WORKERS = "4"
_EXTENSIONS = ("curl", "mbstring", "openssl")
_DEADLINE = aiohttp.ClientTimeout(total=45)
_LOOK_SECONDS = 0.02
_BY_PHP = frozenset({"Content-Type", "Set-Cookie", "Cache-Control", "Location"})
_TO_PHP = frozenset({"Content-Type", "Cookie", "Accept-Language", "X-Gateway-Key"})
_CHECK = "foreach (explode(',', $argv[1]) as $name) { extension_loaded($name) || exit(1); }"


def usable_php() -> str | None:
    """Find a PHP that has the extensions that the module needs."""
    binary = shutil.which("php")
    if binary is None:
        return None
    asked = subprocess.run([binary, "-r", _CHECK, ",".join(_EXTENSIONS)], capture_output=True, check=False)  # noqa: S603 - our own words
    return binary if asked.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class PhpConfig:
    """Name the PHP binary, the folder `bitrix/`, and what the stand is told by its environment."""

    binary: str
    folder: Path
    gateway_url: str
    gateway_key_file: Path | None
    feed_key_file: Path | None


class PhpSite:
    """Run PHP for as long as the site's listener is open, and pass pages and AJAX on to it."""

    def __init__(self, config: PhpConfig, directory: SiteDirectory) -> None:
        self._config = config
        self._directory = directory
        self._client: aiohttp.ClientSession | None = None
        self._state = Path()
        self._laid_out = ""
        self._port = 0

    async def context(self, _app: web.Application) -> AsyncIterator[None]:
        """Start PHP, and end it with all its workers."""
        with tempfile.TemporaryDirectory(prefix="emias-stand-") as folder:
            self._state = Path(folder)
            for name in ("sessions", "cache"):
                (self._state / name).mkdir()
            (self._state / "crypto-key").write_text(secrets.token_hex(32))
            self._laid_out = ""
            self._port = _free_port()
            process = await self._start()
            try:
                async with aiohttp.ClientSession(timeout=_DEADLINE, auto_decompress=False) as client:
                    self._client = client
                    yield
                    self._client = None
            finally:
                await _end(process)

    async def answer(self, request: web.Request) -> web.Response:
        """Pass a request on; the doctors are laid out anew when they have changed."""
        if self._client is None:
            raise web.HTTPServiceUnavailable
        self._lay_out()
        headers = {name: request.headers[name] for name in _TO_PHP if name in request.headers}
        url = f"http://127.0.0.1:{self._port}{request.path_qs}"
        try:
            async with self._client.request(
                request.method, url, headers=headers, data=await request.read() or None, allow_redirects=False
            ) as answer:
                response = web.Response(status=answer.status, body=await answer.read())
                for name, value in answer.headers.items():
                    if name in _BY_PHP:
                        response.headers.add(name, value)
                return response
        except (aiohttp.ClientError, TimeoutError):
            raise web.HTTPBadGateway from None

    async def _start(self) -> asyncio.subprocess.Process:
        config = self._config
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PHP_CLI_SERVER_WORKERS": _WORKERS,
            "STAND_STATE": str(self._state),
            "STAND_GATEWAY_URL": config.gateway_url,
            "STAND_GATEWAY_KEY_FILE": str(config.gateway_key_file or ""),
            "STAND_FEED_KEY_FILE": str(config.feed_key_file or ""),
        }
        router = config.folder / "stand" / "web.php"
        with (self._state / "php.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(config.binary, "-d", "display_errors=0", "-d", "log_errors=1", "-d", "expose_php=0"),
                *("-S", f"127.0.0.1:{self._port}", str(router)),
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not _listens(self._port):
            if process.returncode is not None:
                raise RuntimeError((self._state / "php.log").read_text(errors="replace"))
            await asyncio.sleep(_LOOK_SECONDS)
        return process

    def _lay_out(self) -> None:
        if self._laid_out == self._directory.snapshot_id:
            return
        self._laid_out = self._directory.snapshot_id
        rows = [element_row(item) for item in self._directory.after(0)]
        unfinished = self._state / "elements.new"
        unfinished.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self._state / "elements.json")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


async def _end(process: asyncio.subprocess.Process) -> None:
    """End PHP and the workers that it has forked: they share its process group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()

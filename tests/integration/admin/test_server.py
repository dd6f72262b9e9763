"""The admin as a process."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

import httpx


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_the_process_serves_until_sigterm(database_url: str) -> None:
    """The command serves pages and probes on its port, stops on SIGTERM with status 0, and names no secret."""
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway",
        "admin",
        env={**os.environ, "DATABASE_URL": database_url, "ADMIN_PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        retrying = httpx.AsyncHTTPTransport(retries=8)
        async with httpx.AsyncClient(transport=retrying, base_url=f"http://127.0.0.1:{port}") as browser:
            assert (await browser.get("/health/ready")).json() == {"status": "ok"}
            page = await browser.get("/", follow_redirects=True)
            assert "Шлюз ЕМИАС" in page.text
            style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
            assert (await browser.get(style)).status_code == 200
        process.send_signal(signal.SIGTERM)
        told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, told.decode()
    assert b"admin.without_https" in told
    assert database_url.encode() not in told
    assert b"Traceback" not in told

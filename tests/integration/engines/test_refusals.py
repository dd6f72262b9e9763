"""What stops an engine is said by a code, and with what to do."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from demo.engines import embedded_postgres, embedded_valkey
from demo.errors import DemoError
from tests.integration.engines.owner import Owner

_ATTEMPT = """
import asyncio, sys
from demo.engines import embedded_postgres
from demo.errors import DemoError
try:
    asyncio.run(embedded_postgres(sys.argv[1]).__aenter__())
except DemoError as refused:
    print(refused.code, refused.facts, refused.english)
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.mark.parametrize("engine", [embedded_postgres, embedded_valkey])
async def test_a_busy_port_is_named_with_its_holder(folder: Path, engine: type) -> None:
    """A chosen port that is taken is refused with the port and the process that holds it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"pid {os.getpid()}") as refused:
            await engine(folder, port=port).__aenter__()
    assert refused.value.code == "port_busy"
    assert refused.value.facts["port"] == port


async def test_another_versions_data_is_refused(folder: Path) -> None:
    """Data of another PostgreSQL is left alone, and both versions are named."""
    async with embedded_postgres(folder, durable=False) as handle:
        version = handle.home.data / "PG_VERSION"
    version.write_text("15\n")
    with pytest.raises(DemoError, match=r"15.*18") as refused:
        await embedded_postgres(folder).__aenter__()
    assert refused.value.code == "engine_data_version"


async def test_a_server_that_fails_shows_its_last_lines(folder: Path) -> None:
    """A server that ends at its start is reported with its status and its log."""
    async with embedded_postgres(folder, durable=False) as handle:
        control = handle.home.data / "global" / "pg_control"
    control.unlink()
    with pytest.raises(DemoError, match="pg_control") as refused:
        await embedded_postgres(folder).__aenter__()
    assert refused.value.code == "engine_failed"


async def test_an_interrupted_first_start_is_made_good(folder: Path) -> None:
    """A cluster that was left half made is made anew."""
    (folder / "postgres" / "data.new" / "base").mkdir(parents=True)
    async with embedded_postgres(folder, durable=False) as handle:
        assert handle.pid is not None


@as_root
def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    """An ordinary user is told which folder refuses."""
    owner = Owner(_ATTEMPT, folder / "run", account=(65534, 65534))
    said = owner.hear()
    owner.end()
    assert said.startswith("engine_folder_not_writable")
    assert str(folder / "run") in said


@as_root
def test_somebody_elses_folder_is_refused(folder: Path) -> None:
    """A folder that another user made is not used."""
    (folder / "postgres").mkdir(mode=0o777)
    owner = Owner(_ATTEMPT, folder, account=(65534, 65534))
    said = owner.hear()
    owner.end()
    assert said.startswith("engine_folder_foreign")


def test_missing_wheels_say_what_to_install(folder: Path) -> None:
    """Without the wheels the message names the extra and the variables for one's own servers."""
    owner = Owner("import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]" + _ATTEMPT, folder)
    said = owner.hear()
    owner.end()
    assert said.startswith("engine_binaries_missing")
    assert "DATABASE_URL" in said

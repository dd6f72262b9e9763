"""The whole house at a stand-in site: its list, its pushes, its REST."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from pathlib import Path
from uuid import uuid4

import pytest

from gateway.domain.errors import MirrorRefused
from gateway.ports import PushedChange
from gateway.services.reread import RereadResult
from gateway.settings import Settings, read_settings
from gateway.store.engine import Database
from gateway.wiring import open_house
from simulator.running import Simulator, SimulatorConfig, running_simulator
from simulator.site.webhook import IBLOCK_ID, IBLOCK_PROPERTIES

_KEY = "site-list-key"


def _settings(database_url: str, redis_url: str, **source: str) -> Settings:
    needed = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "EMIAS_URL": "http://127.0.0.1:9/",
        "FIELD_KEYS": urlsafe_b64encode(b"a made-up key for the site list.").decode(),
        "LOOKUP_KEY": "a-made-up-lookup-key-of-more-than-32-characters",
        "INSTITUTIONS": "0101=Поликлиника № 1,0202=Поликлиника № 2",
    }
    return read_settings(Settings, needed | source)


def _feed(simulator: Simulator) -> dict[str, str]:
    return {
        "BITRIX_FEED_URL": f"{simulator.site_url}/bitrix/services/main/ajax.php",
        "BITRIX_FEED_KEY": _KEY,
    }


def _webhook(simulator: Simulator) -> dict[str, str]:
    return {
        "BITRIX_WEBHOOK_URL": f"{simulator.site_url}/rest/1/{_KEY}/",
        "BITRIX_WEBHOOK_RATE": "1000",
        "BITRIX_IBLOCK_ID": str(IBLOCK_ID),
        "BITRIX_PROPERTY_SPECIALTY": IBLOCK_PROPERTIES["specialty"],
        "BITRIX_PROPERTY_ACTIVE": IBLOCK_PROPERTIES["shown"],
        "BITRIX_SPECIALTIES": "10=Терапевт,20=Кардиолог",
    }


@pytest.mark.parametrize("source", [_feed, _webhook])
async def test_edits_and_deletions_arrive_by_push(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, source: object
) -> None:
    """Through either source a pushed edit of a property and a pushed deletion are in the tables after one reading."""
    assert callable(source)
    (tmp_path / "key").write_text(_KEY)
    config = SimulatorConfig(pki_folder=tmp_path / "pki", doctors=10, feed_key_file=tmp_path / "key")
    async with (
        running_simulator(config) as simulator,
        open_house(_settings(database_url, redis_url, **source(simulator))) as house,
    ):
        assert house.mirror is not None
        assert house.reread is not None
        assert (await house.mirror.run()).added == 11
        site = house.mirror.site_id
        simulator.directory.change({"id": 701, "mappings": [{"lpu_code": "0202", "emias_doctor_id": "777"}]})
        simulator.directory.change({"id": 704, "remove": True})
        simulator.directory.change({"id": 707, "active": False})
        changes = [PushedChange(uuid4(), str(number), number == 704) for number in (701, 704, 707, 701)]
        assert await house.pushes.note(site, changes) == 4
        results = [await house.reread.next() for _ in range(4)]
        assert sorted(map(str, results[:3])) == sorted(["hidden", "written", "written"])
        assert results[3] is None
        rows = await database.pool.fetch(
            "SELECT d.element_id, d.is_active, m.emias_doctor_id, m.status FROM doctors d"
            " JOIN doctor_mappings m ON m.doctor_id = d.id WHERE d.element_id IN ('701', '704', '707') ORDER BY 1"
        )
        assert [tuple(row)[:2] for row in rows] == [("701", True), ("704", False), ("707", False)]
        assert tuple(rows[0])[2:] == ("777", "mapped")
        (tmp_path / "key").write_text("another")
        with pytest.raises(MirrorRefused, match="auth_failed"):
            await house.mirror.run()
        await house.pushes.note(site, [PushedChange(uuid4(), "710", is_deletion=True)])
        assert await house.reread.next() is RereadResult.PUT_OFF
        assert await database.pool.fetchval("SELECT count(*) FROM doctors WHERE is_active") == 9
        assert await database.pool.fetchval("SELECT mirror_error FROM sites") == "auth_failed"

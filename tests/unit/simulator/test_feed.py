"""The doctor feed in Bitrix's envelope."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp.test_utils import make_mocked_request

from simulator.roster import make_roster
from simulator.site.directory import SiteDirectory
from simulator.site.feed import FEED_PATH, KEY_HEADER, Feed
from simulator.site.keys import SecretSource
from tests.unit.simulator.pieces import NOW


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    """Make a feed of fifty-one doctors with two live keys."""
    (tmp_path / "keys").write_text("present\nnext\n")
    return Feed(SiteDirectory(make_roster(1, 50), lambda: NOW), SecretSource(tmp_path / "keys", "UNUSED"))


async def _ask(feed: Feed, *, key: str = "present", **query: Any) -> tuple[int, dict[str, Any]]:
    request = make_mocked_request("GET", f"{FEED_PATH}?{urlencode(query)}", headers={KEY_HEADER: key})
    answer = await feed.answer(request)
    return answer.status, json.loads(answer.text or "")


async def test_pages_follow_each_other_by_key(feed: Feed) -> None:
    """Pages of twenty give all fifty-one doctors once, in the order of ids, under one snapshot."""
    ids: list[int] = []
    snapshots, more = set(), True
    while more:
        _, page = await _ask(feed, action="emias:gateway.feed.doctors", after_id=ids[-1] if ids else 0, limit=20)
        data = page["data"]
        ids += [one["id"] for one in data["items"]]
        snapshots.add(data["snapshot_id"])
        more = data["has_more"]
        assert (data["last_id"], data["total"], page["status"], page["errors"]) == (ids[-1], 51, "success", [])

    assert (len(ids), ids, len(snapshots)) == (51, sorted(set(ids)), 1)


async def test_an_item_has_the_contracts_fields(feed: Feed) -> None:
    """A single doctor comes with exactly the fields that were agreed."""
    _, reply = await _ask(feed, action="emias:gateway.feed.doctor", id=701)
    [item] = reply["data"]["items"]

    assert sorted(item) == sorted(
        ["id", "xml_id", "name", "active", "specialty", "mappings", "sort", "updated_at", "hash"]
    )
    assert (sorted(item["specialty"]), sorted(item["mappings"][0])) == (["id", "name"], ["emias_doctor_id", "lpu_code"])
    assert item["updated_at"] == "2026-11-23T07:00:00+03:00"


async def test_a_doctor_who_is_not_there_is_an_empty_list(feed: Feed) -> None:
    """An unknown id is answered successfully with no items."""
    status, reply = await _ask(feed, action="emias:gateway.feed.doctor", id=1)
    assert (status, reply["status"], reply["data"]["items"]) == (200, "success", [])


@pytest.mark.parametrize(("key", "status"), [("present", 200), ("next", 200), ("", 401), ("nexT", 401)])
async def test_only_live_keys_open_the_feed(feed: Feed, key: str, status: int) -> None:
    """Both live keys are taken; any other is 401 in Bitrix's error envelope."""
    answered, reply = await _ask(feed, key=key, action="emias:gateway.feed.doctors")
    assert answered == status
    assert (reply["status"] == "success") is (status == 200)
    assert [error["code"] for error in reply["errors"]] == ([] if status == 200 else ["gateway_key_rejected"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"action": "emias:gateway.feed.doctors", "limit": "many"}, 400),
        ({"action": "emias:gateway.feed.nurses"}, 404),
        ({}, 404),
    ],
)
async def test_what_the_feed_does_not_know_is_an_error(feed: Feed, query: dict[str, Any], status: int) -> None:
    """Unreadable numbers and unknown actions are errors in the envelope."""
    answered, reply = await _ask(feed, **query)
    assert (answered, reply["status"], reply["data"]) == (status, "error", None)

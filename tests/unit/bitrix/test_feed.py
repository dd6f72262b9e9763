"""The feed against sites that behave badly."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from gateway.bitrix.feed import BitrixFeed, FeedLimits, open_feed
from gateway.domain.errors import MirrorRefused
from tests.unit.bitrix.site import Answer, envelope, item, served_site

_KEY = "feed-key"


@asynccontextmanager
async def feed_of(answer: Answer, limits: FeedLimits | None = None) -> AsyncIterator[BitrixFeed]:
    """Open a feed on a site with one handler."""
    async with served_site(answer) as url, open_feed(url, _KEY, limits) as feed:
        yield feed


def always(body: Any, status: int = 200) -> Answer:
    """Make a handler that answers the same JSON to everybody."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    return answer


async def refusal_of(answer: Answer, limits: FeedLimits | None = None) -> str:
    """Read a snapshot that cannot be believed and return the reason."""
    async with feed_of(answer, limits) as feed:
        with pytest.raises(MirrorRefused) as refused:
            await feed.snapshot()
    return refused.value.reason


async def test_pages_follow_the_last_id_and_carry_the_key() -> None:
    """The next page begins after the last id of the one before, every request names action and key."""
    asked: list[tuple[str, str, str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        query = request.query
        asked.append((query["action"], query["after_id"], query["limit"], request.headers["X-Gateway-Key"]))
        after = int(query["after_id"])
        return web.json_response(envelope([item(after + 1)], last_id=after + 1, has_more=after < 2, total=3))

    async with feed_of(answer, FeedLimits(page=1)) as feed:
        snapshot = await feed.snapshot()
    assert [doctor.element_id for doctor in snapshot.doctors] == ["1", "2", "3"]
    assert asked == [("emias:gateway.feed.doctors", after, "1", _KEY) for after in ("0", "1", "2")]


async def test_a_bad_element_is_named_and_kept_out_of_the_missing() -> None:
    """The log tells the element's id and its trouble, the others are read, and it counts as present."""
    body = envelope([item(1), item(2, name="", active="Y"), item(3)], last_id=3)
    async with feed_of(always(body)) as feed:
        with capture_logs() as logs:
            snapshot = await feed.snapshot()
    assert [doctor.element_id for doctor in snapshot.doctors] == ["1", "3"]
    assert snapshot.illegible == {"2"}
    told = [entry for entry in logs if entry["event"] == "feed_item_illegible"]
    assert [(entry["element_id"], entry["problem"]) for entry in told] == [(2, "name_missing")]


async def test_a_list_edited_between_two_pages_is_read_again() -> None:
    """A snapshot id that changes on the way starts the reading over, and the second one may succeed."""
    served = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal served
        served += 1
        after = int(request.query["after_id"])
        name = "before" if served == 1 else "after"
        return web.json_response(
            envelope([item(after + 1)], last_id=after + 1, has_more=after == 0, total=2, snapshot_id=name)
        )

    async with feed_of(answer) as feed:
        assert len((await feed.snapshot()).doctors) == 2
    assert served == 4


async def test_a_list_that_never_stands_still_is_refused() -> None:
    """When every reading meets another snapshot id the mirror stays as it is."""
    served = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal served
        served += 1
        after = int(request.query["after_id"])
        return web.json_response(
            envelope([item(after + 1)], last_id=after + 1, has_more=after == 0, total=2, snapshot_id=str(served))
        )

    assert await refusal_of(answer) == "snapshot_incomplete"


@pytest.mark.parametrize("total", [1, 3])
async def test_a_count_other_than_the_total_is_refused(total: int) -> None:
    """A list with fewer or more elements than it says is not complete."""
    body = envelope([item(1), item(2)], last_id=2, total=total)
    assert await refusal_of(always(body)) == "snapshot_incomplete"


async def test_more_pages_than_allowed_are_refused() -> None:
    """An endless list ends at the bound of pages."""

    async def answer(request: web.Request) -> web.Response:
        after = int(request.query["after_id"])
        return web.json_response(envelope([item(after + 1)], last_id=after + 1, has_more=True, total=10_000))

    assert await refusal_of(answer, FeedLimits(pages=5)) == "snapshot_incomplete"


@pytest.mark.parametrize(
    "body",
    [
        envelope([item(2), item(1)], last_id=2),
        envelope([item(5)], last_id=4),
        envelope([item(0)], last_id=1),
        envelope([], last_id=0, has_more=True),
    ],
    ids=["unordered", "beyond the last id", "not after the asked id", "no progress"],
)
async def test_a_page_against_the_paging_is_malformed(body: Any) -> None:
    """Ids that do not grow would lose or repeat doctors."""
    assert await refusal_of(always(body)) == "malformed"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "auth_failed"), (403, "auth_failed"), (302, "redirected"), (404, "http_404"), (503, "http_503")],
)
async def test_a_status_other_than_success_is_a_reason(status: int, reason: str) -> None:
    """Refused keys, redirections and errors have reasons of their own."""
    assert await refusal_of(always({}, status)) == reason


async def test_a_redirection_does_not_carry_the_key_away() -> None:
    """Nothing is asked at the place to which a site points."""
    visited: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        visited.append(request.path)
        raise web.HTTPFound("/elsewhere")

    assert await refusal_of(answer) == "redirected"
    assert visited == ["/bitrix/services/main/ajax.php"]


async def test_a_huge_page_is_cut() -> None:
    """A page beyond the bound of bytes is not read to its end."""
    assert await refusal_of(always("x" * 5000), FeedLimits(page_bytes=1000)) == "too_large"


async def test_a_compressed_page_is_not_unpacked() -> None:
    """Compression was not asked for, and could hide any size."""

    async def answer(_request: web.Request) -> web.Response:
        body = gzip.compress(json.dumps(envelope([], last_id=0)).encode())
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    assert await refusal_of(answer) == "malformed"


async def test_a_site_that_does_not_end_its_answer_is_given_up() -> None:
    """One byte now and then does not hold the worker beyond the page's time."""
    over = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"{")
        await over.wait()
        return response

    async with served_site(answer) as url, open_feed(url, _KEY, FeedLimits(page_seconds=0.05)) as feed:
        with pytest.raises(MirrorRefused) as refused:
            await feed.snapshot()
        over.set()
    assert refused.value.reason in {"too_slow", "unreachable"}


async def test_nobody_at_the_address_is_unreachable() -> None:
    """A site that is down is told from one that answers nonsense."""
    async with served_site(always({})) as url:
        pass
    async with open_feed(url, _KEY) as feed:
        with capture_logs() as logs, pytest.raises(MirrorRefused) as refused:
            await feed.snapshot()
    assert refused.value.reason == "unreachable"
    assert _KEY not in repr(logs)
    assert _KEY not in repr(feed)


_HTML_404 = b"<html>404</html>"
_NO_ACTION = json.dumps({"status": "error", "data": None, "errors": [{"code": "22002"}]}).encode()
_NO_DOCTOR = json.dumps({"status": "error", "data": None, "errors": [{"code": "doctor_not_found"}]}).encode()


@pytest.mark.parametrize(
    ("body", "reason"), [(_HTML_404, "malformed"), (_NO_ACTION, "http_404"), (b"[]", "http_404"), (_NO_DOCTOR, None)]
)
async def test_only_the_feed_s_own_word_makes_a_doctor_absent(body: bytes, reason: str | None) -> None:
    """A 404 of the web server, or of a module that is gone, says nothing of the doctor."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=404, body=body)

    async with feed_of(answer) as feed:
        if reason is None:
            assert (await feed.one("7")).doctors == ()
        else:
            with pytest.raises(MirrorRefused, match=reason):
                await feed.one("7")


async def test_another_doctor_than_the_asked_one_is_malformed() -> None:
    """A site that ignores the id does not put one doctor in another's place."""
    async with feed_of(always(envelope([item(8)], last_id=8))) as feed:
        with pytest.raises(MirrorRefused, match="malformed"):
            await feed.one("7")


async def test_one_illegible_element_is_named() -> None:
    """An element that is there but cannot be read is not absent."""
    async with feed_of(always(envelope([item(7, name="")], last_id=7))) as feed:
        found = await feed.one("7")
    assert (found.doctors, found.illegible) == ((), frozenset({"7"}))

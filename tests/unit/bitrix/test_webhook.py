"""The REST webhook against a stand-in site that limits, refuses and breaks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from gateway.bitrix.webhook import WebhookLimits, WebhookSource, WebhookTable, open_webhook
from gateway.bitrix.webhook_calls import Pacing, php_form
from gateway.bitrix.webhook_reading import PropertyNames
from gateway.domain.directory import FeedMapping
from gateway.domain.errors import MirrorRefused
from simulator.roster import make_roster
from simulator.site.directory import SiteDirectory
from simulator.site.keys import SecretSource
from simulator.site.webhook import IBLOCK_ID, IBLOCK_PROPERTIES, Webhook
from tests.unit.bitrix.site import Answer, served_site

_SECRET = "hook-secret"
_NOW = 1_800_000_000.0
_NAMES = PropertyNames(specialty=IBLOCK_PROPERTIES["specialty"], active=IBLOCK_PROPERTIES["shown"])


class Watch:
    """A clock that only sleeping moves; `slept` are the waits asked for."""

    def __init__(self) -> None:
        self.time = _NOW
        self.slept: list[float] = []

    def now(self) -> float:
        """Tell the time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Note the wait and move on."""
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def hook(tmp_path: Path) -> Webhook:
    """Make a stand-in of fifty-one doctors, twenty a page."""
    (tmp_path / "secrets").write_text(_SECRET)
    directory = SiteDirectory(make_roster(1, 50), lambda: datetime.now(UTC))
    return Webhook(directory, SecretSource(tmp_path / "secrets", "UNUSED"), page=20, now=lambda: _NOW)


@asynccontextmanager
async def source_of(
    answer: Webhook | Answer,
    watch: Watch | None = None,
    *,
    iblock_id: int = IBLOCK_ID,
    limits: WebhookLimits | None = None,
) -> AsyncIterator[WebhookSource]:
    """Open a source on a stand-in, or on a site with one handler."""

    async def routed(request: web.Request) -> web.StreamResponse:
        if not isinstance(answer, Webhook):
            return await answer(request)
        _, _, user, secret, method = request.path.split("/")
        request.match_info.update(user=user, secret=secret, method=method)
        return await answer.answer(request)

    async with served_site(routed) as url:
        address = f"http://{urlsplit(url).netloc}/rest/1/{_SECRET}/"
        table = WebhookTable(iblock_id, names=_NAMES)
        async with open_webhook(address, table, Pacing(per_second=2.0), limits) as source:
            ticking = watch or Watch()
            source.caller.sleep, source.caller.now = ticking.sleep, ticking.now
            yield source


def always(body: Any, status: int = 200) -> Answer:
    """Make a handler that answers the same JSON to everybody."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    return answer


def listing(*elements: Any) -> Answer:
    """Make a handler that lists elements on the first page and nothing on the next."""

    async def answer(request: web.Request) -> web.Response:
        form = await request.post()
        return web.json_response({"result": {"elements": elements if form["filter[0][2]"] == "0" else []}})

    return answer


async def refusal_of(answer: Webhook | Answer, watch: Watch | None = None, limits: WebhookLimits | None = None) -> str:
    """Read a snapshot that cannot be believed and return the reason."""
    async with source_of(answer, watch, limits=limits) as source:
        with pytest.raises(MirrorRefused) as refused:
            await source.snapshot()
    return refused.value.reason


async def test_pages_follow_the_last_id_two_a_second(hook: Webhook) -> None:
    """Each page is asked for by order, last id and without a count, half a second apart, until one is empty."""
    watch = Watch()
    async with source_of(hook, watch) as source:
        snapshot = await source.snapshot()
    assert len(snapshot.doctors) == 51
    assert len(hook.asked) == 4
    last = hook.asked[-1]
    assert last["filter[0][2]"] == snapshot.doctors[-1].element_id
    assert (last["order[ID]"], last["start"], last["iblockId"], last["filter[0][1]"]) == ("ASC", "-1", "17", ">")
    assert watch.slept == [pytest.approx(0.5)] * 3


async def test_a_full_bucket_is_waited_out_longer_each_time(hook: Webhook) -> None:
    """QUERY_LIMIT_EXCEEDED is answered by waits of 1, 2, 4 … seconds with jitter, and the list is whole in the end."""
    watch = Watch()
    hook.change({"faults": ["query_limit"] * 3})
    async with source_of(hook, watch) as source:
        assert len((await source.snapshot()).doctors) == 51
    for wait, least in zip(watch.slept, (1, 2, 4), strict=False):
        assert least <= wait <= 1.5 * least


async def test_a_storm_of_limits_ends_the_reading(hook: Webhook) -> None:
    """After six tries of one call the site is left alone until the next pass."""
    hook.change({"faults": ["query_limit"] * 7})
    assert await refusal_of(hook) == "query_limit"
    assert len(hook.asked) == 6


async def test_the_method_s_time_limit_is_waited_for_until_its_reset(hook: Webhook) -> None:
    """OPERATION_TIME_LIMIT says when to come again."""
    watch = Watch()
    hook.change({"faults": ["operation_time_limit"], "reset_in": 90})
    async with source_of(hook, watch) as source:
        assert len((await source.snapshot()).doctors) == 51
    assert watch.slept[0] == pytest.approx(90)


async def test_a_reset_too_far_away_is_not_waited_for(hook: Webhook) -> None:
    """A worker does not sleep for an hour: the pass is refused, the last mirror stays."""
    hook.change({"faults": ["operation_time_limit"], "reset_in": 3600})
    watch = Watch()
    assert await refusal_of(hook, watch) == "operation_time_limit"
    assert watch.slept == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("denied", "auth_failed"),
        ("closed", "site_closed"),
        ("overload", "overload_limit"),
        ("html", "http_502"),
        ("truncated", "malformed"),
    ],
)
async def test_what_waiting_does_not_mend_is_refused_at_once(hook: Webhook, fault: str, reason: str) -> None:
    """Refusals, blocks and broken answers, in the middle of a list too, are told by their reasons without a retry."""
    async with source_of(hook) as source:
        await source.one("701")
        hook.change({"faults": [fault]})
        with pytest.raises(MirrorRefused, match=reason):
            await source.snapshot()
    assert len(hook.asked) == 2


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"error": "insufficient_scope"}, 403, "auth_failed"),
        ({"error": "expired_token"}, 401, "auth_failed"),
        ({"error": "SOMETHING_NEW"}, 403, "auth_failed"),
        ({"error": "PORTAL_DELETED"}, 500, "site_closed"),
        ({"error": "ACCESS_DENIED"}, 200, "auth_failed"),
        ({"error": "0", "error_description": "Restricted field"}, 400, "site_error"),
        ([], 401, "auth_failed"),
        ("", 503, "http_503"),
        ({}, 200, "malformed"),
        ({"result": "all"}, 200, "malformed"),
        ({"result": {"elements": [{"NAME": "no id"}]}}, 200, "malformed"),
        ({"result": {"elements": [{"ID": 2}, {"ID": 1}]}}, 200, "malformed"),
        ({"result": {"elements": [{"ID": 1}]}}, 200, "malformed"),
    ],
)
async def test_the_error_s_code_goes_before_the_status(body: Any, status: int, reason: str) -> None:
    """The same error means the same whatever its status; a list that repeats itself is none."""
    assert await refusal_of(always(body, status)) == reason


async def test_more_pages_than_allowed_are_refused(hook: Webhook) -> None:
    """A list whose end was not reached is no list."""
    assert await refusal_of(hook, limits=WebhookLimits(pages=2)) == "snapshot_incomplete"


@pytest.mark.parametrize("result", [[], {}, {"elements": []}, {"elements": {}}])
async def test_an_empty_list_has_many_forms(result: Any) -> None:
    """An empty PHP array in place of the map, with no total, is a site without doctors."""
    async with source_of(always({"result": result})) as source:
        assert (await source.snapshot()).doctors == ()


async def test_another_iblock_is_an_empty_list(hook: Webhook) -> None:
    """A wrong iblock id looks like a site without doctors; that it hides nobody is the mirror's affair."""
    async with source_of(hook, iblock_id=18) as source:
        assert (await source.snapshot()).doctors == ()


@pytest.mark.parametrize(
    ("lpu", "emias", "mapped"),
    [
        ({"ID": "9", "VALUE": "0101", "DESCRIPTION": None}, {"ID": "701:12", "VALUE": 41001}, [("0101", "41001")]),
        ([{"VALUE": "0101"}], {"3743": "1", "3744": "2"}, [("0101", "1"), ("0101", "2")]),
        (["0101", "0202"], ["1", "2"], [("0101", "1"), ("0202", "2")]),
        (["0101", "0202"], "1", [("0101", "1"), ("0202", "")]),
        ("0101", [], [("0101", "")]),
        ([], {"ID": "1", "VALUE": "5"}, [("", "5")]),
        (None, False, []),
        ({"value": ["0101"]}, {"id": 1, "value": {"n0": {"VALUE": "7"}}}, [("0101", "7")]),
    ],
)
async def test_property_values_have_many_shapes(lpu: Any, emias: Any, mapped: list[tuple[str, str]]) -> None:
    """Objects, lists, value ids of both storages and bare values mean the same; a half of a pair stays a half."""
    element = {"ID": "5", "NAME": "Врач", "LPU_CODE": lpu, "EMIAS_DOCTOR_ID": emias}
    if emias is False:
        del element["EMIAS_DOCTOR_ID"]
    async with source_of(listing(element)) as source:
        [doctor] = (await source.snapshot()).doctors
    assert doctor.mappings == tuple(FeedMapping(*pair) for pair in mapped)
    assert (doctor.active, doctor.specialty_name) == (True, "Без специальности")


async def test_an_element_without_a_name_is_illegible() -> None:
    """One bad element neither stops the others nor counts as missing."""
    async with source_of(listing({"ID": 4}, {"id": "5", "name": "Врач", "SHOWN": {"VALUE": "N"}})) as source:
        snapshot = await source.snapshot()
    assert [(doctor.element_id, doctor.active) for doctor in snapshot.doctors] == [("5", False)]
    assert snapshot.illegible == {"4"}


async def test_the_secret_stands_nowhere(hook: Webhook) -> None:
    """Neither logs nor texts of errors and objects name the address."""
    hook.change({"faults": ["query_limit", "html", "denied"]})
    with capture_logs() as logs:
        async with source_of(hook) as source:
            for _ in range(2):
                with pytest.raises(MirrorRefused) as refused:
                    await source.snapshot()
                assert _SECRET not in repr(refused.value)
    assert logs
    assert _SECRET not in json.dumps(logs, default=repr)
    assert _SECRET not in repr(source)


def test_nested_parameters_are_written_as_php_reads_them() -> None:
    """Maps and lists become keys in brackets."""
    given = {"filter": [["ID", ">", 5]], "order": {"ID": "ASC"}, "start": -1}
    assert dict(php_form(given)) == {
        "filter[0][0]": "ID",
        "filter[0][1]": ">",
        "filter[0][2]": "5",
        "order[ID]": "ASC",
        "start": "-1",
    }

"""Reading specialties, doctors and slots."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from gateway.domain.errors import FieldError
from gateway.ports import DoctorFilter
from tests.fakes import NOW, World


async def test_specialties_are_listed(client: httpx.AsyncClient) -> None:
    """Specialties come as a bare array."""
    answer = await client.get("/v1/specialties")

    assert answer.status_code == 200
    assert answer.json() == [{"id": "12", "name": "Терапевт", "doctors": 1}]


@pytest.mark.parametrize("path", ["/v1/specialties", "/v1/doctors", "/v1/doctors/57/slots", "/v1/openapi.json"])
@pytest.mark.parametrize("known", ["{etag}", "W/{etag}", '"other", {etag}', "*"])
async def test_an_answer_that_is_known_is_not_sent_again(client: httpx.AsyncClient, path: str, known: str) -> None:
    """If-None-Match with the answer's ETag gives 304 without a body, with the ETag."""
    etag = (await client.get(path)).headers["etag"]

    answer = await client.get(path, headers={"If-None-Match": known.format(etag=etag)})

    assert answer.status_code == 304
    assert answer.headers["etag"] == etag
    assert answer.content == b""
    assert (await client.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_doctors_are_listed_with_moscow_instants(client: httpx.AsyncClient) -> None:
    """A doctor carries its specialty, institutions, next free slot and age; a reason only when not bookable."""
    bookable, unmapped = (await client.get("/v1/doctors")).json()["items"]

    assert bookable["specialty"] == {"id": "12", "name": "Терапевт"}
    assert bookable["lpu_code"] == "0101"
    assert bookable["next_free"] == "2026-11-23T14:00:00+03:00"
    assert "reason" not in bookable
    assert not bookable["stale"]
    assert unmapped["reason"] == "unmapped"
    assert unmapped["next_free"] is None
    assert unmapped["stale"]


async def test_pages_of_doctors_follow_the_cursor(client: httpx.AsyncClient) -> None:
    """The next page is asked for by the cursor of the one before, and the last one has none."""
    first = (await client.get("/v1/doctors")).json()
    second = (await client.get("/v1/doctors", params={"cursor": first["next_cursor"]})).json()

    assert [doctor["id"] for doctor in second["items"]] == ["58"]
    assert second["next_cursor"] is None


async def test_the_filter_reaches_the_directory(client: httpx.AsyncClient, world: World) -> None:
    """Specialty, institution, name and limit go to the directory; empty ones are absent ones."""
    await client.get("/v1/doctors", params={"specialty": "12", "lpu": "", "q": " иван ", "limit": "200"})

    assert world.directory.asked_for == DoctorFilter("12", None, "иван", 200, None)


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "x", "", "٣", "99999999999999999999"])
async def test_a_wrong_limit_is_named(client: httpx.AsyncClient, limit: str) -> None:
    """A limit outside 1 to 200 is refused by name."""
    answer = await client.get("/v1/doctors", params={"limit": limit})

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("limit", "limit_range")]


async def test_a_cursor_that_is_not_ours_is_named(client: httpx.AsyncClient) -> None:
    """The directory's refusal of a cursor is a wrong field."""
    answer = await client.get("/v1/doctors", params={"cursor": "made-up"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


async def test_slots_come_by_day(client: httpx.AsyncClient) -> None:
    """Free slots are grouped by Moscow day in order of their start."""
    body = (await client.get("/v1/doctors/57/slots")).json()

    assert [day["date"] for day in body["days"]] == ["2026-11-23", "2026-11-24"]
    assert [slot["starts_at"] for slot in body["days"][0]["slots"]] == [
        "2026-11-23T14:00:00+03:00",
        "2026-11-23T15:00:00+03:00",
        "2026-11-23T16:00:00+03:00",
    ]
    assert body["as_of"] == "2026-11-23T09:13:00+03:00"
    assert not body["stale"]


async def test_a_range_of_days_is_kept_to(client: httpx.AsyncClient) -> None:
    """`from` and `to` bound the days, both included."""
    body = (await client.get("/v1/doctors/57/slots", params={"from": "2026-11-24", "to": "2026-11-24"})).json()

    assert [day["date"] for day in body["days"]] == ["2026-11-24"]


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"from": "24.11.2026"}, "from", "date_format"),
        ({"from": "2026-02-30"}, "from", "date_format"),
        ({"from": "2026-W48-1"}, "from", "date_format"),
        ({"from": ""}, "from", "required"),
        ({"to": "2026-11-01"}, "to", "date_in_past"),
        ({"from": "2020-01-01"}, "from", "date_in_past"),
        ({"from": "2026-12-02", "to": "2026-12-01"}, "to", "range_reversed"),
        ({"from": "2026-12-02", "to": "2027-12-01"}, "to", "range_too_long"),
    ],
)
async def test_a_wrong_range_is_named(client: httpx.AsyncClient, params: dict[str, str], field: str, code: str) -> None:
    """A day that cannot be read, or a range that makes no sense, is refused by field and code."""
    answer = await client.get("/v1/doctors/57/slots", params=params)

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize("doctor", ["99", "x" * 65, "%00", "%F0%9F"])
async def test_an_unknown_doctor_is_not_found(client: httpx.AsyncClient, doctor: str) -> None:
    """A doctor that the site has not, or an id that cannot be one, is 404."""
    answer = await client.get(f"/v1/doctors/{doctor}/slots")

    assert answer.status_code == 404
    assert answer.json()["code"] == "doctor_not_found"


@pytest.mark.parametrize("age", [None, timedelta(minutes=31)])
async def test_an_old_schedule_is_called_stale(client: httpx.AsyncClient, world: World, age: timedelta | None) -> None:
    """Slots that were read too long ago, or never, are shown as stale."""
    world.directory.as_of = None if age is None else NOW - age

    assert (await client.get("/v1/doctors/57/slots")).json()["stale"]


async def test_too_many_query_fields_are_a_bad_request(client: httpx.AsyncClient) -> None:
    """A query of more fields than any caller needs is not parsed."""
    answer = await client.get("/v1/doctors", params=[("x", "1")] * 40)

    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


async def test_unexpected_refusals_of_the_directory_name_their_fields(client: httpx.AsyncClient, world: World) -> None:
    """A field's code that the door has no words for still has a message."""
    world.directory.broken = FieldError("q", "some_new_code")

    error = (await client.get("/v1/doctors")).json()["errors"][0]

    assert error == {"field": "q", "code": "some_new_code", "message": "Проверьте это поле."}

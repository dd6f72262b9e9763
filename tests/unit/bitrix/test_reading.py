"""What is made of Bitrix's answers, well-formed or as PHP makes them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bitrix.reading import IllegibleItem, Page, read_doctor, read_page
from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.domain.errors import MirrorRefused
from tests.unit.bitrix.site import envelope, item


def test_a_plain_element_becomes_a_doctor() -> None:
    """Every field of the contract arrives, unknown ones do not matter."""
    assert read_doctor(item(7, color="red")) == FeedDoctor(
        element_id="7",
        xml_id="doctor-7",
        name="Иванова Анна Петровна",
        active=True,
        specialty_id="10",
        specialty_name="Терапевт",
        mappings=(FeedMapping("0101", "7"),),
        sort=500,
        hash="hash-7",
    )


@pytest.mark.parametrize(
    ("sent", "meant"),
    [(True, True), ("Y", True), ("1", True), (1, True), (False, False), ("N", False), (0, False), ("", False)],
)
def test_a_flag_has_many_spellings(sent: Any, meant: bool) -> None:  # noqa: FBT001 - a parametrised expectation
    """Bitrix's Y and N, PHP's numbers and JSON's own booleans all tell whether a doctor is active."""
    assert read_doctor(item(7, active=sent)).active is meant


def test_empty_maps_come_as_lists_and_lists_as_maps() -> None:
    """An empty PHP array stands for a missing map, and a list with gaps arrives as a map."""
    doctor = read_doctor(
        item(7, specialty=[], xml_id=None, mappings={"0": {"lpu_code": "0101", "emias_doctor_id": 5}, "2": []})
    )
    assert (doctor.specialty_id, doctor.specialty_name) == ("-", "Без специальности")
    assert doctor.mappings == (FeedMapping("0101", "5"), FeedMapping("", ""))
    assert doctor.xml_id is None


def test_pasted_invisible_characters_are_left_out() -> None:
    """Soft hyphens, zero-width spaces and zero bytes do not reach the table, spaces are single."""
    assert read_doctor(item(7, name=" Ива\u00adнова\u200b \u00a0 Анна\u0000 ")).name == "Иванова Анна"


def test_without_the_site_s_digest_the_content_makes_one() -> None:
    """A missing hash is replaced by one that differs when the content does."""
    first, again = read_doctor(item(7, hash=None)), read_doctor(item(7, hash=""))
    other = read_doctor(item(7, hash=None, name="Петрова Анна"))
    assert first.hash
    assert again.hash
    assert first.hash != other.hash


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": None}, "name_missing"),
        ({"name": "  "}, "name_missing"),
        ({"name": {"a": 1}}, "name_malformed"),
        ({"name": "x" * 301}, "name_malformed"),
        ({"active": "maybe"}, "active_malformed"),
        ({"active": None}, "active_malformed"),
        ({"specialty": {"id": "10"}}, "specialty_malformed"),
        ({"specialty": {"id": [], "name": "Терапевт"}}, "specialty_malformed"),
        ({"mappings": [{"lpu_code": ["0101"], "emias_doctor_id": "1"}]}, "mapping_malformed"),
        ({"mappings": [{}] * 51}, "mappings_too_many"),
    ],
)
def test_an_element_of_which_no_doctor_can_be_made_says_why(fields: dict[str, Any], problem: str) -> None:
    """Each unusable element has a stable code for its trouble."""
    with pytest.raises(IllegibleItem, match=problem):
        read_doctor(item(7, **fields))


def test_numbers_of_a_page_may_be_text() -> None:
    """PHP's numbers as strings are understood, and so is an empty list of elements as a map."""
    body = envelope({}, last_id="0", has_more="N", total="0", schema_version="1", snapshot_id=12)
    assert read_page(json.dumps(body).encode()) == Page("12", 0, 0, has_more=False, items={})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "malformed"),
        (b"<html>", "malformed"),
        (b"[]", "malformed"),
        (b"[" * 100_000, "malformed"),
        (b'{"a":' + b"9" * 5000 + b"}", "malformed"),
        (b'{"status":"error","data":null,"errors":[]}', "site_error"),
        (b'{"status":"error","data":null,"errors":[{"code":"gateway_key_rejected"}]}', "auth_failed"),
        (b'{"status":"success","data":[]}', "schema_version"),
        (json.dumps(envelope([], last_id=0, schema_version=2)).encode(), "schema_version"),
        (json.dumps(envelope([], last_id=None)).encode(), "malformed"),
        (json.dumps(envelope([], last_id=0, snapshot_id="")).encode(), "malformed"),
        (json.dumps(envelope([], last_id=0, has_more=None)).encode(), "malformed"),
        (json.dumps(envelope([{"name": "no id"}], last_id=0)).encode(), "malformed"),
        (json.dumps(envelope([{"id": 1}, {"id": "1"}], last_id=1)).encode(), "malformed"),
    ],
)
def test_a_page_that_is_none_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    """Whatever is no page of the contract changes nothing and says so."""
    with pytest.raises(MirrorRefused) as refused:
        read_page(body)
    assert refused.value.reason == reason


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["id", "name", "active", "specialty", "mappings", "sort", "hash"]), _JSON))
def test_any_element_is_a_doctor_or_illegible(fields: dict[str, Any]) -> None:
    """No JSON in place of an element leads to anything else."""
    with suppress(IllegibleItem):
        assert isinstance(read_doctor({**item(1), **fields}), FeedDoctor)


@given(st.binary(max_size=200) | _JSON.map(lambda value: json.dumps({"status": "success", "data": value}).encode()))
def test_any_body_is_a_page_or_refused(body: bytes) -> None:
    """No bytes lead to anything but a page or a refusal."""
    with suppress(MirrorRefused):
        assert isinstance(read_page(body), Page)

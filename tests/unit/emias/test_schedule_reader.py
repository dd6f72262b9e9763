"""Schedules are read by names, and believed only when each slot can be."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Cause
from gateway.domain.schedule import DoctorHint, RemoteSlot
from gateway.emias.contract import Contract
from gateway.emias.errors import CallError, CallFailed
from gateway.emias.instants import InstantReader
from gateway.emias.reply import ReplyReader
from gateway.emias.schedule_reader import ScheduleReader
from tests.unit.emias.pieces import DC, DOCTOR, SVC, envelope, schedule_xml, slot_xml, told

FIRST, LAST = date(2026, 11, 24), date(2026, 11, 25)
TAG = f"{{{SVC}}}GetScheduleResponse"
PLAIN = envelope(schedule_xml(slot_xml("2026-11-24T15:00:00+03:00", end="2026-11-24T15:12:00+03:00"))).decode()


class Reading:
    """Read a response element as the adapter does."""

    def __init__(self, replies: ReplyReader, schedules: ScheduleReader) -> None:
        self._replies = replies
        self._schedules = schedules

    def body(self, body: bytes) -> list[RemoteSlot]:
        """Read a whole reply."""
        return self._schedules.read(self._replies.payload(told(body), TAG), DOCTOR, FIRST, LAST)

    def hint(self, payload: str) -> DoctorHint:
        """Read what a reply says of its doctor."""
        return self._schedules.hint(self._replies.payload(told(envelope(payload)), TAG))

    def slots(self, *slots: str) -> list[RemoteSlot]:
        """Read a reply of these slots."""
        return self.body(envelope(schedule_xml(*slots)))


@pytest.fixture(scope="session")
def reading(replies: ReplyReader, schedules: ScheduleReader) -> Reading:
    """Make the readers of the built-in contract."""
    return Reading(replies, schedules)


def _at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


def test_free_and_busy_slots(reading: Reading) -> None:
    """Each slot comes with its instants, id, state and room."""
    slots = reading.slots(
        slot_xml("2026-11-24T15:00:00+03:00", "a", end="2026-11-24T15:12:00+03:00"),
        slot_xml("2026-11-24T15:12:00+03:00", "b", free="0"),
    )

    assert slots == [
        RemoteSlot(_at(15), "a", is_free=True, ends_at=_at(15, 12), room="каб. 1"),
        RemoteSlot(_at(15, 12), "b", is_free=False, ends_at=None, room="каб. 1"),
    ]
    assert slots[0].room is slots[1].room


def test_members_in_any_order_and_unknown_ones(reading: Reading) -> None:
    """Order and additions of a newer server change nothing."""
    shuffled = (
        "<a:ScheduleSlot><a:StartTime>2026-11-24T15:00:00</a:StartTime><a:Channel>WEB</a:Channel>"
        "<a:SlotId>a</a:SlotId><a:IsFree>true</a:IsFree></a:ScheduleSlot>"
    )

    assert reading.slots(shuffled) == [RemoteSlot(_at(15), "a", is_free=True)]


def test_only_the_days_asked_for(reading: Reading) -> None:
    """Slots of other Moscow days are dropped, by the instant and not by its spelling."""
    texts = ("2026-11-23T23:48:00+03:00", "2026-11-23T21:00:00Z", "2026-11-25T23:48:00+03:00", "2026-11-25T21:00:00Z")

    assert [slot.starts_at for slot in reading.slots(*map(slot_xml, texts))] == [_at(0), _at(23, 48, day=25)]


def test_an_end_that_is_no_end_is_absent(reading: Reading) -> None:
    """Year 1 and an end before the start are no end."""
    for end in ("0001-01-01T00:00:00", "2026-11-24T14:00:00+03:00"):
        assert reading.slots(slot_xml("2026-11-24T15:00:00+03:00", end=end))[0].ends_at is None


def test_no_slots_is_a_schedule(reading: Reading) -> None:
    """An empty or nil list is a doctor without slots."""
    nil = schedule_xml().replace(
        "<a:Slots>", '<a:Slots xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">'
    )

    assert reading.slots() == reading.body(envelope(nil)) == []


@pytest.mark.parametrize(
    "slot",
    [
        slot_xml("2026-11-24T15:00:00+03:00", ""),
        slot_xml("2026-11-24T15:00:00+03:00").replace("<a:SlotId>s1</a:SlotId>", ""),
        slot_xml("0001-01-01T00:00:00"),
        slot_xml("завтра утром"),
        slot_xml("2026-11-24T15:00:00+03:00").replace("StartTime", "Start"),
        slot_xml("2026-11-24T15:00:00+03:00", free="yes"),
        slot_xml("2026-11-24T15:00:00+03:00").replace("<a:IsFree>true</a:IsFree>", ""),
        slot_xml("2026-11-24T15:00:00+03:00", end="later"),
        "<a:ScheduleSlot/>",
    ],
)
def test_a_slot_that_cannot_be_right_spoils_the_reply(reading: Reading, slot: str) -> None:
    """Without id, start or state nothing of the schedule is believed."""
    with pytest.raises(CallFailed) as failure:
        reading.slots(slot_xml("2026-11-24T15:00:00+03:00", "good"), slot)

    assert (failure.value.cause, failure.value.code) == (Cause.CONTRACT_MISMATCH, "slots")


@pytest.mark.parametrize(
    ("xml", "member"),
    [
        (schedule_xml(doctor_id="99999"), "doctor_id"),
        (schedule_xml(lpu_code="0202"), "lpu_code"),
        (f'<GetScheduleResponse xmlns="{SVC}"/>', "doctor_id"),
        (schedule_xml().replace("a:Slots", "a:Times"), "slots"),
        (schedule_xml().replace(DC, f"{DC}.V2"), "doctor_id"),
    ],
)
def test_another_doctors_schedule_is_not_ours(reading: Reading, xml: str, member: str) -> None:
    """The reply must speak of the doctor and institution asked for, and have a list."""
    with pytest.raises(CallFailed) as failure:
        reading.body(envelope(xml))

    assert (failure.value.cause, failure.value.code) == (Cause.CONTRACT_MISMATCH, member)


def test_without_a_state_every_listed_slot_is_free(replies: ReplyReader, contract: Contract) -> None:
    """A contract that lists only free slots names no state."""
    paths = {key: path for key, path in contract.operations["get_schedule"].paths.items() if key != "is_free"}
    lean = Reading(replies, ScheduleReader(paths, InstantReader("Europe/Moscow")))

    assert lean.slots(slot_xml("2026-11-24T15:00:00+03:00", free=""))[0].is_free


def _survives(reading: Reading, body: bytes) -> None:
    try:
        slots = reading.body(body)
    except CallError:
        return
    assert all(FIRST <= slot.starts_at.date() <= LAST and slot.emias_slot_id for slot in slots)


@given(body=st.binary(max_size=400))
def test_arbitrary_bytes_bring_a_typed_error(reading: Reading, body: bytes) -> None:
    """Whatever comes, the reader answers slots or one of its own errors."""
    _survives(reading, body)


@given(data=st.data())
def test_mutated_replies_bring_slots_or_a_typed_error(reading: Reading, data: st.DataObject) -> None:
    """A good reply with a piece torn out, doubled or replaced breaks nothing."""
    start = data.draw(st.integers(0, len(PLAIN)))
    end = data.draw(st.integers(start, min(len(PLAIN), start + 60)))
    piece = data.draw(st.text(max_size=20) | st.sampled_from(["<", "&x;", PLAIN[start:end] * 2, "<!DOCTYPE a>", "]]>"]))
    _survives(reading, (PLAIN[:start] + piece + PLAIN[end:]).encode("utf-8", "surrogatepass"))


@given(
    texts=st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="<&\ufffe\uffff"), max_size=30
        ),
        min_size=5,
        max_size=5,
    )
)
def test_arbitrary_members_bring_slots_or_a_typed_error(reading: Reading, texts: list[str]) -> None:
    """A slot whose members say anything at all breaks nothing."""
    start, slot_id, end, free, room = texts
    _survives(reading, envelope(schedule_xml(slot_xml(start, slot_id, end=end, free=free, room=room))))


def test_what_is_no_name_is_no_hint(reading: Reading) -> None:
    """Line breaks become spaces; an empty text, and one too long to be a name, says nothing."""
    named = "<a:DoctorName> Ольшанская\n Вера </a:DoctorName><a:LpuCode>"

    def hint(specialty: str) -> DoctorHint:
        told = schedule_xml().replace("<a:LpuCode>", named)
        return reading.hint(told.replace("</GetScheduleResult>", f"{specialty}</GetScheduleResult>"))

    assert hint("<a:Specialty>Хирург</a:Specialty>") == DoctorHint("Ольшанская Вера", "Хирург")
    for nothing in ("", "<a:Specialty/>", f"<a:Specialty>{'х' * 301}</a:Specialty>"):
        assert hint(nothing) == DoctorHint("Ольшанская Вера", None)
    assert DoctorHint(None, "Хирург").or_else(DoctorHint("Вера", "Терапевт")) == DoctorHint("Вера", "Хирург")

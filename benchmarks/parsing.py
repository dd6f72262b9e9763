"""Parse one GetSchedule reply: the product, lxml by position, zeep in full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import requests
from lxml import etree
from zeep.settings import Settings
from zeep.transports import Transport
from zeep.wsdl import Document

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.record import contract_of_record, wsdl_file
from benchmarks.replies import DATA_CONTRACT, doctor_ref, raw_reply, schedule_body
from benchmarks.rounds import take_turns, timed_cpu
from benchmarks.sizes import Size
from benchmarks.stage import Stage
from gateway.domain.moscow import MOSCOW
from gateway.emias.contract import load_contract
from gateway.emias.faults import FaultReader
from gateway.emias.instants import InstantReader
from gateway.emias.profiles import Profile
from gateway.emias.profiles.profile import Soap
from gateway.emias.reply import ReplyReader
from gateway.emias.schedule_reader import ScheduleReader

__all__ = ["measure"]

_SLOT: Final = f"{{{DATA_CONTRACT}}}ScheduleSlot"


class _Slot(msgspec.Struct):
    """A slot's members in the order in which the contract writes them."""

    ends_at: datetime
    is_free: bool
    room: str | None
    slot_id: str | None
    starts_at: datetime


async def measure(_stage: Stage, size: Size) -> list[Figure]:
    """Compare CPU time for one doctor's whole horizon."""
    profile, soap = contract_of_record()
    today = datetime.now(MOSCOW).date()
    body = schedule_body(doctor_ref(0), today, size.days, size.slots_a_day)
    taken = await take_turns(
        size.rounds,
        {
            "product": timed_cpu(_product(profile, soap, body, size), size.parses),
            "cold": timed_cpu(_cold_product(profile, soap, body, size), size.parses),
            "position": timed_cpu(lambda: _by_position(body), size.parses),
            "zeep": timed_cpu(_zeep(soap, body), 1),
        },
    )
    what = f"parse a GetSchedule reply, {size.slots:,} slots, {len(body) // 1000} KB"
    return [
        Figure(what, "lxml → msgspec.Struct by position, CPU", taken.ratio("product", "position"), at_most(2)),
        Figure(
            f"{what}, the first one after a start",
            "lxml → msgspec.Struct by position, CPU",
            taken.ratio("cold", "position"),
            at_most(2),
            note="the product remembers instants: the grid of a day is every doctor's",
        ),
        Figure(
            f"{what}, how many times faster",
            "zeep in full, CPU",
            taken.ratio("zeep", "product") * size.parses,
            at_least(12.5),
        ),
    ]


def _product(
    profile: Profile, soap: Soap, body: bytes, size: Size, instants: InstantReader | None = None
) -> Callable[[], object]:
    contract = load_contract(profile)
    replies = ReplyReader(soap.version, FaultReader(profile, contract.faults))
    operation = contract.operations["get_schedule"]
    schedules = ScheduleReader(operation.paths, instants or InstantReader(profile.formats.time_zone))
    reply = raw_reply(body)
    first = datetime.now(MOSCOW).date()
    last = first + timedelta(days=size.days - 1)
    return lambda: schedules.read(replies.payload(reply, operation.reply_tag), doctor_ref(0), first, last)


def _cold_product(profile: Profile, soap: Soap, body: bytes, size: Size) -> Callable[[], object]:
    instants = InstantReader(profile.formats.time_zone)
    parse = _product(profile, soap, body, size, instants)

    def parse_anew() -> object:
        instants.read.cache_clear()
        return parse()

    return parse_anew


def _by_position(body: bytes) -> list[_Slot]:
    """Do the least that yields typed slots: no check of envelope, owner, member names or range."""
    instant: Any = datetime.fromisoformat
    return [
        _Slot(instant(item[0].text), item[1].text == "true", item[2].text, item[3].text, instant(item[4].text))
        for item in etree.fromstring(body).iter(_SLOT)
    ]


def _zeep(soap: Soap, body: bytes) -> Callable[[], object]:
    with requests.Session() as session:
        local: Any = Transport(session=session)  # type: ignore[no-untyped-call] # zeep leaves it untyped
        wsdl = Document(str(wsdl_file()), local, settings=Settings(forbid_dtd=True, forbid_external=True))
    binding: Any = wsdl.bindings[soap.binding]
    operation = binding.get("GetSchedule")
    return lambda: operation.process_reply(etree.fromstring(body))

"""True answers in a shape, an encoding or with a content that the contract does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

from simulator.emias.rendering import instant
from simulator.emias.replies.exchange import Exchange, send
from simulator.emias.wire import DATA_CONTRACT, SERVICE, success_reply
from simulator.emias.world import MOSCOW

__all__ = [
    "empty_schedule",
    "extra_elements",
    "garbage_schedule",
    "two_bodies",
    "unordered",
    "wrong_doctor",
    "wrong_encoding",
    "wrong_namespace",
]

_ANOTHER_DOCTOR = 99999
_MONTH = timedelta(days=28)


async def extra_elements(exchange: Exchange) -> web.StreamResponse:
    """Put an element that the contract does not know in front of each record's members."""
    root = etree.fromstring(exchange.reply.body)
    for record in list(_records(root)):
        extra = etree.Element(f"{{{etree.QName(record[0]).namespace}}}Channel")
        extra.text = "OTHER_WEB"
        record.insert(0, extra)
    return await send(exchange.reply, body=etree.tostring(root, encoding="utf-8"))


async def unordered(exchange: Exchange) -> web.StreamResponse:
    """Turn the order of each record's members round."""
    root = etree.fromstring(exchange.reply.body)
    for record in list(_records(root)):
        record[:] = reversed(record)
    return await send(exchange.reply, body=etree.tostring(root, encoding="utf-8"))


async def wrong_namespace(exchange: Exchange) -> web.StreamResponse:
    """Move the answer's elements into the namespaces of another version of the service."""
    text = exchange.reply.xml.replace(f'"{SERVICE}"', '"http://tempuri.org/v2/"')
    return await send(exchange.reply, body=text.replace(DATA_CONTRACT, f"{DATA_CONTRACT}.V2").encode())


async def wrong_encoding(exchange: Exchange) -> web.StreamResponse:
    """Declare UTF-8 and send windows-1251."""
    text = f'<?xml version="1.0" encoding="utf-8"?><!-- ЕМИАС -->{exchange.reply.xml}'
    return await send(exchange.reply, body=text.encode("cp1251", errors="xmlcharrefreplace"))


async def two_bodies(exchange: Exchange) -> web.StreamResponse:
    """Repeat the body inside the envelope."""
    root = etree.fromstring(exchange.reply.body)
    root.append(etree.fromstring(etree.tostring(root[0])))
    return await send(exchange.reply, body=etree.tostring(root, encoding="utf-8"))


async def empty_schedule(exchange: Exchange) -> web.StreamResponse:
    """Answer a schedule without slots."""
    return await send(success_reply(exchange.call, _schedule(exchange, "")))


async def garbage_schedule(exchange: Exchange) -> web.StreamResponse:
    """Answer slots without ids, of the year 1, twice the same, ending before they begin, and far in the future."""
    rows = (
        _slot("2026-11-24T08:12:00+03:00", '<a:SlotId i:nil="true"/>', "2026-11-24T08:00:00+03:00"),
        _slot("0001-01-01T00:00:00", "<a:SlotId>G-1</a:SlotId>", "0001-01-01T00:00:00"),
        _slot("2026-11-24T07:00:00+03:00", "<a:SlotId>G-2</a:SlotId>", "2026-11-24T09:00:00+03:00"),
        _slot("2026-11-24T07:00:00+03:00", "<a:SlotId>G-2</a:SlotId>", "2026-11-24T09:00:00+03:00"),
        _slot("9999-12-31T23:59:59+03:00", f"<a:SlotId>{'Я' * 500}</a:SlotId>", "9999-12-31T23:59:59+03:00"),
        _slot("скоро", "<a:SlotId>G-3</a:SlotId>", "завтра утром"),
    )
    return await send(success_reply(exchange.call, _schedule(exchange, "".join(rows))))


async def wrong_doctor(exchange: Exchange) -> web.StreamResponse:
    """Answer about another doctor: another id, and for a booking another appointment at another time."""
    root = etree.fromstring(exchange.reply.body)
    for element in root.iter(f"{{{DATA_CONTRACT}}}DoctorId"):
        element.text = str(_ANOTHER_DOCTOR)
    for element in root.iter(f"{{{SERVICE}}}AppointmentId"):
        element.text = "AP-9999999"
    for element in root.iter(f"{{{SERVICE}}}StartTime"):
        element.text = _month_later(element.text or "")
    return await send(exchange.reply, body=etree.tostring(root, encoding="utf-8"))


def _records(root: etree._Element) -> Iterator[etree._Element]:
    for element in root.iter(f"{{{SERVICE}}}*", f"{{{DATA_CONTRACT}}}*"):
        if len(element) and not len(element[0]):
            yield element


def _month_later(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return instant((moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)) + _MONTH, "local")


def _slot(end: str, slot_id: str, start: str) -> str:
    return (
        f"<a:ScheduleSlot><a:EndTime>{end}</a:EndTime><a:IsFree>true</a:IsFree>{slot_id}"
        f"<a:StartTime>{start}</a:StartTime></a:ScheduleSlot>"
    )


def _schedule(exchange: Exchange, rows: str) -> str:
    arguments = exchange.call.arguments
    return (
        f'<GetScheduleResponse xmlns="{SERVICE}"><GetScheduleResult xmlns:a="{DATA_CONTRACT}"'
        ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        f"<a:DoctorId>{escape(arguments.get('doctorId', ''))}</a:DoctorId>"
        f"<a:LpuCode>{escape(arguments.get('lpuCode', ''))}</a:LpuCode>"
        f"<a:Slots>{rows}</a:Slots></GetScheduleResult></GetScheduleResponse>"
    )

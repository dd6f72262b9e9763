"""Requests and replies as a person may see them: structure and types always, values only where they are nobody's.

A value is shown where the profile maps its place to what is neither a patient's nor a secret in any of its operations;
all else is named by its type. What is shown is searched once more for the patient's own values, names in any case too,
and for numbers that look like a SNILS or a policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec
from lxml import etree

from gateway.domain.patient import Patient
from gateway.emias.errors import CallFailed
from gateway.emias.json_tree import read_json, tag_path
from gateway.emias.profiles import Profile
from gateway.emias.profiles.value_names import is_personal
from gateway.emias.reply import RawReply
from gateway.emias.request import Request

__all__ = ["Redaction", "redaction_of"]

_LISTS: Final = frozenset({"slots", "appointments", "cancelled"})
_OF_PATIENT: Final = "patient_id"
_PERSONAL_NUMBER: Final = re.compile(r"(?<!\d)(?:\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{2}|\d{9}|\d{16})(?!\d)")
_A_DATE: Final = re.compile(r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2})(?!\d)")
_SHAPES: Final = (
    (r"true|false", "true/false"),
    (r"\d{4}-\d\d-\d\dT.*", "date and time"),
    (r"\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}", "date"),
    (r"[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}", "guid"),
    (r"[-\d ]+", "digits"),
)
_FAULT: Final = frozenset({"Fault/faultcode", "Fault/Code/Value", "Fault/Code/Subcode/Value"})
_FAULT_TEXT: Final = frozenset({"Fault/faultstring", "Fault/Reason/Text"})
_ADDRESSING: Final = frozenset({"Action", "To"})
_SHOWN_HEADERS: Final = frozenset({"Content-Type", "SOAPAction", "Accept"})
_ITEMS_SHOWN: Final = 2
_HIDDEN: Final = "‹{}›"
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_SHORTEST_STEM: Final = 3
_ENDING: Final = 2


@dataclass(frozen=True, slots=True)
class Redaction:
    """Places by their path of local names: those of values and of messages; `values` are patterns of the patient's."""

    told: frozenset[str]
    answered: frozenset[str]
    messages: frozenset[str]
    values: tuple[str, ...] = field(repr=False)

    def request(self, request: Request) -> Iterator[str]:
        """Write a request, line by line."""
        yield f"{request.method} {self._address(request.target)}".rstrip()
        for name, value in request.headers.items():
            yield f"{name}: {value if name in _SHOWN_HEADERS else _HIDDEN.format('hidden')}"
        if request.body is not None:
            yield from self._body(request.body, self.told, frozenset())

    def reply(self, reply: RawReply | CallFailed) -> Iterator[str]:
        """Write a reply, line by line; of what is neither XML nor JSON only the size."""
        if isinstance(reply, CallFailed):
            sent = "it may have been sent" if reply.is_sent else "it surely was not sent"
            yield f"no reply: {reply.cause.value}{f', {reply.code}' if reply.code else ''}; {sent}"
            return
        yield f"HTTP {reply.status} {reply.media_type or 'without a content type'}, {len(reply.body)} bytes"
        if reply.body:
            yield from self._body(reply.body, self.answered, self.messages)

    def scrub(self, text: str) -> str:
        """Take the patient out of a text."""
        for value in self.values:
            text = re.sub(value, _HIDDEN.format("patient"), text, flags=re.IGNORECASE)
        return _PERSONAL_NUMBER.sub(_HIDDEN.format("digits"), text)

    def _address(self, target: str) -> str:
        return self.scrub(target)

    def _body(self, body: bytes, shown: frozenset[str], messages: frozenset[str]) -> Iterator[str]:
        root = _tree(body)
        if root is None:
            yield _HIDDEN.format("neither XML nor JSON, not shown")
            return
        yield from self._lines(root, (), shown, messages)

    def _lines(
        self, element: etree._Element, above: tuple[str, ...], shown: frozenset[str], messages: frozenset[str]
    ) -> Iterator[str]:
        name = etree.QName(element).localname
        path = (*above, name)
        children = list(element.iterchildren("*"))
        indent = "  " * len(above)
        if not children:
            yield f"{indent}{name}: {self._text(element, path, shown, messages)}"
            return
        yield f"{indent}{name}"
        met: dict[str, int] = {}
        for child in children:
            met[child.tag] = met.get(child.tag, 0) + 1
            if met[child.tag] <= _ITEMS_SHOWN:
                yield from self._lines(child, path, shown, messages)
        for tag, count in met.items():
            if count > _ITEMS_SHOWN:
                yield f"{indent}  … {count - _ITEMS_SHOWN} more {etree.QName(tag).localname}"

    def _text(
        self, element: etree._Element, path: tuple[str, ...], shown: frozenset[str], messages: frozenset[str]
    ) -> str:
        text = (element.text or "").strip()
        if not text:
            return "(nil)" if element.get(_NIL) in {"true", "1"} else "(empty)"
        within = _within(path)
        if within in shown:
            return self.scrub(text)
        if within in messages:
            return _A_DATE.sub(_HIDDEN.format("date"), self.scrub(text))
        return _HIDDEN.format(_shape(text))


def redaction_of(profile: Profile, patient: Patient | None) -> Redaction:
    """Tell from a profile which places may be shown; a place that is personal in one operation is so in all."""
    is_list_of_items = profile.rest is not None
    told, kept, answered, messages = set[str](), set[str](), set(_FAULT), set(_FAULT_TEXT)
    for call in profile.operations.calls().values():
        for path, value in call.parameters.items():
            (kept if is_personal(value) or value == _OF_PATIENT else told).add(tag_path(path))
        result = msgspec.structs.asdict(getattr(call, "result"))  # noqa: B009 - each kind of call has its own
        paths = {key: path for key, path in result.items() if isinstance(path, str) and key != "no_list"}
        kept.update(tag_path(path) for key, path in paths.items() if key == _OF_PATIENT)
        lists = [tag_path(path, is_list=is_list_of_items) for key, path in paths.items() if key in _LISTS]
        for path in paths.values():
            answered.update([tag_path(path), *(f"{place}/{tag_path(path)}" for place in lists)])
        if call.verdict is not None:
            answered.update(_of(call.verdict.success, call.verdict.code, call.verdict.field))
            messages.update(_of(call.verdict.message))
    faults = profile.faults
    above = f"{etree.QName(faults.element).localname}/" if faults.element else ""
    answered.update(f"{above}{path}" for path in _of(faults.code, faults.field))
    messages.update(f"{above}{path}" for path in _of(faults.message))
    told |= _ADDRESSING
    return Redaction(
        frozenset(told - kept), frozenset(answered - kept), frozenset(messages - kept), tuple(_values(patient))
    )


def _of(*paths: str | None) -> list[str]:
    return [tag_path(path) for path in paths if path]


def _values(patient: Patient | None) -> Iterable[str]:
    """Write what tells who the patient is as patterns."""
    if patient is None:
        return []
    day, oms = patient.birth_date, patient.oms
    names = [name for name in (patient.last_name, patient.first_name, patient.middle_name) if name]
    stems = [name[: max(_SHORTEST_STEM, len(name) - _ENDING)] for name in names]
    exact = [oms.number, oms.series, patient.snils.digits, patient.snils.dashed(), f"{day:%d.%m.%Y}", day.isoformat()]
    return [*(rf"\b{re.escape(stem)}\w*" for stem in stems), *(re.escape(value) for value in exact if value)]


def _tree(body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        if body.lstrip()[:1] in {b"{", b"["}:
            return read_json(body)
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, EOFError):
        return None
    return root if etree.QName(root).localname == "Envelope" else None


def _within(path: tuple[str, ...]) -> str:
    """Cut off what stands above the place that a profile's paths begin at."""
    if path[0] != "Envelope":
        return "/".join(path[1:])
    if path[1:3] == ("Body", "Fault"):
        own = path[4:] if path[3:4] and path[3].lower() == "detail" else path[2:]
        return "/".join(own)
    return "/".join(path[3:] if path[1:2] == ("Body",) else path[-1:])


def _shape(text: str) -> str:
    return next((name for pattern, name in _SHAPES if re.fullmatch(pattern, text)), "text")

"""The draft of a profile: a contract's names in the places where a profile has them, each doubt marked in its line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.contracts.facets import files_of
from gateway.contracts.guesses import CallGuess, Guess, error_words, guess_call
from gateway.contracts.known import KnownCodes, known_codes
from gateway.contracts.page import DOUBT, Page
from gateway.contracts.roles import roles_of
from gateway.contracts.wsdl import Binding, Member, Wsdl
from gateway.emias.errors import ContractError

__all__ = ["Draft", "copy_contract", "draft_profile"]

_ORDER: Final = ("probe", "identify", "get_schedule", "create", "find", "cancel")
_NEEDED_ROLES: Final = ("probe", "get_schedule", "create")
_BOUNDS: Final = {
    "probe": (10, 262_144),
    "identify": (15, 262_144),
    "get_schedule": (20, 2_097_152),
    "create": (40, 262_144),
    "find": (15, 1_048_576),
    "cancel": (30, 262_144),
}
"""Seconds and bytes that have been enough elsewhere."""
_NUMBERS: Final = frozenset({"int", "long", "integer", "short", "unsignedInt", "decimal"})
_OFFSET: Final = "2026-11-23T10:00:00+03:00"
_NAIVE: Final = "2026-11-23T10:00:00"


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a profile.toml, how many of its lines are unsure, and the binding that it speaks over."""

    text: str
    unsure: int
    binding: str


def copy_contract(wsdl: Path, folder: Path) -> list[Path]:
    """Put the WSDL and all that it imports into a folder, as they stand to each other; raise `ContractError`."""
    home = wsdl.resolve().parent
    copied = []
    for file in files_of(wsdl):
        if not file.is_relative_to(home):
            raise ContractError(wsdl.name, [f"imports {file.name} from outside its folder: put them into one folder"])
        target = folder.resolve() / file.relative_to(home)
        if target != file:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        copied.append(target)
    return copied


def draft_profile(wsdl: Wsdl, binding: str | None = None) -> Draft:
    """Draft a profile over the named binding, or over the likeliest; raise `ContractError` where there is none."""
    chosen = _choose(wsdl, binding)
    calls = {role: guess_call(role, operation) for role, operation in roles_of(chosen.operations).items()}
    flow = _settle_flow(calls)
    known = known_codes(numeric=_codes_are_numbers(calls))
    page = Page()
    _head(page, wsdl, chosen, calls, flow)
    _formats(page, calls)
    _schedule(page, calls)
    if flow == "session":
        page.table("session")
        page.line("expired", known.expired, "codes of a session that is over, as other registries call it")
    _capabilities(page, calls)
    for role in _ORDER:
        if role in calls:
            _call(page, role, calls[role], known, has_look_up="find" in calls)
        elif role in _NEEDED_ROLES:
            _missing(page, role, chosen)
    _faults(page, chosen, calls, known)
    return Draft(page.text(), page.unsure, chosen.name)


def _choose(wsdl: Wsdl, name: str | None) -> Binding:
    """Take the named binding, else one that speaks WS-Addressing over SOAP 1.2, else the first port's."""
    usable = [binding for binding in wsdl.bindings if binding.operations]
    if name is not None:
        usable = [binding for binding in usable if binding.name == name or binding.name.endswith(f"}}{name}")]
    addressed = [one for one in usable if one.version == "1.2" and any(o.addressing_action for o in one.operations)]
    if not usable:
        raise ContractError(str(wsdl.file), [f"no SOAP binding {name or ''} with document/literal operations"])
    return (addressed or usable)[0]


def _settle_flow(calls: dict[str, CallGuess]) -> str:
    """Name the flow; a step that the flow does not use is taken out."""
    if any(told.value == "session" for call in calls.values() for told in call.parameters.values()):
        return "session"
    identify = calls.get("identify")
    if identify is not None and "patient_id" in identify.result:
        return "identify_then_book"
    calls.pop("identify", None)
    return "one_step"


def _codes_are_numbers(calls: Mapping[str, CallGuess]) -> bool:
    return any(call.code_kind in _NUMBERS for call in calls.values())


def _head(page: Page, wsdl: Wsdl, binding: Binding, calls: Mapping[str, CallGuess], flow: str) -> None:
    service = wsdl.services[0].name if wsdl.services else wsdl.file.stem
    page.comment(f"Drafted from {wsdl.file.name}. Look at each line that ends with `{DOUBT}`; then `contract check`.")
    page.comment("Ask the owner for [limits], [[blackouts]] and [[closures]] too: no WSDL tells them.")
    page.line("title", f"{service}, SOAP {binding.version}")
    page.line("flow", flow)
    page.table("soap")
    page.line("version", binding.version)
    page.line("wsdl", wsdl.file.name)
    page.line("binding", binding.name)
    spoken = any(call.operation.addressing_action for call in calls.values())
    page.line("addressing", "auto" if spoken else "off")


def _formats(page: Page, calls: Mapping[str, CallGuess]) -> None:
    page.table("formats")
    page.line("time_zone", "Europe/Moscow")
    day = _kind(calls, "date_from")
    midnight = "%Y-%m-%dT00:00:00"
    page.line(
        "date", midnight if day == "dateTime" else "%Y-%m-%d", "text, of a form that is not told" * (day == "string")
    )
    if day == "dateTime":
        page.line("date_to", "%Y-%m-%dT23:59:59")
    birth = _kind(calls, "patient.birth_date")
    form = {"date": "%Y-%m-%d", "dateTime": midnight}.get(birth, "%d.%m.%Y")
    page.line("birth_date", form, "" if birth in {"date", "dateTime"} else "text, of a form that is not told")
    starts_at = _member(calls, "result.starts_at")
    if starts_at is not None and _fits(starts_at, _OFFSET) and not _fits(starts_at, _NAIVE):
        page.line("offset", "required")
    snils = _member(calls, "patient.snils")
    if snils is not None and snils.facets.patterns:
        page.line("snils", "plain" if _fits(snils, "11223344595") else "dashed")
    else:
        page.line("snils", "dashed", "with dashes and a space, or eleven digits: plain")
    if _member(calls, "patient.oms") is not None:
        page.line("policy", "series_and_number", "one text for both, if an old policy has a series")
    else:
        page.line("policy", "number")
    told = any(one.value == "absent" for call in calls.values() for one in call.parameters.values())
    page.line("absent", "nil" if told else "omit", "what stands for a value that we do not have")


def _schedule(page: Page, calls: Mapping[str, CallGuess]) -> None:
    page.table("schedule")
    page.line("horizon_days", 30, "how many days ahead may be booked")
    page.line("days_per_call", 7, "how many of them one reply may cover")
    page.line("lists_busy", "is_free" in calls["get_schedule"].result if "get_schedule" in calls else False)


def _capabilities(page: Page, calls: Mapping[str, CallGuess]) -> None:
    results = {role: call.result for role, call in calls.items()}
    page.table("capabilities")
    page.line("lookup", "find" in calls)
    page.line("cancel", "cancel" in calls)
    page.line("returns_appointment_id", "appointment_id" in results.get("create", {}))
    page.line("lists_busy_slots", "is_free" in results.get("get_schedule", {}))
    page.line("slot_end", "ends_at" in results.get("get_schedule", {}))
    page.line("patient_step", "identify" in calls)


def _call(page: Page, role: str, call: CallGuess, known: KnownCodes, *, has_look_up: bool) -> None:
    where = f"operations.{role}"
    deadline, most = _BOUNDS[role]
    page.table(where)
    page.line("name", call.operation.name)
    page.line("deadline", deadline)
    page.line("max_bytes", most)
    if call.needed:
        page.line("needed", call.needed)
    _of_its_own(page, role, call, known, has_look_up=has_look_up)
    _guessed(page, f"{where}.parameters", call.parameters)
    if call.untold:
        page.comment(f"not told: {', '.join(call.untold)}")
    _guessed(page, f"{where}.result", call.result)
    _guessed(page, f"{where}.verdict", call.verdict)


def _missing(page: Page, role: str, binding: Binding) -> None:
    page.table(f"operations.{role}", "nothing looks like it; name one of these and fill in the rest")
    page.comment(", ".join(operation.name for operation in binding.operations))


def _of_its_own(page: Page, role: str, call: CallGuess, known: KnownCodes, *, has_look_up: bool) -> None:
    """Write the keys that only one operation has."""
    if role == "get_schedule" and call.slots is not None and not call.slots.is_optional and known.empty:
        page.line("empty_codes", known.empty, "the list has one slot at least: how is no slot told?")
    if role != "cancel":
        return
    reason = call.members.get("reason")
    if reason is not None and reason.facets.values:
        page.line("reasons", _reasons(reason.facets.values), "our reasons by the contract's values")
    if has_look_up and known.ambiguous and call.code_kind in _NUMBERS:
        page.line("ambiguous", known.ambiguous, "codes that may mean that it was cancelled before")


def _reasons(values: Iterable[str]) -> dict[str, str]:
    listed = list(values)
    usual = next((value for value in listed if re.search("patient", value, re.IGNORECASE)), listed[0])
    mistake = next((value for value in listed if re.search("mistake|error", value, re.IGNORECASE)), None)
    return {"*": usual} | ({"mistake": mistake} if mistake else {})


def _guessed(page: Page, table: str, guesses: Mapping[str, Guess]) -> None:
    if guesses:
        page.table(table)
    for key, guess in guesses.items():
        page.line(key, guess.value, guess.note)


def _faults(page: Page, binding: Binding, calls: Mapping[str, CallGuess], known: KnownCodes) -> None:
    page.table("faults")
    typed = next((fault for one in binding.operations for fault in one.faults.items()), None)
    if typed is not None and (words := error_words(typed[1])):
        page.line("element", typed[0])
        for key, member in words.items():
            page.line(key, member.path)
    elif not any("code" in call.verdict for call in calls.values()):
        page.comment(f"{DOUBT[2:]} no error is typed: every fault is a broken call, and nothing is ever refused")
    if known.doubtful:
        page.line("doubtful", known.doubtful, "codes that do not say whether it was done")
    page.table("faults.refusals", "codes of other registries: keep and add what this one's list says")
    for code, kind in known.refusals.items():
        page.line(code, kind)
    for rule in known.texts:
        page.tables("faults.texts")
        page.line("pattern", rule.pattern)
        page.line("refusal", rule.refusal.value)


def _member(calls: Mapping[str, CallGuess], value: str) -> Member | None:
    return next((call.members[value] for call in calls.values() if value in call.members), None)


def _kind(calls: Mapping[str, CallGuess], value: str) -> str:
    member = _member(calls, value)
    return member.kind if member is not None else "date"


def _fits(member: Member, text: str) -> bool:
    """Try a text on a member's patterns; one that Python cannot read fits nothing."""
    try:
        return any(re.fullmatch(pattern, text) for pattern in member.facets.patterns)
    except re.error:
        return False

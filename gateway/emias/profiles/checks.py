"""What a profile must be beyond its shape; each rule yields the dotted key at fault and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Final
from zoneinfo import ZoneInfo

from gateway.emias.profiles.abilities import abilities
from gateway.emias.profiles.calls import Call
from gateway.emias.profiles.profile import Profile
from gateway.emias.profiles.value_names import BROUGHT, EVERYWHERE, FLOW_NAMES, VALUE_NAMES, is_personal

__all__ = ["faults_of"]

Fault = tuple[str, str]
_NO_OFFSET: Final = "is by formats.time_zone: write it without an offset"


def faults_of(profile: Profile) -> Iterator[Fault]:
    """Check the values that a shape cannot."""
    yield from _transport(profile)
    for name, call in profile.operations.calls().items():
        yield from _call(profile, f"operations.{name}", name, call)
    yield from _flow(profile)
    yield from _formats(profile)
    yield from _blackouts(profile)
    yield from _capabilities(profile)


def _transport(profile: Profile) -> Iterator[Fault]:
    if (profile.soap is None) == (profile.rest is None):
        yield "soap", "exactly one of soap and rest must be there"
    elif profile.rest is not None and profile.security.ws_security != "off":
        yield "security.ws_security", "is a matter of SOAP"
    for header, value in profile.security.headers.items():
        if not value.startswith(("=", BROUGHT)):
            yield f"security.headers.{header}", "must be =text or secret.NAME"


def _call(profile: Profile, where: str, name: str, call: Call) -> Iterator[Fault]:
    known = VALUE_NAMES[name] | EVERYWHERE | FLOW_NAMES[profile.flow]
    if profile.soap is not None and not call.name:
        yield f"{where}.name", "a SOAP operation has a name"
    if profile.rest is not None and not call.path:
        yield f"{where}.path", "a REST operation has a path"
    for path, value in call.parameters.items():
        if not value.startswith(("=", BROUGHT)) and value not in known:
            yield f"{where}.parameters.{path}", f"no value of ours is called {value}"
    for place, value in enumerate(call.needed):
        if value not in known:
            yield f"{where}.needed[{place}]", f"no value of ours is called {value}"
    if profile.rest is not None:
        yield from _address(where, call, known)


def _address(where: str, call: Call, known: frozenset[str]) -> Iterator[Fault]:
    """Names in an address must be ours, and nobody's data: addresses are written into logs."""
    try:
        names = [name for _, name, _, _ in Formatter().parse(call.path) if name is not None]
    except ValueError as error:
        yield f"{where}.path", str(error)
        return
    for name in names:
        if name not in known or is_personal(name):
            yield f"{where}.path", f"{{{name}}} may not stand in an address"
    for path, value in call.parameters.items():
        if call.method == "GET" and is_personal(value):
            yield f"{where}.parameters.{path}", f"{value} may not stand in an address"


def _flow(profile: Profile) -> Iterator[Fault]:
    identify = profile.operations.identify
    if profile.flow == "identify_then_book" and (identify is None or identify.result.patient_id is None):
        yield "operations.identify.result.patient_id", "the flow identify_then_book needs it"
    if profile.flow == "one_step" and identify is not None:
        yield "flow", "one_step does not use operations.identify"
    if profile.flow != "session" and profile.session.expired:
        yield "session.expired", f"the flow {profile.flow} has no session"
    cancel = profile.operations.cancel
    if cancel is not None and cancel.ambiguous and profile.operations.find is None:
        yield "operations.cancel.ambiguous", "without operations.find nothing can tell"


def _formats(profile: Profile) -> Iterator[Fault]:
    try:
        ZoneInfo(profile.formats.time_zone)
    except (OSError, ValueError, LookupError):
        yield "formats.time_zone", f"no such zone: {profile.formats.time_zone}"
    for place, rule in enumerate(profile.faults.texts):
        try:
            re.compile(rule.pattern)
        except re.error as error:
            yield f"faults.texts[{place}].pattern", str(error)


def _blackouts(profile: Profile) -> Iterator[Fault]:
    for place, hours in enumerate(profile.blackouts):
        if hours.starts == hours.ends:
            yield f"blackouts[{place}].ends", "must differ from starts"
        if hours.starts.tzinfo is not None or hours.ends.tzinfo is not None:
            yield f"blackouts[{place}]", _NO_OFFSET
    for place, closure in enumerate(profile.closures):
        if closure.starts.tzinfo is not None or closure.ends.tzinfo is not None:
            yield f"closures[{place}]", _NO_OFFSET
        elif closure.ends <= closure.starts:
            yield f"closures[{place}].ends", "must come after starts"


def _capabilities(profile: Profile) -> Iterator[Fault]:
    for name, declared, is_so in _declared(profile):
        if declared != is_so:
            yield f"capabilities.{name}", f"is declared {declared}, and the profile's tables say {is_so}"


def _declared(profile: Profile) -> Iterable[tuple[str, bool, bool]]:
    if profile.capabilities is None:
        return
    for name, is_so in abilities(profile).items():
        yield name, getattr(profile.capabilities, name), is_so

"""The contract as its WSDL tells it, and whether a profile fits it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.settings import Settings
from zeep.transports import Transport
from zeep.wsdl import Document
from zeep.wsdl.bindings.soap import Soap11Binding, Soap12Binding
from zeep.xsd.types.builtins import Decimal, Double, Float, Integer

from gateway.emias.errors import ContractError
from gateway.emias.profiles.calls import Call
from gateway.emias.profiles.profile import Profile, Soap

__all__ = ["Contract", "FaultTags", "Operation", "check_profile", "load_contract"]

_BINDINGS: Final = {"1.1": Soap11Binding, "1.2": Soap12Binding}
_NUMBERS: Final = (Integer, Decimal, Double, Float)
_NO_LIST: Final = "no_list"
_LISTS: Final = {
    "get_schedule": ("slots", frozenset({"slot_id", "starts_at", "ends_at", "is_free", "room"})),
    "find": (
        "appointments",
        frozenset(
            {"appointment_id", "doctor_id", "starts_at", "state", "slot_id", "ticket", "created_at", "client_ref"}
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `create` builds its envelope; `paths` and `verdict` lead to each of its results."""

    action: str
    addressing_action: str | None
    create: Callable[..., Any]
    reply_tag: str
    numbers: frozenset[str]
    paths: Mapping[str, str]
    verdict: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FaultTags:
    """The typed fault's element and its members."""

    element: str
    code: str
    message: str | None
    field: str | None


@dataclass(frozen=True, slots=True)
class Contract:
    """What a profile names, found in its WSDL; operations by our names. No `faults` where none is typed."""

    operations: Mapping[str, Operation]
    faults: FaultTags | None


def load_contract(profile: Profile) -> Contract:
    """Read the vendored WSDL, never by network; raise `ContractError` with every problem. Blocks for some 0.1 s."""
    if profile.soap is None:
        raise ContractError(profile.title, ["soap: is not there, and so no WSDL"])
    reading = _Reading(profile, profile.soap)
    contract = reading.contract()
    if reading.problems or contract is None:
        raise ContractError(profile.title, reading.problems)
    return contract


def check_profile(profile: Profile) -> list[str]:
    """List what a profile names and its WSDL does not have; empty when the two fit, or where REST has no WSDL."""
    if profile.soap is None:
        return []
    try:
        load_contract(profile)
    except ContractError as error:
        return list(error.problems)
    return []


class _Reading:
    """One comparison of a profile with its WSDL; problems are gathered, not raised."""

    def __init__(self, profile: Profile, soap: Soap) -> None:
        self._profile = profile
        self._soap = soap
        self.problems: list[str] = []

    def contract(self) -> Contract | None:
        """Resolve all that the profile names; None when not even the binding is there."""
        wsdl = self._wsdl()
        binding = self._binding(wsdl) if wsdl is not None else None
        if wsdl is None or binding is None:
            return None
        calls = self._profile.operations.calls()
        operations = {name: self._operation(binding, name, call) for name, call in calls.items()}
        return Contract(
            {name: operation for name, operation in operations.items() if operation}, self._fault_tags(wsdl)
        )

    def _wsdl(self) -> Document | None:
        file = Path(self._profile.folder, self._soap.wsdl)
        if not file.is_file():
            self.problems.append(f"soap.wsdl: no file {file}")
            return None
        try:
            local: Any = Transport()  # type: ignore[no-untyped-call] # zeep leaves it untyped
            return Document(str(file.resolve()), local, settings=Settings(forbid_dtd=True, forbid_external=True))
        except (ZeepError, etree.LxmlError, OSError, LookupError, ValueError) as error:
            self.problems.append(f"soap.wsdl: {file.name} cannot be read: {type(error).__name__}: {error}")
            return None

    def _binding(self, wsdl: Document) -> Any | None:
        soap = self._soap
        binding = wsdl.bindings.get(soap.binding)
        if binding is None:
            self.problems.append(f"soap.binding: {soap.binding} is not among {', '.join(sorted(wsdl.bindings))}")
        elif type(binding) is not _BINDINGS[soap.version]:
            self.problems.append(f"soap.version: {soap.binding} is not of SOAP {soap.version}")
        else:
            return binding
        return None

    def _operation(self, binding: Any, name: str, call: Call) -> Operation | None:
        where = f"operations.{name}"
        found = binding.all().get(call.name)
        if found is None or found.style != "document":
            self.problems.append(f"{where}.name: the binding has no document/literal operation {call.name}")
            return None
        return Operation(
            action=found.soapaction,
            addressing_action=found.abstract.wsa_action,
            create=found.create,
            reply_tag=str(found.output.body.qname),
            numbers=frozenset(self._numbers(found.input.body.type, call, f"{where}.parameters")),
            paths=self._results(found.output.body.type, name, msgspec.structs.asdict(call)["result"], where),
            verdict=self._verdict(found.output.body.type, call, where),
        )

    def _verdict(self, reply: Any, call: Call, where: str) -> dict[str, str]:
        named = msgspec.structs.asdict(call.verdict) if call.verdict else {}
        paths = {key: path for key, path in named.items() if isinstance(path, str)}
        return {key: _clark(self._walk(reply, path, f"{where}.verdict.{key}")) for key, path in paths.items()}

    def _numbers(self, request: Any, call: Call, where: str) -> Iterator[str]:
        for path in call.parameters:
            steps = self._walk(request, path, where)
            if steps and isinstance(steps[-1].type, _NUMBERS):
                yield path

    def _results(self, reply: Any, name: str, result: msgspec.Struct, where: str) -> dict[str, str]:
        list_key, members = _LISTS.get(name, ("", frozenset[str]()))
        found: dict[str, str] = {}
        item = reply
        if list_key:
            steps = self._walk(reply, getattr(result, list_key), f"{where}.result.{list_key}")
            found[list_key] = _clark(steps)
            item = steps[-1].type if steps else None
        for key, path in msgspec.structs.asdict(result).items():
            if isinstance(path, str) and key not in {list_key, _NO_LIST} and item is not None:
                start = item if key in members else reply
                steps = self._walk(start, path, f"{where}.result.{key}")
                found[key] = _clark(steps)
                if name == "get_schedule" and start is item and len(steps) > 1:
                    self.problems.append(f"{where}.result.{key}: {path} must stand in the slot itself")
        return found

    def _fault_tags(self, wsdl: Document) -> FaultTags | None:
        faults = self._profile.faults
        if faults.element is None:
            return None
        try:
            kind = wsdl.types.get_element(faults.element).type
        except (LookupError, ZeepError):
            self.problems.append(f"faults.element: no element {faults.element}")
            return None
        code, message, field = (
            _clark(self._walk(kind, path, f"faults.{key}")) if path else None
            for key, path in (("code", faults.code), ("message", faults.message), ("field", faults.field))
        )
        return FaultTags(faults.element, code or "", message, field)

    def _walk(self, kind: Any, path: str, where: str) -> list[Any]:
        steps: list[Any] = []
        for name in path.split("."):
            element = dict(getattr(kind, "elements", ())).get(name)
            if element is None:
                self.problems.append(f"{where}: {path} is not in the contract (no {name})")
                return []
            steps.append(element)
            kind = element.type
        return steps


def _clark(steps: list[Any]) -> str:
    return "/".join(step.qname.text for step in steps)

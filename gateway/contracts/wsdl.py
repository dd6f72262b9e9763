"""What a WSDL says, as plain data: bindings, operations, and the members of their requests and replies with types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.settings import Settings
from zeep.transports import Transport
from zeep.wsdl import Document
from zeep.wsdl.bindings.soap import Soap11Binding, Soap12Binding

from gateway.contracts.facets import Facets, read_facets
from gateway.emias.errors import ContractError

__all__ = ["Binding", "Member", "Operation", "Service", "Wsdl", "read_wsdl"]

_VERSIONS: Final = {Soap11Binding: "1.1", Soap12Binding: "1.2"}
_DEEPEST: Final = 12


@dataclass(frozen=True, slots=True)
class Member:
    """One element: `path` is dotted from the request or response element, `kind` the local name of its basic type."""

    name: str
    path: str
    kind: str
    is_list: bool
    is_optional: bool
    is_nillable: bool
    facets: Facets
    members: tuple[Member, ...] = ()

    def walk(self) -> Iterator[Member]:
        """Go through this member and all below it."""
        yield self
        for member in self.members:
            yield from member.walk()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation with what it is told and what it answers; `faults` by element in Clark notation."""

    name: str
    action: str
    addressing_action: str | None
    request: tuple[Member, ...]
    reply: tuple[Member, ...]
    faults: Mapping[str, tuple[Member, ...]]


@dataclass(frozen=True, slots=True)
class Binding:
    """A binding by its name in Clark notation; what is not document/literal is only counted in `unusable`."""

    name: str
    version: str
    operations: tuple[Operation, ...]
    unusable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A service and its ports: name, binding, address."""

    name: str
    ports: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Wsdl:
    """A whole contract; bindings in the order of the services' ports."""

    file: Path
    services: tuple[Service, ...]
    bindings: tuple[Binding, ...]


def read_wsdl(file: Path) -> Wsdl:
    """Read a WSDL and what it imports from beside it, never by network; raise `ContractError`."""
    if not file.is_file():
        raise ContractError(str(file), ["no such file: save the WSDL with all that it imports first"])
    try:
        local: Any = Transport()  # type: ignore[no-untyped-call] # zeep leaves it untyped
        document = Document(str(file.resolve()), local, settings=Settings(forbid_dtd=True, forbid_external=True))
    except (ZeepError, etree.LxmlError, OSError, LookupError, ValueError) as error:
        raise ContractError(str(file), [f"cannot be read: {type(error).__name__}: {error}"]) from None
    facets = read_facets(file)
    services = tuple(_service(service) for service in document.services.values())
    used = [binding for service in services for _, binding, _ in service.ports]
    named = sorted(document.bindings, key=lambda name: used.index(name) if name in used else len(used))
    bindings = (_binding(name, document.bindings[name], facets) for name in named)
    usable = tuple(binding for binding in bindings if binding is not None)
    if not usable:
        raise ContractError(str(file), ["has no SOAP binding"])
    return Wsdl(file, services, usable)


def _service(service: Any) -> Service:
    ports = service.ports.items()
    return Service(
        service.name,
        tuple((name, port.binding.name.text, port.binding_options.get("address", "")) for name, port in ports),
    )


def _binding(name: str, binding: Any, facets: Mapping[str, Facets]) -> Binding | None:
    version = _VERSIONS.get(type(binding))
    if version is None:
        return None
    operations = binding.all()
    usable = {key: one for key, one in operations.items() if _is_document(one)}
    return Binding(
        name,
        version,
        tuple(_operation(key, one, facets) for key, one in usable.items()),
        tuple(sorted(set(operations) - set(usable))),
    )


def _is_document(operation: Any) -> bool:
    bodies = (getattr(message, "body", None) for message in (operation.input, operation.output))
    return operation.style == "document" and all(getattr(body, "qname", None) is not None for body in bodies)


def _operation(name: str, operation: Any, facets: Mapping[str, Facets]) -> Operation:
    parts = (part for message in operation.abstract.fault_messages.values() for part in message.parts.values())
    elements = [part.element for part in parts if part.element is not None]
    return Operation(
        name=name,
        action=operation.soapaction,
        addressing_action=operation.abstract.wsa_action,
        request=_members(operation.input.body.type, "", facets, ()),
        reply=_members(operation.output.body.type, "", facets, ()),
        faults={element.qname.text: _members(element.type, "", facets, ()) for element in elements},
    )


def _members(kind: Any, path: str, facets: Mapping[str, Facets], above: tuple[Any, ...]) -> tuple[Member, ...]:
    if kind in above or len(above) > _DEEPEST:
        return ()
    found = (_member(name, element, path, facets, (*above, kind)) for name, element in getattr(kind, "elements", ()))
    return tuple(member for member in found if member is not None)


def _member(name: str, element: Any, path: str, facets: Mapping[str, Facets], above: tuple[Any, ...]) -> Member | None:
    kind = getattr(element, "type", None)
    if kind is None or not hasattr(element, "qname"):  # xs:any
        return None
    own = f"{path}.{name}" if path else name
    members = _members(kind, own, facets, above)
    named = kind.qname.text if getattr(kind, "qname", None) is not None else ""
    told = facets.get(named, Facets())
    return Member(
        name=name,
        path=own,
        kind="" if members else told.base or _basic(kind),
        is_list=bool(element.accepts_multiple),
        is_optional=bool(element.is_optional),
        is_nillable=bool(element.nillable),
        facets=told,
        members=members,
    )


def _basic(kind: Any) -> str:
    qname = getattr(kind, "qname", None)
    return qname.localname if qname is not None else "complex"

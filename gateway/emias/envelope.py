"""Requests: zeep builds each envelope from the WSDL's model, the headers follow the SOAP version."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.wsse.username import UsernameToken
from zeep.xsd import Nil

from gateway.domain.outcomes import Cause
from gateway.emias.contract import Contract, Operation
from gateway.emias.errors import CallFailed
from gateway.emias.profiles.profile import Profile, Soap
from gateway.emias.request import Request
from gateway.emias.security import security_headers
from gateway.emias.translate import Values

__all__ = ["ENVELOPE_NAMESPACES", "Envelopes"]

ENVELOPE_NAMESPACES: Final = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
_ADDRESSING: Final = "http://www.w3.org/2005/08/addressing"
_NUMBER: Final = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?", re.ASCII)
_ABSENT: Final[Mapping[str, object]] = {"nil": Nil, "empty": ""}


@dataclass(frozen=True, slots=True)
class Envelopes:
    """Builds the requests of one contract toward one address."""

    profile: Profile
    soap: Soap
    contract: Contract
    address: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def build(self, name: str, values: Values) -> Request:
        """Build a request; raise `CallFailed`, not sent, when a value cannot stand where the contract wants it."""
        operation = self.contract.operations[name]
        parameters = self.profile.operations.calls()[name].parameters
        arguments = self._arguments(operation, parameters, values)
        try:
            envelope = operation.create(**arguments).content
        except (ZeepError, ValueError, TypeError):
            raise CallFailed(Cause.CONTRACT_MISMATCH, is_sent=False) from None
        self._address(envelope, operation)
        self._sign(envelope)
        body = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        return Request(self._headers(operation.action), body)

    def _arguments(self, operation: Operation, parameters: Mapping[str, str], values: Values) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        for path, name in parameters.items():
            value = name[1:] if name.startswith("=") else values[name]
            if value is not None and path in operation.numbers and not _NUMBER.fullmatch(value):
                raise CallFailed(Cause.CONTRACT_MISMATCH, is_sent=False, code=path)
            written = self._absent(path in operation.numbers) if value is None else value
            if written is None:
                continue
            *parents, last = path.split(".")
            table = arguments
            for parent in parents:
                table = table.setdefault(parent, {})
            table[last] = written
        return arguments

    def _absent(self, is_number: bool) -> object | None:  # noqa: FBT001 - the one thing that it depends on
        how = self.profile.formats.absent
        return None if is_number and how == "empty" else _ABSENT.get(how)

    def _sign(self, envelope: etree._Element) -> None:
        """Put WS-Security's token into the header; it holds a time and a number used once, so that it is made anew."""
        how = self.profile.security.ws_security
        if how != "off":
            make: Any = UsernameToken  # zeep leaves it untyped
            token = make(self.secrets["username"], self.secrets["password"], use_digest=how == "digest")
            token.apply(envelope, {})

    def _address(self, envelope: etree._Element, operation: Operation) -> None:
        soap = self.soap
        action = operation.addressing_action or (operation.action if soap.addressing == "force" else None)
        if soap.addressing == "off" or action is None:
            return
        namespace = ENVELOPE_NAMESPACES[soap.version]
        header = envelope.find(f"{{{namespace}}}Header")
        if header is None:
            header = etree.Element(f"{{{namespace}}}Header")
            envelope.insert(0, header)
        to = soap.addressing_to or self.address
        for tag, text in (("Action", action), ("MessageID", uuid.uuid4().urn), ("To", to)):
            etree.SubElement(header, f"{{{_ADDRESSING}}}{tag}", nsmap={"wsa": _ADDRESSING}).text = text

    def _headers(self, action: str) -> dict[str, str]:
        ours = security_headers(self.profile, self.secrets)
        if self.soap.version == "1.1":
            return {**ours, "Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        return {**ours, "Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}

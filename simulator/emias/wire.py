"""SOAP on the wire: reading a call, and envelopes and faults in the version in which the caller spoke."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from xml.sax.saxutils import escape

from lxml import etree

from simulator.emias.refusals import RefusalError

__all__ = [
    "DATA_CONTRACT",
    "OPERATIONS",
    "SERVICE",
    "Call",
    "Reply",
    "SoapVersion",
    "UnreadableCallError",
    "hollow",
    "read_call",
    "refusal_reply",
    "success_reply",
    "untyped_fault",
]

SERVICE = "http://tempuri.org/"
DATA_CONTRACT = "http://schemas.datacontract.org/2004/07/Emias.Schedule"
OPERATIONS = ("GetSchedule", "CreateAppointment", "FindAppointments", "CancelAppointment", "GetVersion")
_EFFECTFUL = frozenset({"CreateAppointment", "CancelAppointment"})
_DISPATCHER = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class SoapVersion(Enum):
    """Name an envelope namespace."""

    SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
    SOAP12 = "http://www.w3.org/2003/05/soap-envelope"

    @property
    def content_type(self) -> str:
        """Tell the media type of replies in this version."""
        media = "text/xml" if self is SoapVersion.SOAP11 else "application/soap+xml"
        return f"{media}; charset=utf-8"


class UnreadableCallError(Exception):
    """Say that a request is no SOAP call of this contract; `status` is the HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """Hold one call: scalar arguments by name, and the members of `patient`."""

    version: SoapVersion
    operation: str
    arguments: dict[str, str]
    patient: dict[str, str]

    @property
    def is_effectful(self) -> bool:
        """Tell whether the operation changes the ledger."""
        return self.operation in _EFFECTFUL


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """Hold an answer ready to be sent."""

    status: int
    version: SoapVersion
    xml: str
    outcome: str = "ok"

    @property
    def body(self) -> bytes:
        """Encode the envelope."""
        return self.xml.encode()


def read_call(content_type: str, body: bytes) -> Call:
    """Read a request of either SOAP version, by its content type; DTDs are refused."""
    version = {"text/xml": SoapVersion.SOAP11, "application/soap+xml": SoapVersion.SOAP12}.get(content_type)
    if version is None:
        raise UnreadableCallError(415)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableCallError(400) from error
    payload = root.find(f"{{{version.value}}}Body/*")
    if root.getroottree().docinfo.internalDTD is not None or payload is None:
        raise UnreadableCallError(400)
    name = etree.QName(payload)
    patient = payload.find(f"{{{SERVICE}}}patient")
    return Call(
        version=version,
        operation=name.localname if name.namespace == SERVICE else "",
        arguments=_members(payload, SERVICE),
        patient={} if patient is None else _members(patient, DATA_CONTRACT),
    )


def _members(parent: etree._Element, namespace: str) -> dict[str, str]:
    return {
        etree.QName(child).localname: child.text or ""
        for child in parent.iterchildren(f"{{{namespace}}}*")
        if child.get(_NIL) not in {"true", "1"} and not len(child)
    }


def success_reply(call: Call, payload: str) -> Reply:
    """Wrap the response element of an operation."""
    return Reply(200, call.version, _envelope(call.version, payload))


def hollow(call: Call) -> Reply:
    """Make an answer that says nothing, for misbehaviour that must not touch the ledger."""
    return success_reply(call, f'<{call.operation}Response xmlns="{SERVICE}"/>')


def refusal_reply(call: Call, refusal: RefusalError) -> Reply:
    """Write the typed fault as WCF does: status 500, detail in the data contract's namespace."""
    field = f"<Field>{escape(refusal.field)}</Field>" if refusal.field else '<Field i:nil="true"/>'
    detail = (
        f'<ScheduleFault xmlns="{DATA_CONTRACT}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        f"<Code>{escape(refusal.code)}</Code>{field}<Message>{escape(refusal.message)}</Message></ScheduleFault>"
    )
    blame = "Server" if refusal.code == "INTERNAL" else "Client"
    return _fault(call.version, blame, "", refusal.message, detail, refusal.code)


def untyped_fault(version: SoapVersion, subcode: str, text: str) -> Reply:
    """Write a fault without detail, of the kind that WCF's own dispatcher raises."""
    blame = "Server" if subcode == "InternalServiceFault" else "Client"
    return _fault(version, blame, subcode, text, "", subcode)


def _fault(version: SoapVersion, blame: str, subcode: str, text: str, detail: str, outcome: str) -> Reply:
    reason = escape(text)
    if version is SoapVersion.SOAP11:
        code = f"a:{subcode}" if subcode else f"s:{blame}"
        inner = (
            f'<faultcode xmlns:a="{_DISPATCHER}">{code}</faultcode><faultstring xml:lang="ru-RU">{reason}</faultstring>'
            + (f"<detail>{detail}</detail>" if detail else "")
        )
    else:
        role = "Receiver" if blame == "Server" else "Sender"
        nested = f'<s:Subcode><s:Value xmlns:a="{_DISPATCHER}">a:{subcode}</s:Value></s:Subcode>' if subcode else ""
        inner = (
            f"<s:Code><s:Value>s:{role}</s:Value>{nested}</s:Code>"
            f'<s:Reason><s:Text xml:lang="ru-RU">{reason}</s:Text></s:Reason>'
            + (f"<s:Detail>{detail}</s:Detail>" if detail else "")
        )
    return Reply(500, version, _envelope(version, f"<s:Fault>{inner}</s:Fault>"), outcome)


def _envelope(version: SoapVersion, payload: str) -> str:
    return f'<s:Envelope xmlns:s="{version.value}"><s:Body>{payload}</s:Body></s:Envelope>'

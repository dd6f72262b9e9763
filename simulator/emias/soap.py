"""SOAP on the wire: reading an envelope, and envelopes and faults in the version in which the caller spoke."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from xml.sax.saxutils import escape

from lxml import etree

from simulator.emias.call import Reply, UnreadableCallError

__all__ = ["SoapVersion", "fault", "members", "read_envelope", "wrap"]

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


def read_envelope(content_type: str, body: bytes) -> tuple[SoapVersion, etree._Element]:
    """Read the payload of a request of either SOAP version, by its content type; DTDs are refused."""
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
    return version, payload


def members(parent: etree._Element | None) -> dict[str, str]:
    """List the texts of an element's scalar children by local name; nil ones are left out."""
    return {} if parent is None else dict(_members(parent))


def _members(parent: etree._Element) -> Iterator[tuple[str, str]]:
    for child in parent.iterchildren("{*}*"):
        if child.get(_NIL) not in {"true", "1"} and not len(child):
            yield etree.QName(child).localname, child.text or ""


def wrap(version: SoapVersion, payload: str, *, status: int = 200, outcome: str = "ok") -> Reply:
    """Put a payload into an envelope."""
    text = f'<s:Envelope xmlns:s="{version.value}"><s:Body>{payload}</s:Body></s:Envelope>'
    return Reply(status, version.content_type, text, outcome)


def fault(version: SoapVersion, blame: str, subcode: str, text: str, detail: str, outcome: str) -> Reply:
    """Write a fault as WCF does, with status 500; `blame` is "Client" or "Server"."""
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
    return wrap(version, f"<s:Fault>{inner}</s:Fault>", status=500, outcome=outcome)

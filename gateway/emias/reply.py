"""From an HTTP reply to the response element, believing no more than is sure.

The one question is whether EMIAS can have acted: a create call is never sent again before its absence is proved.

| reply | a read | a create or cancel |
|---|---|---|
| 429, whatever the body | `rate_limited` | not sent |
| a coded fault in XML, any other status | `refused` | rejected |
| a fault in XML that carries no code | `fault_without_code` | unknown |
| 200 with the response element | result | result |
| 503, 502, 504, any 5xx without a coded fault | `http_status` | unknown |
| 401, 403, any other 4xx or 3xx without a coded fault | `http_status` | unknown |
| 200 with HTML, text, or no content type | `not_xml` | unknown |
| 200 with nothing, or cut short | `truncated` | unknown |
| DOCTYPE, entities, nesting too deep | `forbidden_xml` | unknown |
| not well-formed, wrong encoding, two bodies | `garbled` | unknown |
| another envelope, namespace, operation or member than the contract's | `contract_mismatch` | unknown |

429 stands for a limiter in front of the work. 5xx, Retry-After or not, may come from a proxy that had passed the body
on already, and 403 from a filter that judged EMIAS's answer and not our question: neither proves that nothing was done.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Final, NoReturn

from lxml import etree

from gateway.domain.outcomes import Cause
from gateway.emias.envelope import ENVELOPE_NAMESPACES
from gateway.emias.errors import CallFailed
from gateway.emias.faults import FaultReader

__all__ = ["RawReply", "ReplyReader", "check_limiter", "fail", "is_plain_success", "soap_body"]

_OK: Final = 200
_TOO_MANY: Final = 429
_XML: Final = frozenset({"text/xml", "application/xml", "application/soap+xml"})
_BODY_OPENS: Final = re.compile(rb"<(?:[\w.-]+:)?Body[\s/>]")
_CUT_SHORT: Final = frozenset({4, 5, 40, 73, 74, 77})  # libxml2: empty, document end, unfinished tag or attribute
_TOO_MUCH: Final = frozenset({89, 114, 116})  # libxml2: entity loop, resource limit, system


@dataclass(frozen=True, slots=True)
class RawReply:
    """An HTTP reply read to its end; `retry_after` in seconds, `media_type` without parameters."""

    status: int
    media_type: str
    retry_after: float | None
    body: bytes = field(repr=False)


def is_plain_success(reply: RawReply) -> bool:
    """Tell whether the reply's head promises a result."""
    return reply.status == _OK and reply.media_type in _XML and bool(reply.body)


def soap_body(reply: RawReply) -> bytes:
    """Cut the SOAP body out of the reply unparsed; more than it when in doubt, never less."""
    opens = _BODY_OPENS.search(reply.body)
    return reply.body[opens.start() : reply.body.rfind(b"Body")] if opens else reply.body


@dataclass(frozen=True, slots=True)
class ReplyReader:
    """Reads the replies of one SOAP version; raises `CallFailed` or `CallRefused` when there is no result."""

    version: str
    faults: FaultReader

    def payload(self, reply: RawReply, reply_tag: str) -> etree._Element:
        """Return the response element, which is the operation's own."""
        check_limiter(reply)
        if reply.media_type not in _XML:
            fail(reply, Cause.NOT_XML)
        payload = self._only_child(reply, _parse(reply))
        if payload.tag == f"{{{ENVELOPE_NAMESPACES[self.version]}}}Fault":
            raise self.faults.read(payload, reply.status)
        if reply.status != _OK:
            raise CallFailed(Cause.HTTP_STATUS, http_status=reply.status, retry_after=reply.retry_after)
        if payload.tag != reply_tag:
            fail(reply, Cause.CONTRACT_MISMATCH)
        return payload

    def _only_child(self, reply: RawReply, root: etree._Element) -> etree._Element:
        namespace = ENVELOPE_NAMESPACES[self.version]
        bodies = root.findall(f"{{{namespace}}}Body")
        if root.tag != f"{{{namespace}}}Envelope" or not bodies:
            fail(reply, Cause.CONTRACT_MISMATCH)
        if len(bodies) > 1 or len(bodies[0]) > 1:
            fail(reply, Cause.GARBLED)
        if not len(bodies[0]):
            fail(reply, Cause.CONTRACT_MISMATCH)
        return bodies[0][0]


def _parse(reply: RawReply) -> etree._Element:
    if b"<!DOCTYPE" in reply.body:
        raise CallFailed(Cause.FORBIDDEN_XML, http_status=reply.status)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(reply.body, parser)
    except etree.XMLSyntaxError as error:
        code = getattr(error, "code", 0)  # libxml2's own number
        if code in _TOO_MUCH:
            raise CallFailed(Cause.FORBIDDEN_XML, http_status=reply.status) from None
        fail(reply, Cause.TRUNCATED if code in _CUT_SHORT else Cause.GARBLED)
    except ValueError:
        fail(reply, Cause.GARBLED)
    if root.getroottree().docinfo.internalDTD is not None:
        raise CallFailed(Cause.FORBIDDEN_XML, http_status=reply.status)
    return root


def check_limiter(reply: RawReply) -> None:
    """Raise `CallFailed`, not sent, for a reply of the limiter that stands in front of the work."""
    if reply.status == _TOO_MANY:
        raise CallFailed(Cause.RATE_LIMITED, is_sent=False, http_status=reply.status, retry_after=reply.retry_after)


def fail(reply: RawReply, cause: Cause, good: Container[int] = (_OK,)) -> NoReturn:
    """Blame the status when it is an error already, else what is wrong with the body."""
    told = cause if reply.status in good else Cause.HTTP_STATUS
    raise CallFailed(told, http_status=reply.status, retry_after=reply.retry_after) from None

"""What of a reply is believed."""

from __future__ import annotations

import pytest

from gateway.domain.outcomes import Cause, Refusal
from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.reply import RawReply, ReplyReader, soap_body
from tests.unit.emias.pieces import DC, SOAP11, SVC, envelope, fault, told

TAG = f"{{{SVC}}}GetVersionResponse"
VERSION = f'<GetVersionResponse xmlns="{SVC}"><Version>4</Version></GetVersionResponse>'
GOOD = envelope(VERSION)


def _failure(replies: ReplyReader, reply: RawReply) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        replies.payload(reply, TAG)
    return caught.value


@pytest.mark.parametrize("media_type", ["application/soap+xml", "text/xml", "application/xml"])
def test_the_response_element_is_the_result(replies: ReplyReader, media_type: str) -> None:
    """An envelope of the contract brings its payload, headers or not."""
    for body in (GOOD, envelope(VERSION, head="<x/>"), b'<?xml version="1.0"?><!-- hello -->' + GOOD):
        assert replies.payload(told(body, media_type=media_type), TAG)[0].text == "4"


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (told(b"<html></html>", 200, "text/html"), Cause.NOT_XML),
        (told(GOOD, 200, ""), Cause.NOT_XML),
        (told(b"", 200), Cause.TRUNCATED),
        (told(GOOD[:-20]), Cause.TRUNCATED),
        (told(GOOD[:40]), Cause.TRUNCATED),
        (told(b"<html></html>"), Cause.CONTRACT_MISMATCH),
        (told(envelope(VERSION, SOAP11)), Cause.CONTRACT_MISMATCH),
        (told(envelope(VERSION.replace(SVC, "urn:v2"))), Cause.CONTRACT_MISMATCH),
        (told(envelope("")), Cause.CONTRACT_MISMATCH),
        (told(envelope(VERSION + VERSION)), Cause.GARBLED),
        (told(GOOD.replace(b"</s:Envelope>", b"<s:Body/></s:Envelope>")), Cause.GARBLED),
        (
            told(b'<?xml version="1.0" encoding="utf-8"?>' + GOOD.decode().replace("4", "ё").encode("cp1251")),
            Cause.GARBLED,
        ),
        (told(b"<!DOCTYPE Envelope>" + GOOD), Cause.FORBIDDEN_XML),
        (told(b"<a>" * 5000 + b"</a>" * 5000), Cause.FORBIDDEN_XML),
        (
            told(f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a>{GOOD.decode()}'.encode("utf-16")),
            Cause.FORBIDDEN_XML,
        ),
        (told(b"", 502, "text/html"), Cause.HTTP_STATUS),
        (told(b"<html></html>", 500), Cause.HTTP_STATUS),
        (told(b"<html>", 403), Cause.HTTP_STATUS),
        (told(GOOD, 500), Cause.HTTP_STATUS),
        (told(b"", 302, "text/html"), Cause.HTTP_STATUS),
        (told(envelope("<s:Fault><s:Code/></s:Fault>"), 500), Cause.FAULT_WITHOUT_CODE),
        (told(envelope(fault("")), 500), Cause.FAULT_WITHOUT_CODE),
        (told(envelope("<s:Fault><s:Code/></s:Fault>")), Cause.FAULT_WITHOUT_CODE),
        (told(envelope(fault("INTERNAL")), 500), Cause.HTTP_STATUS),
    ],
)
def test_what_is_not_believed_may_have_been_carried_out(replies: ReplyReader, reply: RawReply, cause: Cause) -> None:
    """Everything that is neither result nor coded fault has a cause, and counts as sent."""
    failure = _failure(replies, reply)

    assert (failure.cause, failure.is_sent, failure.http_status) == (cause, True, reply.status)


def test_the_limiter_stands_before_the_work(replies: ReplyReader) -> None:
    """429 is not sent, whatever its body, with the time to wait."""
    failure = _failure(replies, RawReply(429, "application/soap+xml", 7.0, GOOD))

    assert (failure.cause, failure.is_sent, failure.retry_after) == (Cause.RATE_LIMITED, False, 7.0)


def test_a_busy_service_may_have_worked(replies: ReplyReader) -> None:
    """503 keeps its Retry-After and proves nothing."""
    failure = _failure(replies, RawReply(503, "text/plain", 9.0, b"busy"))

    assert (failure.cause, failure.is_sent, failure.retry_after) == (Cause.HTTP_STATUS, True, 9.0)


@pytest.mark.parametrize("status", [200, 400, 403, 500, 503])
def test_a_coded_fault_is_a_refusal_at_any_status(replies: ReplyReader, status: int) -> None:
    """EMIAS's own words count more than the status under which they come."""
    with pytest.raises(CallRefused) as refusal:
        replies.payload(told(envelope(fault("SLOT_TAKEN")), status), TAG)

    assert (refusal.value.kind, refusal.value.code) == (Refusal.SLOT_TAKEN, "SLOT_TAKEN")


def test_no_text_of_the_reply_is_in_the_error(replies: ReplyReader) -> None:
    """Errors carry causes and never what the reply said."""
    for reply in (told(b"<a>112-233-445 95"), told(envelope(fault("", "112-233-445 95")), 500)):
        failure = _failure(replies, reply)
        assert "112" not in f"{failure!r} {failure.__dict__}"
        assert failure.__cause__ is None


def test_the_soap_body_is_cut_out_unparsed() -> None:
    """Headers that change with each reply are left out; when in doubt, everything stays in."""
    with_header = envelope(VERSION, head=f'<x xmlns="{DC}">1</x>')

    assert soap_body(told(GOOD)) == soap_body(told(with_header))
    assert soap_body(told(GOOD)) == f"<s:Body>{VERSION}</s:".encode()
    assert soap_body(told("<a/>".encode("utf-16"))) == "<a/>".encode("utf-16")

"""Without Redis nobody logs in, and everybody books by hand."""

from __future__ import annotations

from pathlib import Path

from demo.engines import embedded_valkey
from tests.integration.identity.conftest import Opener
from tests.integration.identity.test_refusals import PATIENT, told
from tests.unit.esia.pairs import Pair


async def test_a_missing_redis_ends_logins_and_no_booking(opener: Opener, rsa: Pair, tmp_path: Path) -> None:
    """Start, callback and ticket are answered 503; the form goes on."""
    async with embedded_valkey(tmp_path / "redis", keep=False) as valkey:
        opener.redis_url = valkey.url
        async with opener.direct(rsa) as visit:
            ticket = (await visit.login())["ticket"]
            login_id, came = await visit.callback()
            await valkey.stop()

            begun = await visit.ask(
                "POST", "/v1/identity/logins", json={"session_ref": visit.session_ref, "return_path": "/"}
            )
            finished = await visit.complete(login_id, came)
            booked = await visit.book(ticket)
            by_hand = await visit.book("", identity_ticket=None, session_ref=None, patient=PATIENT)

    assert (begun.status_code, *told(begun)) == (503, "identity_unavailable", None)
    assert int(begun.headers["Retry-After"]) > 0
    assert told(finished) == ("identity_unavailable", None)
    assert told(booked) == ("identity_unavailable", None)
    assert by_hand.status_code == 201, by_hand.text

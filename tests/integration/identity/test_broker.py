"""What a broker may do wrongly, and each is refused."""

from __future__ import annotations

import pytest

from tests.integration.identity.conftest import Opener
from tests.integration.identity.test_refusals import told
from tests.unit.esia.pairs import Pair


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("wrong_iss", "token_not_believed"),
        ("wrong_aud", "token_not_believed"),
        ("wrong_nonce", "token_not_believed"),
        ("none_alg", "token_not_believed"),
        ("hmac_alg", "token_not_believed"),
        ("foreign_key", "token_not_believed"),
        ("broken_signature", "token_not_believed"),
        ("expired", "token_not_believed"),
        ("future_nbf", "token_not_believed"),
        ("swapped_sub", "token_not_believed"),
        ("without_id_token", "garbled"),
        ("html", "garbled"),
        ("cut", "unreachable"),
    ],
)
async def test_a_broker_s_answer_is_believed_only_whole(opener: Opener, rsa: Pair, kind: str, reason: str) -> None:
    """There is no ticket, and the code is not sent again."""
    async with opener.broker(rsa) as visit:
        login_id, came = await visit.callback()
        visit.spoil("broker_token", kind)

        answer = await visit.complete(login_id, came)
        again = await visit.complete(login_id, came)

        assert (answer.status_code, *told(answer)) == (502, "login_failed", reason)
        assert told(again) == ("login_expired", None)


async def test_a_person_who_refuses_is_told_so(opener: Opener, rsa: Pair) -> None:
    """A broker's access_denied is the person's own refusal."""
    async with opener.broker(rsa) as visit:
        answer = await visit.fail(*await visit.callback("refuses"))

        assert answer.json()["reason"] == "person_refused"


async def test_an_unconfirmed_account_is_not_enough(opener: Opener, rsa: Pair) -> None:
    """The broker says whether it is confirmed."""
    async with opener.broker(rsa) as visit:
        answer = await visit.complete(*await visit.callback("unconfirmed"))

        assert told(answer) == ("login_refused", "account_not_confirmed")


async def test_a_wrong_secret_is_told_as_ours_to_mend(opener: Opener, rsa: Pair) -> None:
    """Nobody logs in until it is right."""
    async with opener.broker(rsa, BROKER_CLIENT_SECRET="another") as visit:
        answer = await visit.complete(*await visit.callback())

        assert told(answer) == ("login_failed", "certificate")


async def test_a_broker_that_is_down_starts_no_login(opener: Opener, rsa: Pair) -> None:
    """The site is told to come again, and shows the form meanwhile."""
    async with opener.broker(rsa) as visit:
        await visit.stand.stop()
        try:
            body = {"session_ref": visit.session_ref, "return_path": "/"}
            answer = await visit.ask("POST", "/v1/identity/logins", json=body)
        finally:
            await visit.stand.start()

        assert (answer.status_code, *told(answer)) == (503, "identity_unavailable", None)

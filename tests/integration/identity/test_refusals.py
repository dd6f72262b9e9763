"""What may go wrong in a login, each by its name; nothing is exchanged twice."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.integration.identity.conftest import Opener
from tests.integration.identity.visit import Visit
from tests.unit.esia.pairs import Pair, rsa_pair

PATIENT = {
    "last_name": "Петрова",
    "first_name": "Мария",
    "birth_date": "14.03.1985",
    "snils": "112-233-445 95",
    "oms": {"number": "7756410885000127"},
}
_BUSY = {"operation": "CreateAppointment", "kind": "refuse", "params": {"code": "PATIENT_BUSY"}}


def told(answer: httpx.Response) -> tuple[object, ...]:
    """Tell code and reason of a problem."""
    body = answer.json()
    return body["code"], body.get("reason")


@pytest.mark.parametrize(
    "kind",
    [
        "wrong_iss",
        "wrong_aud",
        "wrong_alg",
        "none_alg",
        "hmac_alg",
        "foreign_key",
        "broken_signature",
        "expired",
        "future_nbf",
        "swapped_sub",
        "swapped_sbt",
    ],
)
async def test_a_token_that_is_not_what_it_must_be_is_not_believed(visit: Visit, kind: str) -> None:
    """Whatever is wrong with it, there is no ticket."""
    login_id, came = await visit.callback()
    visit.spoil("token", kind)

    answer = await visit.complete(login_id, came)

    assert (answer.status_code, *told(answer)) == (502, "login_failed", "token_not_believed")


@pytest.mark.parametrize(
    ("kind", "params", "reason"),
    [
        ("wrong_state", {}, "garbled"),
        ("without_id_token", {}, "garbled"),
        ("html", {}, "garbled"),
        ("status", {"status": 500}, "unreachable"),
        ("cut", {}, "unreachable"),
        ("slow", {"seconds": 3}, "unreachable"),
        ("refuse", {"code": "ESIA-007008"}, "overloaded"),
        ("refuse", {"code": "ESIA-007015"}, "clock"),
        ("refuse", {"code": "ESIA-007053"}, "certificate"),
        ("refuse", {"code": "ESIA-007023"}, "redirect_uri"),
        ("refuse", {"code": "ESIA-007019"}, "scope"),
        ("refuse", {"code": "ESIA-007014"}, "parameter"),
        ("refuse", {"code": "ESIA-007011"}, "code_spent"),
    ],
)
async def test_an_exchange_that_fails_is_told_and_never_tried_again(
    opener: Opener, rsa: Pair, kind: str, params: dict[str, object], reason: str
) -> None:
    """The code has left: whatever came of it, it is not sent a second time."""
    async with opener.direct(rsa, ESIA_TIMEOUT="1") as visit:
        login_id, came = await visit.callback()
        visit.spoil("token", kind, **params)

        answer = await visit.complete(login_id, came)
        again = await visit.complete(login_id, came)

        assert (answer.status_code, *told(answer)) == (502, "login_failed", reason)
        assert answer.json().get("esia_code") == params.get("code")
        assert told(again) == ("login_expired", None)
        exchanges = [call for call in visit.stand.installation.journal.entries() if call.get("operation") == "token"]
        assert len(exchanges) == 1


@pytest.mark.parametrize("kind", ["forbidden", "off_origin"])
async def test_documents_that_cannot_be_read_are_left_out(visit: Visit, kind: str) -> None:
    """A refusal, or addresses in the place of documents, which are not followed, leave the policy to the patient."""
    login_id, came = await visit.callback()
    visit.spoil("documents", kind)

    answer = await visit.complete(login_id, came)

    assert answer.status_code == 200, answer.text
    assert answer.json()["oms"] == "absent"


@pytest.mark.parametrize("kind", ["forbidden", "off_origin"])
async def test_children_that_cannot_be_read_are_left_out(visit: Visit, kind: str) -> None:
    """A parent is not kept out because of them."""
    login_id, came = await visit.callback("parent")
    visit.spoil("kids", kind)

    answer = await visit.complete(login_id, came)

    assert [one["subject"] for one in answer.json()["subjects"]] == ["self"]


async def test_a_person_who_refuses_is_told_so(visit: Visit) -> None:
    """The callback's error becomes words for the visitor, and the way back."""
    login_id, came = await visit.callback("refuses")

    answer = await visit.fail(login_id, came, **{"Accept-Language": "en"})
    again = await visit.fail(login_id, came)

    body = answer.json()
    assert (body["reason"], body["esia_code"], body["return_path"]) == (
        "person_refused",
        "ESIA-007004",
        "/zapis/?doctor=57",
    )
    assert body["detail"].startswith("You did not allow")
    assert told(again) == ("login_expired", None)


async def test_an_unconfirmed_account_is_not_enough(visit: Visit) -> None:
    """Only confirmed accounts may log in."""
    answer = await visit.complete(*await visit.callback("unconfirmed"))

    assert (answer.status_code, *told(answer)) == (403, "login_refused", "account_not_confirmed")


async def test_a_clinic_may_let_unconfirmed_accounts_in(opener: Opener, rsa: Pair) -> None:
    """Where the rule is off, the missing SNILS is typed."""
    async with opener.direct(rsa, IDENTITY_REQUIRE_TRUSTED="false") as visit:
        found = await visit.login("unconfirmed")

        assert (found["trusted"], found["has_snils"], found["snils_mask"]) == (False, False, None)


async def test_another_session_cannot_finish_a_login(visit: Visit) -> None:
    """A code and state that were carried to another visitor are of no use, then or later."""
    login_id, came = await visit.callback()

    stolen = await visit.complete(login_id, came, session_ref="another-session-of-the-site")
    after = await visit.complete(login_id, came)

    assert (stolen.status_code, *told(stolen)) == (403, "login_mismatch", None)
    assert told(after) == ("login_expired", None)


async def test_a_login_is_finished_under_its_own_id(visit: Visit) -> None:
    """The state of one login does not finish another."""
    _, came = await visit.callback()
    other = await visit.start()

    assert told(await visit.complete(other["login_id"], came)) == ("login_mismatch", None)


async def test_a_callback_is_taken_once(visit: Visit) -> None:
    """A repeated callback brings no second ticket."""
    login_id, came = await visit.callback()

    assert (await visit.complete(login_id, came)).status_code == 200
    again = await visit.complete(login_id, came)
    assert (again.status_code, *told(again)) == (410, "login_expired", None)


async def test_a_code_of_another_login_is_refused_by_esia(visit: Visit) -> None:
    """A code that was spent in one login does not open another."""
    login_id, came = await visit.callback()
    assert (await visit.complete(login_id, came)).status_code == 200
    other_id, other = await visit.callback()

    answer = await visit.complete(other_id, other, code=came["code"])

    assert (answer.status_code, *told(answer)) == (502, "login_failed", "code_spent")
    assert answer.json()["esia_code"] == "ESIA-007011"


async def test_a_ticket_is_spent_by_one_booking(visit: Visit) -> None:
    """The second booking with it is refused."""
    ticket = (await visit.login())["ticket"]

    assert (await visit.book(ticket)).status_code == 201
    again = await visit.book(ticket)

    assert (again.status_code, *told(again)) == (410, "ticket_expired", None)


async def test_another_session_cannot_use_a_ticket(visit: Visit) -> None:
    """It stays with the visitor who logged in, and is not lost to them."""
    ticket = (await visit.login())["ticket"]

    stolen = await visit.book(ticket, session_ref="another-session-of-the-site")
    own = await visit.book(ticket)

    assert (stolen.status_code, *told(stolen)) == (403, "ticket_mismatch", None)
    assert own.status_code == 201


async def test_a_refused_booking_gives_the_ticket_back(visit: Visit) -> None:
    """After a refusal by EMIAS the visitor need not log in again."""
    ticket = (await visit.login())["ticket"]
    visit.emias.installation.faults.add(_BUSY)

    first = await visit.book(ticket)
    second = await visit.book(ticket)

    assert (first.status_code, first.json()["code"]) == (409, "patient_busy")
    assert second.status_code == 201, second.text


async def test_a_revoked_ticket_is_of_no_use(visit: Visit) -> None:
    """Logging out ends it; doing so twice is nothing."""
    ticket = (await visit.login())["ticket"]

    answers = [await visit.ask("DELETE", f"/v1/identity/tickets/{ticket}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert told(await visit.book(ticket)) == ("ticket_expired", None)


async def test_esia_that_is_down_keeps_nobody_from_booking_by_hand(visit: Visit) -> None:
    """The login fails by name; the form goes on."""
    login_id, came = await visit.callback()
    await visit.stand.stop()
    try:
        answer = await visit.complete(login_id, came)
    finally:
        await visit.stand.start()
    by_hand = await visit.book("", identity_ticket=None, session_ref=None, patient=PATIENT)

    assert told(answer) == ("login_failed", "unreachable")
    assert by_hand.status_code == 201, by_hand.text
    assert await visit.stored() == ("booked", "manual", "typed")


async def test_a_key_of_another_certificate_is_refused_by_esia(opener: Opener, rsa: Pair, tmp_path: Path) -> None:
    """ESIA names a signature that is not the certificate's."""
    async with opener.direct(rsa) as visit:
        stranger = rsa_pair(tmp_path)
        rsa_key, own = rsa.key_file.read_bytes(), rsa.key_file
        own.write_bytes(stranger.key_file.read_bytes())
        try:
            login_id, came = await visit.callback()
        finally:
            own.write_bytes(rsa_key)
        answer = await visit.fail(login_id, came)

        assert answer.json()["reason"] == "certificate"

"""A whole login with ESIA itself, by each kind of key and of endpoint."""

from __future__ import annotations

import pytest

from tests.integration.doubts.clinic import eventually
from tests.integration.identity.conftest import Opener
from tests.integration.identity.visit import Visit
from tests.unit.esia.pairs import Pair

VERA = ("11223344595", "7756410885000127")


def booked_with(visit: Visit) -> tuple[str, str]:
    """Tell SNILS and policy of the only appointment in EMIAS, digits only."""
    (made,) = visit.emias.installation.ledger
    return "".join(filter(str.isdigit, made.patient.snils)), "".join(filter(str.isdigit, made.patient.oms))


async def test_an_rsa_login_ends_in_a_booking(visit: Visit) -> None:
    """The appointment bears the person whom ESIA vouches for, and the booking says where they come from."""
    told = await visit.login()
    answer = await visit.book(told["ticket"])

    assert answer.status_code == 201, answer.text
    assert booked_with(visit) == VERA
    assert await visit.stored() == ("booked", "esia", "verified")


@pytest.mark.parametrize("token_alg", ["RS256", "GOST3410_2012_256"])
async def test_a_gost_login_ends_in_a_booking(opener: Opener, gost: Pair, token_alg: str) -> None:
    """Requests signed by GOST are accepted, and tokens are believed by either algorithm."""
    card = {"token_alg": token_alg, "pkce": "GOST3411"}
    async with opener.direct(gost, card, ESIA_TOKEN_ALG=token_alg, ESIA_PKCE="GOST3411") as visit:
        told = await visit.login()
        answer = await visit.book(told["ticket"])

        assert answer.status_code == 201, answer.text
        assert booked_with(visit) == VERA


async def test_the_old_endpoints_take_a_gost_cms(opener: Opener, gost: Pair) -> None:
    """The first version of the interface works with CMS signatures by GOST."""
    async with opener.direct(gost, ESIA_API="v1") as visit:
        assert (await visit.login())["display"] == "Вера К."


async def test_the_old_endpoints_take_an_rsa_cms(opener: Opener, rsa: Pair) -> None:
    """The first version of the interface works with CMS signatures by RSA."""
    async with opener.direct(rsa, ESIA_API="v1") as visit:
        assert (await visit.login())["display"] == "Вера К."


async def test_pkce_is_shown_where_esia_asks_for_it(opener: Opener, rsa: Pair) -> None:
    """A system whose card asks for PKCE is answered."""
    async with opener.direct(rsa, {"pkce": "S256"}, ESIA_PKCE="S256") as visit:
        assert (await visit.login())["trusted"] is True


async def test_a_login_without_the_pkce_that_esia_asks_for_is_refused(opener: Opener, rsa: Pair) -> None:
    """ESIA's code comes back on the callback and is told."""
    async with opener.direct(rsa, {"pkce": "S256"}) as visit:
        login_id, came = await visit.callback()
        answer = await visit.fail(login_id, came)

        assert answer.json()["esia_code"].startswith("ESIA-0070")
        assert answer.json()["reason"] == "parameter"


async def test_a_broker_s_login_ends_in_a_booking(opener: Opener, rsa: Pair) -> None:
    """An ordinary OpenID Connect provider does as well, and the booking says so."""
    async with opener.broker(rsa) as visit:
        told = await visit.login()
        answer = await visit.book(told["ticket"])

        assert (told["source"], told["logout_url"]) == ("broker", None)
        assert answer.status_code == 201, answer.text
        assert booked_with(visit) == VERA
        assert await visit.stored() == ("booked", "broker", "verified")


@pytest.mark.parametrize(
    ("person", "display", "oms", "has_snils"),
    [
        ("verified", "Вера К.", "verified", True),
        ("unverified", None, "unverified", True),
        ("old_policy", None, None, True),
        ("two_policies", None, "verified", True),
        ("no_policy", None, "absent", True),
        ("no_middle_name", None, None, True),
    ],
)
async def test_the_site_is_told_a_person_masked(
    visit: Visit, person: str, display: str | None, oms: str | None, *, has_snils: bool
) -> None:
    """Name and initial, the end of the SNILS, and what is known of the policy: no more."""
    told = await visit.login(person)

    assert display in {None, told["display"]}
    assert oms in {None, told["oms"]}
    assert told["has_snils"] is has_snils
    assert told["snils_mask"].startswith("***-***-*** ")
    assert told["subjects"][0] == {"subject": "self"} | {
        name: told[name] for name in ("display", "snils_mask", "has_snils", "oms")
    }
    assert told["return_path"] == "/zapis/?doctor=57"


async def test_a_parent_books_for_a_child(visit: Visit) -> None:
    """The children of the account may be booked with its ticket; a policy that Gosuslugi lacks is typed."""
    told = await visit.login("parent")
    assert [one["subject"] for one in told["subjects"]] == ["self", "child-1", "child-2"]

    first = await visit.book(told["ticket"], subject="child-1")

    assert first.status_code == 201, first.text
    assert booked_with(visit)[1] == "7787989718000126"

    again = await visit.login("parent")
    typed = {"oms": {"number": "5078150847000121"}}
    refused = await visit.book(again["ticket"], subject="child-2")
    second = await visit.book(again["ticket"], subject="child-2", patient=typed)

    assert [problem["field"] for problem in refused.json()["errors"]] == ["patient.oms"]
    assert second.status_code == 201, second.text
    marks = await visit.database.pool.fetch("SELECT policy_mark FROM bookings ORDER BY created_at")
    assert [row[0] for row in marks] == ["verified", "typed"]


async def test_the_module_says_that_it_is_on(visit: Visit) -> None:
    """A site asks before it shows the button."""
    assert (await visit.ask("GET", "/v1/identity")).json() == {"enabled": True, "provider": "esia"}


async def test_documents_that_are_not_granted_leave_the_policy_to_the_patient(opener: Opener, rsa: Pair) -> None:
    """A system without medical_doc logs people in all the same."""
    scopes = "openid fullname birthdate snils"
    async with opener.direct(rsa, ESIA_SCOPES=scopes) as visit:
        told = await visit.login()
        answer = await visit.book(told["ticket"], patient={"oms": {"number": "5078150847000121"}})

        assert told["oms"] == "absent"
        assert answer.status_code == 201, answer.text
        assert booked_with(visit) == ("11223344595", "5078150847000121")


async def test_a_new_key_of_esia_is_believed_without_a_restart(visit: Visit) -> None:
    """Its certificate is put into the folder of trust, and the next login succeeds; before that none does."""
    keys = visit.stand.installation.keys
    await keys.rotate("RS256", publish=False)
    unknown = await visit.complete(*await visit.callback())
    await keys.rotate("RS256", publish=True)

    assert unknown.json()["reason"] == "token_not_believed"
    assert (await visit.login())["trusted"] is True


async def test_the_ends_of_certificates_come_to_the_dashboard_and_the_metrics(visit: Visit) -> None:
    """Ours and ESIA's stand beside the certificate toward EMIAS; signatures and the clock are counted."""
    await visit.login()
    await eventually(lambda: b"gosuslugi-trust" in visit.house.metrics.exposition())
    await visit.house.operations.write()
    rows = await visit.database.pool.fetch("SELECT lpu_code FROM beats WHERE what = 'certificate_ends'")
    told = visit.house.metrics.exposition().decode()

    assert {"gosuslugi", "gosuslugi-trust"} <= {row[0] for row in rows}
    assert 'certificate_expiry_timestamp_seconds{channel="gosuslugi"}' in told
    assert "emias_gateway_esia_signature_seconds_count 2.0" in told
    assert "emias_gateway_esia_clock_ahead_seconds" in told
    assert 'emias_gateway_logins_total{code="",result="identified"} 1.0' in told


async def test_the_back_channel_may_be_another_address_than_the_browser_s(opener: Opener, rsa: Pair) -> None:
    """A terminator on this machine is spoken to in plain HTTP, while browsers go to ESIA's own address."""
    async with opener.direct(rsa, ESIA_URL=opener.stand.public_url, ESIA_PUBLIC_URL=opener.stand.public_url) as visit:
        assert (await visit.login())["trusted"] is True

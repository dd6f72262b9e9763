"""The person behind a token: as much as the scopes open, in ESIA's own shapes."""

from __future__ import annotations

import pytest

from simulator.emias.numbers import policy_is_valid, snils_is_valid
from simulator.esia.persons import PERSONS, Child, Person
from simulator.esia.stand import EsiaStand
from tests.integration.esia_stand.client import Client

VERA = "/rs/prns/1000300001"
PARENT = "/rs/prns/1000300009"
KIDS = "openid fullname kid_fullname kid_birthdate kid_snils kid_medical_doc"


async def test_a_person_with_documents_in_one_answer(client: Client) -> None:
    """The person and the policy come together when the documents are to be embedded."""
    answer = await client.get(f"{VERA}?embed=(documents.elements)", await client.tokens())
    person = answer.json()
    assert (person["lastName"], person["firstName"], person["middleName"]) == ("Каштанова", "Вера", "Павловна")
    assert (person["birthDate"], person["snils"], person["trusted"]) == ("14.03.1985", "112-233-445 95", True)
    [policy] = person["documents"]["elements"]
    assert (policy["type"], policy["number"], policy["vrfStu"]) == ("MDCL_PLCY", "7756410885000127", "VERIFIED")
    assert "series" not in policy


async def test_without_embed_elements_are_addresses(client: Client, stand: EsiaStand) -> None:
    """A bare list holds absolute addresses on ESIA's own origin."""
    tokens = await client.tokens()
    listed = (await client.get(f"{VERA}/docs", tokens)).json()
    assert (listed["size"], len(listed["elements"])) == (1, 1)
    assert listed["elements"][0].startswith(f"{stand.url}{VERA}/docs/")
    spread = (await client.get(f"{VERA}/docs?embed=(elements-1)", tokens)).json()
    assert spread["elements"][0]["type"] == "MDCL_PLCY"
    assert "documents" not in (await client.get(VERA, tokens)).json()


@pytest.mark.parametrize(
    ("person", "policies"),
    [
        ("verified", [("7756410885000127", None, "VERIFIED")]),
        ("unverified", [("5078150847000121", None, "NOT_VERIFIED")]),
        ("old_policy", [("3456789", "770012", "VERIFIED")]),
        ("two_policies", [("9876543", "770034", "NOT_VERIFIED"), ("7750030840000156", None, "VERIFIED")]),
        ("no_policy", []),
    ],
)
async def test_each_person_has_the_policies_that_the_button_says(
    client: Client, person: str, policies: list[tuple[str, str | None, str]]
) -> None:
    """Verified, typed in, of the old form, two of them and none."""
    oid = next(one.oid for one in PERSONS if one.key == person)
    elements = (await client.get(f"/rs/prns/{oid}/docs?embed=(elements)", await client.tokens(person))).json()
    assert [(one["number"], one.get("series"), one["vrfStu"]) for one in elements["elements"]] == policies


async def test_what_there_is_not_is_left_out(client: Client) -> None:
    """A missing middle name or SNILS is no empty member, and an unconfirmed account says so."""
    nameless = (await client.get("/rs/prns/1000300006", await client.tokens("no_middle_name"))).json()
    assert "middleName" not in nameless
    unconfirmed = (await client.get("/rs/prns/1000300007", await client.tokens("unconfirmed"))).json()
    assert (unconfirmed["trusted"], "snils" in unconfirmed) == (False, False)


async def test_scopes_are_the_limit(client: Client) -> None:
    """Fields outside the scopes are absent, lists outside them are 403, and so is anybody else."""
    tokens = await client.tokens(scope="openid fullname")
    person = (await client.get(VERA, tokens)).json()
    assert "lastName" in person
    assert not {"snils", "birthDate", "gender"} & person.keys()
    for path in (f"{VERA}/docs", f"{VERA}?embed=(documents.elements)", f"{VERA}/kids", "/rs/prns/1000300002"):
        answer = await client.get(path, tokens)
        assert (answer.status_code, answer.json()["code"]) == (403, "ESIA-005029")


async def test_only_a_live_access_token_opens(client: Client) -> None:
    """No token, a made-up one and the id_token are 401."""
    tokens = await client.tokens()
    for token in ("made-up", tokens["id_token"]):
        answer = await client.get(VERA, {"access_token": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "ESIA-005011")
    assert (await client.back.get(VERA)).status_code == 401


async def test_a_parent_has_two_children(client: Client) -> None:
    """The children come by their own scopes; one has a policy, the other has none."""
    tokens = await client.tokens("parent", scope=KIDS)
    kids = (await client.get(f"{PARENT}/kids?embed=(elements)", tokens)).json()["elements"]
    assert [(kid["firstName"], kid["birthDate"]) for kid in kids] == [("Артём", "31.12.2010"), ("Майя", "08.08.2014")]
    numbers = []
    for kid in kids:
        documents = (await client.get(f"{PARENT}/kids/{kid['id']}/docs?embed=(elements)", tokens)).json()
        numbers.append([one["number"] for one in documents["elements"]])
    assert numbers == [["7787989718000126"], []]
    assert (await client.get(f"{PARENT}/kids/1000300001/docs", tokens)).status_code == 403


def test_nobodys_numbers_are_wrong() -> None:
    """Every SNILS and policy of the scripted persons passes its check digits."""
    everybody: list[Person | Child] = [*PERSONS, *(child for person in PERSONS for child in person.children)]
    assert all(snils_is_valid(one.snils) for one in everybody if one.snils)
    assert all(policy_is_valid(policy.number) for one in everybody for policy in one.policies)
    assert len({one.oid for one in everybody}) == len(everybody)

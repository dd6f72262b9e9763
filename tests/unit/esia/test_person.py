"""What ESIA tells of a person, in the forms that EMIAS wants, and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any, Final

import httpx
import pytest

from gateway.domain.errors import LoginFailed
from gateway.domain.identity import PolicyState
from gateway.domain.login_failure import FailureReason
from gateway.domain.patient import PolicyKind, Sex
from gateway.esia.calls import Calls, Origin
from gateway.esia.person import People, read_policy, read_snils

TODAY: Final = date(2026, 11, 23)
OID: Final = 1000300001
HOLDER: Final = {
    "firstName": "Вера",
    "lastName": "Каштанова",
    "middleName": "Павловна",
    "birthDate": "14.03.1985",
    "gender": "F",
    "trusted": True,
    "snils": "112-233-445 95",
}
ENP: Final = {"type": "MDCL_PLCY", "number": "7756410885000127", "vrfStu": "VERIFIED"}
OLD: Final = {"type": "MDCL_PLCY", "series": "770012", "number": "3456789", "vrfStu": "VERIFIED"}
ALL: Final = "openid fullname snils medical_doc kid_fullname kid_medical_doc"


class FakeRest:
    """Answers by path; `asked` is what it was asked, in order."""

    def __init__(self) -> None:
        self.answers: dict[str, httpx.Response | Exception] = {}
        self.asked: list[httpx.Request] = []

    def tell(self, path: str, content: Any, status: int = 200) -> None:
        """Answer a path with JSON."""
        self.answers[path] = httpx.Response(status, json=content)

    def holder(self, *documents: Any, **changes: Any) -> None:
        """Answer with the holder and their documents."""
        person = {name: value for name, value in {**HOLDER, **changes}.items() if value is not None}
        self.tell(f"/rs/prns/{OID}", person | {"documents": {"elements": list(documents)}})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Note what is asked, and answer or fail as told."""
        self.asked.append(request)
        answer = self.answers.get(request.url.path, httpx.Response(404))
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def rest() -> FakeRest:
    """Be ESIA's REST."""
    return FakeRest()


@pytest.fixture
async def people(rest: FakeRest) -> AsyncIterator[Callable[[str], People]]:
    """Read from it with some scopes."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(rest)) as client:
        calls = Calls(client, Origin("https://esia.example"), lambda _ahead: None)
        yield lambda scopes: People(calls, scopes.split())


People_ = Callable[[str], People]


async def test_a_person_is_put_into_the_forms_of_emias(people: People_, rest: FakeRest) -> None:
    """Numbers lose their dashes, the birth date becomes a date, the token goes in a header."""
    rest.holder(ENP)

    account = await people("fullname medical_doc").read(OID, "token-1", TODAY)

    holder = account.holder
    assert (holder.last_name, holder.first_name, holder.middle_name) == ("Каштанова", "Вера", "Павловна")
    assert (holder.birth_date, holder.sex) == (date(1985, 3, 14), Sex.FEMALE)
    assert holder.snils is not None
    assert holder.snils.digits == "11223344595"
    assert holder.policy is not None
    assert (holder.policy.kind, holder.policy.number) == (PolicyKind.ENP, "7756410885000127")
    assert (holder.policy_state, account.is_trusted, account.children) == (PolicyState.VERIFIED, True, ())
    (asked,) = rest.asked
    assert asked.headers["Authorization"] == "Bearer token-1"
    assert asked.url.params["embed"] == "(documents.elements)"


@pytest.mark.parametrize("gender", [None, "", "X", 5, ["F"]])
async def test_a_sex_that_is_none_is_not_told(people: People_, rest: FakeRest, gender: Any) -> None:
    """Whatever stands there, the person logs in."""
    rest.holder(gender=gender)

    assert (await people(ALL).read(OID, "t", TODAY)).holder.sex is None


@pytest.mark.parametrize("middle_name", [None, "", "  "])
async def test_a_missing_middle_name_is_absent(people: People_, rest: FakeRest, middle_name: str | None) -> None:
    """EMIAS is never sent an empty one."""
    rest.holder(middleName=middle_name)

    assert (await people(ALL).read(OID, "t", TODAY)).holder.middle_name is None


@pytest.mark.parametrize(
    "changes",
    [{"lastName": None}, {"firstName": ""}, {"birthDate": None}, {"birthDate": "31.02.1985"}, {"birthDate": 5}],
)
async def test_a_person_without_name_or_birth_date_cannot_be_booked(
    people: People_, rest: FakeRest, changes: dict[str, Any]
) -> None:
    """The visitor fills in the form instead."""
    rest.holder(**changes)

    with pytest.raises(LoginFailed) as failed:
        await people("fullname").read(OID, "t", TODAY)
    assert failed.value.reason is FailureReason.PERSON_INCOMPLETE


@pytest.mark.parametrize(
    ("documents", "number", "state"),
    [
        ([OLD, ENP], "7756410885000127", PolicyState.VERIFIED),
        ([{**ENP, "vrfStu": "NOT_VERIFIED"}, OLD], "3456789", PolicyState.VERIFIED),
        ([{**ENP, "vrfStu": "NOT_VERIFIED"}], "7756410885000127", PolicyState.UNVERIFIED),
        ([{**ENP, "vrfStu": None}], "7756410885000127", PolicyState.UNVERIFIED),
        ([{**ENP, "number": "7756 4108 8500 0127"}], "7756410885000127", PolicyState.VERIFIED),
        ([{**ENP, "number": "7756410885000128"}], None, PolicyState.ABSENT),
        ([{**ENP, "number": 7}], None, PolicyState.ABSENT),
        ([{**ENP, "type": "RF_PASSPORT"}], None, PolicyState.ABSENT),
        ([], None, PolicyState.ABSENT),
    ],
)
async def test_the_best_policy_is_taken(
    people: People_, rest: FakeRest, documents: list[Any], number: str | None, state: PolicyState
) -> None:
    """A verified one before one that the citizen typed, the new form before the old, none before a wrong one."""
    rest.holder(*documents)

    holder = (await people("medical_doc").read(OID, "t", TODAY)).holder

    assert (holder.policy.number if holder.policy else None) == number
    assert holder.policy_state is state


async def test_addresses_in_the_place_of_documents_are_not_followed(people: People_, rest: FakeRest) -> None:
    """Wherever they lead, the token is not taken there."""
    rest.holder("https://evil.example/rs/docs/1", f"https://esia.example/rs/prns/{OID}/docs/1")

    account = await people("medical_doc").read(OID, "t", TODAY)

    assert account.holder.policy_state is PolicyState.ABSENT
    assert [request.url.host for request in rest.asked] == ["esia.example"]


@pytest.mark.parametrize("snils", ["112-233-445 96", "none", "", None])
async def test_a_snils_that_cannot_be_right_is_asked_of_the_patient(
    people: People_, rest: FakeRest, snils: str | None
) -> None:
    """A wrong number is not passed on."""
    rest.holder(snils=snils)

    assert (await people("snils").read(OID, "t", TODAY)).holder.snils is None


@pytest.mark.parametrize("trusted", [False, None, "true"])
async def test_only_a_true_confirms_an_account(people: People_, rest: FakeRest, trusted: object) -> None:
    """What is not said is not so."""
    rest.holder(trusted=trusted)

    assert not (await people("fullname").read(OID, "t", TODAY)).is_trusted


async def test_children_are_read_where_a_scope_asks_for_them(people: People_, rest: FakeRest) -> None:
    """Each with what ESIA knows; one without a birth date is left out."""
    rest.holder()
    kid = {"id": 5, "firstName": "Артём", "lastName": "Каштанов", "birthDate": "31.12.2010", "snils": "087-654-303 00"}
    nameless = {"id": 6, "firstName": "Майя", "lastName": "Каштанова"}
    rest.tell(f"/rs/prns/{OID}/kids", {"elements": [kid, nameless, "https://evil.example/7"]})
    rest.tell(f"/rs/prns/{OID}/kids/5/docs", {"elements": [{**ENP, "number": "7787989718000126"}]})

    (child,) = (await people(ALL).read(OID, "t", TODAY)).children

    assert (child.first_name, child.policy_state) == ("Артём", PolicyState.VERIFIED)
    assert child.snils is not None
    assert {request.url.host for request in rest.asked} == {"esia.example"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(403, json={"code": "ESIA-005029"}), FailureReason.SCOPE),
        (httpx.Response(401, json={"code": "ESIA-005011"}), FailureReason.SCOPE),
        (httpx.Response(500), FailureReason.UNREACHABLE),
        (httpx.Response(302, headers={"Location": "https://evil.example/"}), FailureReason.UNREACHABLE),
        (httpx.ReadTimeout("late"), FailureReason.UNREACHABLE),
        (httpx.Response(200, text="<html>"), FailureReason.PERSON_INCOMPLETE),
        (httpx.Response(200, content=b"[" + b" " * 1_100_000 + b"]"), FailureReason.UNREACHABLE),
    ],
)
async def test_a_person_that_cannot_be_read_is_told_by_a_reason(
    people: People_, rest: FakeRest, answer: httpx.Response | Exception, reason: FailureReason
) -> None:
    """No redirect is followed and no more is read than a person can be."""
    rest.answers[f"/rs/prns/{OID}"] = answer

    with pytest.raises(LoginFailed) as failed:
        await people("fullname").read(OID, "t", TODAY)
    assert failed.value.reason is reason
    assert len(rest.asked) == 1


def test_numbers_are_read_in_each_of_their_forms() -> None:
    """An old policy has a series, a temporary one nine digits."""
    old, temporary = read_policy("3456789", "770012"), read_policy("123456789", "")
    assert old is not None
    assert (old.kind, old.series) == (PolicyKind.OLD, "770012")
    assert temporary is not None
    assert temporary.kind is PolicyKind.TEMPORARY
    assert read_policy("", "") is None
    assert read_snils("11223344595") == read_snils("112-233-445 95")

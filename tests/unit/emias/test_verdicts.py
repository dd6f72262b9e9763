"""Results that say that they are none."""

from __future__ import annotations

import msgspec
import pytest
from lxml import etree

from gateway.domain.outcomes import Cause, Refusal
from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.profiles import Profile, load_profile
from gateway.emias.profiles.calls import Verdict
from gateway.emias.verdicts import VerdictReader

PATHS = {"success": "Success", "code": "Error/Code", "message": "Error/Text"}


@pytest.fixture(scope="module")
def hub() -> Profile:
    """Read the built-in profile whose refusals stand in results."""
    return load_profile("hub-like")


def _check(profile: Profile, inner: str, verdict: Verdict | None = None, *, strict: bool = False) -> None:
    told = verdict or Verdict(success="Success", code="Error.Code", message="Error.Text")
    paths = {key: path for key, path in PATHS.items() if getattr(told, key)}
    VerdictReader(profile, told, paths, strict).check(etree.fromstring(f"<r>{inner}</r>"))


@pytest.mark.parametrize("inner", ["<Success>true</Success>", "<Success>1</Success><Error/>"])
def test_a_success_is_believed(hub: Profile, inner: str) -> None:
    """The flag says so, and no error stands beside it."""
    _check(hub, inner)


@pytest.mark.parametrize(
    ("inner", "kind", "code"),
    [
        ("<Error><Code>39</Code></Error>", Refusal.SLOT_LOCKED, "39"),
        ("<Error><Code>99</Code><Text>Время приёма уже прошло</Text></Error>", Refusal.SLOT_IN_PAST, "99"),
        ("<Error><Code>35</Code></Error><Error><Code>99</Code></Error>", Refusal.PATIENT_ALREADY_BOOKED, "35"),
    ],
)
def test_an_error_is_a_refusal_of_its_kind(hub: Profile, inner: str, kind: Refusal, code: str) -> None:
    """The first error counts, by its number, else by its text."""
    with pytest.raises(CallRefused) as refusal:
        _check(hub, f"<Success>false</Success>{inner}")

    assert (refusal.value.kind, refusal.value.code) == (kind, code)


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<Success/>",
        "<Success>true</Success><Error><Code>39</Code></Error>",
        "<Success>false</Success>",
        "<Success>false</Success><Error><Code>99</Code><Text>что-то</Text></Error>",
    ],
)
def test_what_says_neither_is_not_believed(hub: Profile, inner: str) -> None:
    """No flag, both at once, an error without a number, or one that nothing here knows."""
    with pytest.raises(CallFailed) as failure:
        _check(hub, inner)

    assert failure.value.is_sent


def test_an_unknown_code_may_be_a_refusal_all_the_same(hub: Profile) -> None:
    """A profile says whether what it does not know is a refusal or a doubt."""
    faults = msgspec.structs.replace(hub.faults, otherwise="other")
    with pytest.raises(CallRefused) as refusal:
        _check(msgspec.structs.replace(hub, faults=faults), "<Success>false</Success><Error><Code>98</Code></Error>")

    assert refusal.value.kind is Refusal.OTHER


def test_a_strict_verdict_believes_no_success_said_twice(hub: Profile) -> None:
    """Two flags may be two answers."""
    inner = "<Success>true</Success><Success>false</Success>"

    _check(hub, inner)
    with pytest.raises(CallFailed) as failure:
        _check(hub, inner, strict=True)
    assert failure.value.cause is Cause.CONTRACT_MISMATCH


def test_without_a_flag_the_absence_of_an_error_is_success(hub: Profile) -> None:
    """Some contracts have an error or a result."""
    either = Verdict(code="Error.Code")

    _check(hub, "<Slots/>", either)
    with pytest.raises(CallRefused):
        _check(hub, "<Error><Code>36</Code></Error>", either)


def test_a_status_may_be_both_flag_and_code(hub: Profile) -> None:
    """One member says SUCCESS or the name of the trouble."""
    status = Verdict(success="Success", success_is=("SUCCESS",), code="Success")
    paths = {"success": "Success", "code": "Success"}
    reader = VerdictReader(hub, status, paths)

    reader.check(etree.fromstring("<r><Success>SUCCESS</Success></r>"))
    with pytest.raises(CallRefused) as refusal:
        reader.check(etree.fromstring("<r><Success>38</Success></r>"))
    assert refusal.value.kind is Refusal.SLOT_GONE

"""Rules of the door that need no database: passwords, addresses, waits, who needs codes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from starlette.requests import Request

from admin.account.addresses import client_address, networks_of
from admin.account.guesses import LIMITS
from admin.account.policy import CodePolicy, must_enrol, policy_of
from admin.passwords import check_password
from admin.roles import Role
from gateway.settings import AdminSettings, SettingsError, read_settings

KEYS = Fernet.generate_key().decode()


def _request(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


def _settings(**given: str) -> AdminSettings:
    return read_settings(AdminSettings, {"DATABASE_URL": "postgresql://x", **given})


@pytest.mark.parametrize(
    ("peer", "forwarded", "wanted"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.2", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", ["6.6.6.6, 198.51.100.1, 10.0.0.3"], "198.51.100.1"),
        ("10.0.0.2", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", ["not an address"], "10.0.0.2"),
        ("10.0.0.2", [], "10.0.0.2"),
        ("fd00::7", ["2001:db8::1"], "2001:db8::1"),
        ("unix-socket", ["198.51.100.1"], "unix-socket"),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str, forwarded: list[str], wanted: str) -> None:
    """The address is the nearest that is no trusted proxy's, whatever was written further off."""
    assert client_address(_request(peer, *forwarded), networks_of("10.0.0.0/8, fd00::/8")) == wanted
    assert client_address(_request(peer, *forwarded), ()) == peer


@pytest.mark.parametrize(("kind", "free"), [("name", 4), ("address", 19)])
def test_waits_grow_and_end(kind: str, free: int) -> None:
    """A few failures cost nothing; then each doubles the wait, up to a longest."""
    limit = next(limit for name, limit in LIMITS.items() if name == kind)
    assert limit.wait_after(free) is None
    waits = [limit.wait_after(free + each) or timedelta(0) for each in range(1, 4)]
    assert waits == [limit.first, 2 * limit.first, 4 * limit.first]
    assert limit.wait_after(10_000) == limit.longest


@pytest.mark.parametrize(
    "password",
    ["тихий омут за рекой", "correct horse battery", "x9-Lm4.pQ7_vT", "qwerty plus a long tail", "москва слезам верит"],
)
def test_long_uncommon_passwords_pass(password: str) -> None:
    """Length is what counts: no digits, capitals or signs are demanded."""
    check_password(password, "ivanova")


@pytest.mark.parametrize(
    ("password", "wanted"),
    [
        ("коротко", "shorter"),
        ("x" * 129, "too long"),
        ("это Ivanova 2026 года", "user name"),
        ("Password-2026!", "too common"),
        ("qwertyqwerty", "too common"),
        ("Администратор1", "too common"),
        ("123456789012", "too common"),
        ("ababababababab", "too common"),
    ],
)
def test_weak_passwords_are_named(password: str, wanted: str) -> None:
    """What breaks a rule is refused in both languages."""
    with pytest.raises(ValueError, match=wanted) as refused:
        check_password(password, "ivanova")
    assert "пароль" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, CodePolicy.OFF),
        ({"ADMIN_MFA_KEYS": KEYS}, CodePolicy.OPTIONAL),
        ({"ADMIN_MFA_KEYS": KEYS, "ADMIN_MFA": "off"}, CodePolicy.OFF),
        ({"ADMIN_MFA_KEYS": KEYS, "ADMIN_MFA": "required"}, CodePolicy.REQUIRED),
        ({"ADMIN_MFA_KEYS": KEYS, "ADMIN_ORIGIN": "https://admin.example.org"}, CodePolicy.REQUIRED),
        ({"ADMIN_MFA": "off", "ADMIN_ORIGIN": "https://admin.example.org"}, CodePolicy.OFF),
    ],
)
def test_policy_follows_the_settings(given: dict[str, str], wanted: CodePolicy) -> None:
    """Codes are required behind an https address unless somebody says otherwise."""
    assert policy_of(_settings(**given)) is wanted


@pytest.mark.parametrize("given", [{"ADMIN_ORIGIN": "https://admin.example.org"}, {"ADMIN_MFA": "required"}])
def test_required_codes_need_a_key(given: dict[str, str]) -> None:
    """The admin does not start without the key that its own rule needs, and says what to do."""
    with pytest.raises(SettingsError, match="ADMIN_MFA=off does without"):
        _settings(**given)


@pytest.mark.parametrize(
    ("name", "value"), [("TRUSTED_PROXIES", "10.0.0.0/8,nonsense"), ("ADMIN_MFA_KEYS", "short"), ("ADMIN_MFA", "maybe")]
)
def test_wrong_settings_are_named(name: str, value: str) -> None:
    """A setting that cannot be read is named."""
    with pytest.raises(SettingsError, match=name):
        _settings(**{name: value})


def test_viewers_are_spared() -> None:
    """A viewer needs no codes even where they are required; all the others do until they have them."""
    needing = {role for role in Role if must_enrol(CodePolicy.REQUIRED, role, is_enrolled=False)}
    assert needing == {Role.OPERATOR, Role.ADMINISTRATOR, Role.AUDITOR}
    assert not any(must_enrol(CodePolicy.REQUIRED, role, is_enrolled=True) for role in Role)
    assert not any(must_enrol(CodePolicy.OPTIONAL, role, is_enrolled=False) for role in Role)

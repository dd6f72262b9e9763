"""The settings of the Gosuslugi login: off by default, whole when on."""

from __future__ import annotations

import pytest

from gateway.settings import Settings, SettingsError, read_settings

NEEDED = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1/0",
    "EMIAS_URL": "http://127.0.0.1:9/",
    "FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "LOOKUP_KEY": "a-made-up-lookup-key-of-more-than-32-characters",
}


def refused(**given: str) -> str:
    """Tell what an environment is refused for."""
    with pytest.raises(SettingsError) as caught:
        read_settings(Settings, NEEDED | given)
    return str(caught.value)


def test_the_login_is_off_unless_it_is_switched_on() -> None:
    """A clinic without Gosuslugi sets nothing."""
    assert read_settings(Settings, NEEDED).identity_provider == "off"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"IDENTITY_PROVIDER": "esia"}, ["ESIA_CLIENT_ID", "ESIA_CERT_FILE", "ESIA_TRUST_DIR", "ESIA_KEY_FILE"]),
        ({"IDENTITY_PROVIDER": "esia", "ESIA_SIGNER": "command"}, ["ESIA_SIGN_COMMAND"]),
        ({"IDENTITY_PROVIDER": "esia", "ESIA_SIGNER": "http_sidecar"}, ["ESIA_SIGN_URL"]),
        ({"IDENTITY_PROVIDER": "broker"}, ["BROKER_ISSUER", "BROKER_CLIENT_ID", "BROKER_CLIENT_SECRET"]),
    ],
)
def test_a_login_that_is_on_names_what_it_lacks(given: dict[str, str], names: list[str]) -> None:
    """All at once, with the callback's address."""
    said = refused(**given)

    for name in ("IDENTITY_REDIRECT_URI", *names):
        assert f"needs {name}" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IDENTITY_PROVIDER", "vk"),
        ("IDENTITY_TICKET_MINUTES", "31"),
        ("ESIA_TOKEN_ALG", "none"),
        ("ESIA_PKCE", "plain"),
        ("BROKER_CLAIMS", "not json"),
        ("BROKER_CLAIMS", '{"password": "p"}'),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: str) -> None:
    """By its name, without repeating it."""
    said = refused(**{name: value})

    assert name in said
    assert value not in said.replace(name, "")


def test_a_callback_is_for_all_sites_or_for_each() -> None:
    """One address stands alone, several by the codes of their sites."""
    one = read_settings(Settings, NEEDED | {"IDENTITY_REDIRECT_URI": "https://a.example/cb/"})
    both = read_settings(Settings, NEEDED | {"IDENTITY_REDIRECT_URI": "main=https://a.example/,b=https://b.example/"})

    assert one.identity_redirect_uri == {"": "https://a.example/cb/"}
    assert both.identity_redirect_uri == {"main": "https://a.example/", "b": "https://b.example/"}


def test_claims_that_differ_are_named() -> None:
    """The others keep their usual names."""
    settings = read_settings(Settings, NEEDED | {"BROKER_CLAIMS": '{"oms_number": "policy"}'})

    assert settings.broker_claims == {"oms_number": "policy"}

"""Tokens are believed only as they were made, and refused by the name of what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.esia.certificate import Certificate
from gateway.esia.errors import EsiaSetupError, TokenRefused
from gateway.esia.openssl import OpenSsl
from gateway.esia.tokens import Tokens
from gateway.esia.trust import Trust, made_by
from tests.unit.esia.pairs import Pair, rsa_pair
from tests.unit.esia.tokens import BEGAN, NOW, RULES, TokenMaker

_AT = int(NOW.timestamp())
_PERSON = {"urn:esia:sbj:typ": "P", "urn:esia:sbj:is_tru": True, "urn:esia:sbj:oid": 1000300001}
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def maker(rsa: Pair) -> TokenMaker:
    """Be ESIA."""
    return TokenMaker(rsa)


@pytest.fixture
def tokens(trust_dir: Path) -> Tokens:
    """Be a system that trusts it."""
    return Tokens(Trust(trust_dir, OpenSsl()), RULES)


async def refusal(tokens: Tokens, access: str, identity: str) -> str:
    """Tell what a pair of tokens is refused for."""
    with pytest.raises(TokenRefused) as refused:
        await tokens.check(access, identity, BEGAN, NOW)
    return refused.value.what


async def test_a_pair_of_tokens_is_believed(tokens: Tokens, maker: TokenMaker) -> None:
    """They name the person, and whether the account is confirmed."""
    found = await tokens.check(maker.access(), maker.identity(), BEGAN, NOW)

    assert (found.oid, found.is_trusted) == (1000300001, True)


@pytest.mark.parametrize("is_tru", [False, None, "true", 1])
async def test_an_account_is_confirmed_by_a_true_alone(tokens: Tokens, maker: TokenMaker, is_tru: object) -> None:
    """A claim that is absent or something else confirms nothing."""
    subject = _PERSON | {"urn:esia:sbj:is_tru": is_tru}

    assert not (await tokens.check(maker.access(), maker.identity(**{"urn:esia:sbj": subject}), BEGAN, NOW)).is_trusted


@pytest.mark.parametrize(
    ("what", "header", "claims"),
    [
        ("alg", {"alg": "none"}, {}),
        ("alg", {"alg": "HS256"}, {}),
        ("alg", {"alg": "GOST3410_2012_256"}, {}),
        ("alg", {"alg": None}, {}),
        ("sbt", {"sbt": "id"}, {}),
        ("sbt", {"sbt": None}, {}),
        ("iss", {}, {"iss": "https://esia.example/"}),
        ("iss", {}, {"iss": "http://esia.example"}),
        ("iss", {}, {"iss": None}),
        ("client_id", {}, {"client_id": "OTHER"}),
        ("client_id", {}, {"client_id": None}),
        ("nbf", {}, {"nbf": _AT + 61}),
        ("nbf", {}, {"nbf": None}),
        ("nbf", {}, {"nbf": True}),
        ("iat", {}, {"iat": _AT + 61}),
        ("iat", {}, {"iat": _AT - 61}),
        ("iat", {}, {"iat": "now"}),
        ("iat", {}, {"iat": 1e300}),
        ("exp", {}, {"exp": _AT - 60}),
        ("exp", {}, {"exp": None}),
        ("subject", {}, {"urn:esia:sbj_id": 1000300002}),
        ("subject", {}, {"urn:esia:sbj_id": None}),
        ("subject", {}, {"urn:esia:sbj_id": -1}),
        ("sid", {}, {"urn:esia:sid": "session-2"}),
        ("sid", {}, {"urn:esia:sid": None}),
    ],
)
async def test_an_access_token_is_refused_by_name(
    tokens: Tokens, maker: TokenMaker, what: str, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    """Each check says what it found."""
    assert await refusal(tokens, maker.access(header, **claims), maker.identity()) == what


@pytest.mark.parametrize(
    ("what", "header", "claims"),
    [
        ("alg", {"alg": "none"}, {}),
        ("sbt", {"sbt": "access"}, {}),
        ("iss", {}, {"iss": "http://elsewhere.example/"}),
        ("aud", {}, {"aud": "OTHER"}),
        ("aud", {}, {"aud": None}),
        ("aud", {}, {"aud": ["OTHER", "CLINIC01"]}),
        ("nbf", {}, {"nbf": _AT + 61}),
        ("iat", {}, {"iat": _AT - 3600}),
        ("exp", {}, {"exp": _AT - 61}),
        ("auth_time", {}, {"auth_time": _AT + 61}),
        ("auth_time", {}, {"auth_time": "yesterday"}),
        ("subject", {}, {"sub": 1000300002}),
        ("subject", {}, {"sub": "somebody"}),
        ("subject", {}, {"urn:esia:sbj": None}),
        ("subject", {}, {"urn:esia:sbj": _PERSON | {"urn:esia:sbj:oid": 5}}),
        ("typ", {}, {"urn:esia:sbj": _PERSON | {"urn:esia:sbj:typ": "O"}}),
        ("sid", {}, {"urn:esia:sid": ""}),
    ],
)
async def test_an_id_token_is_refused_by_name(
    tokens: Tokens, maker: TokenMaker, what: str, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    """Each check says what it found."""
    assert await refusal(tokens, maker.access(), maker.identity(header, **claims)) == what


@pytest.mark.parametrize("claims", [{"nbf": _AT + 60}, {"iat": _AT + 60}, {"iat": _AT - 60}, {"exp": _AT - 59}])
async def test_clocks_may_differ_by_a_minute(tokens: Tokens, maker: TokenMaker, claims: dict[str, Any]) -> None:
    """A little drift keeps nobody out."""
    found = await tokens.check(maker.access(**claims), maker.identity(**claims), BEGAN, NOW)
    assert found.is_trusted


async def test_a_standing_session_is_held_to_its_age_where_there_is_a_rule(tokens: Tokens, maker: TokenMaker) -> None:
    """Without the rule a person who logged in to Gosuslugi this morning need not type the password again."""
    old = maker.identity(auth_time=_AT - 3600)
    strict = replace(tokens, rules=replace(RULES, auth_age=timedelta(minutes=10)))

    assert (await tokens.check(maker.access(), old, BEGAN, NOW)).is_trusted
    assert await refusal(strict, maker.access(), old) == "auth_time"
    assert await refusal(strict, maker.access(), maker.identity(auth_time=None)) == "auth_time"


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
async def test_a_token_with_any_character_changed_is_refused(
    tokens: Tokens, maker: TokenMaker, data: st.DataObject
) -> None:
    """There is one way to write a token, and it is the way that was signed."""
    whole = [maker.access(), maker.identity()]
    which = data.draw(st.integers(0, 1))
    place = data.draw(st.integers(0, len(whole[which]) - 1))
    characters = [one for one in (*_ALPHABET, ".", "=", "+", "/", " ", "é") if one != whole[which][place]]
    character = data.draw(st.sampled_from(characters))
    whole[which] = whole[which][:place] + character + whole[which][place + 1 :]

    assert await refusal(tokens, *whole) in {"parts", "signature", "alg", "sbt"}


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c.d", "e30.e30.", "W10.W10.AA", "x" * 40_000])
async def test_what_is_no_token_is_refused(tokens: Tokens, maker: TokenMaker, text: str) -> None:
    """Nothing is read into it."""
    assert await refusal(tokens, text, maker.identity()) == "parts"


async def test_tokens_signed_by_a_stranger_are_refused(tokens: Tokens, tmp_path: Path) -> None:
    """Only the folder's certificates vouch."""
    stranger = TokenMaker(rsa_pair(tmp_path))

    assert await refusal(tokens, stranger.access(), stranger.identity()) == "signature"


async def test_a_new_certificate_is_believed_without_a_restart(tokens: Tokens, trust_dir: Path, tmp_path: Path) -> None:
    """ESIA changes its certificates every year; both are believed until the old one is taken away."""
    newer = rsa_pair(tmp_path)
    maker = TokenMaker(newer)
    assert await refusal(tokens, maker.access(), maker.identity()) == "signature"

    (trust_dir / "esia-2027.crt").write_bytes(newer.certificate_file.read_bytes())
    assert (await tokens.check(maker.access(), maker.identity(), BEGAN, NOW)).is_trusted

    (trust_dir / "esia-2027.crt").unlink()
    assert await refusal(tokens, maker.access(), maker.identity()) == "signature"


async def test_a_certificate_out_of_its_dates_vouches_for_nothing(trust_dir: Path, tmp_path: Path) -> None:
    """An old key that leaked makes no tokens."""
    old = rsa_pair(tmp_path, begins=timedelta(days=-60), lasts=timedelta(days=30))
    (trust_dir / "esia.pem").write_bytes(old.certificate_file.read_bytes())
    maker = TokenMaker(old)

    assert await refusal(Tokens(Trust(trust_dir, OpenSsl()), RULES), maker.access(), maker.identity()) == "signature"


async def test_a_folder_without_certificates_believes_nothing(tmp_path: Path, maker: TokenMaker) -> None:
    """A missing or empty folder is named; a file that is no certificate is left out."""
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "junk.pem").write_text("junk", encoding="utf-8")

    for folder in (empty, tmp_path / "missing"):
        with pytest.raises(EsiaSetupError, match=folder.name):
            await Tokens(Trust(folder, OpenSsl()), RULES).check(maker.access(), maker.identity(), BEGAN, NOW)


async def test_gost_signatures_are_told_apart(gost: Pair, tmp_path: Path) -> None:
    """A changed message, a signature turned round or cut short, and the other algorithm are all refused."""
    folder = tmp_path / "gost-trust"
    folder.mkdir()
    (folder / "esia.cer").write_bytes(gost.certificate_file.read_bytes())
    openssl = OpenSsl()
    trust = Trust(folder, openssl)
    now = datetime.now(UTC)
    signature = await openssl.sign(gost.key_file, b"header.claims")

    assert await trust.vouches("GOST3410_2012_256", b"header.claims", signature, now)
    for algorithm, message, mark in (
        ("GOST3410_2012_256", b"header.claimz", signature),
        ("GOST3410_2012_256", b"header.claims", signature[::-1]),
        ("GOST3410_2012_256", b"header.claims", signature[:-1]),
        ("GOST3410_2012_256", b"header.claims", b""),
        ("RS256", b"header.claims", signature),
    ):
        assert not await trust.vouches(algorithm, message, mark, now)


_UNKNOWN_KIND = b"""-----BEGIN CERTIFICATE-----
MIIBcjCCARegAwIBAgIUCXWQbotugUIFWQpLZC/MI2wgZtswCgYIKoZIzj0EAwIw
DjEMMAoGA1UEAwwDb2RkMB4XDTI2MTEyMzExMDUzMFoXDTI2MTIyMzExMDUzMFow
DjEMMAoGA1UEAwwDb2RkMFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEdzfcXxTp
q9i7s7/CFlbkF3OjwIsAsy3Qajw0lWFGIElQxD6mH0lJUOxhMSUiSbK+CC/Vdoz9
UgFSPaGMC3h7SqNTMFEwHQYDVR0OBBYEFNNS4qj/o53LVWestb1bYrGZ1ocjMB8G
A1UdIwQYMBaAFNNS4qj/o53LVWestb1bYrGZ1ocjMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDSQAwRgIhAK4Nk1w7Jt+w6vQt8TyW0PFaxZ/t5Vv6RK+zU6Bi
OiwjAiEAibwO2vM0UASiWtx3AId8/XR5/IVVH2yiJoC8cdI951g=
-----END CERTIFICATE-----
"""


async def test_a_certificate_of_a_kind_that_nobody_knows_vouches_for_nothing() -> None:
    """One such in the folder, of an old GOST or here of SM2, is passed over and breaks no login."""
    unknown = Certificate(x509.load_pem_x509_certificate(_UNKNOWN_KIND))

    assert not await made_by(unknown, OpenSsl(), b"message", b"signature")

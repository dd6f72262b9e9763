"""Faults on the wire, each as it is described."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from uuid import UUID

import httpx
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm

from simulator.esia.stand import EsiaStand
from tests.integration.esia_stand.client import Client, decoded

VERA = "/rs/prns/1000300001"


def _spoil(stand: EsiaStand, operation: str, kind: str, **params: Any) -> None:
    stand.installation.faults.add({"operation": operation, "kind": kind, "params": params})


def _verifies(stand: EsiaStand, token: str, algorithm: HashAlgorithm | None = None) -> bool:
    """Tell whether a published RSA certificate verifies a token."""
    signed, _, signature = token.rpartition(".")
    for path in stand.trust_folder.glob("rs256*.pem"):
        key = x509.load_pem_x509_certificate(path.read_bytes()).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        try:
            text = base64.urlsafe_b64decode(signature + "==")
            key.verify(text, signed.encode(), padding.PKCS1v15(), algorithm or SHA256())
        except InvalidSignature:
            continue
        return True
    return False


async def test_tokens_without_a_fault_verify(client: Client, stand: EsiaStand) -> None:
    """Both tokens are signed by a published key, by the present one after the keys have rotated."""
    for _ in range(2):
        tokens = await client.tokens()
        assert _verifies(stand, tokens["access_token"])
        assert _verifies(stand, tokens["id_token"])
        await stand.installation.keys.rotate("RS256")


async def test_a_rotation_that_nobody_was_told_of(client: Client, stand: EsiaStand) -> None:
    """After an unpublished rotation no published certificate verifies a token."""
    await stand.installation.keys.rotate("RS256", publish=False)
    assert not _verifies(stand, (await client.tokens())["id_token"])
    await stand.installation.keys.rotate("RS256")


@pytest.mark.parametrize("kind", ["none_alg", "hmac_alg", "foreign_key", "broken_signature"])
async def test_signatures_that_must_not_be_believed(client: Client, stand: EsiaStand, kind: str) -> None:
    """A token without a signature, with the certificate as a password, by a stranger or changed does not verify."""
    _spoil(stand, "token", kind)
    tokens = await client.tokens()
    assert not _verifies(stand, tokens["access_token"])
    assert not _verifies(stand, tokens["id_token"])
    algorithms = {"none_alg": "none", "hmac_alg": "HS256"}
    assert decoded(tokens["id_token"])[0]["alg"] == algorithms.get(kind, "RS256")
    if kind == "hmac_alg":
        signed, _, signature = tokens["id_token"].rpartition(".")
        certificate = stand.installation.keys.current("RS256").certificate
        expected = hmac.digest(certificate, signed.encode(), hashlib.sha256)
        assert base64.urlsafe_b64decode(signature + "==") == expected


async def test_another_algorithm_is_truly_signed(client: Client, stand: EsiaStand) -> None:
    """RS512 by the right key: only the algorithm of the settings can refuse it."""
    _spoil(stand, "token", "wrong_alg")
    token = (await client.tokens())["id_token"]
    assert decoded(token)[0]["alg"] == "RS512"
    assert _verifies(stand, token, SHA512())


async def test_another_algorithm_in_place_of_gost(gost_client: Client, stand: EsiaStand) -> None:
    """RS256 by a published key where the card says GOST."""
    _spoil(stand, "token", "wrong_alg")
    token = (await gost_client.tokens())["id_token"]
    assert decoded(token)[0]["alg"] == "RS256"
    assert _verifies(stand, token)


async def test_claims_that_must_not_be_believed(client: Client, stand: EsiaStand) -> None:
    """Issuer, audience, times, subject and use are wrong each in its turn, under right signatures."""
    seen: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    kinds = ("", "wrong_iss", "wrong_aud", "expired", "future_nbf", "swapped_sub", "swapped_sbt")
    for kind in kinds:
        if kind:
            _spoil(stand, "token", kind)
        tokens = await client.tokens()
        assert _verifies(stand, tokens["id_token"])
        seen[kind] = decoded(tokens["access_token"])[1], decoded(tokens["id_token"])[1]
        if kind == "swapped_sbt":
            assert decoded(tokens["access_token"])[0]["sbt"] == "id"
    right_access, right = seen[""]
    now = right["iat"]
    assert seen["wrong_iss"][0]["iss"] == seen["wrong_iss"][1]["iss"] != right["iss"]
    assert seen["wrong_aud"][0]["client_id"] == seen["wrong_aud"][1]["aud"] == "ANOTHER_SYSTEM"
    assert seen["expired"][0]["exp"] < now > seen["expired"][1]["exp"]
    assert seen["future_nbf"][0]["nbf"] > now + 600 < seen["future_nbf"][1]["nbf"]
    assert seen["swapped_sub"][0]["urn:esia:sbj_id"] == right_access["urn:esia:sbj_id"]
    assert seen["swapped_sub"][1]["sub"] != right["sub"]
    assert seen["swapped_sub"][1]["urn:esia:sbj"]["urn:esia:sbj:oid"] == seen["swapped_sub"][1]["sub"]


async def test_another_state_and_no_id_token(client: Client, stand: EsiaStand) -> None:
    """The echo is some other UUID; the id_token is missing."""
    _spoil(stand, "token", "wrong_state")
    form = client.second(await client.code())
    state = (await client.exchange(form)).json()["state"]
    assert UUID(state).version == 4
    assert state != form["state"]
    _spoil(stand, "token", "without_id_token")
    assert "id_token" not in await client.tokens()


@pytest.mark.parametrize("operation", ["authorise", "token"])
async def test_any_code_can_be_asked_for(client: Client, stand: EsiaStand, operation: str) -> None:
    """A planned refusal comes by its code, the code of a login left unspent."""
    code = await client.code()
    _spoil(stand, operation, "refuse", code="ESIA-007008")
    if operation == "authorise":
        assert await client.refused(client.first()) == "ESIA-007008"
    else:
        assert await client.not_exchanged(client.second(code)) == "ESIA-007008"
    assert (await client.exchange(client.second(code))).status_code == 200


async def test_gates_and_lost_connections(client: Client, stand: EsiaStand) -> None:
    """A status with Retry-After, a page in place of JSON, a cut connection and a late answer."""
    tokens = await client.tokens()
    _spoil(stand, "person", "status", status=503, retry_after="7")
    answer = await client.get(VERA, tokens)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    _spoil(stand, "token", "html")
    answer = await client.exchange(client.second("any"))
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (200, "text/html")
    _spoil(stand, "person", "cut")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await client.get(VERA, tokens)
    client.back.timeout = httpx.Timeout(0.2)
    _spoil(stand, "person", "slow", seconds=30)
    with pytest.raises(httpx.TimeoutException):
        await client.get(VERA, tokens)


async def test_documents_elsewhere_and_forbidden(client: Client, stand: EsiaStand) -> None:
    """Elements lead to another origin; the documents alone are forbidden and the person still comes."""
    tokens = await client.tokens()
    _spoil(stand, "documents", "off_origin")
    person = (await client.get(f"{VERA}?embed=(documents.elements)", tokens)).json()
    [address] = person["documents"]["elements"]
    assert address.startswith("http://")
    assert not address.startswith((stand.url, stand.public_url))
    _spoil(stand, "documents", "forbidden")
    assert (await client.get(f"{VERA}?embed=(documents.elements)", tokens)).status_code == 403
    assert (await client.get(VERA, tokens)).status_code == 200


@pytest.mark.parametrize(
    ("rule", "about"),
    [
        ({"operation": "token", "kind": "meteor"}, "unknown kind"),
        ({"operation": "lunch", "kind": "slow"}, "unknown operation"),
        ({"operation": "person", "kind": "none_alg"}, "fits only broker_token, token"),
        ({"operation": "token", "kind": "refuse", "params": {"code": "ESIA-1"}}, "params.code"),
        ({"operation": "token", "kind": "slow", "nth": 0}, "nth"),
        ({"operation": "token", "kind": "slow", "when": "now"}, "unknown fields"),
    ],
)
async def test_a_rule_that_fits_nothing_is_refused(stand: EsiaStand, rule: dict[str, Any], about: str) -> None:
    """The plan says what does not fit."""
    with pytest.raises(ValueError, match=about):
        stand.installation.faults.add(rule)


async def test_rules_count_and_end(client: Client, stand: EsiaStand) -> None:
    """The second and third request are spoiled, the others are not."""
    tokens = await client.tokens()
    stand.installation.faults.add({"operation": "*", "kind": "status", "nth": 2, "times": 2})
    statuses = [(await client.get(VERA, tokens)).status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


async def test_a_reset_forgets(client: Client, stand: EsiaStand) -> None:
    """After a reset no fault, code, access or journal is left, and the systems are."""
    tokens, code = await client.tokens(), await client.code()
    stand.installation.faults.add({"operation": "*", "kind": "cut", "times": 0})
    stand.installation.reset()
    assert (await client.get(VERA, tokens)).status_code == 401
    assert await client.not_exchanged(client.second(code)) == "ESIA-007011"
    assert stand.installation.journal.counts == {"person ESIA-005011": 1, "token ESIA-007011": 1}

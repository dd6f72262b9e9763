"""Four ways to sign, each checked by what it did not make itself."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import tempfile
from pathlib import Path

import gostcrypto
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.esia.certificate import read_certificate
from gateway.esia.errors import EsiaSetupError, SigningFailed
from gateway.esia.openssl import OpenSsl
from gateway.esia.running import run_bounded
from gateway.esia.signers.command import CommandSigner
from gateway.esia.signers.http_sidecar import SidecarSigner
from gateway.esia.signers.openssl_gost import OpenSslGostSigner
from gateway.esia.signers.rsa_local import RsaSigner
from tests.unit.esia.pairs import Pair

MESSAGE = b"CLINIC01openid 2026.11.23 09:00:00 +0000"
_CURVE = gostcrypto.gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-2012-256-paramSetB"]


async def test_rsa_signs_raw(rsa: Pair) -> None:
    """PKCS#1 v1.5 with SHA-256, which the certificate verifies."""
    signature = await RsaSigner(rsa.key_file, rsa.certificate_file).sign_raw(MESSAGE)

    key = read_certificate(rsa.certificate_file).x509.public_key()
    assert isinstance(key, RSAPublicKey)
    key.verify(signature, MESSAGE, PKCS1v15(), SHA256())


async def test_gost_signs_raw_in_esia_s_order(gost: Pair) -> None:
    """64 bytes, s before r, which pure Python verifies, and not from the end."""
    openssl = OpenSsl()
    signature = await OpenSslGostSigner(gost.key_file, gost.certificate_file, openssl).sign_raw(MESSAGE)

    assert len(signature) == 64
    assert await _oracle_verifies(gost, openssl, signature)
    assert not await _oracle_verifies(gost, openssl, signature[::-1])


async def _oracle_verifies(gost: Pair, openssl: OpenSsl, signature: bytes) -> bool:
    """Verify by a library that wants r before s, the digest from the end, and coordinates from the first byte."""
    pem = (await openssl.public_key(gost.certificate_file.read_bytes())).decode()
    spki = base64.b64decode("".join(pem.splitlines()[1:-1]))
    x, y = spki[-64:-32][::-1], spki[-32:][::-1]
    digest = bytes(gostcrypto.gosthash.new("streebog256", data=MESSAGE).digest())[::-1]
    judge = gostcrypto.gostsignature.new(gostcrypto.gostsignature.MODE_256, _CURVE)
    return bool(judge.verify(x + y, digest, signature[32:] + signature[:32]))


@pytest.mark.parametrize("kind", ["rsa", "gost"])
async def test_cms_is_detached_and_verifies(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """Openssl accepts it beside the message, which is not in it."""
    pair: Pair = request.getfixturevalue(kind)
    openssl = OpenSsl()
    signer = OpenSslGostSigner(pair.key_file, pair.certificate_file, openssl) if pair.is_gost else _rsa(pair)
    cms, content = tmp_path / "cms", tmp_path / "message"
    content.write_bytes(MESSAGE)

    cms.write_bytes(await signer.sign_cms(MESSAGE))

    words = ["cms", "-verify", "-engine", "gost"] if pair.is_gost else ["cms", "-verify"]
    certificate = ["-certfile", str(pair.certificate_file), "-noverify"]
    files = ["-in", str(cms), "-inform", "DER", "-content", str(content), "-binary"]
    status, told = await run_bounded(["openssl", *words, *certificate, *files], b"", 20)
    assert (status, told) == (0, MESSAGE)
    assert MESSAGE not in cms.read_bytes()


def _rsa(pair: Pair) -> RsaSigner:
    return RsaSigner(pair.key_file, pair.certificate_file)


async def test_a_key_that_others_may_read_signs_nothing(rsa: Pair, tmp_path: Path) -> None:
    """The message says which mode is needed."""
    key = tmp_path / "open.key"
    key.write_bytes(rsa.key_file.read_bytes())
    key.chmod(0o640)

    with pytest.raises(SigningFailed, match="chmod 600"):
        await RsaSigner(key, rsa.certificate_file).sign_raw(MESSAGE)
    with pytest.raises(SigningFailed, match="chmod 600"):
        await OpenSslGostSigner(key, rsa.certificate_file, OpenSsl()).sign_raw(MESSAGE)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
async def test_what_is_no_key_signs_nothing(rsa: Pair, tmp_path: Path, content: bytes) -> None:
    """Whoever signs with it is told, without its content."""
    key = tmp_path / "none.key"
    key.touch(mode=0o600)
    key.write_bytes(content)

    for signer in (_rsa(Pair(key, rsa.certificate_file, is_gost=False)), _gost(key, rsa)):
        with pytest.raises(SigningFailed):
            await signer.sign_raw(MESSAGE)


def _gost(key: Path, pair: Pair) -> OpenSslGostSigner:
    return OpenSslGostSigner(key, pair.certificate_file, OpenSsl())


async def test_an_openssl_that_is_not_there_is_named() -> None:
    """A missing program is a failed signature, not a crash."""
    with pytest.raises(SigningFailed, match="no-such-openssl"):
        await OpenSsl("no-such-openssl").streebog(MESSAGE)


async def test_a_program_that_hangs_is_ended() -> None:
    """Nobody waits for it longer than allowed."""
    with pytest.raises(SigningFailed, match="took longer"):
        await run_bounded([sys.executable, "-c", "input()"], b"", 0)


async def test_what_a_hanging_program_has_begun_is_ended_with_it() -> None:
    """A child of its that holds the pipes keeps nobody waiting."""
    parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    hanging = run_bounded([sys.executable, "-c", parent], b"", 2)

    with pytest.raises(SigningFailed, match="took longer"):
        await asyncio.wait_for(hanging, 20)


async def test_a_program_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is what it needs to be found and to speak."""
    monkeypatch.setenv("FIELD_KEYS", "made-up")

    _, told = await run_bounded([sys.executable, "-c", "import os; print(sorted(os.environ))"], b"", 20)

    assert b"FIELD_KEYS" not in told
    assert b"PATH" in told


_WRITER = "import sys; open(sys.argv[2], 'wb').write(open(sys.argv[1], 'rb').read()[:4])"


@pytest.mark.parametrize(("is_reversed", "expected"), [(False, b"CLIN"), (True, b"NILC")])
async def test_a_command_signs_files(*, is_reversed: bool, expected: bytes) -> None:
    """The message goes in by one file and the signature comes out by another, turned round where it must be."""
    template = f'{sys.executable} -c "{_WRITER}" {{in}} {{out}}'
    signer = CommandSigner.from_template(template, is_reversed=is_reversed)

    assert await signer.sign_raw(MESSAGE) == expected
    assert await signer.sign_cms(MESSAGE) == b"CLIN"


@pytest.mark.parametrize("program", ["pass", "raise SystemExit(3)"])
async def test_a_command_that_writes_nothing_has_failed(program: str) -> None:
    """A status is not a signature."""
    signer = CommandSigner.from_template(f'{sys.executable} -c "{program}" {{in}} {{out}}', is_reversed=False)

    with pytest.raises(SigningFailed):
        await signer.sign_raw(MESSAGE)


async def test_files_that_cannot_be_written_are_a_failed_signature(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A full or missing temporary folder is told as such, and is no crash."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))

    with pytest.raises(SigningFailed, match="files of a signature"):
        await CommandSigner.from_template("csptest {in} {out}", is_reversed=False).sign_raw(MESSAGE)


@pytest.mark.parametrize("template", ["", "csptest -in {in}", 'csptest "{in} {out}'])
def test_a_template_without_both_files_is_refused(template: str) -> None:
    """The setting's name is in the message."""
    with pytest.raises(EsiaSetupError, match="ESIA_SIGN_COMMAND"):
        CommandSigner.from_template(template, is_reversed=False)


async def test_a_sidecar_is_sent_the_message_and_no_key(tmp_path: Path) -> None:
    """Algorithm and message go in, a bearer from a file proves us, the signature comes back."""
    token = tmp_path / "token"
    token.write_text("made-up\n", encoding="utf-8")
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"signature_b64": base64.b64encode(b"signed").decode()})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        signer = SidecarSigner(client, "http://127.0.0.1:9/", "GOST3410_2012_256", token)
        assert await signer.sign_raw(MESSAGE) == b"signed"
        assert await signer.sign_cms(MESSAGE) == b"signed"

    assert [str(request.url) for request in asked] == ["http://127.0.0.1:9/sign"] * 2
    assert asked[0].headers["Authorization"] == "Bearer made-up"
    assert json.loads(asked[0].content) == {
        "alg": "GOST3410_2012_256",
        "message_b64": base64.b64encode(MESSAGE).decode(),
    }
    assert json.loads(asked[1].content)["alg"] == "CMS"


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(500, json={"signature_b64": "c2lnbmVk"}),
        httpx.Response(302, headers={"Location": "http://elsewhere.example/"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=["c2lnbmVk"]),
        httpx.Response(200, json={"signature_b64": ""}),
        httpx.Response(200, json={"signature_b64": "§"}),
        httpx.Response(200, json={"signature_b64": 7}),
    ],
)
async def test_a_sidecar_without_a_signature_has_failed(reply: httpx.Response) -> None:
    """Nothing else is taken for one, and no redirect is followed."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: reply)) as client:
        with pytest.raises(SigningFailed):
            await SidecarSigner(client, "http://127.0.0.1:9", "RS256").sign_raw(MESSAGE)

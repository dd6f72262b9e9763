"""The TLS context and the identity that it shows."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.emias.certificate import TlsFiles, certificate_facts, read_identity
from gateway.emias.errors import TlsSetupError
from gateway.emias.tls import client_context
from simulator.pki import Pki, make_pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Make throw-away certificates."""
    return make_pki(tmp_path_factory.mktemp("emias-pki"))


@pytest.fixture(scope="session")
def password(pki: Pki) -> bytes:
    """Read the password of the locked files."""
    return pki.client_password.read_bytes()


@pytest.fixture(scope="session")
def good(pki: Pki) -> TlsFiles:
    """Name the plain PEM pair."""
    return TlsFiles(ca_file=pki.ca, cert_file=pki.client_cert, key_file=pki.client_key)


def _joined(path: Path, *files: Path) -> Path:
    path.write_bytes(b"".join(file.read_bytes() for file in files))
    return path


def _refusal(files: TlsFiles) -> TlsSetupError:
    with pytest.raises(TlsSetupError) as caught:
        client_context(files)
    return caught.value


def test_every_form_of_identity_is_taken(pki: Pki, password: bytes, good: TlsFiles, tmp_path: Path) -> None:
    """PEM pairs, locked keys, one combined PEM in any order, and PKCS#12 show the same certificate."""
    chain = _joined(tmp_path / "chain.pem", pki.client_key, pki.foreign_client_cert, pki.client_cert)
    forms = [
        good,
        replace(good, key_file=pki.client_key_encrypted, password=password),
        TlsFiles(ca_file=pki.ca, cert_file=chain),
        TlsFiles(ca_file=pki.ca, pkcs12_file=pki.client_p12, password=password),
    ]

    identities = [read_identity(files) for files in forms]

    assert len({identity.certificate.serial_number for identity in identities if identity}) == 1
    assert all(client_context(files).verify_mode is ssl.CERT_REQUIRED for files in forms)


def test_the_context_checks_host_names_and_trusts_the_given_ca_only(good: TlsFiles) -> None:
    """Nothing older than TLS 1.2, and one CA where one is given."""
    context = client_context(good)

    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.cert_store_stats()["x509"] == 1


def test_a_password_that_is_not_needed_does_no_harm(good: TlsFiles) -> None:
    """A key that is not locked opens whatever the password says."""
    client_context(replace(good, password=b"anything"))


def test_without_a_certificate_there_is_none_to_describe(pki: Pki) -> None:
    """A channel without client certificate has no facts."""
    assert certificate_facts(TlsFiles(ca_file=pki.ca)) is None
    client_context(TlsFiles(ca_file=pki.ca))


def test_a_missing_password_is_told_and_never_asked_for(
    pki: Pki, good: TlsFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A locked key without password is an error at once, with no terminal in sight."""
    monkeypatch.setattr("sys.stdin", None)

    assert _refusal(replace(good, key_file=pki.client_key_encrypted)).code == "password_missing"
    assert _refusal(TlsFiles(pkcs12_file=pki.client_p12)).code == "password_missing"


def test_a_wrong_password_is_told(pki: Pki, good: TlsFiles) -> None:
    """The code says what is wrong, the text where, and neither repeats the password."""
    for files in (
        replace(good, key_file=pki.client_key_encrypted, password=b"not-this-one"),
        TlsFiles(ca_file=pki.ca, pkcs12_file=pki.client_p12, password=b"not-this-one"),
    ):
        refusal = _refusal(files)
        assert refusal.code == "wrong_password"
        assert "not-this-one" not in f"{refusal} {files}"


def test_a_key_of_another_certificate_is_told(pki: Pki, good: TlsFiles) -> None:
    """A pair that does not belong together is refused before any handshake."""
    assert _refusal(replace(good, key_file=pki.next_client_key)).code == "key_mismatch"


def test_certificates_out_of_their_time_are_told(pki: Pki, good: TlsFiles) -> None:
    """Expired and not yet valid are different errors."""
    expired = replace(good, cert_file=pki.expired_client_cert, key_file=pki.expired_client_key)
    future = replace(good, cert_file=pki.future_client_cert, key_file=pki.future_client_key)

    assert (_refusal(expired).code, _refusal(future).code) == ("expired", "not_yet_valid")


def test_missing_and_unreadable_files_are_told_by_name(pki: Pki, good: TlsFiles, tmp_path: Path) -> None:
    """Each file of the channel is blamed by its path."""
    gone, junk = tmp_path / "gone.pem", tmp_path / "junk.pem"
    junk.write_text("junk")
    blamed = {
        (gone, "file_missing"): [
            replace(good, ca_file=gone),
            replace(good, cert_file=gone),
            replace(good, key_file=gone),
        ],
        (junk, "file_unreadable"): [
            replace(good, ca_file=junk),
            replace(good, cert_file=junk),
            replace(good, key_file=junk),
        ],
    }

    for (file, code), wrong in blamed.items():
        for files in wrong:
            refusal = _refusal(files)
            assert refusal.code == code
            assert str(file) in str(refusal)
    assert _refusal(TlsFiles(pkcs12_file=gone)).code == "file_missing"
    assert _refusal(TlsFiles(cert_file=pki.client_cert)).code == "file_unreadable"


def test_no_private_key_is_left_in_the_temporary_folder(
    pki: Pki, password: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unpacking PKCS#12 leaves nothing behind."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    client_context(TlsFiles(ca_file=pki.ca, pkcs12_file=pki.client_p12, password=password))

    assert list(tmp_path.iterdir()) == []


def test_facts_of_the_certificate(pki: Pki, good: TlsFiles) -> None:
    """Subject, issuer and the days that are left, which an expired one has less than none of."""
    facts = certificate_facts(good)
    expired = certificate_facts(replace(good, cert_file=pki.expired_client_cert, key_file=pki.expired_client_key))

    assert facts is not None
    assert expired is not None
    assert "CN=gateway" in facts.subject
    assert "O=EMIAS stand-in" in facts.issuer
    assert facts.not_after > datetime.now(UTC)
    assert expired.days_left < 0 < facts.days_left

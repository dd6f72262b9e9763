"""Whether the signer, its certificate and what we trust are fit for a login, before a patient finds out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from gateway.esia.calls import CallBroke, Calls
from gateway.esia.certificate import Certificate
from gateway.esia.errors import EsiaError, EsiaSetupError
from gateway.esia.openssl import OpenSsl
from gateway.esia.signers.signer import Signer
from gateway.esia.trust import Trust, made_by

__all__ = ["CLOCK_LIMIT", "Grade", "Said", "judge_certificate", "judge_clock", "judge_signer", "judge_trust"]

CLOCK_LIMIT: Final = timedelta(seconds=60)
_WARN: Final = timedelta(days=30)
_PROBE: Final = b"bitrix-emias-gateway: self-test"


class Grade(IntEnum):
    """How bad it is."""

    FIT = 0
    WARNING = 1
    UNFIT = 2


@dataclass(frozen=True, slots=True)
class Said:
    """What one test found, with its stable code and words for the operator."""

    grade: Grade
    code: str
    words: str


async def judge_signer(signer: Signer, certificate: Certificate, openssl: OpenSsl) -> Said:
    """Sign a probe and verify it with the configured certificate; name a signature that is turned round."""
    try:
        signature = await signer.sign_raw(_PROBE)
        if await made_by(certificate, openssl, _PROBE, signature):
            return Said(Grade.FIT, "signer_fits", f"a probe of {len(signature)} bytes verifies with the certificate")
        if await made_by(certificate, openssl, _PROBE, signature[::-1]):
            return Said(
                Grade.UNFIT,
                "signature_reversed",
                "подпись перевёрнута по байтам: смените ESIA_SIGN_REVERSE / signer output is byte-reversed: "
                "change ESIA_SIGN_REVERSE",
            )
    except EsiaError as fault:
        return Said(Grade.UNFIT, "signer_failed", str(fault))
    return Said(
        Grade.UNFIT,
        "signature_wrong",
        "подпись не от этого сертификата / the signature is not the certificate's: give key and certificate of a pair",
    )


def judge_certificate(certificate: Certificate, now: datetime) -> Said:
    """Hold the system's own certificate to its dates."""
    if now < certificate.not_before:
        return Said(Grade.UNFIT, "certificate_early", f"good from {certificate.not_before:%Y-%m-%d} only")
    return _by_end("certificate", certificate.not_after, now)


async def judge_trust(trust: Trust, now: datetime, *, wants_gost: bool) -> Said:
    """Tell until when ESIA's tokens can be believed."""
    try:
        known = await trust.certificates()
    except EsiaSetupError as problem:
        return Said(Grade.UNFIT, "trust_empty", str(problem))
    ends = [one.not_after for one in known if one.is_gost is wants_gost and one.not_before <= now]
    if not ends:
        kind = "GOST" if wants_gost else "RSA"
        return Said(Grade.UNFIT, "trust_other", f"no {kind} certificate of ESIA in {trust.folder}: see ESIA_TOKEN_ALG")
    return _by_end("trust", max(ends), now)


async def judge_clock(calls: Calls, offsets: list[float]) -> Said:
    """Ask ESIA for anything and compare its clock with ours; `offsets` is where `calls` tells of clocks."""
    try:
        await calls.get("/")
    except CallBroke as broke:
        return Said(Grade.UNFIT, "esia_unreachable", f"no answer: {broke.what}")
    if not offsets:
        return Said(Grade.WARNING, "clock_unknown", "it answers, without a Date")
    ahead = offsets[-1]
    is_off = abs(ahead) > CLOCK_LIMIT.total_seconds()
    words = f"its clock is {ahead:+.0f} s from ours"
    return Said(Grade.UNFIT if is_off else Grade.FIT, "clock_off" if is_off else "clock_fits", words)


def _by_end(what: str, end: datetime, now: datetime) -> Said:
    words = f"good until {end:%Y-%m-%d}, {(end - now).days} days left"
    if end < now:
        return Said(Grade.UNFIT, f"{what}_expired", words)
    return Said(Grade.WARNING if end - now < _WARN else Grade.FIT, f"{what}_dates", words)

"""One-time codes (TOTP, RFC 6238) and recovery codes, kept by Piccolo's authenticator under keys of the admin's own."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from secrets import token_hex
from typing import Final

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from piccolo_api.encryption.providers import EncryptionProvider
from piccolo_api.mfa.authenticator.provider import AuthenticatorProvider
from piccolo_api.mfa.authenticator.tables import AuthenticatorSecret
from piccolo_api.mfa.authenticator.utils import get_b64encoded_qr_image
from piccolo_api.mfa.recovery_codes import generate_recovery_code

from admin.account.sessions import Visitor
from admin.users import Administrator
from gateway.store.engine import Database

__all__ = ["Enrolment", "OneTimeCodes"]

ISSUER: Final = "EMIAS gateway"
_STEP_SECONDS: Final = 30
_PENDING_SECONDS: Final = 900
_RECOVERY_CODES: Final = 8
_CURRENT: Final = """
SELECT secret, last_used_code, last_used_at FROM authenticator_secret
WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC LIMIT 1 FOR UPDATE
"""


class _Box(EncryptionProvider):
    """Piccolo's port for encryption, over keys of which the newest seals."""

    def __init__(self, keys: MultiFernet) -> None:
        super().__init__(prefix="fernet")
        self._keys = keys

    def encrypt(self, value: str, add_prefix: bool = True) -> str:  # noqa: FBT001, FBT002 - Piccolo's signature
        sealed = self._keys.encrypt(value.encode()).decode()
        return self.add_prefix(sealed) if add_prefix else sealed

    def decrypt(self, encrypted_value: str, has_prefix: bool = True) -> str:  # noqa: FBT001, FBT002 - as above
        bare = self.remove_prefix(encrypted_value) if has_prefix else encrypted_value
        return self._keys.decrypt(bare.encode()).decode()


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret that a person is about to put into an app; `pending` carries it, sealed, through the form."""

    secret: str
    qr_code: str
    pending: str


class OneTimeCodes:
    """The second step of a login."""

    def __init__(self, database: Database, keys: str) -> None:
        """Take Fernet keys, comma-separated, newest first."""
        self._database = database
        self._keys = MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
        self._box = _Box(self._keys)
        self._provider = AuthenticatorProvider(self._box, _RECOVERY_CODES, issuer_name=ISSUER, valid_window=1)
        database.bind(AuthenticatorSecret)

    async def are_set_up(self, user: Administrator) -> bool:
        """Tell whether a user logs in with codes."""
        return await self._provider.is_user_enrolled(user)

    async def accept(self, user: Administrator, code: str) -> bool:
        """Tell whether a code, or a recovery code, is right; either is accepted once, whichever replica is asked."""
        typed = code.strip().lower()
        typed = typed if "-" in typed else "".join(typed.split())
        accepted = False
        async with self._database.engine.transaction() as transaction:
            row = await transaction.connection.fetchrow(_CURRENT, user.id)
            if row and not self._is_replayed(row["secret"], row["last_used_code"], row["last_used_at"], typed):
                accepted = await self._provider.authenticate_user(user, typed)
        return accepted

    def begin(self, visitor: Visitor) -> Enrolment:
        """Make a new secret; nothing is kept until a code proves that the person has it."""
        secret = AuthenticatorSecret.generate_secret()
        told = json.dumps({"user_id": visitor.user_id, "secret": secret})
        return self._enrolment(visitor, secret, self._keys.encrypt(told.encode()).decode())

    def resume(self, visitor: Visitor, pending: str) -> Enrolment | None:
        """Open what `begin` sealed for this person; None when it is another's, foreign or older than 15 minutes."""
        try:
            told = json.loads(self._keys.decrypt(pending.encode(), ttl=_PENDING_SECONDS))
        except (InvalidToken, ValueError):
            return None
        return self._enrolment(visitor, told["secret"], pending) if told["user_id"] == visitor.user_id else None

    async def finish(self, visitor: Visitor, enrolment: Enrolment, code: str) -> list[str] | None:
        """Keep the secret when the code is right, and return the recovery codes, which are readable only now."""
        typed = "".join(code.split())
        if not pyotp.TOTP(enrolment.secret).verify(typed, valid_window=1):
            return None
        recovery = [generate_recovery_code() for _ in range(_RECOVERY_CODES)]
        hashed = await asyncio.to_thread(_hashed, recovery)
        async with self._database.engine.transaction():
            await AuthenticatorSecret.revoke(visitor.user_id)
            await AuthenticatorSecret(
                user_id=visitor.user_id,
                secret=self._box.encrypt(enrolment.secret),
                recovery_codes=hashed,
                recovery_codes_used_at=[],
                created_at=datetime.now(UTC),
                last_used_at=datetime.now(UTC),
                last_used_code=typed,
            ).save()
        return recovery

    async def remove(self, user_id: int) -> None:
        """Forget a person's secret."""
        await AuthenticatorSecret.revoke(user_id)

    def _enrolment(self, visitor: Visitor, secret: str, pending: str) -> Enrolment:
        address = pyotp.TOTP(secret).provisioning_uri(name=visitor.username, issuer_name=ISSUER)
        return Enrolment(secret, get_b64encoded_qr_image(address), pending)

    def _is_replayed(self, sealed: str, last_code: str | None, last_at: datetime | None, typed: str) -> bool:
        """Tell whether a code is of the step of the last accepted one, or before it."""
        totp = pyotp.TOTP(self._box.decrypt(sealed))
        step = _step_of(totp, typed, datetime.now(UTC))
        last = _step_of(totp, last_code, last_at) if last_code and last_at else None
        return step is not None and last is not None and step <= last


def _step_of(totp: pyotp.TOTP, code: str, around: datetime) -> int | None:
    now = int(around.timestamp()) // _STEP_SECONDS
    return next((step for step in (now - 1, now, now + 1) if _same(totp.generate_otp(step), code)), None)


def _hashed(codes: list[str]) -> list[str]:
    salt = token_hex(16)  # one for all of them, as Piccolo's check expects
    return [Administrator.hash_password(code, salt=salt) for code in codes]


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())

"""What is signed, and how a signature travels: ESIA compares every byte."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

__all__ = ["signed_by_v1", "signed_by_v2", "timestamp", "unpadded"]


def signed_by_v1(*, scope: str, timestamp: str, client_id: str, state: str) -> bytes:
    """Join what the old endpoints sign."""
    return f"{scope}{timestamp}{client_id}{state}".encode()


def signed_by_v2(*, client_id: str, scope: str, timestamp: str, state: str, redirect_uri: str, code: str = "") -> bytes:
    """Join what v2/ac signs, and with a code what v3/te does; there is no scope_org for patients."""
    return f"{client_id}{scope}{timestamp}{state}{redirect_uri}{code}".encode()


def timestamp(now: datetime) -> str:
    """Write an instant as ESIA reads it, in UTC: `2026.11.23 09:00:00 +0000`."""
    return now.astimezone(UTC).strftime("%Y.%m.%d %H:%M:%S %z")


def unpadded(content: bytes) -> str:
    """Write bytes in url-safe base64 without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

"""Which addresses may be spoken to without encryption."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

__all__ = ["is_encrypted"]


def is_encrypted(url: str, sidecar: str | None = None) -> bool:
    """Tell whether an address is https, or http to loopback or to the named terminator of TLS."""
    address = urlsplit(url)
    if not address.hostname:
        return False
    nearby = address.hostname == sidecar or _is_loopback(address.hostname)
    return address.scheme == "https" or (address.scheme == "http" and nearby)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""Whose request it is, when proxies stand in between."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

__all__ = ["Network", "client_address", "networks_of"]

Network = IPv4Network | IPv6Network


def networks_of(listed: str) -> tuple[Network, ...]:
    """Read addresses and networks, comma-separated; raise `ValueError`."""
    return tuple(ip_network(each.strip(), strict=False) for each in listed.split(",") if each.strip())


def client_address(connection: HTTPConnection, trusted: Sequence[Network]) -> str:
    """Return the nearest address that is no trusted proxy's; what lies behind it anybody may have written."""
    nearest = connection.client.host if connection.client else ""
    listed = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
    while listed and _is_trusted(nearest, trusted):
        told = listed.pop().strip()
        if not _is_address(told):
            break
        nearest = told
    return nearest


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

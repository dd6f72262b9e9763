"""Which wire a profile speaks over."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.emias.errors import ContractError
from gateway.emias.profiles.profile import Profile
from gateway.emias.rest import RestWire
from gateway.emias.soap import SoapWire
from gateway.emias.wire import Wire

__all__ = ["make_wire"]


def make_wire(profile: Profile, address: str, secrets: Mapping[str, str]) -> Wire:
    """Read the contract, which blocks for some 0.1 s over SOAP; raise `ContractError`."""
    if profile.rest is not None:
        return RestWire(profile, profile.rest, secrets)
    if profile.soap is not None:
        return SoapWire(profile, profile.soap, address, secrets)
    raise ContractError(profile.title, ["neither soap nor rest"])

"""The contract of record, which every figure about EMIAS is measured on."""

from __future__ import annotations

from pathlib import Path

from gateway.emias.profiles import Profile, load_profile
from gateway.emias.profiles.profile import Soap

__all__ = ["contract_of_record", "wsdl_file"]


def contract_of_record() -> tuple[Profile, Soap]:
    """Load the profile and what it says of SOAP."""
    profile = load_profile("seed-soap")
    if profile.soap is None:
        raise RuntimeError("the contract of record speaks SOAP")
    return profile, profile.soap


def wsdl_file() -> Path:
    """Name the vendored WSDL."""
    profile, soap = contract_of_record()
    return Path(profile.folder, soap.wsdl).resolve()

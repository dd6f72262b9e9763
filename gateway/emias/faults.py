"""What a SOAP fault says: one with a typed detail and a code is EMIAS's refusal, any other is a broken call."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from gateway.emias.contract import FaultTags
from gateway.emias.errors import CallError
from gateway.emias.profiles.profile import Profile
from gateway.emias.refusing import Told, refusal_of

__all__ = ["FaultReader"]


@dataclass(frozen=True, slots=True)
class FaultReader:
    """Reads the faults of one contract; without tags the contract types none, and each is a broken call."""

    profile: Profile
    tags: FaultTags | None

    def read(self, fault: etree._Element, http_status: int) -> CallError:
        """Tell what the fault means for the call."""
        typed = next(fault.iter(self.tags.element), None) if self.tags else None
        if typed is None or self.tags is None:
            return refusal_of(self.profile, Told(""), http_status)
        told = Told(
            _text(typed, self.tags.code),
            _text(typed, self.tags.message),
            _text(typed, self.tags.field),
        )
        return refusal_of(self.profile, told, http_status)


def _text(parent: etree._Element, path: str | None) -> str:
    found = parent.findtext(path) if path else None
    return (found or "").strip()

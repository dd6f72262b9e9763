"""What a SOAP fault says: a coded one is EMIAS's refusal, any other is a broken call.

| fault | outcome |
|---|---|
| typed detail, code in the profile's table | refused, of that kind |
| typed detail, code unknown, text matches one of the profile's patterns | refused, of the pattern's kind |
| typed detail, code unknown | refused, `other` |
| typed detail, code among the profile's `doubtful` ones | EMIAS may have acted: no answer to believe |
| no typed detail, or no code in it | EMIAS may have acted: no answer to believe |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway.domain.outcomes import Cause, Refusal
from gateway.emias.contract import FaultTags
from gateway.emias.errors import CallError, CallFailed, CallRefused
from gateway.emias.profiles.profile import Profile

__all__ = ["FaultReader"]

_CODE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_UNREADABLE: Final = "unreadable"
_LONGEST_TEXT: Final = 2000
_PATIENT: Final = "patient."
_OURS: Final = {"oms": "oms.number"}


@dataclass(frozen=True, slots=True)
class FaultReader:
    """Reads the faults of one contract; the fault's text is looked at and never passed on."""

    profile: Profile
    tags: FaultTags

    def read(self, fault: etree._Element, http_status: int) -> CallError:
        """Tell what the fault means for the call."""
        typed = next(fault.iter(self.tags.element), None)
        code = _text(typed, self.tags.code)
        if typed is None or not code:
            return CallFailed(Cause.FAULT_WITHOUT_CODE, http_status=http_status)
        if code in self.profile.faults.doubtful:
            return CallFailed(Cause.HTTP_STATUS, http_status=http_status, code=code)
        kind = self._kind(code, _text(typed, self.tags.message))
        field = self._field(_text(typed, self.tags.field))
        return CallRefused(kind, code if _CODE.fullmatch(code) else _UNREADABLE, field, http_status)

    def _kind(self, code: str, message: str) -> Refusal:
        faults = self.profile.faults
        if known := faults.refusals.get(code):
            return known
        told = (rule.refusal for rule in faults.texts if re.search(rule.pattern, message[:_LONGEST_TEXT]))
        return next(told, Refusal.OTHER)

    def _field(self, blamed: str) -> str | None:
        """Name the value of ours behind the blamed parameter, given by its path or its last step."""
        for path, value in self.profile.operations.create.parameters.items():
            if blamed and blamed in {path, path.rpartition(".")[2]}:
                ours = value.removeprefix(_PATIENT)
                return _OURS.get(ours, ours)
        return None


def _text(parent: etree._Element | None, path: str | None) -> str:
    found = parent.findtext(path) if parent is not None and path else None
    return (found or "").strip()

"""What an error of EMIAS's own means, wherever it stands: in a fault, in a result, in the body of an HTTP error.

| error | outcome |
|---|---|
| code in the profile's table | refused, of that kind |
| code unknown, text matches one of the profile's patterns | refused, of the pattern's kind |
| code unknown | refused, `other`; or no answer to believe, where the profile says so |
| code among the profile's `doubtful` ones | EMIAS may have acted: no answer to believe |
| no code | EMIAS may have acted: no answer to believe |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gateway.domain.outcomes import Cause, Refusal
from gateway.emias.errors import CallError, CallFailed, CallRefused
from gateway.emias.profiles.profile import Profile

__all__ = ["Told", "form_field", "our_field", "refusal_of"]

_CODE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_UNREADABLE: Final = "unreadable"
_LONGEST_TEXT: Final = 2000
_PATIENT: Final = "patient."
_OURS: Final = {"oms": "oms.number", "oms_number": "oms.number", "oms_series": "oms.series"}


@dataclass(frozen=True, slots=True)
class Told:
    """An error as it stands in a reply; nothing of it but a code of sane form is ever passed on."""

    code: str
    message: str = ""
    field: str = ""

    @property
    def safe_code(self) -> str:
        """The code, if it looks like one."""
        return self.code if _CODE.fullmatch(self.code) else _UNREADABLE


def refusal_of(profile: Profile, told: Told, http_status: int) -> CallError:
    """Tell what the error means for the call."""
    faults = profile.faults
    if not told.code:
        return CallFailed(Cause.FAULT_WITHOUT_CODE, http_status=http_status)
    if told.code in faults.doubtful:
        return CallFailed(Cause.HTTP_STATUS, http_status=http_status, code=told.code)
    kind = _kind(profile, told)
    if kind is None and faults.otherwise == "doubtful":
        return CallFailed(Cause.FAULT_WITHOUT_CODE, http_status=http_status, code=told.safe_code)
    return CallRefused(kind or Refusal.OTHER, told.safe_code, our_field(profile, told.field), http_status)


def _kind(profile: Profile, told: Told) -> Refusal | None:
    if known := profile.faults.refusals.get(told.code):
        return known
    text = told.message[:_LONGEST_TEXT]
    return next((rule.refusal for rule in profile.faults.texts if re.search(rule.pattern, text)), None)


def our_field(profile: Profile, blamed: str) -> str | None:
    """Name the value of ours behind the blamed parameter, given by its path or its last step."""
    operations = profile.operations
    for call in (operations.create, operations.identify):
        for path, value in call.parameters.items() if call else ():
            if blamed and blamed in {path, path.rpartition(".")[2]}:
                return form_field(value)
    return None


def form_field(value: str) -> str:
    """Name a value of ours as the site's form does."""
    ours = value.removeprefix(_PATIENT)
    return _OURS.get(ours, ours)

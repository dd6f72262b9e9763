"""What the names of contracts mean, as far as names tell: patterns met in the registries that can be read.

A pattern is tried on a name in lower case without separators. Within a table the first that fits wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.contracts.wsdl import Member

__all__ = [
    "CANCELLED",
    "ERROR",
    "ITEMS",
    "PARAMETERS",
    "RESULTS",
    "SECRET",
    "SESSION",
    "SUCCESS",
    "Word",
    "fitting",
    "flat",
]

_TEXT: Final = frozenset({"string", "token", "normalizedString"})
_IDS: Final = frozenset({"string", "token", "int", "long", "integer", "short", "unsignedInt", "unsignedLong", "ID"})
_INSTANTS: Final = frozenset({"dateTime"})
_DAYS: Final = frozenset({"date", "dateTime", "string"})
_FLAGS: Final = frozenset({"boolean"})


@dataclass(frozen=True, slots=True)
class Word:
    """A value of ours, the names by which contracts call it, and the basic types that it can have.

    `unlike` are names that only look so. What is not `sure` is worth a second look in any contract.
    """

    value: str
    pattern: str
    kinds: frozenset[str] = frozenset()
    unlike: str = "$^"
    sure: bool = True

    def fits(self, member: Member) -> bool:
        """Tell whether a member may carry the value."""
        if member.members or (self.kinds and member.kind not in self.kinds):
            return False
        name = flat(member.name)
        return bool(re.search(self.pattern, name)) and not re.search(self.unlike, name)


_OF_DOCTOR: Final = r"doc(?!ument)|specialist|physician|employee|resource|medic(?!al)|vrach"
_OF_PLACE: Final = r"lpu|clinic|hospital|institution|organi[sz]ation|^mo(id|oid|code)?$|mcod"
_OF_PATIENT: Final = r"^(id)?pat(ient)?(id|guid)?$|^patientident"
_OF_APPOINTMENT: Final = r"appointment|^book|ticket|talon|record|reservation|zapis"
_FORMER: Final = r"prev|old|former"

PARAMETERS: Final[Sequence[Word]] = (
    Word("patient_id", _OF_PATIENT, _IDS),
    Word("referral", r"refer|naprav", _IDS, unlike=r"^pass"),
    Word("patient.last_name", r"last_?name|surname|familyname|^fam(iliya)?$", _TEXT, unlike=_OF_DOCTOR),
    Word("patient.middle_name", r"middlename|secondname|patronym|otchestvo", _TEXT, unlike=_OF_DOCTOR),
    Word("patient.first_name", r"firstname|givenname|^name$|^imya$", _TEXT, unlike=_OF_DOCTOR),
    Word("patient.birth_date", r"birth|^dob$", _DAYS),
    Word("patient.sex", r"^(sex|gender|pol)$", _TEXT),
    Word("patient.snils", r"snils", unlike=_OF_DOCTOR),
    Word("patient.oms_series", r"(oms|poli[sc]y?|enp).*(ser(ies|ia|iya)?|s)$", unlike=r"^oms$|^polis$"),
    Word("patient.oms_number", r"(oms|poli[sc]y?|enp).*(number|num|no|n)$"),
    Word("patient.oms", r"^oms|poli[sc]|^enp"),
    Word("client_ref", r"clientref|external(id|ref)|correlation|requestid|idempot", _IDS),
    Word("emias_doctor_id", _OF_DOCTOR, _IDS),
    Word("lpu_code", _OF_PLACE, _IDS),
    Word("emias_slot_id", r"slot", _IDS),
    Word("date_to", r"to$|^(end|till|until|last|finish)|(end|till|finish)$", _DAYS),
    Word("date_from", r"from|start|begin|since|first", _DAYS),
    Word("starts_at", r"(start|visit|reception|begin).*(time|date)?$|datetime", _INSTANTS),
    Word("reason", r"reason|prichina", _TEXT),
    Word("emias_slot_id", _OF_APPOINTMENT, _IDS, unlike=_FORMER, sure=False),
    Word("appointment_id", _OF_APPOINTMENT, _IDS, unlike=_FORMER),
)
SESSION: Final = Word("session", r"^session(id|guid|key)?$", _TEXT)
SECRET: Final = Word("secret", r"^(guid|token|apikey|accesskey|systemkey|authtoken|login|password)$", _TEXT, sure=False)

RESULTS: Final[dict[str, Sequence[Word]]] = {
    "probe": (Word("version", r"version|release|build", _TEXT),),
    "identify": (Word("patient_id", _OF_PATIENT, _IDS),),
    "get_schedule": (Word("doctor_id", _OF_DOCTOR, _IDS), Word("lpu_code", _OF_PLACE, _IDS)),
    "create": (
        Word("slot_id", r"slot", _IDS),
        Word("ticket", r"ticket(no|num)?|talon|queue", _IDS, unlike=r"id$"),
        Word("appointment_id", _OF_APPOINTMENT, _IDS, unlike=_FORMER),
        Word("starts_at", r"start|visit|begin|reception", _INSTANTS, unlike=r"end|creat"),
        Word("doctor_id", _OF_DOCTOR, _IDS, unlike=r"name|fio"),
    ),
    "cancel": (Word("cancelled", r"cancel|refus|annul|result|done", _FLAGS),),
    "find": (),
}
"""What stands once in the reply of each operation."""
ITEMS: Final[dict[str, Sequence[Word]]] = {
    "get_schedule": (
        Word("slot_id", r"slot.*id|idslot|^id$|^guid$|interval.*id", _IDS),
        Word("slot_id", _OF_APPOINTMENT, _IDS, sure=False),
        Word("ends_at", r"end|finish|till|(^|time)to$", _INSTANTS),
        Word("starts_at", r"start|begin|from|visit|time$", _INSTANTS),
        Word("is_free", r"free|avail|vacant|svobod", _FLAGS),
        Word("room", r"room|cabinet|kabinet|office", _IDS, unlike=r"id$"),
    ),
    "find": (
        Word("slot_id", r"slot", _IDS),
        Word("client_ref", r"clientref|external(id|ref)|correlation", _IDS),
        Word("ticket", r"ticket(no|num)?$|talon|queue", _IDS),
        Word("appointment_id", _OF_APPOINTMENT + r"|^id$|^guid$", _IDS, unlike=_FORMER + r"|creat"),
        Word("created_at", r"creat|registered|made", _INSTANTS),
        Word("starts_at", r"start|visit|begin|time$|reception", _INSTANTS, unlike=r"end"),
        Word("state", r"state|status", _TEXT),
        Word("doctor_id", _OF_DOCTOR, _IDS, unlike=r"name|fio|snils"),
    ),
}
"""What stands in each item of a list; `doctor_id` may stand deeper than the others."""
SUCCESS: Final = Word("success", r"^(is)?(success|succeeded|successful|ok)$", _FLAGS)
ERROR: Final[Sequence[Word]] = (
    Word("code", r"(code|^iderror|errorid|number)$|^code", _IDS),
    Word("field", r"path|field|param|element", _TEXT),
    Word("message", r"descr|message|text|comment", _TEXT),
)
CANCELLED: Final = r"cancel|refus|annul"


def flat(name: str) -> str:
    """Write a name in lower case without separators."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def fitting(words: Iterable[Word], member: Member, taken: Iterable[str] = ()) -> Word | None:
    """Find the first word that fits a member and is not taken."""
    used = frozenset(taken)
    return next((word for word in words if word.value not in used and word.fits(member)), None)

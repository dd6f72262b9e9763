"""Reading the ticket of a Gosuslugi login where it stands in the place of a patient."""

from __future__ import annotations

import re
from typing import Final

from gateway.domain.errors import FieldError
from gateway.domain.identity import SELF, Binding, Typed
from gateway.domain.patient import Snils
from gateway.http.forms import Form
from gateway.http.patient_form import read_oms
from gateway.services.book_identified import Claim

__all__ = ["read_claim", "read_session_ref"]

_SESSION_REF: Final = re.compile(r"[!-~]{16,128}")
_TICKET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_TYPED_FIELDS: Final = ("oms", "snils")
_FIELDS: Final = ("hold_id", "identity_ticket", "session_ref", "subject", "patient", "referral", "contact")
_LONGEST: Final = 200


def read_session_ref(form: Form) -> str | None:
    """Read the site's name of a visitor's session; None when a problem was noted."""
    return form.read("session_ref", _LONGEST, _session_ref)


def read_claim(form: Form, api_key_id: str) -> Claim | None:
    """Read ticket, session, subject and what was typed beside them; None when a problem was noted."""
    form.only(_FIELDS)
    text = form.read("identity_ticket", _LONGEST, _ticket)
    session_ref = read_session_ref(form)
    subject = form.text("subject", _LONGEST)
    typed = _read_typed(form.part("patient") if form.has("patient") else None)
    if text is None or session_ref is None:
        return None
    return Claim(text, Binding.of(api_key_id, session_ref), subject or SELF, typed)


def _read_typed(patient: Form | None) -> Typed:
    if patient is None:
        return Typed()
    patient.only(_TYPED_FIELDS)
    snils = patient.read("snils", _LONGEST, Snils.parse) if patient.has("snils") else None
    return Typed(snils, read_oms(patient) if patient.has("oms") else None)


def _session_ref(text: str) -> str:
    if not _SESSION_REF.fullmatch(text):
        raise FieldError("session_ref", "session_ref_format")
    return text


def _ticket(text: str) -> str:
    if not _TICKET.fullmatch(text):
        raise FieldError("identity_ticket", "text_format")
    return text

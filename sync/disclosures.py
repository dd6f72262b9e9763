"""What people ask to be shown of a patient, answered while they wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from gateway.ports import Disclosures
from sync.chores import Chore
from sync.signs import Signs

__all__ = ["disclosure_chores"]

_ANSWER_EVERY: Final = timedelta(milliseconds=500)
_TELL_EVERY: Final = timedelta(minutes=1)


def disclosure_chores(disclosures: Disclosures, signs: Signs) -> list[Chore]:
    """List what is done again and again: a person waits for the answers, the key is told in case it was changed."""
    return [
        Chore("answer_disclosures", _ANSWER_EVERY, disclosures.answer, signs),
        Chore("tell_search_key", _TELL_EVERY, disclosures.tell_key, signs),
    ]

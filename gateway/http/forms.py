"""Reading what a caller sent field by field, so that all wrong fields can be named at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from gateway.domain.errors import FieldError, FieldProblem, InvalidInput

__all__ = ["Form", "read_uuid"]

T = TypeVar("T")
_DATE_FORM: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_WORD: Final = 64
_TELLABLE_NAME: Final = re.compile(r"[a-z_]{1,32}")


class Form:
    """An object being read: wrong fields are noted by their full name, and `check` raises them all."""

    def __init__(self, given: Mapping[str, Any], prefix: str = "", problems: list[FieldProblem] | None = None) -> None:
        self._given = given
        self._prefix = prefix
        self._problems = [] if problems is None else problems

    def note(self, name: str, code: str) -> None:
        """Note that a field is wrong."""
        self._problems.append(FieldProblem(f"{self._prefix}{name}", code))

    def check(self) -> None:
        """Raise `InvalidInput` with every wrong field, if there is one."""
        if self._problems:
            raise InvalidInput(self._problems)

    def has(self, name: str) -> bool:
        """Tell whether a field is there and not null."""
        return self._given.get(name) is not None

    def text(self, name: str, longest: int) -> str | None:
        """Return a trimmed text, None when it is absent or empty."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.note(name, "wrong_type")
            return None
        tidy = value.strip()
        if len(tidy) > longest:
            self.note(name, "too_long")
        elif not tidy.isprintable():
            self.note(name, "text_format")
        else:
            return tidy or None
        return None

    def needed_text(self, name: str, longest: int) -> str | None:
        """Return a text that must be there; None only when a problem was noted."""
        before = len(self._problems)
        found = self.text(name, longest)
        if found is None and len(self._problems) == before:
            self.note(name, "required")
        return found

    def read(self, name: str, longest: int, parse: Callable[[str], T]) -> T | None:
        """Parse a text that must be there by a rule of the domain; None only when a problem was noted."""
        found = self.needed_text(name, longest)
        return None if found is None else self.attempt(lambda: parse(found))

    def attempt(self, parse: Callable[[], T]) -> T | None:
        """Run a rule of the domain and note the fields that it refuses."""
        try:
            return parse()
        except InvalidInput as wrong:
            for problem in wrong.problems:
                self.note(problem.field, problem.code)
            return None

    def uuid(self, name: str) -> UUID | None:
        """Return an id that must be there; None only when a problem was noted."""
        return self.read(name, _LONGEST_WORD, lambda text: _uuid_or_refuse(name, text))

    def day(self, name: str) -> date | None:
        """Return a day written `YYYY-MM-DD`, None when the field is absent."""
        return self.read(name, _LONGEST_WORD, lambda text: _day_or_refuse(name, text)) if self.has(name) else None

    def choice(self, name: str, allowed: Collection[str]) -> str | None:
        """Return one of the allowed words, None when it is absent."""
        return self._one_of(name, self.text(name, _LONGEST_WORD), allowed)

    def needed_choice(self, name: str, allowed: Collection[str]) -> str | None:
        """Return one of the allowed words, which must be there; None only when a problem was noted."""
        return self._one_of(name, self.needed_text(name, _LONGEST_WORD), allowed)

    def _one_of(self, name: str, found: str | None, allowed: Collection[str]) -> str | None:
        if found is None or found in allowed:
            return found
        self.note(name, "not_one_of")
        return None

    def part(self, name: str) -> Form | None:
        """Return an object within this one that must be there; None only when a problem was noted."""
        value = self._given.get(name)
        if isinstance(value, dict):
            return Form(value, f"{self._prefix}{name}.", self._problems)
        self.note(name, "required" if value is None else "wrong_type")
        return None

    def only(self, known: Collection[str]) -> None:
        """Note every field that is not known; a name that could be a value is not repeated."""
        for name in self._given:
            if name not in known:
                self.note(name if _TELLABLE_NAME.fullmatch(name) else "*", "unknown_field")


def read_uuid(text: str) -> UUID | None:
    """Read an id in its usual form of 36 characters; None when it is not one."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def _uuid_or_refuse(name: str, text: str) -> UUID:
    found = read_uuid(text)
    if found is None:
        raise FieldError(name, "uuid_format")
    return found


def _day_or_refuse(name: str, text: str) -> date:
    try:
        if _DATE_FORM.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise FieldError(name, "date_format")

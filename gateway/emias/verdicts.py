"""Errors inside a result: contracts that answer 200 and mean no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway.domain.outcomes import Cause
from gateway.emias.errors import CallFailed
from gateway.emias.profiles.calls import Verdict
from gateway.emias.profiles.profile import Profile
from gateway.emias.refusing import Told, refusal_of

__all__ = ["VerdictReader"]

_OK: Final = 200


@dataclass(frozen=True, slots=True)
class VerdictReader:
    """Reads one operation's verdict; `paths` leads to its members. A strict one believes no success said twice."""

    profile: Profile
    verdict: Verdict
    paths: Mapping[str, str]
    strict: bool = False

    def check(self, payload: etree._Element) -> None:
        """Return if the result says that it is one; raise `CallRefused` or `CallFailed` otherwise.

        A success that names an error, and a reply that says neither, is not believed.
        """
        code = self._text(payload, "code")
        if self.verdict.success is None:
            succeeded = not code
        else:
            said = self._text(payload, "success")
            if not said or (self.strict and len(payload.findall(self.paths["success"])) > 1):
                raise CallFailed(Cause.CONTRACT_MISMATCH, http_status=_OK, code="success")
            succeeded = said in self.verdict.success_is
        if not succeeded:
            told = Told(code, self._text(payload, "message"), self._text(payload, "field"))
            raise refusal_of(self.profile, told, _OK)
        if code and code not in self.verdict.success_is:
            raise CallFailed(Cause.CONTRACT_MISMATCH, http_status=_OK, code="success")

    def _text(self, payload: etree._Element, key: str) -> str:
        path = self.paths.get(key)
        found = payload.findtext(path) if path else None
        return (found or "").strip()

"""Who logged in through Gosuslugi: a login under way, the persons whom it vouches for, why it may fail."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from gateway.domain.errors import FieldError, FieldProblem, InvalidInput
from gateway.domain.patient import OmsPolicy, Patient, Sex, Snils

__all__ = [
    "SELF",
    "Account",
    "Binding",
    "IdentitySource",
    "IdentityTicket",
    "Login",
    "PolicyMark",
    "PolicyState",
    "Typed",
    "VerifiedPerson",
    "parse_return_path",
]

SELF: Final = "self"
"""The subject who is the holder of the account."""
_LONGEST_PATH: Final = 512
_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)


class IdentitySource(StrEnum):
    """Who told us the patient of a booking."""

    MANUAL = "manual"
    ESIA = "esia"
    BROKER = "broker"


class PolicyState(StrEnum):
    """What Gosuslugi says of an OMS policy; an unverified one was typed there by the citizen."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    ABSENT = "absent"


class PolicyMark(StrEnum):
    """Who vouches for the OMS policy of a booking."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Binding:
    """To whom a login or a ticket belongs: the site's key, and a hash of the visitor's session there."""

    api_key_id: str
    session_hash: str

    @classmethod
    def of(cls, api_key_id: str, session_ref: str) -> Binding:
        """Bind to a key and to the site's opaque name of a session."""
        return cls(api_key_id, hashlib.sha256(session_ref.encode()).hexdigest())

    def is_same(self, other: Binding) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(
            f"{self.api_key_id}\x1f{self.session_hash}".encode(), f"{other.api_key_id}\x1f{other.session_hash}".encode()
        )


@dataclass(frozen=True, slots=True)
class Login:
    """A login under way.

    `callback` is where the browser comes back to with the code, `memo` what the provider needs again then.
    """

    id: UUID
    state: str = field(repr=False)
    binding: Binding
    callback: str
    return_path: str
    began_at: datetime
    memo: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a patient wrote beside a login, where Gosuslugi does not tell it."""

    snils: Snils | None = None
    policy: OmsPolicy | None = None


@dataclass(frozen=True, slots=True, repr=False)
class VerifiedPerson:
    """A person as Gosuslugi knows them; SNILS and policy may be absent."""

    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: date
    sex: Sex | None = None
    snils: Snils | None = None
    policy: OmsPolicy | None = None
    is_policy_verified: bool = False

    @property
    def policy_state(self) -> PolicyState:
        """What is known of the policy."""
        if self.policy is None:
            return PolicyState.ABSENT
        return PolicyState.VERIFIED if self.is_policy_verified else PolicyState.UNVERIFIED

    def display(self) -> str:
        """Return what a browser may see: the first name and an initial."""
        return f"{self.first_name} {self.last_name[0]}."

    def snils_mask(self) -> str | None:
        """Return the SNILS without all but its control number."""
        return None if self.snils is None else f"***-***-*** {self.snils.digits[-2:]}"

    def as_patient(self, typed: Typed) -> tuple[Patient, PolicyMark]:
        """Join what Gosuslugi tells with what was typed; an unverified policy gives way to a typed one.

        Raises:
            InvalidInput: something is told by nobody (`required`), or typed over what is vouched for
                (`given_by_gosuslugi`).
        """
        problems = [problem for problem in (self._snils_problem(typed), self._policy_problem(typed)) if problem]
        snils, policy = self.snils or typed.snils, typed.policy or self.policy
        if problems or snils is None or policy is None:
            raise InvalidInput(problems)
        mark = PolicyMark.TYPED if typed.policy else PolicyMark(self.policy_state.value)
        names = (self.last_name, self.first_name, self.middle_name)
        return Patient(*names, self.birth_date, snils, policy, self.sex), mark

    def _snils_problem(self, typed: Typed) -> FieldProblem | None:
        if self.snils is None and typed.snils is None:
            return FieldProblem("patient.snils", "required")
        if self.snils is not None and typed.snils is not None:
            return FieldProblem("patient.snils", "given_by_gosuslugi")
        return None

    def _policy_problem(self, typed: Typed) -> FieldProblem | None:
        if self.policy is None and typed.policy is None:
            return FieldProblem("patient.oms", "required")
        if self.policy_state is PolicyState.VERIFIED and typed.policy is not None:
            return FieldProblem("patient.oms", "given_by_gosuslugi")
        return None

    def __repr__(self) -> str:
        return "VerifiedPerson(***)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Account:
    """What a login brought: the holder of the account, and the children for whom they may act."""

    holder: VerifiedPerson
    children: tuple[VerifiedPerson, ...] = ()
    is_trusted: bool = True

    def subjects(self) -> dict[str, VerifiedPerson]:
        """Name everyone who may be booked, the holder first."""
        return {SELF: self.holder} | {f"child-{place}": child for place, child in enumerate(self.children, start=1)}


@dataclass(frozen=True, slots=True)
class IdentityTicket:
    """The right to book for the subjects of one login, until it is spent, revoked or too old."""

    binding: Binding
    source: IdentitySource
    expires_at: datetime
    subjects: Mapping[str, VerifiedPerson] = field(repr=False)


def parse_return_path(text: str) -> str:
    """Read a path of the site to come back to; raise `FieldError` on what could lead elsewhere."""
    if len(text) > _LONGEST_PATH or not _PATH.fullmatch(text):
        raise FieldError("return_path", "path_format")
    return text

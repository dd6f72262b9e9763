"""Codes that the shipped profiles know: a draft begins from them, for no WSDL says what its codes mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from gateway.emias import profiles
from gateway.emias.profiles import Profile, load_profile
from gateway.emias.profiles.profile import TextRule

__all__ = ["KnownCodes", "known_codes"]


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """Codes of one form, numbers or names, by what they mean."""

    refusals: dict[str, str]
    doubtful: list[str]
    expired: list[str]
    empty: list[str]
    ambiguous: list[str]
    texts: list[TextRule]


def known_codes(*, numeric: bool) -> KnownCodes:
    """Gather what the shipped profiles say of codes of one form."""
    shipped = [load_profile(file) for file in sorted(Path(profiles.__file__).parent.glob("*/profile.toml"))]

    def gathered(codes_of: Callable[[Profile], Iterable[str]]) -> list[str]:
        found = (code for profile in shipped for code in codes_of(profile))
        return list(dict.fromkeys(code for code in found if code.isdigit() is numeric))

    refusals = {code: kind.value for profile in shipped for code, kind in profile.faults.refusals.items()}
    return KnownCodes(
        refusals={code: kind for code, kind in refusals.items() if code.isdigit() is numeric},
        doubtful=gathered(lambda profile: profile.faults.doubtful),
        expired=gathered(lambda profile: profile.session.expired),
        empty=gathered(lambda profile: profile.operations.get_schedule.empty_codes),
        ambiguous=gathered(lambda profile: profile.operations.cancel.ambiguous if profile.operations.cancel else ()),
        texts=list(dict.fromkeys(rule for profile in shipped for rule in profile.faults.texts)),
    )

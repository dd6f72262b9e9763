"""Whether a profile says all that it must: every name and path found, every capability and refusal accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.domain.outcomes import Refusal
from gateway.emias.contract import check_profile
from gateway.emias.profiles import Profile
from gateway.emias.profiles.abilities import abilities, echoes_client_ref
from gateway.emias.profiles.secrets import secret_names

__all__ = ["Account", "account_for"]

_WITHOUT: Final = {
    "lookup": "no operations.find: an unknown outcome goes to the operator with its evidence",
    "cancel": "no operations.cancel: the site says to telephone the institution",
    "returns_appointment_id": "no operations.create.result.appointment_id: the id is read back by the look-up",
    "lists_busy_slots": "schedule.lists_busy = false: a slot that is not listed is taken",
    "slot_end": "no operations.get_schedule.result.ends_at: a slot is shown by its start only",
    "patient_step": "no operations.identify: each call carries the patient itself",
    "native_hold": "EMIAS holds nothing for us: the five minutes are the gateway's own",
}
_EXPECTED: Final = (Refusal.SLOT_TAKEN, Refusal.PATIENT_ALREADY_BOOKED, Refusal.PATIENT_NOT_FOUND, Refusal.SLOT_GONE)


@dataclass(frozen=True, slots=True)
class Account:
    """What was found: `problems` forbid to serve the profile, `gaps` are worth a question to the institution."""

    problems: tuple[str, ...]
    gaps: tuple[str, ...]
    capabilities: dict[str, tuple[bool, str]]
    secrets: tuple[str, ...]


def account_for(profile: Profile) -> Account:
    """Compare a profile with its contract and with what the gateway can use; blocks for some 0.1 s over SOAP."""
    can = abilities(profile)
    return Account(
        problems=tuple(check_profile(profile)),
        gaps=tuple(_gaps(profile)),
        capabilities={name: (is_so, "" if is_so else _WITHOUT[name]) for name, is_so in can.items()},
        secrets=tuple(sorted(secret_names(profile))),
    )


def _gaps(profile: Profile) -> list[str]:
    kinds = set(profile.faults.refusals.values()) | {rule.refusal for rule in profile.faults.texts}
    operations = profile.operations
    gaps = {
        "capabilities: is not declared: write it, so that a later change cannot lose one": profile.capabilities is None,
        "limits: rate and concurrency are not told: ask what the owner grants": profile.limits.rate is None,
        "operations.create.result: neither id nor start nor slot is compared with what was asked for": not any(
            path for path in (operations.create.result.appointment_id, operations.create.result.starts_at)
        )
        and operations.create.verdict is None,
        "operations.find: nothing in it tells our booking from another of the same doctor and time": operations.find
        is not None
        and not echoes_client_ref(profile)
        and operations.find.result.created_at is None,
        "operations: the patient is never named": not _names_a_patient(profile),
    }
    missing = [f"faults: no code or text means {kind.value}" for kind in _EXPECTED if kind not in kinds]
    return [gap for gap, is_so in gaps.items() if is_so] + missing


def _names_a_patient(profile: Profile) -> bool:
    asked = {value for call in profile.operations.calls().values() for value in call.parameters.values()}
    return any(value.startswith("patient.") for value in asked)

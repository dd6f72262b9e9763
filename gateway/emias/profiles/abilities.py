"""What a contract can do, as the tables of its profile say."""

from __future__ import annotations

from gateway.emias.profiles.profile import Profile

__all__ = ["abilities", "echoes_client_ref"]


def abilities(profile: Profile) -> dict[str, bool]:
    """Derive every capability, by the names of the profile's own table; no flow uses a hold of EMIAS's own yet."""
    operations = profile.operations
    return {
        "lookup": operations.find is not None,
        "cancel": operations.cancel is not None,
        "returns_appointment_id": operations.create.result.appointment_id is not None,
        "lists_busy_slots": profile.schedule.lists_busy,
        "slot_end": operations.get_schedule.result.ends_at is not None,
        "patient_step": operations.identify is not None,
        "native_hold": False,
    }


def echoes_client_ref(profile: Profile) -> bool:
    """Tell whether the look-up lists the reference that each create call carried."""
    find = profile.operations.find
    is_listed = find is not None and find.result.client_ref is not None
    return is_listed and "client_ref" in profile.operations.create.parameters.values()

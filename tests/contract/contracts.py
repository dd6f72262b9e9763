"""The contracts under test: what each calls our two doctors, what it cannot say, and what it reads otherwise.

A new profile is a row here and no line of the suite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.domain.outcomes import Cause, Refusal
from gateway.domain.schedule import EmiasDoctorRef
from simulator.emias.faces.fer import oid_of, slot_guid, specialist_snils
from simulator.emias.faces.hub import GUID
from simulator.emias.faces.seed_rest import API_KEY

__all__ = ["CONTRACTS", "UNDETECTED", "ContractFacts"]

UNDETECTED: Final = None
"""In place of a cause: the contract carries nothing by which a reply that is wrong so could be told from a true one."""


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A profile and its peculiarities.

    `served` names the simulator's contract. `told_as` are kinds of refusal that the contract merges into another.
    `creates` and `reads` are causes that differ from the suite's table, by the kind of fault.
    """

    profile: str
    served: str
    secrets: Mapping[str, str] = field(default_factory=dict)
    lpu: Callable[[str], str] = str
    doctor: Callable[[int], str] = str
    slot_id: Callable[[str], str] = str
    told_as: Mapping[Refusal, Refusal] = field(default_factory=dict)
    creates: Mapping[str, Cause | None] = field(default_factory=dict)
    reads: Mapping[str, Cause | None] = field(default_factory=dict)

    def ref(self, doctor: EmiasDoctorRef) -> EmiasDoctorRef:
        """Name one of the world's doctors as the contract does."""
        return EmiasDoctorRef(self.lpu(doctor.lpu_code), self.doctor(int(doctor.emias_doctor_id)))


_JSON: Final = {
    "fault_without_detail": Cause.HTTP_STATUS,
    "entity_bomb": Cause.GARBLED,
    "external_entity": Cause.GARBLED,
    "doctype": Cause.GARBLED,
    "members_twice": Cause.GARBLED,
    "nil_lists": Cause.CONTRACT_MISMATCH,
    "deep_nesting": Cause.GARBLED,
}

CONTRACTS: Final = {
    "seed-soap": ContractFacts("seed-soap", "seed-soap"),
    "seed-soap-11": ContractFacts("seed-soap-11", "seed-soap"),
    "seed-rest": ContractFacts("seed-rest", "seed-rest", {"api_key": API_KEY}, creates=_JSON, reads=_JSON),
    "hub-like": ContractFacts(
        "hub-like",
        "hub-like",
        {"guid": GUID},
        lpu=lambda code: str(int(code)),
        doctor=lambda number: f"D-{number}",
        told_as={Refusal.SLOT_TAKEN: Refusal.SLOT_LOCKED},
        creates={"wrong_doctor": UNDETECTED},
        reads={"wrong_doctor": UNDETECTED, "without_lists": UNDETECTED},
    ),
    "fer-like": ContractFacts(
        "fer-like",
        "fer-like",
        lpu=oid_of,
        doctor=specialist_snils,
        slot_id=slot_guid,
        reads={"wrong_doctor": UNDETECTED},
    ),
}

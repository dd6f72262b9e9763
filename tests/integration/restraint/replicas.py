"""Two houses on one database, one Redis and one simulated EMIAS, as two replicas are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.fernet import Fernet

from gateway.domain.directory import FreeSlot
from gateway.domain.hold import Holder
from gateway.domain.schedule import EmiasDoctorRef
from gateway.ports import Emias, Intent
from gateway.settings import Settings, read_settings
from gateway.store.api_keys import KeyRing
from gateway.store.engine import Database
from gateway.wiring import House, open_house
from simulator.running import Simulator
from tests.integration.builders import MadeSite, Maker, intent_for

__all__ = ["LPU", "Replicas", "open_replicas"]

LPU: Final = "0101"
_RATE, _BURST, _CONCURRENCY = 10, 4, 3


@dataclass(frozen=True, slots=True)
class Replicas:
    """The houses and what is behind them."""

    houses: tuple[House, House]
    simulator: Simulator
    database: Database
    site: MadeSite
    key: str

    @property
    def emias(self) -> tuple[Emias, Emias]:
        """EMIAS as each house reaches it."""
        one, other = self.houses
        return one.refresh.emias, other.refresh.emias

    @property
    def doctors(self) -> list[EmiasDoctorRef]:
        """The doctors of the institution."""
        world = self.simulator.installation.world.doctors.values()
        return [EmiasDoctorRef(one.lpu_code, str(one.emias_id)) for one in world if one.lpu_code == LPU]

    @property
    def arrived(self) -> int:
        """How many calls have reached EMIAS."""
        return sum(self.simulator.installation.journal.calls.values())

    def spoil_all(self, kind: str, **params: object) -> None:
        """Let EMIAS answer every call badly until `heal`."""
        self.simulator.installation.faults.add({"operation": "*", "kind": kind, "times": 0, "params": params})

    def heal(self) -> None:
        """Let EMIAS be well."""
        self.simulator.installation.faults.clear()

    def most_within(self, seconds: float) -> int:
        """Count the calls that arrived within the fullest span of so many seconds."""
        instants = sorted(entry["at"] for entry in self.simulator.installation.journal.entries())
        return max(
            (sum(begin <= instant < begin + seconds for instant in instants) for begin in instants),
            default=0,
        )

    @staticmethod
    def granted_within(seconds: float) -> float:
        """How many calls the budget grants at most within any so many seconds."""
        return _BURST + _RATE * seconds

    async def slots(self) -> list[FreeSlot]:
        """Read a doctor's schedule into the tables and list what is for sale."""
        house, ref = self.houses[0], self.doctors[0]
        leased = await house.sync_book.claim(ref, house.refresh.lease)
        assert leased is not None
        await house.refresh.due(leased)
        element = await self.database.pool.fetchval("SELECT element_id FROM doctors ORDER BY id LIMIT 1")
        return list((await house.browse.slots(self.site.id, element, None, None)).slots)

    async def intent(self, slot: FreeSlot, holder: Holder | None = None) -> Intent:
        """Hold a slot and write the intent to book it."""
        visitor = holder or self.site.holder()
        hold = await self.houses[0].hold.take(visitor, slot.id, None)
        return intent_for(visitor, hold.id)

    async def steps(self, booking_id: UUID) -> list[tuple[str | None, str, str, int]]:
        """Tell the booking's history: from, to, cause, attempt."""
        rows = await self.database.pool.fetch(
            "SELECT from_state, to_state, cause, attempt FROM booking_history WHERE booking_id = $1 ORDER BY id",
            booking_id,
        )
        return [(row["from_state"], row["to_state"], row["cause"], row["attempt"]) for row in rows]


@asynccontextmanager
async def open_replicas(
    simulator: Simulator, database: Database, redis_url: str, **changes: str
) -> AsyncIterator[Replicas]:
    """Open two houses, with every doctor of EMIAS joined to one of the site."""
    async with AsyncExitStack() as stack:
        settings = _settings(simulator, database, redis_url, changes)
        one = await stack.enter_async_context(open_house(settings))
        other = await stack.enter_async_context(open_house(settings))
        site = await Maker(database).site()
        key = await KeyRing(database).create(site.id, ["read", "book"])
        replicas = Replicas((one, other), simulator, database, site, key)
        await _join(database, site, replicas.doctors)
        yield replicas


def _settings(simulator: Simulator, database: Database, redis_url: str, changes: dict[str, str]) -> Settings:
    pki = simulator.pki
    given = {
        "DATABASE_URL": database.url,
        "DATABASE_POOL": "12",
        "REDIS_URL": redis_url,
        "EMIAS_URL": simulator.emias_url,
        "EMIAS_CA_FILE": str(pki.ca),
        "EMIAS_PKCS12_FILE": str(pki.client_p12),
        "EMIAS_KEY_PASSWORD": pki.client_password.read_text(encoding="utf-8"),
        "EMIAS_RATE": str(_RATE),
        "EMIAS_BURST": str(_BURST),
        "EMIAS_CONCURRENCY": str(_CONCURRENCY),
        "EMIAS_BREAKER_FAILURES": "3",
        "EMIAS_BREAKER_LONGEST": "1",
        "SYNC_SHORTEST": "5",
        "SYNC_LONGEST": "10",
        "INSTITUTIONS": f"{LPU}=Поликлиника",
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "LOOKUP_KEY": "a-made-up-lookup-key-of-more-than-32-characters",
    }
    return read_settings(Settings, given | changes)


async def _join(database: Database, site: MadeSite, doctors: Sequence[EmiasDoctorRef]) -> None:
    for number, ref in enumerate(doctors, 1):
        doctor_id = await database.pool.fetchval(
            "INSERT INTO doctors (site_id, element_id, name, specialty_id, specialty_name)"
            " VALUES ($1, $2, $3, 'therapy', 'Терапия') RETURNING id",
            site.id,
            str(number),
            f"Врач {number:03}",
        )
        await database.pool.execute(
            "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id) VALUES ($1, $2, $3)", doctor_id, *ref
        )

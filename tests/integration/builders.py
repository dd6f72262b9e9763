"""Small things that integration tests are made of: a site with a key, a doctor joined to EMIAS, slots, a patient."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from gateway.domain.directory import FreeSlot
from gateway.domain.hold import Hold, Holder
from gateway.domain.moscow import as_moscow
from gateway.domain.patient import OmsPolicy, Patient, Sex, Snils
from gateway.domain.schedule import EmiasDoctorRef, SlotKey
from gateway.ports import HoldLimits, IdempotencyKey, Intent
from gateway.store.engine import Database
from gateway.store.holds import HoldLedger

__all__ = ["PATIENT", "WIDE", "MadeDoctor", "MadeSite", "Maker", "intent_for"]

PATIENT = Patient(
    last_name="Иванова",
    first_name="Анна",
    middle_name=None,
    birth_date=date(1985, 3, 14),
    snils=Snils.parse("112-233-445 95"),
    oms=OmsPolicy.parse("7756410885000127"),
    sex=Sex.FEMALE,
)
WIDE = HoldLimits(per_visitor=1000, per_key=100_000)


@dataclass(frozen=True, slots=True)
class MadeSite:
    """A site with one key."""

    id: int
    code: str
    key_id: str

    def holder(self, client_ref: str | None = None) -> Holder:
        """Name a visitor of the site, by default one that nobody else is."""
        return Holder(self.id, self.key_id, client_ref or uuid4().hex)


@dataclass(frozen=True, slots=True)
class MadeDoctor:
    """A doctor of a site, joined to an EMIAS doctor that has been read once."""

    site: MadeSite
    id: int
    element_id: str
    name: str
    ref: EmiasDoctorRef
    emias_row: int


class Maker:
    """Writes rows straight into the tables; every site, doctor and institution is new."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._numbers = itertools.count(1)

    async def site(self) -> MadeSite:
        """Make a site and its key."""
        code = f"site-{uuid4().hex[:12]}"
        site_id = await self.database.pool.fetchval("INSERT INTO sites (code) VALUES ($1) RETURNING id", code)
        key_id = uuid4().hex[:12]
        await self.database.pool.execute(
            "INSERT INTO api_keys (id, site_id, secret_hash, scopes) VALUES ($1, $2, $3, '{read,book}')",
            key_id,
            site_id,
            b"-",
        )
        return MadeSite(site_id, code, key_id)

    async def institution(self) -> str:
        """Make an institution and return its code."""
        lpu_code = uuid4().hex[:12]
        await self.database.pool.execute("INSERT INTO institutions (lpu_code) VALUES ($1)", lpu_code)
        return lpu_code

    async def doctor(
        self,
        site: MadeSite,
        *,
        lpu_code: str | None = None,
        name: str | None = None,
        specialty: str = "therapy",
        synced: bool = True,
        sort: int = 500,
        ref: EmiasDoctorRef | None = None,
    ) -> MadeDoctor:
        """Make a doctor of the site with one EMIAS doctor, `ref` or a new one, in a new institution unless named."""
        number = next(self._numbers)
        ref = ref or EmiasDoctorRef(lpu_code or await self.institution(), uuid4().hex[:12])
        doctor_id = await self.database.pool.fetchval(
            "INSERT INTO doctors (site_id, element_id, name, specialty_id, specialty_name, sort)"
            " VALUES ($1, $2, $3, $4, $4, $5) RETURNING id",
            site.id,
            str(1000 + number),
            name or f"Врач {number:04}",
            specialty,
            sort,
        )
        emias_row = await self.database.pool.fetchval(
            "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id) VALUES ($1, $2, $3)"
            " RETURNING emias_doctor",
            doctor_id,
            *ref,
        )
        if synced:
            await self.database.pool.execute("UPDATE emias_doctors SET as_of = now() WHERE id = $1", emias_row)
        return MadeDoctor(site, doctor_id, str(1000 + number), name or f"Врач {number:04}", ref, emias_row)

    async def slots(
        self,
        doctor: MadeDoctor,
        count: int = 1,
        *,
        first: datetime | None = None,
        step: timedelta = timedelta(minutes=15),
    ) -> list[FreeSlot]:
        """Make free slots from tomorrow noon on, or from `first`."""
        begin = first or tomorrow_noon()
        made = [_slot(doctor, begin + step * number) for number in range(count)]
        await self.database.pool.executemany(
            "INSERT INTO local_emias_slots (doctor_id, slot_date, slot_time, starts_at, ends_at, id, emias_slot_id,"
            " is_free, state) VALUES ($1, ($2::timestamptz AT TIME ZONE 'Europe/Moscow')::date,"
            " ($2::timestamptz AT TIME ZONE 'Europe/Moscow')::time, $2, $3, $4, $5, true, 'free')",
            [(doctor.emias_row, slot.starts_at, slot.ends_at, slot.id, slot.emias_slot_id) for slot in made],
        )
        return made

    async def hold(self, slot: FreeSlot, holder: Holder) -> Hold:
        """Take a hold without limits."""
        return await HoldLedger(self.database).take(uuid4(), holder, slot, WIDE, verified=True)

    async def expire(self, hold_id: UUID) -> None:
        """Let a hold's five minutes be over."""
        await self.database.pool.execute(
            "UPDATE holds SET expires_at = now() - interval '1 second' WHERE id = $1", hold_id
        )


def tomorrow_noon() -> datetime:
    """Return an instant that is surely ahead and on an open day of the slot table."""
    now = as_moscow(datetime.now().astimezone())
    return (now + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)


def _slot(doctor: MadeDoctor, starts_at: datetime) -> FreeSlot:
    return FreeSlot(
        id=SlotKey(doctor.ref, starts_at).public_id(),
        doctor=doctor.ref,
        doctor_id=doctor.element_id,
        doctor_name=doctor.name,
        emias_slot_id=f"E{int(starts_at.timestamp())}",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=15),
        room=None,
    )


def intent_for(holder: Holder, hold_id: UUID, idempotency: IdempotencyKey | None = None) -> Intent:
    """Write the intent to book under a hold."""
    return Intent(uuid4(), holder, hold_id, PATIENT, referral=None, contact="+7 900 000-00-00", idempotency=idempotency)

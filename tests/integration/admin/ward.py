"""A small clinic in the database: two doctors, a mapping, a slot, a hold and a booking in each state that matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

__all__ = ["CANARIES", "Ward", "make_ward"]

CANARIES = ("112-233-445 95", "11223344595", "Канарейкина", "SEALED-CANARY", "HASH-CANARY", "canary@example.org")
_MOVES = {
    "failed": ("failed",),
    "in_doubt": ("in_doubt",),
    "manual": ("in_doubt", "manual"),
    "rejected": ("rejected",),
    "booked": ("booked",),
}


@dataclass(frozen=True, slots=True)
class Ward:
    """Names of what was made."""

    code: str
    site_id: int
    key_id: str
    lpu_code: str
    doctor_id: int
    other_doctor_id: int
    mapping_id: int
    emias_doctor: int
    slot_id: UUID
    hold_id: UUID
    bookings: dict[str, UUID]


async def make_ward(pool: Any) -> Ward:
    """Put a clinic of its own into the database."""
    code = f"w{uuid4().hex[:10]}"
    site_id = await pool.fetchval("INSERT INTO sites (code, name) VALUES ($1, 'Клиника') RETURNING id", code)
    key_id = f"k{code}"
    await pool.execute(
        "INSERT INTO api_keys (id, site_id, secret_hash, scopes) VALUES ($1, $2, $3, '{read,book}')",
        key_id,
        site_id,
        b"HASH-CANARY",
    )
    await pool.execute("INSERT INTO institutions (lpu_code, name) VALUES ($1, 'Поликлиника')", code)
    first, second = [await _doctor(pool, site_id, name) for name in ("Врачов Иван", "Второва Анна")]
    mapping_id, emias_doctor = await pool.fetchrow(
        "INSERT INTO doctor_mappings (doctor_id, lpu_code, emias_doctor_id, origin) VALUES ($1, $2, 'D1', 'bitrix')"
        " RETURNING id, emias_doctor",
        first,
        code,
    )
    await pool.execute(
        "UPDATE emias_doctors SET hint_name = 'Другов Пётр', hinted_at = now() WHERE id = $1", emias_doctor
    )
    await _said_by_people(pool, site_id, second)
    await _told_by_processes(pool, code)
    slot_id = await _slot(pool, emias_doctor)
    holder = (site_id, key_id, first, emias_doctor)
    hold_id = await _hold(pool, holder, _day(0))
    bookings = {state: await _booking(pool, holder, place, state) for place, state in enumerate(_MOVES, start=1)}
    return Ward(code, site_id, key_id, code, first, second, mapping_id, emias_doctor, slot_id, hold_id, bookings)


async def _told_by_processes(pool: Any, lpu_code: str) -> None:
    await pool.execute(
        "INSERT INTO switch_log (lpu_code, switch, is_on, reason, actor) VALUES ($1, 'sale', true, 'ремонт', 'a')",
        lpu_code,
    )
    for process in ("gateway", "sync"):
        await pool.execute(
            "INSERT INTO beats (process, instance, what, value) VALUES ($1, 'host:1', 'alive', 1)", process
        )
    await pool.execute(
        "INSERT INTO emias_minutes (at, lpu_code, lane, requests, failures, times)"
        " VALUES (date_trunc('minute', now()), $1, 'bookings', 4, 1, '{0,0,4,0,0,0,0,0,0,0,0,0,0,0,0}')",
        lpu_code,
    )
    await pool.execute(
        "INSERT INTO error_groups (ending, cause, operation, lpu_code, times)"
        " VALUES ('failed', 'timeout', 'get_schedule', $1, 3)",
        lpu_code,
    )
    message = await pool.fetchval(
        "INSERT INTO alert_messages (kind, severity, title, body, sent_at)"
        " VALUES ('alerts', 'warning', 'тревога', 'текст', now()) RETURNING id"
    )
    await pool.execute(
        "INSERT INTO alerts (rule, subject, severity, state, what, bad_since, last_seen, judged_at, opened_at,"
        " closed_at, open_message, close_message) VALUES ('sync_lag', $1, 'warning', 'closed',"
        " 'отставали · lagged', now(), now(), now(), now(), now(), $2, $2)",
        lpu_code,
        message,
    )


def _day(offset: int) -> datetime:
    today = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1 + offset)


async def _doctor(pool: Any, site_id: int, name: str) -> int:
    made: int = await pool.fetchval(
        "INSERT INTO doctors (site_id, element_id, name, specialty_id, specialty_name)"
        " VALUES ($1, $2, $3, '7', 'Терапевт') RETURNING id",
        site_id,
        uuid4().hex[:6],
        name,
    )
    return made


async def _said_by_people(pool: Any, site_id: int, doctor_id: int) -> None:
    await pool.execute(
        "INSERT INTO doctor_pins (doctor_id, field, value, reason, author) VALUES ($1, 'sort', '7', 'заведующая', 'a')",
        doctor_id,
    )
    await pool.execute(
        "INSERT INTO mapping_corrections (doctor_id, lpu_code, emias_doctor_id) VALUES ($1, 'X', 'wrong')", doctor_id
    )
    await pool.execute(
        "INSERT INTO wishes (kind, subject, reason, wished_by) VALUES ('refresh_doctor', '0', 'проверка', 'a')"
    )
    await pool.execute(
        "INSERT INTO mirror_refusals (site_id, fingerprint, listed, shown, missing, examples)"
        " VALUES ($1, 'f', 10, 40, 30, 'Врачов Иван')",
        site_id,
    )


async def _slot(pool: Any, emias_doctor: int) -> UUID:
    made: UUID = await pool.fetchval(
        "INSERT INTO local_emias_slots (doctor_id, slot_date, slot_time, starts_at, id, emias_slot_id, is_free, state)"
        " VALUES ($1, ($2::timestamptz AT TIME ZONE 'Europe/Moscow')::date,"
        " ($2::timestamptz AT TIME ZONE 'Europe/Moscow')::time, $2, $3, 'S1', true, 'free') RETURNING id",
        emias_doctor,
        _day(0),
        uuid4(),
    )
    return made


async def _hold(pool: Any, holder: tuple[int, str, int, int], starts_at: datetime, state: str = "held") -> UUID:
    made: UUID = await pool.fetchval(
        "INSERT INTO holds (id, site_id, api_key_id, site_doctor_id, doctor_id, starts_at, slot_id, state, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + interval '5 minutes') RETURNING id",
        uuid4(),
        *holder,
        starts_at,
        uuid4(),
        state,
    )
    return made


async def _booking(pool: Any, holder: tuple[int, str, int, int], place: int, state: str) -> UUID:
    hold_id = await _hold(pool, holder, _day(place), "spent")
    booking_id: UUID = await pool.fetchval(
        "INSERT INTO bookings (id, site_id, api_key_id, site_doctor_id, doctor_id, hold_id, starts_at, slot_id,"
        " emias_slot_id, patient_sealed, patient_mask, snils_hash, guest_hash, birth_hash, contact_sealed) VALUES"
        " ($1, $2, $3, $4, $5, $6, $7, $8, 'S', 'SEALED-CANARY Канарейкина 112-233-445 95', 'К. П. С., СНИЛС …95',"
        " 'HASH-CANARY', $9, 'HASH-CANARY', 'SEALED-CANARY canary@example.org') RETURNING id",
        uuid4(),
        *holder,
        hold_id,
        _day(place),
        uuid4(),
        f"HASH-CANARY {uuid4()}",
    )
    await _tell(pool, booking_id, None, "submitting")
    before = "submitting"
    for move in _MOVES[state]:
        await pool.execute("UPDATE bookings SET state = $2, updated_at = now() WHERE id = $1", booking_id, move)
        await _tell(pool, booking_id, before, move)
        before = move
    return booking_id


async def _tell(pool: Any, booking_id: UUID, before: str | None, after: str) -> None:
    await pool.execute(
        "INSERT INTO booking_history (booking_id, from_state, to_state, cause, attempt, actor)"
        " VALUES ($1, $2, $3, 'test', 1, 'gateway')",
        booking_id,
        before,
        after,
    )

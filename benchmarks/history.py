"""A week of bookings, requests and errors in the tables, for the dashboard to be measured against."""

from __future__ import annotations

from typing import Final

from benchmarks.population import Population
from benchmarks.replies import LPU_CODE
from gateway.domain.timing import BUCKETS
from gateway.store.engine import Database

__all__ = ["fill_history"]

_HOLDS: Final = """
INSERT INTO holds (id, site_id, api_key_id, site_doctor_id, doctor_id, starts_at, slot_id, state, expires_at,
                   created_at)
SELECT gen_random_uuid(), d.site_id, $1, d.id, m.emias_doctor, now() + n * interval '1 minute', gen_random_uuid(),
       CASE WHEN n % 3 = 0 THEN 'expired' ELSE 'spent' END, at + interval '5 minutes', at
FROM generate_series(1, $2::integer) AS n
CROSS JOIN LATERAL (SELECT now() - n * (interval '7 days' / $2) AS at) AS moment
JOIN doctors d ON d.id = ($3::bigint[])[1 + n % cardinality($3::bigint[])]
JOIN doctor_mappings m ON m.doctor_id = d.id
"""
_BOOKINGS: Final = """
INSERT INTO bookings (id, site_id, api_key_id, hold_id, site_doctor_id, doctor_id, starts_at, slot_id, emias_slot_id,
                      patient_sealed, patient_mask, snils_hash, birth_hash, created_at, updated_at)
SELECT gen_random_uuid(), site_id, api_key_id, id, site_doctor_id, doctor_id, starts_at, slot_id, '-', '-', '-', '-',
       '-', created_at, created_at
FROM holds WHERE state = 'spent'
"""
_SETTLE: Final = """
UPDATE bookings SET state = CASE n % 50 WHEN 0 THEN 'failed' WHEN 1 THEN 'rejected' WHEN 2 THEN 'rejected'
                                        WHEN 3 THEN CASE WHEN n < 500 THEN 'in_doubt' ELSE 'booked' END
                                        ELSE 'booked' END,
                    refusal = CASE n % 50 WHEN 1 THEN 'slot_taken' WHEN 2 THEN 'not_attached' END
FROM (SELECT id, row_number() OVER (ORDER BY created_at DESC) AS n FROM bookings) AS numbered
WHERE bookings.id = numbered.id
"""
_MINUTES: Final = """
INSERT INTO emias_minutes (at, lpu_code, lane, requests, failures, times)
SELECT date_trunc('minute', now()) - n * interval '1 minute', $1, lane, 60, n % 7,
       ARRAY(SELECT 60 / (1 + abs(place - 4)) FROM generate_series(1, $2::integer) AS place)
FROM generate_series(0, 1500) AS n, (VALUES ('bookings'), ('reads')) AS lanes (lane)
"""
_ERRORS: Final = """
INSERT INTO error_groups (ending, cause, operation, lpu_code, times, first_at)
SELECT 'failed', cause, 'get_schedule', $1, 10000, now() - interval '3 days'
FROM unnest(ARRAY['timeout', 'http_status', 'garbled']) AS cause
"""


async def fill_history(database: Database, population: Population, bookings: int) -> None:
    """Write half as many holds again as bookings, and what EMIAS answered meanwhile."""
    pool = database.pool
    doctors = [row[0] for row in await pool.fetch("SELECT id FROM doctors ORDER BY id")]
    key_id = population.key.split("_")[1]
    async with database.transaction() as connection:
        await connection.execute("SET LOCAL statement_timeout = '5min'")
        await connection.execute("TRUNCATE error_groups, emias_minutes, beats CASCADE")
        await connection.execute(_HOLDS, key_id, bookings * 3 // 2, doctors)
        await connection.execute(_BOOKINGS)
        await connection.execute(_SETTLE)
        await connection.execute(_MINUTES, LPU_CODE, BUCKETS)
        await connection.execute(_ERRORS, LPU_CODE)
    await pool.execute("VACUUM ANALYZE holds, bookings, emias_minutes")

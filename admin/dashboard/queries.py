"""The questions that the dashboard asks of the tables, all of them in one snapshot.

`$1` is the window, `$2` the seconds of one step of a chart.
"""

from __future__ import annotations

from typing import Final

from gateway.domain.timing import BUCKETS

__all__ = ["BEATS", "BOOKINGS", "CALLS", "DOCTORS", "DOUBTS", "ERRORS", "HOLDS", "INSTITUTIONS", "MAPPINGS", "REST"]

_OFFERED: Final = """
SELECT m.emias_doctor, min(d.name) AS name
FROM doctor_mappings m JOIN doctors d ON d.id = m.doctor_id AND d.is_active AND NOT d.is_blocked
WHERE m.status = 'mapped' GROUP BY m.emias_doctor
"""

INSTITUTIONS: Final = f"""
WITH offered AS ({_OFFERED}), schedules AS (
    SELECT e.lpu_code, count(*) AS doctors, count(*) FILTER (WHERE e.as_of IS NOT NULL) AS read,
           count(*) FILTER (WHERE e.free_slots > 0) AS with_slots, sum(e.free_slots) AS free_slots,
           count(*) FILTER (WHERE e.as_of < now() - 3 * make_interval(secs => e.interval_s)) AS lagging
    FROM emias_doctors e JOIN offered o ON o.emias_doctor = e.id GROUP BY e.lpu_code
), recent AS (
    SELECT e.lpu_code, count(*) AS sent,
           count(*) FILTER (WHERE b.state IN ('failed', 'in_doubt', 'manual')) AS lost
    FROM bookings b JOIN emias_doctors e ON e.id = b.doctor_id
    WHERE b.created_at > now() - interval '15 minutes' GROUP BY e.lpu_code
)
SELECT i.lpu_code, i.name, i.is_open, i.calls_stopped, i.retries_stopped, i.switch_reason, i.switched_at, i.last_ok_at,
       i.last_error_at, i.last_error, coalesce(s.doctors, 0) AS doctors, coalesce(s.read, 0) AS read,
       coalesce(s.with_slots, 0) AS with_slots, coalesce(s.free_slots, 0)::bigint AS free_slots,
       coalesce(s.lagging, 0) AS lagging, coalesce(r.sent, 0) AS sent, coalesce(r.lost, 0) AS lost
FROM institutions i LEFT JOIN schedules s USING (lpu_code) LEFT JOIN recent r USING (lpu_code)
ORDER BY i.lpu_code
"""  # noqa: S608 - joined from constants

BEATS: Final = """
SELECT b.process, b.instance, b.what, b.lpu_code, b.value, b.note, b.at,
       a.at > now() - interval '20 seconds' AS is_alive
FROM beats b JOIN beats a ON a.process = b.process AND a.instance = b.instance AND a.what = 'alive'
WHERE a.at > now() - interval '1 day'
"""

_DOUBTED_AT: Final = """
CASE WHEN b.state IN ('submitting', 'cancelling') THEN b.updated_at ELSE coalesce(b.doubted_at, b.updated_at) END
"""

DOUBTS: Final = f"""
SELECT b.id, b.state, b.starts_at, now() - {_DOUBTED_AT} AS age, b.next_check_at - now() AS next,
       coalesce(b.look_until > now(), false) AS is_looked_at, b.checks, e.lpu_code, i.calls_stopped, d.name AS doctor,
       (SELECT w.wished_by FROM wishes w WHERE w.subject = b.id::text AND w.ended_at IS NULL LIMIT 1) AS asked_by,
       count(*) OVER () AS total, count(*) FILTER (WHERE b.state = 'manual') OVER () AS manual
FROM bookings b
JOIN emias_doctors e ON e.id = b.doctor_id
JOIN institutions i ON i.lpu_code = e.lpu_code
JOIN doctors d ON d.id = b.site_doctor_id
WHERE b.state IN ('in_doubt', 'cancel_in_doubt', 'manual')
   OR b.state IN ('submitting', 'cancelling') AND b.updated_at < now() - interval '3 minutes'
ORDER BY b.state <> 'manual', {_DOUBTED_AT}
LIMIT 8
"""  # noqa: S608 - our own words

_TIMES: Final = ", ".join(f"sum(times[{place}])" for place in range(1, BUCKETS + 1))
CALLS: Final = f"""
SELECT GROUPING(lpu_code) = 0 AS is_institution, lpu_code, extract(epoch FROM bin)::bigint / $2 AS step,
       sum(requests) AS requests, sum(failures) AS failures, sum(kept_back) AS kept_back,
       sum(requests) FILTER (WHERE at > now() - interval '6 minutes' AND at < date_trunc('minute', now())) AS recent,
       ARRAY[{_TIMES}]::bigint[] AS times
FROM (SELECT *, date_bin(make_interval(secs => $2::integer), at, 'epoch') AS bin
      FROM emias_minutes WHERE at > now() - $1::interval) AS minutes
GROUP BY GROUPING SETS ((lpu_code), (bin))
"""  # noqa: S608 - joined from constants

DOCTORS: Final = f"""
WITH offered AS ({_OFFERED})
SELECT e.id, o.name, e.lpu_code, e.as_of, e.last_error, e.last_error_at, e.failures, e.quarantined,
       extract(epoch FROM now() - e.as_of)::float8 AS age, e.interval_s
FROM emias_doctors e JOIN offered o ON o.emias_doctor = e.id
ORDER BY e.as_of IS NOT NULL, extract(epoch FROM now() - e.as_of) / e.interval_s DESC
"""  # noqa: S608 - joined from constants

ERRORS: Final = """
SELECT id, ending, cause, operation, lpu_code, state, times, doctors, first_at, last_at, count(*) OVER () AS total,
       count(*) FILTER (WHERE state = 'new') OVER () AS fresh
FROM error_groups WHERE last_at > now() - $1::interval
ORDER BY array_position(ARRAY['new', 'acknowledged', 'muted'], state), last_at DESC
LIMIT 8
"""

HOLDS: Final = "SELECT state, count(*) FROM holds WHERE created_at > now() - $1::interval GROUP BY state"

BOOKINGS: Final = """
SELECT extract(epoch FROM bin)::bigint / $2 AS step, state,
       coalesce(state = 'rejected' AND starts_with(refusal, 'slot_'), false) AS is_taken,
       sum(many)::bigint AS count
FROM (SELECT date_bin(make_interval(secs => $2::integer), created_at, 'epoch') AS bin, state, refusal, count(*) AS many
      FROM bookings WHERE created_at > now() - $1::interval GROUP BY 1, 2, 3) AS counted
GROUP BY 1, 2, 3
"""

MAPPINGS: Final = """
SELECT m.status, m.reason, count(*)
FROM doctor_mappings m JOIN doctors d ON d.id = m.doctor_id AND d.is_active
WHERE m.status <> 'mapped' GROUP BY 1, 2 ORDER BY 3 DESC
"""

REST: Final = """
SELECT now() AS now,
       (SELECT count(*) FROM doctors d WHERE d.is_active
        AND NOT EXISTS (SELECT FROM doctor_mappings m WHERE m.doctor_id = d.id)) AS without_mapping,
       (SELECT count(*) FROM doctors WHERE is_active) AS doctors,
       (SELECT count(*) FROM mirror_refusals WHERE NOT is_approved) AS refused_lists,
       (SELECT count(*) FROM sites WHERE mirror_error IS NOT NULL) AS mirror_errors,
       (SELECT count(*) FROM bookings WHERE retries_stopped
        AND state IN ('submitting', 'in_doubt', 'manual', 'cancelling', 'cancel_in_doubt')) AS stopped_bookings
"""

"""One violation of each invariant after the other is planted in the tables, and `verify` names it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.integration.verify.conftest import Book

_DOUBT = "UPDATE bookings SET state = 'in_doubt', next_check_at = now()"
_COPY_KEY = """
INSERT INTO idempotency_keys (api_key_id, operation, key, fingerprint, state, lease_until, booking_id, status, body,
                              expires_at)
SELECT api_key_id, operation, 'another', fingerprint, state, lease_until, booking_id, status, body, expires_at
FROM idempotency_keys
"""


async def _two_bookings(book: Book) -> None:
    await book.booking("submitting", "in_doubt")
    await book.run("UPDATE bookings SET next_check_at = now() WHERE state = 'in_doubt'")


async def _two_holds(book: Book) -> None:
    await book.run("DELETE FROM idempotency_keys")
    await book.run("DELETE FROM bookings")
    await book.hold()
    await book.hold()


async def _hold_beside_booking(book: Book) -> None:
    await book.hold()


async def _lived_together(book: Book) -> None:
    other = await book.booking("submitting", "booked", "cancelling")
    await book.run("UPDATE bookings SET state = 'cancelled' WHERE id = $1", other)
    step = "INSERT INTO booking_history (booking_id, from_state, to_state, cause, attempt, actor) VALUES "
    await book.run(step + "($1, 'cancelling', 'cancelled', 'x', 1, 'test')", other)


async def _one_appointment_twice(book: Book) -> None:
    await book.run("UPDATE bookings SET starts_at = starts_at + interval '1 day'")
    await book.booking("submitting", "booked", appointment="AP-1")


async def _two_keys(book: Book) -> None:
    await book.run(_COPY_KEY)


async def _no_key(book: Book) -> None:
    await book.run("DELETE FROM idempotency_keys")


async def _answer_of_another(book: Book) -> None:
    await book.run("UPDATE idempotency_keys SET body = convert_to('{\"id\": \"another\"}', 'UTF8')")


async def _answer_that_never_was(book: Book) -> None:
    await book.run("UPDATE bookings SET state = 'rejected'")
    await book.run("UPDATE booking_history SET to_state = 'rejected' WHERE to_state = 'booked'")


async def _hold_past_its_end(book: Book) -> None:
    hold_id = await book.hold()
    await book.run("UPDATE holds SET expires_at = now() - interval '6 seconds' WHERE id = $1", hold_id)


async def _third_renewal(book: Book) -> None:
    await book.run("UPDATE holds SET renewals = 3")


async def _hold_of_an_hour(book: Book) -> None:
    await book.run("UPDATE holds SET expires_at = created_at + interval '1 hour'")


async def _illegal_move(book: Book) -> None:
    await book.run("UPDATE booking_history SET to_state = 'cancelled' WHERE to_state = 'booked'")
    await book.run("UPDATE bookings SET state = 'cancelled'")


async def _gap_in_the_history(book: Book) -> None:
    await book.run("UPDATE booking_history SET from_state = 'in_doubt' WHERE from_state = 'submitting'")


async def _attempts_fall(book: Book) -> None:
    await book.run("UPDATE booking_history SET attempt = 2 WHERE from_state IS NULL")


async def _state_without_history(book: Book) -> None:
    await book.run("UPDATE bookings SET state = 'cancelling'")


async def _one_token_twice(book: Book) -> None:
    await book.booking("submitting", "failed")
    await book.run("UPDATE bookings SET token = (SELECT min(token) FROM bookings)")


async def _token_of_nobody(book: Book) -> None:
    await book.run("UPDATE bookings SET token = token + 1000000")


async def _nobody_looks(book: Book) -> None:
    await book.run(_DOUBT)
    await book.run("UPDATE bookings SET next_check_at = now() - interval '1 hour'")


async def _never_a_look(book: Book) -> None:
    await book.run(_DOUBT)
    await book.run("UPDATE bookings SET next_check_at = NULL")


async def _doubt_for_three_days(book: Book) -> None:
    await book.run(_DOUBT)
    await book.run("UPDATE bookings SET doubted_at = now() - interval '3 days'")


async def _offered(book: Book) -> None:
    await book.run("UPDATE local_emias_slots SET is_free = true, state = 'free'")


_DISCLOSE = """
INSERT INTO disclosures (what, booking_id, actor, reason, state) SELECT 'name', id, 'admin:a', 'звонок', 'answered'
FROM bookings RETURNING id
"""
_TRACE = """
INSERT INTO audit_log (actor, what, subject, details)
SELECT $1, 'reveal', 'booking:' || booking_id, jsonb_build_object('disclosure', id, 'what', what) FROM disclosures
"""


async def _disclosed_without_a_row(book: Book) -> None:
    await book.run(_DISCLOSE)


async def _disclosed_under_another_name(book: Book) -> None:
    await book.run(_DISCLOSE)
    await book.run(_TRACE, "admin:b")


async def _disclosure_removed(book: Book) -> None:
    await book.run(_DISCLOSE)
    await book.run(_TRACE, "admin:a")
    await book.run("DELETE FROM disclosures")


async def _slots_deleted(book: Book) -> None:
    log = "INSERT INTO sync_log (lpu_code, emias_doctor_id, outcome, inserted) VALUES ($1, $2, 'changed', 1)"
    await book.run(log, *book.doctor.ref)
    await book.run("DELETE FROM local_emias_slots")


async def _call_without_end(book: Book) -> None:
    await book.run("UPDATE bookings SET state = 'cancelling', updated_at = now() - interval '1 hour'")


async def _audit_rewritten(book: Book) -> None:
    await book.run("INSERT INTO audit_log (actor, what, subject) VALUES ('a', 'login', 'user:a')")
    await book.run("UPDATE audit_log SET actor = 'nobody'")


_PLANTS: list[tuple[str, Callable[[Book], Awaitable[None]]]] = [
    ("I1", _two_bookings),
    ("I1", _two_holds),
    ("I1", _hold_beside_booking),
    ("I1", _lived_together),
    ("I2", _one_appointment_twice),
    ("I5", _two_keys),
    ("I5", _no_key),
    ("I5", _answer_of_another),
    ("I5", _answer_that_never_was),
    ("I6", _hold_past_its_end),
    ("I6", _third_renewal),
    ("I6", _hold_of_an_hour),
    ("I7", _illegal_move),
    ("I7", _gap_in_the_history),
    ("I7", _attempts_fall),
    ("I7", _state_without_history),
    ("I7", _one_token_twice),
    ("I7", _token_of_nobody),
    ("I8", _nobody_looks),
    ("I8", _never_a_look),
    ("I8", _doubt_for_three_days),
    ("I8", _offered),
    ("I10", _disclosed_without_a_row),
    ("I10", _disclosed_under_another_name),
    ("I10", _disclosure_removed),
    ("I11", _slots_deleted),
    ("I12", _call_without_end),
    ("I13", _audit_rewritten),
]


async def test_a_sound_book_has_nothing_broken(book: Book) -> None:
    """On a sound book every invariant of the tables is ok, and those that need more are told as not checked."""
    states = {name: verdict.state for name, verdict in (await book.verdicts()).items()}
    assert {name for name, state in states.items() if state == "unchecked"} == {"I3", "I4", "I9"}
    assert "broken" not in states.values()


@pytest.mark.parametrize(("invariant", "plant"), _PLANTS, ids=lambda value: getattr(value, "__name__", value))
async def test_a_planted_violation_is_found(
    book: Book, invariant: str, plant: Callable[[Book], Awaitable[None]]
) -> None:
    """The invariant that was violated is told as broken, with the rows to look at."""
    await plant(book)
    verdict = (await book.verdicts())[invariant]
    assert verdict.state == "broken"
    assert verdict.count >= 1
    assert all(verdict.rows)

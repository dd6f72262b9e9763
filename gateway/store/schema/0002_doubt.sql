-- Bookings in doubt: since when, who looks now, and which are due.

ALTER TABLE bookings ADD COLUMN doubted_at timestamptz;
ALTER TABLE bookings ADD COLUMN look_until timestamptz;

UPDATE bookings SET doubted_at = updated_at, next_check_at = now() WHERE state IN ('in_doubt', 'cancel_in_doubt');

CREATE INDEX bookings_to_look_at ON bookings (next_check_at) WHERE state IN ('in_doubt', 'cancel_in_doubt');
CREATE INDEX bookings_under_way ON bookings (updated_at) WHERE state IN ('submitting', 'cancelling');

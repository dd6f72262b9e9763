-- Bookings in doubt, and those whose appointment EMIAS has not named yet: since when, who looks now, which are due.

ALTER TABLE bookings ADD COLUMN doubted_at timestamptz;
ALTER TABLE bookings ADD COLUMN look_until timestamptz;

UPDATE bookings SET doubted_at = updated_at, next_check_at = now() WHERE state IN ('in_doubt', 'cancel_in_doubt');

CREATE INDEX bookings_to_look_at ON bookings (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX bookings_under_way ON bookings (updated_at) WHERE state IN ('submitting', 'cancelling');

-- Whoever puts a booking in doubt, a person with psql too, it has a beginning and a next step.
CREATE FUNCTION plan_look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.doubted_at := coalesce(NEW.doubted_at, now());
    NEW.next_check_at := coalesce(NEW.next_check_at, now());
    RETURN NEW;
END $$;
CREATE TRIGGER plan_look BEFORE UPDATE ON bookings FOR EACH ROW
    WHEN (NEW.state IN ('in_doubt', 'cancel_in_doubt') AND (NEW.doubted_at IS NULL OR NEW.next_check_at IS NULL))
    EXECUTE FUNCTION plan_look();

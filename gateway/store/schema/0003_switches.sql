-- What operators have stopped ----------------------------------------------------------------------------------------

-- `is_open` takes the institution off the site; `calls_stopped` lets nothing be sent to its EMIAS; `retries_stopped`
-- lets nothing be sent again by itself, and its doubtful bookings go to the operator.
ALTER TABLE institutions
    ADD COLUMN calls_stopped boolean NOT NULL DEFAULT false,
    ADD COLUMN retries_stopped boolean NOT NULL DEFAULT false,
    ADD COLUMN switch_reason text NOT NULL DEFAULT '' CHECK (length(switch_reason) <= 500),
    ADD COLUMN switched_at timestamptz;

ALTER TABLE bookings ADD COLUMN retries_stopped boolean NOT NULL DEFAULT false;
CREATE INDEX bookings_in_doubt ON bookings (doctor_id) WHERE state IN ('in_doubt', 'cancel_in_doubt');

CREATE TABLE switch_log (
    id bigserial PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lpu_code text NOT NULL,
    booking_id uuid,
    switch text NOT NULL CHECK (switch IN ('sale', 'calls', 'retries')),
    is_on boolean NOT NULL,
    reason text NOT NULL DEFAULT '',
    actor text NOT NULL
);
CREATE INDEX switch_log_by_time ON switch_log (at);

-- Whoever turns a switch, by command, in the admin or with psql, leaves a row; the command names itself and the reason.
CREATE FUNCTION log_switch(lpu_code text, booking_id uuid, switch text, is_on boolean, reason text) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO switch_log (lpu_code, booking_id, switch, is_on, reason, actor)
    VALUES (lpu_code, booking_id, switch, is_on,
            coalesce(nullif(current_setting('gateway.switch_reason', true), ''), reason),
            coalesce(nullif(current_setting('gateway.switch_actor', true), ''), current_setting('application_name')))
$$;

CREATE FUNCTION note_institution_switch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.switched_at := now();
    IF NEW.is_open <> OLD.is_open THEN
        PERFORM log_switch(NEW.lpu_code, NULL, 'sale', NEW.is_open, NEW.switch_reason);
    END IF;
    IF NEW.calls_stopped <> OLD.calls_stopped THEN
        PERFORM log_switch(NEW.lpu_code, NULL, 'calls', NOT NEW.calls_stopped, NEW.switch_reason);
    END IF;
    IF NEW.retries_stopped <> OLD.retries_stopped THEN
        PERFORM log_switch(NEW.lpu_code, NULL, 'retries', NOT NEW.retries_stopped, NEW.switch_reason);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER note_institution_switch BEFORE UPDATE OF is_open, calls_stopped, retries_stopped ON institutions
    FOR EACH ROW
    WHEN ((OLD.is_open, OLD.calls_stopped, OLD.retries_stopped)
          IS DISTINCT FROM (NEW.is_open, NEW.calls_stopped, NEW.retries_stopped))
    EXECUTE FUNCTION note_institution_switch();

CREATE FUNCTION note_booking_switch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM log_switch(e.lpu_code, NEW.id, 'retries', NOT NEW.retries_stopped, '')
    FROM emias_doctors e WHERE e.id = NEW.doctor_id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_booking_switch AFTER UPDATE OF retries_stopped ON bookings
    FOR EACH ROW WHEN (OLD.retries_stopped <> NEW.retries_stopped) EXECUTE FUNCTION note_booking_switch();

-- An idempotency key's run has a name, so that one which was paused past its lease cannot speak for the run after it.
ALTER TABLE idempotency_keys ADD COLUMN run uuid;

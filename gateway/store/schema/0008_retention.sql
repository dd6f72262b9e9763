-- How long personal data stays, and who was shown some of it.

-- Bookings: since when each rests, and by which deadline its patient goes -----------------------------------------------

-- What is erased leaves no value behind: no hash that could still be compared, no mask.
ALTER TABLE bookings
    ALTER COLUMN snils_hash DROP NOT NULL,
    ALTER COLUMN birth_hash DROP NOT NULL;

-- A booking under way, in doubt, or whose appointment is still being read back does not rest: nothing of it is erased.
ALTER TABLE bookings
    ADD COLUMN retention text GENERATED ALWAYS AS (
        CASE WHEN state = 'booked' AND (emias_appointment_id IS NOT NULL OR next_check_at IS NULL) THEN 'visited'
             WHEN state IN ('rejected', 'failed', 'cancelled') AND doubted_at IS NOT NULL THEN 'resolved'
             WHEN state IN ('rejected', 'failed', 'cancelled') THEN state END) STORED,
    ADD COLUMN rests_since timestamptz GENERATED ALWAYS AS (
        CASE WHEN state = 'booked' AND (emias_appointment_id IS NOT NULL OR next_check_at IS NULL)
                 THEN coalesce(ends_at, starts_at)
             WHEN state IN ('rejected', 'failed', 'cancelled') THEN updated_at END) STORED;

CREATE INDEX bookings_with_patient_at_rest ON bookings (retention, rests_since)
    WHERE patient_sealed IS NOT NULL OR contact_sealed IS NOT NULL;
CREATE INDEX bookings_with_traces ON bookings (rests_since) WHERE snils_hash IS NOT NULL;
-- A row stays as long as EMIAS may still show its appointment: a cancelled one until its visit would have been long ago.
CREATE INDEX bookings_at_rest ON bookings (greatest(rests_since, starts_at)) WHERE rests_since IS NOT NULL;
CREATE INDEX bookings_unsettled ON bookings (created_at) WHERE retention IS NULL AND patient_sealed IS NOT NULL;
DROP INDEX bookings_with_patient;
CREATE INDEX holds_at_rest ON holds (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX holds_with_visitor ON holds (ended_at) WHERE client_ref IS NOT NULL;

-- What the worker was told to keep and when it last looked; a kind without `keep` waits for a person.
CREATE TABLE retention_clock (
    kind text PRIMARY KEY,
    keep interval,
    passed_at timestamptz NOT NULL DEFAULT now(),
    erased integer NOT NULL DEFAULT 0,
    erased_ever bigint NOT NULL DEFAULT 0,
    erased_until timestamptz
);

-- Disclosures: one field of one booking shown to one person, or bookings found by a SNILS ---------------------------------

-- What is asked and what is answered is sealed, each to a key that does not lie here, and goes within a minute; that it
-- was asked stays. The booking may go before its disclosures do.
CREATE TABLE disclosures (
    id bigserial PRIMARY KEY,
    what text NOT NULL CHECK (what IN ('name', 'birth_date', 'snils', 'policy', 'contact', 'bookings')),
    booking_id uuid,
    actor text NOT NULL CHECK (btrim(actor) <> ''),
    reason text NOT NULL CHECK (length(btrim(reason)) BETWEEN 3 AND 300),
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'answered', 'refused', 'expired')),
    refusal text CHECK (refusal IN ('no_booking', 'erased', 'absent', 'unreadable')),
    asked_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '1 minute',
    answered_at timestamptz,
    reply_key bytea CHECK (octet_length(reply_key) = 32),
    question bytea,
    answer bytea,
    CHECK ((what = 'bookings') = (booking_id IS NULL)),
    CHECK (what = 'bookings' OR question IS NULL),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK (answer IS NULL OR state = 'answered'),
    CHECK (state = 'asked' OR question IS NULL),
    CHECK (state <> 'asked' OR reply_key IS NOT NULL),
    CHECK (expires_at <= asked_at + interval '1 minute')
);
CREATE INDEX disclosures_asked ON disclosures (asked_at) WHERE state = 'asked';
CREATE INDEX disclosures_sealed ON disclosures (expires_at)
    WHERE reply_key IS NOT NULL OR question IS NOT NULL OR answer IS NOT NULL;
CREATE INDEX disclosures_of_actor ON disclosures (actor, asked_at);
CREATE INDEX disclosures_by_time ON disclosures (asked_at);

-- Who asked for what, and why, is never rewritten.
CREATE FUNCTION keep_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who asked for which personal data stays as it was written' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER keep_disclosure BEFORE UPDATE ON disclosures FOR EACH ROW
    WHEN ((OLD.id, OLD.what, OLD.booking_id, OLD.actor, OLD.reason, OLD.asked_at, OLD.expires_at)
          IS DISTINCT FROM (NEW.id, NEW.what, NEW.booking_id, NEW.actor, NEW.reason, NEW.asked_at, NEW.expires_at)
          OR OLD.state <> 'asked' AND NEW.state <> OLD.state)
    EXECUTE FUNCTION keep_disclosure();

-- To which key a SNILS that is searched for is sealed; the workers tell it, and only they can open.
CREATE TABLE search_key (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    told_at timestamptz NOT NULL DEFAULT now()
);

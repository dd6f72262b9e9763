-- Sites, their keys, institutions ------------------------------------------------------------------------------------

CREATE TABLE sites (
    id serial PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    name text NOT NULL DEFAULT '',
    mirrored_at timestamptz,
    mirror_error text,
    mirror_error_at timestamptz
);

CREATE TABLE api_keys (
    id text PRIMARY KEY,
    site_id integer NOT NULL REFERENCES sites,
    label text NOT NULL DEFAULT '',
    secret_hash bytea NOT NULL,
    scopes text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'book', 'events', 'identity']),
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);

CREATE TABLE institutions (
    lpu_code text PRIMARY KEY CHECK (length(lpu_code) BETWEEN 1 AND 64),
    name text NOT NULL DEFAULT '',
    is_open boolean NOT NULL DEFAULT true,
    last_ok_at timestamptz,
    last_error_at timestamptz,
    last_error text
);

-- Doctors: the site's, EMIAS's, and what joins them ------------------------------------------------------------------

CREATE TABLE emias_doctors (
    id bigserial PRIMARY KEY,
    lpu_code text NOT NULL REFERENCES institutions,
    emias_doctor_id text NOT NULL CHECK (length(emias_doctor_id) BETWEEN 1 AND 64),
    next_sync_at timestamptz NOT NULL DEFAULT now(),
    interval_s integer NOT NULL DEFAULT 300,
    lease_until timestamptz,
    lease_token uuid,
    digest text,
    as_of timestamptz,
    attempted_at timestamptz,
    free_slots integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    quarantined integer NOT NULL DEFAULT 0,
    last_error text,
    last_error_at timestamptz,
    UNIQUE (lpu_code, emias_doctor_id)
);
CREATE INDEX emias_doctors_due ON emias_doctors (lpu_code, next_sync_at);

CREATE TABLE doctors (
    id bigserial PRIMARY KEY,
    site_id integer NOT NULL REFERENCES sites,
    element_id text NOT NULL,
    xml_id text,
    name text NOT NULL,
    specialty_id text NOT NULL,
    specialty_name text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    is_blocked boolean NOT NULL DEFAULT false,
    sort integer NOT NULL DEFAULT 500,
    source_hash text NOT NULL DEFAULT '',
    seen_at timestamptz NOT NULL DEFAULT now(),
    missing_since timestamptz,
    missed integer NOT NULL DEFAULT 0,
    UNIQUE (site_id, element_id)
);

CREATE TABLE doctor_mappings (
    id bigserial PRIMARY KEY,
    doctor_id bigint NOT NULL REFERENCES doctors ON DELETE CASCADE,
    lpu_code text NOT NULL DEFAULT '',
    emias_doctor_id text NOT NULL DEFAULT '',
    origin text NOT NULL DEFAULT 'admin' CHECK (origin IN ('bitrix', 'admin')),
    status text NOT NULL DEFAULT 'mapped' CHECK (status IN ('mapped', 'unmapped', 'conflict')),
    reason text NOT NULL DEFAULT '',
    emias_doctor bigint REFERENCES emias_doctors,
    UNIQUE (doctor_id, lpu_code, emias_doctor_id)
);
CREATE INDEX doctor_mappings_by_emias_doctor ON doctor_mappings (emias_doctor);

-- A mapping finds or makes its EMIAS doctor, whoever writes it: the mirror, an administrator, an import.
CREATE FUNCTION join_mapping() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.lpu_code := btrim(NEW.lpu_code);
    NEW.emias_doctor_id := btrim(NEW.emias_doctor_id);
    NEW.emias_doctor := NULL;
    NEW.reason := '';
    IF NEW.lpu_code = '' OR NEW.emias_doctor_id = '' THEN
        NEW.status := 'unmapped';
        NEW.reason := CASE WHEN NEW.lpu_code = '' THEN 'lpu_code_missing' ELSE 'emias_doctor_id_missing' END;
        RETURN NEW;
    END IF;
    IF length(NEW.lpu_code) > 64 OR length(NEW.emias_doctor_id) > 64
       OR NOT EXISTS (SELECT 1 FROM institutions i WHERE i.lpu_code = NEW.lpu_code) THEN
        NEW.status := 'unmapped';
        NEW.reason := 'lpu_unknown';
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM doctor_mappings m
               JOIN doctors mine ON mine.id = NEW.doctor_id
               JOIN doctors theirs ON theirs.id = m.doctor_id AND theirs.site_id = mine.site_id
               WHERE m.lpu_code = NEW.lpu_code AND m.emias_doctor_id = NEW.emias_doctor_id
                 AND m.status = 'mapped' AND m.doctor_id <> NEW.doctor_id AND theirs.is_active) THEN
        NEW.status := 'conflict';
        NEW.reason := 'emias_doctor_id_taken';
        RETURN NEW;
    END IF;
    INSERT INTO emias_doctors (lpu_code, emias_doctor_id) VALUES (NEW.lpu_code, NEW.emias_doctor_id)
    ON CONFLICT (lpu_code, emias_doctor_id) DO NOTHING;
    SELECT id INTO NEW.emias_doctor FROM emias_doctors e
    WHERE e.lpu_code = NEW.lpu_code AND e.emias_doctor_id = NEW.emias_doctor_id;
    NEW.status := 'mapped';
    RETURN NEW;
END $$;
CREATE TRIGGER join_mapping BEFORE INSERT OR UPDATE ON doctor_mappings FOR EACH ROW EXECUTE FUNCTION join_mapping();

-- Mappings typed before their institution was known join as soon as it is.
CREATE FUNCTION join_mappings_of_institution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE doctor_mappings SET lpu_code = lpu_code WHERE lpu_code = NEW.lpu_code AND status = 'unmapped';
    RETURN NULL;
END $$;
CREATE TRIGGER join_mappings_of_institution AFTER INSERT ON institutions
    FOR EACH ROW EXECUTE FUNCTION join_mappings_of_institution();

-- Which EMIAS schedules each doctor of a site offers; a schedule that was never read (as_of is null) offers nothing yet.
CREATE VIEW bookable_mappings AS
SELECT d.id AS doctor_id, d.site_id, d.element_id, d.name AS doctor_name, d.specialty_id, d.sort,
       e.id AS emias_doctor, e.lpu_code, e.emias_doctor_id, e.as_of
FROM doctors d
JOIN doctor_mappings m ON m.doctor_id = d.id AND m.status = 'mapped'
JOIN emias_doctors e ON e.id = m.emias_doctor
JOIN institutions i ON i.lpu_code = e.lpu_code AND i.is_open
WHERE d.is_active AND NOT d.is_blocked;

-- Slots ---------------------------------------------------------------------------------------------------------------

CREATE TABLE local_emias_slots (
    doctor_id bigint NOT NULL REFERENCES emias_doctors,
    slot_date date NOT NULL,
    slot_time time NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    id uuid NOT NULL,
    emias_slot_id text NOT NULL,
    is_free boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('free', 'busy', 'closed')),
    room text,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (doctor_id, starts_at, slot_date),
    CHECK (is_free = (state = 'free')),
    CHECK (slot_date = (starts_at AT TIME ZONE 'Europe/Moscow')::date),
    CHECK (slot_time = (starts_at AT TIME ZONE 'Europe/Moscow')::time)
) PARTITION BY RANGE (slot_date);
CREATE INDEX local_emias_slots_by_id ON local_emias_slots (id);
CREATE INDEX local_emias_slots_free ON local_emias_slots (doctor_id, starts_at) WHERE is_free;

CREATE FUNCTION ensure_slot_partitions(first date, last date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    month date := date_trunc('month', first)::date;
    made integer := 0;
    part text;
BEGIN
    WHILE month <= last LOOP
        part := 'local_emias_slots_' || to_char(month, 'YYYYMM');
        IF to_regclass(part) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtextextended('ensure_slot_partitions', 0));
            EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF local_emias_slots FOR VALUES FROM (%L) TO (%L)',
                           part, month, (month + interval '1 month')::date);
            made := made + 1;
        END IF;
        month := (month + interval '1 month')::date;
    END LOOP;
    RETURN made;
END $$;

-- Holds ---------------------------------------------------------------------------------------------------------------

CREATE TABLE holds (
    id uuid PRIMARY KEY,
    site_id integer NOT NULL REFERENCES sites,
    api_key_id text NOT NULL REFERENCES api_keys,
    client_ref text,
    site_doctor_id bigint NOT NULL REFERENCES doctors,
    doctor_id bigint NOT NULL REFERENCES emias_doctors,
    starts_at timestamptz NOT NULL,
    slot_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'released', 'expired', 'spent')),
    expires_at timestamptz NOT NULL,
    renewals integer NOT NULL DEFAULT 0,
    verified boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE UNIQUE INDEX holds_one_per_slot ON holds (doctor_id, starts_at) WHERE state = 'held';
CREATE INDEX holds_of_visitor ON holds (site_id, client_ref) WHERE state = 'held';
CREATE INDEX holds_of_key ON holds (api_key_id) WHERE state = 'held';
CREATE INDEX holds_to_expire ON holds (expires_at) WHERE state = 'held';

-- Bookings ------------------------------------------------------------------------------------------------------------

CREATE SEQUENCE fencing_tokens;

CREATE TABLE bookings (
    id uuid PRIMARY KEY,
    site_id integer NOT NULL REFERENCES sites,
    api_key_id text NOT NULL REFERENCES api_keys,
    hold_id uuid NOT NULL REFERENCES holds,
    site_doctor_id bigint NOT NULL REFERENCES doctors,
    doctor_id bigint NOT NULL REFERENCES emias_doctors,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    room text,
    slot_id uuid NOT NULL,
    emias_slot_id text NOT NULL,
    state text NOT NULL DEFAULT 'submitting',
    attempt integer NOT NULL DEFAULT 1,
    token bigint NOT NULL DEFAULT nextval('fencing_tokens'),
    refusal text,
    error_code text,
    evidence jsonb,
    emias_appointment_id text,
    ticket text,
    patient_sealed text,
    patient_mask text NOT NULL,
    snils_hash text NOT NULL,
    guest_hash text,
    birth_hash text NOT NULL,
    contact_sealed text,
    checks integer NOT NULL DEFAULT 0,
    next_check_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (state IN ('submitting', 'booked', 'rejected', 'failed', 'in_doubt', 'manual',
                     'cancelling', 'cancelled', 'cancel_in_doubt'))
);
CREATE UNIQUE INDEX bookings_one_live_per_slot ON bookings (doctor_id, starts_at)
    WHERE state IN ('submitting', 'booked', 'in_doubt', 'manual', 'cancelling', 'cancel_in_doubt');
CREATE INDEX bookings_by_state ON bookings (state, updated_at);
CREATE INDEX bookings_of_hold ON bookings (hold_id);
CREATE INDEX bookings_by_snils ON bookings (snils_hash);
-- Not unique: two institutions may deal out one ticket, and a booking that EMIAS made must never fail to be written.
CREATE INDEX bookings_by_guest ON bookings (site_id, guest_hash) WHERE guest_hash IS NOT NULL;

CREATE VIEW slots_for_sale AS
SELECT s.*
FROM local_emias_slots s
WHERE s.is_free AND s.starts_at > now() AND s.slot_date >= (now() AT TIME ZONE 'Europe/Moscow')::date
  AND NOT EXISTS (SELECT FROM holds h
                  WHERE h.doctor_id = s.doctor_id AND h.starts_at = s.starts_at
                    AND h.state = 'held' AND h.expires_at > now())
  AND NOT EXISTS (SELECT FROM bookings b
                  WHERE b.doctor_id = s.doctor_id AND b.starts_at = s.starts_at
                    AND b.state IN ('submitting', 'booked', 'in_doubt', 'manual', 'cancelling', 'cancel_in_doubt'));

CREATE TABLE booking_moves (from_state text, to_state text, PRIMARY KEY (from_state, to_state));
INSERT INTO booking_moves VALUES
    ('submitting', 'booked'), ('submitting', 'rejected'), ('submitting', 'failed'), ('submitting', 'in_doubt'),
    ('in_doubt', 'booked'), ('in_doubt', 'rejected'), ('in_doubt', 'failed'), ('in_doubt', 'manual'),
    ('manual', 'booked'), ('manual', 'rejected'), ('manual', 'failed'), ('manual', 'cancelled'),
    ('booked', 'cancelling'),
    ('cancelling', 'cancelled'), ('cancelling', 'booked'), ('cancelling', 'cancel_in_doubt'),
    ('cancel_in_doubt', 'cancelled'), ('cancel_in_doubt', 'booked'), ('cancel_in_doubt', 'manual');

CREATE FUNCTION guard_booking_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'submitting' THEN
            RAISE EXCEPTION 'a booking begins as submitting, not %', NEW.state USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM booking_moves WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'a booking never goes from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_booking_move BEFORE INSERT OR UPDATE OF state ON bookings
    FOR EACH ROW EXECUTE FUNCTION guard_booking_move();

CREATE TABLE booking_history (
    id bigserial PRIMARY KEY,
    booking_id uuid NOT NULL REFERENCES bookings ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    from_state text,
    to_state text NOT NULL,
    cause text NOT NULL,
    attempt integer NOT NULL,
    actor text NOT NULL
);
CREATE INDEX booking_history_of ON booking_history (booking_id, id);

CREATE TABLE idempotency_keys (
    api_key_id text NOT NULL REFERENCES api_keys,
    operation text NOT NULL CHECK (operation IN ('book', 'cancel')),
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'open', 'done')),
    lease_until timestamptz NOT NULL,
    booking_id uuid REFERENCES bookings ON DELETE CASCADE,
    status integer,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (api_key_id, operation, key)
);
CREATE INDEX idempotency_keys_to_expire ON idempotency_keys (expires_at);

-- What the worker tells -----------------------------------------------------------------------------------------------

CREATE TABLE sync_log (
    id bigserial PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    lpu_code text NOT NULL,
    emias_doctor_id text NOT NULL DEFAULT '',
    outcome text NOT NULL CHECK (outcome IN ('changed', 'failed', 'quarantined', 'mirror', 'mirror_refused')),
    cause text NOT NULL DEFAULT '',
    inserted integer NOT NULL DEFAULT 0,
    updated integer NOT NULL DEFAULT 0,
    closed integer NOT NULL DEFAULT 0
);
CREATE INDEX sync_log_by_time ON sync_log (at);

-- News of a change, so that every replica forgets what it had kept ready ------------------------------------------------

CREATE FUNCTION tell_slots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('gateway_changes', 'slots:' || NEW.doctor_id);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_slots AFTER INSERT OR UPDATE OF state, expires_at ON holds
    FOR EACH ROW EXECUTE FUNCTION tell_slots();
CREATE TRIGGER tell_slots AFTER INSERT OR UPDATE OF state ON bookings
    FOR EACH ROW EXECUTE FUNCTION tell_slots();

CREATE FUNCTION tell_emias_doctor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('gateway_changes', 'slots:' || NEW.id);
    IF OLD.as_of IS NULL THEN
        PERFORM pg_notify('gateway_changes', 'directory:');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_emias_doctor AFTER UPDATE OF as_of, free_slots ON emias_doctors
    FOR EACH ROW EXECUTE FUNCTION tell_emias_doctor();

CREATE FUNCTION tell_directory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('gateway_changes', 'directory:');
    RETURN NULL;
END $$;
CREATE TRIGGER tell_directory AFTER INSERT OR UPDATE OR DELETE ON doctors
    FOR EACH STATEMENT EXECUTE FUNCTION tell_directory();
CREATE TRIGGER tell_directory AFTER INSERT OR UPDATE OR DELETE ON doctor_mappings
    FOR EACH STATEMENT EXECUTE FUNCTION tell_directory();
CREATE TRIGGER tell_directory AFTER UPDATE OF is_open ON institutions
    FOR EACH STATEMENT EXECUTE FUNCTION tell_directory();

CREATE FUNCTION tell_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('gateway_changes', 'keys:' || COALESCE(NEW.id, OLD.id));
    RETURN NULL;
END $$;
CREATE TRIGGER tell_keys AFTER INSERT OR UPDATE OR DELETE ON api_keys FOR EACH ROW EXECUTE FUNCTION tell_keys();

-- What the processes tell of themselves: the admin asks neither Redis nor EMIAS and holds no certificate.

-- The present state as each process last saw it. Times go by the database's clock; a row that no longer moves means that
-- its process is gone.
CREATE TABLE beats (
    id bigserial PRIMARY KEY,
    process text NOT NULL CHECK (process IN ('gateway', 'sync')),
    instance text NOT NULL,
    what text NOT NULL CHECK (what IN ('alive', 'silent_loops', 'breaker_bookings', 'breaker_reads', 'budget_rate',
                                       'certificate_ends')),
    lpu_code text NOT NULL DEFAULT '',
    value double precision NOT NULL,
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (process, instance, what, lpu_code)
);

-- Requests to EMIAS, minute by minute; after a day the minutes of an hour are one row. `times` counts the answered and
-- the broken ones by how long they took, by the bounds of gateway.domain.timing.
CREATE TABLE emias_minutes (
    id bigserial PRIMARY KEY,
    at timestamptz NOT NULL,
    lpu_code text NOT NULL,
    lane text NOT NULL CHECK (lane IN ('bookings', 'reads')),
    requests integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    kept_back integer NOT NULL DEFAULT 0,
    times integer[] NOT NULL,
    UNIQUE (at, lpu_code, lane)
);

-- Equal errors are one row, however many there are.
CREATE TABLE error_groups (
    id bigserial PRIMARY KEY,
    ending text NOT NULL CHECK (ending IN ('failed', 'not_sent', 'unknown', 'broken', 'quarantined')),
    cause text NOT NULL,
    operation text NOT NULL,
    lpu_code text NOT NULL,
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'acknowledged', 'muted')),
    times bigint NOT NULL DEFAULT 0,
    doctors integer NOT NULL DEFAULT 0,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (ending, cause, operation, lpu_code)
);
CREATE INDEX error_groups_by_time ON error_groups (last_at);

CREATE TABLE error_group_doctors (
    error_group bigint NOT NULL REFERENCES error_groups ON DELETE CASCADE,
    emias_doctor_id text NOT NULL,
    PRIMARY KEY (error_group, emias_doctor_id)
);

CREATE FUNCTION count_error_doctors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE error_groups g SET doctors = doctors + fresh.many
    FROM (SELECT error_group, count(*) AS many FROM added GROUP BY error_group) AS fresh
    WHERE g.id = fresh.error_group;
    RETURN NULL;
END $$;
CREATE TRIGGER count_error_doctors AFTER INSERT ON error_group_doctors
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_error_doctors();

-- What the dashboard counts over a window of time.
CREATE INDEX holds_by_creation ON holds (created_at) INCLUDE (state);
CREATE INDEX bookings_by_creation ON bookings (created_at) INCLUDE (state, refusal);
CREATE INDEX bookings_with_patient ON bookings (created_at) WHERE patient_sealed IS NOT NULL;

-- What people are told of: each trouble once when it opens and once when it ends.

-- A message to people, and how far it has come; `delivered` names the places that have it.
CREATE TABLE alert_messages (
    id bigserial PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('alerts', 'test')),
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    title text NOT NULL,
    body text NOT NULL,
    asked_by text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL DEFAULT now(),
    delivered text[] NOT NULL DEFAULT '{}',
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    lease_token uuid,
    last_error text NOT NULL DEFAULT '',
    sent_at timestamptz,
    given_up_at timestamptz
);
CREATE INDEX alert_messages_waiting ON alert_messages (next_try_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX alert_messages_by_time ON alert_messages (made_at);

-- A trouble: pending until it has lasted, open, closed. All times are the database's.
CREATE TABLE alerts (
    id bigserial PRIMARY KEY,
    rule text NOT NULL,
    subject text NOT NULL DEFAULT '',
    step integer NOT NULL DEFAULT 0,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    state text NOT NULL CHECK (state IN ('pending', 'open', 'closed')),
    what text NOT NULL DEFAULT '',
    advice text NOT NULL DEFAULT '',
    panel text NOT NULL DEFAULT '',
    bad_since timestamptz NOT NULL,
    good_since timestamptz,
    last_seen timestamptz NOT NULL,
    judged_at timestamptz NOT NULL,
    opened_at timestamptz,
    closed_at timestamptz,
    is_overtaken boolean NOT NULL DEFAULT false,
    open_message bigint REFERENCES alert_messages ON DELETE SET NULL,
    close_message bigint REFERENCES alert_messages ON DELETE SET NULL,
    told_open_at timestamptz,
    told_close_at timestamptz,
    muted_until timestamptz,
    muted_by text NOT NULL DEFAULT '',
    mute_reason text NOT NULL DEFAULT '' CHECK (length(mute_reason) <= 300),
    CHECK ((state = 'pending') = (opened_at IS NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX alerts_one_live ON alerts (rule, subject) WHERE state <> 'closed';
CREATE INDEX alerts_by_end ON alerts (closed_at) WHERE state = 'closed';
CREATE INDEX alerts_by_open_message ON alerts (open_message);
CREATE INDEX alerts_by_close_message ON alerts (close_message);

-- When somebody last judged, whichever process it was.
CREATE TABLE alert_watch (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    judged_at timestamptz NOT NULL DEFAULT '-infinity',
    judged_by text NOT NULL DEFAULT ''
);
INSERT INTO alert_watch DEFAULT VALUES;

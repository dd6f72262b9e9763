-- What people ask the worker for: each wish is a row that the worker carries out, with its result ------------------------

-- A booking that was surely not sent is tried again as a booking of its own, once.
ALTER TABLE bookings ADD COLUMN retry_of uuid UNIQUE REFERENCES bookings ON DELETE SET NULL;

CREATE SEQUENCE wish_tokens;

-- `tries` counts the leases since the wish was last put back on purpose; `paused` and `parent_id` are of bulk wishes.
CREATE TABLE wishes (
    id bigserial PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    arguments jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(arguments) = 'object'),
    reason text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 500),
    wished_by text NOT NULL CHECK (length(wished_by) BETWEEN 1 AND 200),
    wished_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'running', 'done', 'refused', 'failed')),
    result text NOT NULL DEFAULT '',
    result_data jsonb,
    parent_id bigint REFERENCES wishes,
    paused boolean NOT NULL DEFAULT false,
    tries integer NOT NULL DEFAULT 0,
    token bigint,
    lease_until timestamptz,
    ended_at timestamptz,
    expires_at timestamptz NOT NULL DEFAULT now() + interval '1 hour',
    CHECK ((state IN ('done', 'refused', 'failed')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'running') = (lease_until IS NOT NULL))
);
CREATE UNIQUE INDEX wishes_one_open ON wishes (kind, subject) WHERE state IN ('new', 'running');
CREATE UNIQUE INDEX wishes_one_decision ON wishes (subject)
    WHERE state IN ('new', 'running')
      AND kind IN ('resolve_booked', 'resolve_absent', 'cancel_booking', 'retry_booking');
CREATE INDEX wishes_open ON wishes (id) WHERE state IN ('new', 'running');
CREATE INDEX wishes_about ON wishes (subject, id);
CREATE INDEX wishes_of_parent ON wishes (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX wishes_ended ON wishes (ended_at) WHERE ended_at IS NOT NULL;

CREATE FUNCTION refuse_wish_change(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a wish %', why USING ERRCODE = 'check_violation';
END $$;

-- Only whoever names the lease's token in its transaction moves a running wish on; what was asked never changes.
CREATE FUNCTION guard_wish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'new' OR NEW.token IS NOT NULL OR NEW.tries <> 0 THEN
            PERFORM refuse_wish_change('begins as new');
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.ended_at IS NULL THEN
            PERFORM refuse_wish_change('is not removed before its end');
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.id, OLD.kind, OLD.subject, OLD.reason, OLD.wished_by, OLD.wished_at, OLD.parent_id)
       IS DISTINCT FROM (NEW.id, NEW.kind, NEW.subject, NEW.reason, NEW.wished_by, NEW.wished_at, NEW.parent_id) THEN
        PERFORM refuse_wish_change('stays what was asked');
    END IF;
    IF NEW.arguments <> OLD.arguments AND NOT (NEW.ended_at IS NOT NULL AND NEW.arguments = '{}') THEN
        PERFORM refuse_wish_change('keeps its arguments until its end');
    END IF;
    IF OLD.ended_at IS NOT NULL THEN
        IF (OLD.state, OLD.result, OLD.ended_at, OLD.token) IS DISTINCT FROM
           (NEW.state, NEW.result, NEW.ended_at, NEW.token)
           OR NEW.result_data IS DISTINCT FROM OLD.result_data AND NEW.result_data IS NOT NULL THEN
            PERFORM refuse_wish_change('that has ended stays so');
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, OLD.result, OLD.result_data, OLD.token, OLD.lease_until) IS NOT DISTINCT FROM
       (NEW.state, NEW.result, NEW.result_data, NEW.token, NEW.lease_until) THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'running' AND NEW.token IS DISTINCT FROM OLD.token THEN
        IF NEW.token <= coalesce(OLD.token, 0) OR OLD.lease_until > now() THEN
            PERFORM refuse_wish_change('is leased once at a time');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'running' OR NEW.state = 'new' OR NEW.token IS DISTINCT FROM OLD.token
       OR coalesce(current_setting('gateway.wish_token', true), '') <> OLD.token::text THEN
        PERFORM refuse_wish_change('is moved on by the worker that has it');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_wish BEFORE INSERT OR UPDATE OR DELETE ON wishes FOR EACH ROW EXECUTE FUNCTION guard_wish();

CREATE FUNCTION tell_wishes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('gateway_changes', 'wishes:');
    RETURN NULL;
END $$;
CREATE TRIGGER tell_new_wishes AFTER INSERT ON wishes FOR EACH STATEMENT EXECUTE FUNCTION tell_wishes();
CREATE TRIGGER tell_moved_wishes AFTER UPDATE OF paused, ended_at ON wishes
    FOR EACH ROW WHEN (OLD.paused AND NOT NEW.paused OR NEW.ended_at IS NOT NULL AND NEW.parent_id IS NOT NULL)
    EXECUTE FUNCTION tell_wishes();

-- Who did what: an append-only log whose rows are chained by hashes, roles of the admin's users, and who guesses passwords.

-- The log -------------------------------------------------------------------------------------------------------------

-- No personal data: people are named by the admin's user names, rows by their keys. The list of events is closed by
-- gateway.store.audit.
CREATE TABLE audit_log (
    id bigserial PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL CHECK (length(actor) BETWEEN 1 AND 200),
    what text NOT NULL CHECK (what ~ '^[a-z][a-z_]{0,39}$'),
    subject text NOT NULL DEFAULT '' CHECK (length(subject) <= 300),
    details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object' AND length(details::text) <= 8000)
);
CREATE INDEX audit_log_by_time ON audit_log (at);
CREATE INDEX audit_log_by_subject ON audit_log (subject, id);

-- The chain: each row's hash covers the hash before it. Numbers are given at commit and have no gaps.
CREATE TABLE audit_chain (
    number bigint PRIMARY KEY,
    audit_id bigint NOT NULL UNIQUE REFERENCES audit_log,
    hash bytea NOT NULL
);
CREATE TABLE audit_head (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    rows bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO audit_head (rows, hash) VALUES (0, sha256('emias-gateway audit log'));

-- The text that is hashed: jsonb writes equal values as equal text.
CREATE FUNCTION audit_text(entry audit_log) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(entry.id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                             entry.actor, entry.what, entry.subject, entry.details)::text
$$;

-- Runs at commit, when the transaction has every other lock that it needs: writers queue here and cannot deadlock.
CREATE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    link audit_head;
BEGIN
    UPDATE audit_head SET rows = rows + 1, hash = sha256(hash || convert_to(audit_text(NEW), 'UTF8'))
    RETURNING * INTO STRICT link;
    INSERT INTO audit_chain (number, audit_id, hash) VALUES (link.rows, NEW.id, link.hash);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER chain_audit AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION chain_audit();

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
-- Links are made by the chain's own trigger only.
CREATE TRIGGER chained_only BEFORE INSERT ON audit_chain
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER chained_only BEFORE UPDATE ON audit_head
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_audit_change();

-- A switch leaves its row here too, whoever turns it.
CREATE OR REPLACE FUNCTION log_switch(lpu_code text, booking_id uuid, switch text, is_on boolean, reason text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    who text := coalesce(nullif(current_setting('gateway.switch_actor', true), ''), current_setting('application_name'));
    why text := coalesce(nullif(current_setting('gateway.switch_reason', true), ''), reason);
BEGIN
    INSERT INTO switch_log (lpu_code, booking_id, switch, is_on, reason, actor)
    VALUES (lpu_code, booking_id, switch, is_on, why, who);
    INSERT INTO audit_log (actor, what, subject, details)
    VALUES (left(coalesce(nullif(who, ''), '?'), 200), 'switch_turned',
            coalesce('booking:' || booking_id, 'institution:' || lpu_code),
            jsonb_build_object('switch', switch, 'is_on', is_on));
END $$;

-- So does a key that is made, changed, revoked or deleted; the command tells its user as the name of the application.
CREATE FUNCTION note_api_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched api_keys := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    what text := CASE WHEN TG_OP <> 'UPDATE' THEN TG_OP
                      WHEN NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL THEN 'REVOKE' ELSE 'UPDATE' END;
BEGIN
    INSERT INTO audit_log (actor, what, subject, details)
    VALUES (coalesce(nullif(current_setting('application_name'), ''), '?'), 'row_changed', 'api_keys:' || touched.id,
            jsonb_build_object('method', what, 'scopes', array_to_string(touched.scopes, ', ')));
    RETURN NULL;
END $$;
CREATE TRIGGER note_api_key AFTER INSERT OR UPDATE OR DELETE ON api_keys FOR EACH ROW EXECUTE FUNCTION note_api_key();

-- Roles ---------------------------------------------------------------------------------------------------------------

-- Piccolo's own flags follow: who manages users is an administrator, and who may log in is told by `active` alone.
ALTER TABLE piccolo_user ADD COLUMN role varchar(20) NOT NULL DEFAULT 'viewer'
    CHECK (role IN ('viewer', 'operator', 'administrator', 'auditor'));
UPDATE piccolo_user SET role = CASE WHEN superuser THEN 'administrator' WHEN admin THEN 'operator' ELSE 'viewer' END,
                        active = active AND admin;

CREATE FUNCTION follow_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.admin := true;
    NEW.superuser := NEW.role = 'administrator';
    RETURN NEW;
END $$;
CREATE TRIGGER follow_role BEFORE INSERT OR UPDATE ON piccolo_user FOR EACH ROW EXECUTE FUNCTION follow_role();
UPDATE piccolo_user SET role = role;

-- Who is gone or shut out has no session and no one-time codes.
CREATE FUNCTION end_sessions_of_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM sessions WHERE user_id = OLD.id;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM authenticator_secret WHERE user_id = OLD.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER end_sessions_of_user AFTER DELETE ON piccolo_user
    FOR EACH ROW EXECUTE FUNCTION end_sessions_of_user();
CREATE TRIGGER end_sessions_of_changed_user AFTER UPDATE ON piccolo_user
    FOR EACH ROW WHEN (OLD.password <> NEW.password OR OLD.role <> NEW.role OR NOT NEW.active)
    EXECUTE FUNCTION end_sessions_of_user();

-- Guesses: one row a name and one an address, both as digests, shared by every replica ----------------------------------

CREATE TABLE login_guesses (
    kind text NOT NULL CHECK (kind IN ('name', 'address')),
    digest bytea NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    last_at timestamptz NOT NULL DEFAULT now(),
    blocked_until timestamptz,
    PRIMARY KEY (kind, digest)
);
CREATE INDEX login_guesses_to_forget ON login_guesses (last_at);
CREATE INDEX sessions_by_token ON sessions (token);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- What an application's role of its own needs; the owner of the tables runs it after each migration. Such a role can
-- write the audit log but not change it, nor switch off the triggers that keep it.
ALTER FUNCTION ensure_slot_partitions(date, date) SECURITY DEFINER SET search_path FROM CURRENT;

CREATE FUNCTION grant_application(application name) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place text := current_schema();
BEGIN
    IF application = current_user THEN
        RAISE EXCEPTION 'the role that owns the tables cannot be the application''s own' USING ERRCODE = 'invalid_grant_operation';
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', place, application);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', place, application);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', place, application);
    EXECUTE format('REVOKE ALL ON audit_log, audit_chain, audit_head, migration, booking_moves FROM %I', application);
    EXECUTE format('GRANT SELECT ON audit_log, audit_chain, audit_head, migration, booking_moves TO %I', application);
    EXECUTE format('GRANT INSERT ON audit_log TO %I', application);
END $$;
REVOKE EXECUTE ON FUNCTION grant_application(name) FROM PUBLIC;

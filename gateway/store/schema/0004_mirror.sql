-- The site's doctors: pushes, refused snapshots, what an administrator has put right, conflicts that end by themselves.

-- Pushes: an event counts once, and only marks its doctor to be read anew ----------------------------------------------

CREATE TABLE bitrix_events (
    site_id integer NOT NULL REFERENCES sites,
    uuid uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, uuid)
);
CREATE INDEX bitrix_events_to_forget ON bitrix_events (received_at);

CREATE SEQUENCE doctor_reread_versions;

-- A row without next_read_at has been read: it only tells a snapshot that began earlier to leave the doctor alone.
CREATE TABLE doctor_rereads (
    site_id integer NOT NULL REFERENCES sites,
    element_id text NOT NULL CHECK (length(element_id) BETWEEN 1 AND 64),
    is_deleted boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT nextval('doctor_reread_versions'),
    marked_at timestamptz NOT NULL DEFAULT now(),
    next_read_at timestamptz DEFAULT now(),
    failures integer NOT NULL DEFAULT 0,
    read_at timestamptz,
    PRIMARY KEY (site_id, element_id),
    CHECK (next_read_at IS NOT NULL OR read_at IS NOT NULL)
);
CREATE INDEX doctor_rereads_due ON doctor_rereads (site_id, next_read_at) WHERE next_read_at IS NOT NULL;

-- A snapshot that would hide too many doctors waits here for a person ---------------------------------------------------

CREATE TABLE mirror_refusals (
    id bigserial PRIMARY KEY,
    site_id integer NOT NULL UNIQUE REFERENCES sites,
    fingerprint text NOT NULL,
    listed integer NOT NULL,
    shown integer NOT NULL,
    missing integer NOT NULL,
    examples text NOT NULL DEFAULT '',
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    is_approved boolean NOT NULL DEFAULT false
);

-- Pins: an administrator's word on a field goes before the site's, which is kept beside it ------------------------------

CREATE TABLE doctor_pins (
    id bigserial PRIMARY KEY,
    doctor_id bigint NOT NULL REFERENCES doctors ON DELETE CASCADE,
    field text NOT NULL CHECK (field IN ('name', 'specialty_id', 'specialty_name', 'sort', 'is_active')),
    value text NOT NULL,
    source_value text NOT NULL DEFAULT '',
    source_changed_at timestamptz,
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    author text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (doctor_id, field),
    CHECK (CASE field WHEN 'sort' THEN value ~ '^[0-9]{1,9}$'
                      WHEN 'is_active' THEN value IN ('true', 'false')
                      ELSE length(btrim(value)) BETWEEN 1 AND 300 END)
);

-- Fires only for a field that a statement sets: what it sets is the source's word.
CREATE FUNCTION keep_pin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pin doctor_pins;
    told text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    SELECT * INTO pin FROM doctor_pins p WHERE p.doctor_id = NEW.id AND p.field = TG_ARGV[0];
    IF pin.id IS NULL THEN
        RETURN NEW;
    END IF;
    IF told IS DISTINCT FROM pin.source_value THEN
        UPDATE doctor_pins SET source_value = told, source_changed_at = now() WHERE id = pin.id;
    END IF;
    RETURN jsonb_populate_record(NEW, jsonb_build_object(pin.field, pin.value));
END $$;
CREATE TRIGGER keep_pin_of_name BEFORE UPDATE OF name ON doctors
    FOR EACH ROW EXECUTE FUNCTION keep_pin('name');
CREATE TRIGGER keep_pin_of_specialty_id BEFORE UPDATE OF specialty_id ON doctors
    FOR EACH ROW EXECUTE FUNCTION keep_pin('specialty_id');
CREATE TRIGGER keep_pin_of_specialty_name BEFORE UPDATE OF specialty_name ON doctors
    FOR EACH ROW EXECUTE FUNCTION keep_pin('specialty_name');
CREATE TRIGGER keep_pin_of_sort BEFORE UPDATE OF sort ON doctors
    FOR EACH ROW EXECUTE FUNCTION keep_pin('sort');
CREATE TRIGGER keep_pin_of_is_active BEFORE UPDATE OF is_active ON doctors
    FOR EACH ROW EXECUTE FUNCTION keep_pin('is_active');

CREATE FUNCTION note_source_of_pin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT to_jsonb(d) ->> NEW.field INTO NEW.source_value FROM doctors d WHERE d.id = NEW.doctor_id;
    NEW.source_value := coalesce(NEW.source_value, '');
    NEW.source_changed_at := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER note_source_of_pin BEFORE INSERT ON doctor_pins FOR EACH ROW EXECUTE FUNCTION note_source_of_pin();

-- The source's word is written once more, and keep_pin puts the pin, if there still is one, in its place.
CREATE FUNCTION apply_pin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pin doctor_pins := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    EXECUTE format('UPDATE doctors SET %1$I = (jsonb_populate_record(NULL::doctors, jsonb_build_object(%1$L, $1))).%1$I'
                   ' WHERE id = $2', pin.field) USING pin.source_value, pin.doctor_id;
    RETURN NULL;
END $$;
CREATE TRIGGER apply_pin AFTER INSERT OR UPDATE OF value OR DELETE ON doctor_pins
    FOR EACH ROW EXECUTE FUNCTION apply_pin();

-- Mappings: a site's one that an administrator has corrected or removed does not come back ------------------------------

CREATE TABLE mapping_corrections (
    id bigserial PRIMARY KEY,
    doctor_id bigint NOT NULL REFERENCES doctors ON DELETE CASCADE,
    lpu_code text NOT NULL,
    emias_doctor_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (doctor_id, lpu_code, emias_doctor_id)
);

CREATE FUNCTION note_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('gateway.writer', true), '') <> 'mirror' THEN
        INSERT INTO mapping_corrections (doctor_id, lpu_code, emias_doctor_id)
        SELECT d.id, OLD.lpu_code, OLD.emias_doctor_id FROM doctors d WHERE d.id = OLD.doctor_id
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_correction_of_edit AFTER UPDATE ON doctor_mappings FOR EACH ROW
    WHEN (OLD.origin = 'bitrix' AND NEW.origin = 'admin'
          AND (OLD.doctor_id, OLD.lpu_code, OLD.emias_doctor_id)
              IS DISTINCT FROM (NEW.doctor_id, NEW.lpu_code, NEW.emias_doctor_id))
    EXECUTE FUNCTION note_correction();
CREATE TRIGGER note_correction_of_removal AFTER DELETE ON doctor_mappings FOR EACH ROW
    WHEN (OLD.origin = 'bitrix') EXECUTE FUNCTION note_correction();

-- With its correction gone, the next mirror pass writes the doctor as the site has him.
CREATE FUNCTION forget_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE doctors SET source_hash = '' WHERE id = OLD.doctor_id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_correction AFTER DELETE ON mapping_corrections
    FOR EACH ROW EXECUTE FUNCTION forget_correction();

-- Conflicts: judged anew whenever a rival leaves, or comes back -----------------------------------------------------------

CREATE INDEX doctor_mappings_by_place ON doctor_mappings (lpu_code, emias_doctor_id);

CREATE OR REPLACE FUNCTION join_mapping() RETURNS trigger LANGUAGE plpgsql AS $$
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
       OR NEW.lpu_code || NEW.emias_doctor_id ~ '[[:space:][:cntrl:],;]' THEN
        NEW.status := 'unmapped';
        NEW.reason := 'code_malformed';
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM institutions i WHERE i.lpu_code = NEW.lpu_code) THEN
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

-- Of those that wait for a place the oldest of each site is judged anew.
CREATE FUNCTION judge_waiting(place_lpu text, place_doctor text) RETURNS void LANGUAGE sql AS $$
    UPDATE doctor_mappings SET lpu_code = lpu_code
    WHERE id IN (SELECT DISTINCT ON (d.site_id) w.id
                 FROM doctor_mappings w JOIN doctors d ON d.id = w.doctor_id AND d.is_active
                 WHERE w.status = 'conflict' AND w.lpu_code = place_lpu AND w.emias_doctor_id = place_doctor
                 ORDER BY d.site_id, w.id);
$$;

CREATE FUNCTION leave_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM judge_waiting(OLD.lpu_code, OLD.emias_doctor_id);
    RETURN NULL;
END $$;
CREATE TRIGGER leave_place_by_removal AFTER DELETE ON doctor_mappings FOR EACH ROW
    WHEN (OLD.status = 'mapped') EXECUTE FUNCTION leave_place();
CREATE TRIGGER leave_place_by_edit AFTER UPDATE ON doctor_mappings FOR EACH ROW
    WHEN (OLD.status = 'mapped'
          AND (OLD.doctor_id, OLD.lpu_code, OLD.emias_doctor_id, OLD.status)
              IS DISTINCT FROM (NEW.doctor_id, NEW.lpu_code, NEW.emias_doctor_id, NEW.status))
    EXECUTE FUNCTION leave_place();

CREATE FUNCTION judge_places_of_doctor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_active THEN
        UPDATE doctor_mappings SET lpu_code = lpu_code WHERE doctor_id = NEW.id AND status IN ('mapped', 'conflict');
    ELSE
        PERFORM judge_waiting(m.lpu_code, m.emias_doctor_id)
        FROM doctor_mappings m WHERE m.doctor_id = NEW.id AND m.status = 'mapped';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER judge_places_of_doctor AFTER UPDATE OF is_active ON doctors FOR EACH ROW
    WHEN (OLD.is_active <> NEW.is_active) EXECUTE FUNCTION judge_places_of_doctor();

-- Mappings written before are judged by the new rules.
UPDATE doctor_mappings SET lpu_code = lpu_code
WHERE status = 'conflict' OR reason = 'lpu_unknown' OR emias_doctor_id ~ '[[:space:][:cntrl:],;]';

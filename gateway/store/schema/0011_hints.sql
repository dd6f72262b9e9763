-- What EMIAS itself says of a doctor: the last word in a row of three, after an administrator's pin and the site.

ALTER TABLE emias_doctors
    ADD COLUMN hint_name text,
    ADD COLUMN hint_specialty text,
    ADD COLUMN hinted_at timestamptz;

-- Letters alone count when two texts are compared: ё is е, a capital is none, «врач-» before a specialty says nothing.
CREATE FUNCTION words_of(said text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(found[1] ORDER BY place), '{}')
    FROM regexp_matches(translate(lower(coalesce(said, '')), 'ё', 'е'), '[^[:space:][:punct:][:digit:]]+', 'g')
         WITH ORDINALITY AS told (found, place)
    WHERE found[1] <> 'врач'
$$;

-- An initial agrees with every name that begins so.
CREATE FUNCTION says_the_same(one text, other text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT cardinality(words_of(one)) = cardinality(words_of(other))
       AND coalesce(bool_and(a = b OR (length(a) = 1 AND starts_with(b, a)) OR (length(b) = 1 AND starts_with(a, b))), true)
    FROM unnest(words_of(one), words_of(other)) AS pair (a, b)
$$;

-- Bound to `words_of` when it is made: an index looks no name up.
CREATE FUNCTION specialty_key(said text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN array_to_string(words_of(said), ' ');
CREATE INDEX doctors_by_specialty ON doctors (site_id, specialty_key(specialty_name))
    WHERE is_active AND specialty_id <> '-';

-- A doctor to whom neither the site (`-`) nor a pin gives a specialty has the one that EMIAS says. The site's own
-- specialty of that name takes it in; else it is one of its own.
CREATE VIEW shown_specialties AS
SELECT d.id AS doctor_id, coalesce(h.specialty_id, d.specialty_id) AS specialty_id,
       coalesce(h.specialty_name, d.specialty_name) AS specialty_name
FROM doctors d
LEFT JOIN LATERAL (
    SELECT coalesce(own.specialty_id, 'emias-' || left(md5(specialty_key(e.hint_specialty)), 12)) AS specialty_id,
           coalesce(own.specialty_name, e.hint_specialty) AS specialty_name
    FROM doctor_mappings m
    JOIN emias_doctors e ON e.id = m.emias_doctor AND e.hint_specialty IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT o.specialty_id, o.specialty_name FROM doctors o
        WHERE o.site_id = d.site_id AND o.is_active AND o.specialty_id <> '-'
          AND specialty_key(o.specialty_name) = specialty_key(e.hint_specialty)
        ORDER BY o.specialty_id LIMIT 1
    ) own ON true
    WHERE d.specialty_id = '-' AND m.doctor_id = d.id AND m.status = 'mapped'
      AND NOT EXISTS (SELECT FROM doctor_pins p
                      WHERE p.doctor_id = d.id AND p.field IN ('specialty_id', 'specialty_name'))
    ORDER BY m.id LIMIT 1
) h ON true;

CREATE OR REPLACE VIEW bookable_mappings AS
SELECT d.id AS doctor_id, d.site_id, d.element_id, d.name AS doctor_name,
       CASE d.specialty_id
           WHEN '-' THEN (SELECT s.specialty_id FROM shown_specialties s WHERE s.doctor_id = d.id)
           ELSE d.specialty_id
       END AS specialty_id,
       d.sort, e.id AS emias_doctor, e.lpu_code, e.emias_doctor_id, e.as_of
FROM doctors d
JOIN doctor_mappings m ON m.doctor_id = d.id AND m.status = 'mapped'
JOIN emias_doctors e ON e.id = m.emias_doctor
JOIN institutions i ON i.lpu_code = e.lpu_code AND i.is_open
WHERE d.is_active AND NOT d.is_blocked;

CREATE TRIGGER tell_directory AFTER UPDATE OF hint_specialty ON emias_doctors FOR EACH ROW
    WHEN (OLD.hint_specialty IS DISTINCT FROM NEW.hint_specialty) EXECUTE FUNCTION tell_directory();

-- Where the site, or a pin, and EMIAS do not agree: a doctor mapped to another one, a name that was changed.
CREATE VIEW hint_drifts AS
SELECT m.id * 2 + u.place AS id, m.doctor_id, e.lpu_code, e.emias_doctor_id, u.field, u.shown, u.hint,
       EXISTS (SELECT FROM doctor_pins p WHERE p.doctor_id = d.id AND p.field = u.field) AS is_pinned, e.hinted_at
FROM doctor_mappings m
JOIN doctors d ON d.id = m.doctor_id AND d.is_active
JOIN emias_doctors e ON e.id = m.emias_doctor
CROSS JOIN LATERAL (VALUES (0, 'name', d.name, e.hint_name),
                           (1, 'specialty_name', CASE WHEN d.specialty_id <> '-' THEN d.specialty_name END,
                            e.hint_specialty)) AS u (place, field, shown, hint)
WHERE m.status = 'mapped' AND u.shown IS NOT NULL AND u.hint IS NOT NULL AND NOT says_the_same(u.shown, u.hint);

-- Who would vanish: a refused list keeps its missing doctors, so that a person sees them all before approving.
ALTER TABLE mirror_refusals ADD COLUMN missing_ids text[] NOT NULL DEFAULT '{}';

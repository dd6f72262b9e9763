-- Where a booking's patient comes from: typed by hand, or told by Gosuslugi, by itself or through a broker; and who
-- vouches for the OMS policy. `typed` is a policy that the patient wrote beside a Gosuslugi login.
ALTER TABLE bookings
    ADD COLUMN identity_source text NOT NULL DEFAULT 'manual' CHECK (identity_source IN ('manual', 'esia', 'broker')),
    ADD COLUMN policy_mark text NOT NULL DEFAULT 'typed' CHECK (policy_mark IN ('verified', 'unverified', 'typed')),
    ADD CHECK (identity_source <> 'manual' OR policy_mark = 'typed');

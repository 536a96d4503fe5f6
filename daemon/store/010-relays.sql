-- Faults: whose they are, and how often.

-- Of a delivery: whom its last answer concerned (enum outcome_scope), and how
-- often it could not be composed or was under way when pregond ended.
ALTER TABLE deliveries ADD COLUMN scope INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN faults INTEGER NOT NULL DEFAULT 0;

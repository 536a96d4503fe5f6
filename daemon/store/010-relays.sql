-- Faults: whose they are, and how often.

-- Of a delivery: whom its last answer concerned (enum outcome_scope), and how
-- often it could not be composed or was under way when pregond ended.
ALTER TABLE deliveries ADD COLUMN scope INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN faults INTEGER NOT NULL DEFAULT 0;

-- A relay that does not take mail now; it has no row while it does.
CREATE TABLE relays (
	name TEXT PRIMARY KEY,            -- of [relay:NAME]; '' of [relay]
	since INTEGER NOT NULL,
	next_at INTEGER NOT NULL,         -- when one mail tries again
	scope INTEGER NOT NULL,           -- whose fault it is
	code INTEGER NOT NULL,            -- the reply's, 0 none
	text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

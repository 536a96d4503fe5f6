-- Hours without mail, and alerts that come together.

-- As configured (base/settings.h).
ALTER TABLE members ADD COLUMN quiet_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN quiet_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN holidays TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN max_alerts INTEGER NOT NULL DEFAULT -1;

-- What a mail says beside its items (enum delivery_notice), and since when a
-- digest tells that tells of more than its period.
ALTER TABLE deliveries ADD COLUMN notice INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

-- Whose alerts that wait are to be placed anew, for their settings are new.
CREATE TABLE moved_members (
	member_id INTEGER PRIMARY KEY REFERENCES members
) STRICT;

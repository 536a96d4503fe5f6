-- Hours without mail, and alerts that come together.

-- As configured (base/settings.h).
ALTER TABLE members ADD COLUMN quiet_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN quiet_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN holidays TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN max_alerts INTEGER NOT NULL DEFAULT -1;

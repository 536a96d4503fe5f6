-- What is chosen for a digest: by words, by time to read, in sections.

-- Of what a member was told, the newest: a window asks for nothing older.
DROP INDEX items_told;
CREATE INDEX items_told
	ON items (member_id, upto_event, debate_id, after_event);

-- As configured (base/settings.h).
ALTER TABLE members ADD COLUMN keywords TEXT NOT NULL DEFAULT '';
ALTER TABLE sections ADD COLUMN keywords TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriptions ADD COLUMN keywords TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN me TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN useful TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN learn TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN invite INTEGER NOT NULL DEFAULT 1;
ALTER TABLE members ADD COLUMN invited_at INTEGER NOT NULL DEFAULT 0;

-- Where an item stands and how much of it is told (store/delivery.h). The
-- items of before are full ones of no section.
ALTER TABLE items ADD COLUMN section INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN form INTEGER NOT NULL DEFAULT 1;

-- Of a digest: what it takes to read what it shows, and all that there was;
-- the group that it proposes to hear of less often.
ALTER TABLE deliveries ADD COLUMN seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN seconds_all INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN quiet_group INTEGER REFERENCES groups;

-- The debates that a digest only counts, by group.
CREATE TABLE rests (
	delivery_id INTEGER NOT NULL REFERENCES deliveries,
	position INTEGER NOT NULL,
	group_id INTEGER NOT NULL REFERENCES groups,
	debates INTEGER NOT NULL,
	PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;

-- Written by the dozen for each digest, always of a member and an event that
-- were just read: without looking both up again.
CREATE TABLE omitted (
	member_id INTEGER NOT NULL,       -- of members
	event_id INTEGER NOT NULL,        -- of events
	reason INTEGER NOT NULL,          -- enum omission
	at INTEGER NOT NULL,
	PRIMARY KEY (member_id, event_id)
) STRICT, WITHOUT ROWID;
INSERT INTO omitted SELECT member_id, event_id, reason, at FROM omissions;
DROP TABLE omissions;
ALTER TABLE omitted RENAME TO omissions;

-- Most of what planning a digest writes is rows of these two tables.

-- Always of a delivery, a debate and a comment that were just read: without
-- looking each of them up again.
CREATE TABLE told (
	delivery_id INTEGER NOT NULL,     -- of deliveries
	position INTEGER NOT NULL,
	member_id INTEGER NOT NULL,       -- the delivery's, for the ledger
	debate_id INTEGER NOT NULL,       -- of debates
	comment_id INTEGER,               -- of comments: what an alert is about
	newest_id INTEGER,                -- and the newest that it tells
	after_event INTEGER NOT NULL,
	upto_event INTEGER NOT NULL,
	is_new INTEGER NOT NULL,          -- 1: the debate itself is told
	new_comments INTEGER NOT NULL,
	section INTEGER NOT NULL DEFAULT 0,
	form INTEGER NOT NULL DEFAULT 1,
	liveliness REAL,
	interest REAL,
	priority REAL,
	freshness REAL,
	PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO told SELECT delivery_id, position, member_id, debate_id,
	comment_id, newest_id, after_event, upto_event, is_new, new_comments,
	section, form, liveliness, interest, priority, freshness FROM items;
DROP TABLE items;
ALTER TABLE told RENAME TO items;
CREATE INDEX items_told
	ON items (member_id, upto_event, debate_id, after_event);

-- What a digest has no room for is one row, not dozens.
CREATE TABLE left_out (
	member_id INTEGER NOT NULL,       -- of members
	event_id INTEGER NOT NULL,        -- of events
	reason INTEGER NOT NULL,          -- enum omission
	at INTEGER NOT NULL,
	more TEXT NOT NULL DEFAULT '',    -- other events: ",17,23"
	PRIMARY KEY (member_id, event_id, reason)
) STRICT, WITHOUT ROWID;
INSERT INTO left_out (member_id, event_id, reason, at)
	SELECT member_id, event_id, reason, at FROM omissions;
DROP TABLE omissions;
ALTER TABLE left_out RENAME TO omissions;
CREATE VIEW omitted AS SELECT o.member_id, j.value AS event_id, o.reason, o.at
	FROM omissions o, json_each('[' || o.event_id || o.more || ']') j;

-- The first schema. Times are UTC seconds since 1970, 0 for "never" or
-- "not"; enums are numbered as base/terms.h and include/store/ have them.
-- Ids only grow and are never used again: cursors and windows lean on it.

-- Small numbers that outlive the process (enum db_number).
CREATE TABLE numbers (
	name INTEGER PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT;

CREATE TABLE groups (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,        -- [group:NAME]
	title TEXT NOT NULL,
	url TEXT NOT NULL,                -- as configured
	comments TEXT,                    -- as configured; NULL: none
	source INTEGER NOT NULL,
	priority INTEGER NOT NULL,
	every INTEGER NOT NULL,           -- s
	active INTEGER NOT NULL,          -- 1: still configured
	baseline_at INTEGER NOT NULL,     -- first good poll; before it no events
	retired_at INTEGER NOT NULL       -- when it stopped being active
) STRICT;

-- Texts last: reading the narrow columns must not touch overflow pages.
CREATE TABLE debates (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	group_id INTEGER NOT NULL REFERENCES groups,
	words INTEGER NOT NULL,           -- of the whole text
	published_at INTEGER NOT NULL,
	seen_at INTEGER NOT NULL,
	replies INTEGER NOT NULL,         -- by the source's count, -1 unknown
	key TEXT NOT NULL,                -- the source's; kept for ever
	hash TEXT NOT NULL,               -- of title and text, to notice edits
	link TEXT NOT NULL,               -- canonical url, or ''
	title TEXT NOT NULL,
	url TEXT NOT NULL,
	author TEXT NOT NULL,
	text TEXT NOT NULL,               -- plain, the start of it
	UNIQUE (group_id, key)
) STRICT;
CREATE INDEX debates_link ON debates (group_id, link) WHERE link <> '';
CREATE INDEX debates_newest ON debates (group_id, published_at);

CREATE TABLE comments (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	debate_id INTEGER NOT NULL REFERENCES debates,
	group_id INTEGER NOT NULL REFERENCES groups,
	words INTEGER NOT NULL,
	published_at INTEGER NOT NULL,
	seen_at INTEGER NOT NULL,
	key TEXT NOT NULL,
	url TEXT NOT NULL,
	author TEXT NOT NULL,
	text TEXT NOT NULL,
	UNIQUE (group_id, key)
) STRICT;

-- "A debate appeared", "comments appeared".
CREATE TABLE events (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind INTEGER NOT NULL,            -- enum event_kind
	group_id INTEGER NOT NULL REFERENCES groups,
	debate_id INTEGER NOT NULL REFERENCES debates,
	comment_id INTEGER REFERENCES comments, -- NULL: known by count only
	count INTEGER NOT NULL,           -- comments it stands for
	at INTEGER NOT NULL
) STRICT;
-- With the row's id at its end: a group's window is one range of it.
CREATE INDEX events_group ON events (group_id);

CREATE TABLE feeds (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	group_id INTEGER NOT NULL REFERENCES groups,
	debate_id INTEGER REFERENCES debates, -- of a thread, else NULL
	role INTEGER NOT NULL,            -- enum feed_role
	identity INTEGER NOT NULL,        -- enum feed_identity
	next_at INTEGER NOT NULL,         -- due; 0: not by itself
	interval INTEGER NOT NULL,        -- s
	polled_at INTEGER NOT NULL,
	good_at INTEGER NOT NULL,
	failures INTEGER NOT NULL,        -- in a row
	status INTEGER NOT NULL,          -- last HTTP status
	url TEXT NOT NULL,                -- what is asked for; may be discovered
	validator_url TEXT,               -- what etag and last_modified are for
	etag TEXT,
	last_modified TEXT,
	body_hash TEXT,
	error TEXT                        -- of the last try, NULL: it was good
) STRICT;
CREATE UNIQUE INDEX feeds_role ON feeds (group_id, role) WHERE role < 3;
CREATE UNIQUE INDEX feeds_thread ON feeds (debate_id)
	WHERE debate_id IS NOT NULL;
CREATE INDEX feeds_group ON feeds (group_id, role);
CREATE INDEX feeds_due ON feeds (next_at, group_id) WHERE next_at > 0;
CREATE INDEX feeds_failing ON feeds (group_id) WHERE failures > 0;

CREATE TABLE members (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	key TEXT NOT NULL UNIQUE,         -- [member:KEY] or the file's stem
	file TEXT NOT NULL,               -- the ini file that says so
	active INTEGER NOT NULL,          -- 1: that file still does
	since INTEGER NOT NULL,
	retired_at INTEGER NOT NULL,
	email TEXT NOT NULL,
	name TEXT NOT NULL,
	language TEXT NOT NULL,
	timezone TEXT NOT NULL,
	at INTEGER NOT NULL,              -- s after local midnight
	day INTEGER NOT NULL,             -- of a weekly digest
	work_days INTEGER NOT NULL,       -- bit 0 Monday
	work_from INTEGER NOT NULL,
	work_until INTEGER NOT NULL,
	budget INTEGER NOT NULL,          -- reading time, s
	pause_from TEXT NOT NULL,
	pause_until TEXT NOT NULL,
	all_groups INTEGER NOT NULL,
	frequency INTEGER NOT NULL,       -- where no section says otherwise
	comments INTEGER NOT NULL,
	include TEXT NOT NULL,
	exclude TEXT NOT NULL
) STRICT;
CREATE INDEX members_file ON members (file) WHERE active = 1;
CREATE INDEX members_all_groups ON members (id)
	WHERE active = 1 AND all_groups = 1;

-- What a member's file says about a group by name, whether there is such a
-- group yet or not.
CREATE TABLE sections (
	member_id INTEGER NOT NULL REFERENCES members,
	group_name TEXT NOT NULL,
	frequency INTEGER NOT NULL,
	comments INTEGER NOT NULL,
	include TEXT NOT NULL,
	exclude TEXT NOT NULL,
	PRIMARY KEY (member_id, group_name)
) STRICT, WITHOUT ROWID;
CREATE INDEX sections_group ON sections (group_name);

-- What follows from it: one row for each member and group that meet.
CREATE TABLE subscriptions (
	member_id INTEGER NOT NULL REFERENCES members,
	group_id INTEGER NOT NULL REFERENCES groups,
	frequency INTEGER NOT NULL,
	comments INTEGER NOT NULL,        -- 1: alerts for comments too
	cursor INTEGER NOT NULL,          -- served up to this event
	former INTEGER NOT NULL,          -- digest that still owes ...
	handover INTEGER NOT NULL,        -- ... the events up to this one
	include TEXT NOT NULL,
	exclude TEXT NOT NULL,
	PRIMARY KEY (member_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_fanout
	ON subscriptions (group_id, frequency, member_id);

-- A member's daily or weekly clock.
CREATE TABLE schedules (
	member_id INTEGER NOT NULL REFERENCES members,
	frequency INTEGER NOT NULL,
	since INTEGER NOT NULL,           -- slots due before it are not owed
	last_slot TEXT NOT NULL,          -- last one closed
	next_at INTEGER,                  -- 0: work it out; NULL: retired
	PRIMARY KEY (member_id, frequency)
) STRICT, WITHOUT ROWID;
CREATE INDEX schedules_due ON schedules (next_at) WHERE next_at IS NOT NULL;

-- The queue: one mail for one member (the states: store/delivery.h).
CREATE TABLE deliveries (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	member_id INTEGER NOT NULL REFERENCES members,
	kind INTEGER NOT NULL,            -- enum delivery_kind
	frequency INTEGER NOT NULL,
	slot TEXT NOT NULL,               -- of a digest, else ''
	event_id INTEGER NOT NULL,        -- alert: its event; digest: snapshot
	group_id INTEGER REFERENCES groups, -- of an alert, else NULL
	date INTEGER NOT NULL,            -- the Date header
	left_out INTEGER NOT NULL,        -- debates a digest has no room for
	groups INTEGER NOT NULL,          -- groups a digest speaks for
	after_event INTEGER NOT NULL,     -- its window is (after, event_id]
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 7),
	dropped INTEGER NOT NULL,         -- why: 1 cancelled, 2 expired,
	                                  -- 3 member removed; 0 not dropped
	attempts INTEGER NOT NULL,
	next_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	changed_at INTEGER NOT NULL,
	lease_until INTEGER NOT NULL,     -- of SENDING, else 0
	code INTEGER NOT NULL,            -- last SMTP code
	owner TEXT NOT NULL,              -- who sends it, else ''
	message_id TEXT NOT NULL,         -- without angle brackets
	enhanced TEXT NOT NULL,           -- last enhanced status code
	text TEXT NOT NULL                -- last words about it
) STRICT;
CREATE UNIQUE INDEX deliveries_digest ON deliveries (member_id, slot)
	WHERE kind = 2;
CREATE UNIQUE INDEX deliveries_alert ON deliveries (member_id, event_id)
	WHERE kind = 1;
-- These hold what is open, never the history.
CREATE INDEX deliveries_due ON deliveries (kind, next_at, state)
	WHERE state IN (1, 5);
CREATE INDEX deliveries_sending ON deliveries (lease_until) WHERE state = 3;
CREATE INDEX deliveries_unsent ON deliveries (state, member_id)
	WHERE state <> 4;

-- What a delivery tells, and so the ledger of what a member was told: of
-- that debate the events in (after_event, upto_event].
CREATE TABLE items (
	delivery_id INTEGER NOT NULL REFERENCES deliveries,
	position INTEGER NOT NULL,
	member_id INTEGER NOT NULL,       -- the delivery's, for the ledger
	debate_id INTEGER NOT NULL REFERENCES debates,
	comment_id INTEGER REFERENCES comments, -- what an alert is about
	newest_id INTEGER REFERENCES comments,  -- newest comment it tells
	after_event INTEGER NOT NULL,
	upto_event INTEGER NOT NULL,
	is_new INTEGER NOT NULL,          -- 1: the debate itself is told
	new_comments INTEGER NOT NULL,
	PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_told
	ON items (member_id, debate_id, upto_event, after_event);

-- What a member was not told, and why.
CREATE TABLE omissions (
	member_id INTEGER NOT NULL REFERENCES members,
	event_id INTEGER NOT NULL REFERENCES events,
	reason INTEGER NOT NULL,          -- enum omission
	at INTEGER NOT NULL,
	PRIMARY KEY (member_id, event_id)
) STRICT, WITHOUT ROWID;

-- The tries of a delivery that did not succeed; one that did is in its row.
CREATE TABLE attempts (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	delivery_id INTEGER NOT NULL REFERENCES deliveries,
	at INTEGER NOT NULL,
	state INTEGER NOT NULL,           -- that it ended in
	code INTEGER NOT NULL,
	enhanced TEXT NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_delivery ON attempts (delivery_id);

-- The ini files as last seen.
CREATE TABLE config_files (
	path TEXT PRIMARY KEY,
	hash TEXT NOT NULL,
	error TEXT,                       -- NULL: good
	line INTEGER NOT NULL,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX config_files_bad ON config_files (path) WHERE error IS NOT NULL;

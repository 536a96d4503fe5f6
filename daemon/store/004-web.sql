-- What comes in by HTTP: webhooks, and what hubs send (W3C WebSub).

-- What webhooks brought lately, by the event's id and by its bytes, so that
-- one that comes again is known.
CREATE TABLE hook_events (
	group_id INTEGER NOT NULL REFERENCES groups,
	event TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (group_id, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX hook_events_at ON hook_events (at);

-- The hub that a feed names, and the address that the feed calls its own.
CREATE TABLE hubs (
	feed_id INTEGER PRIMARY KEY REFERENCES feeds ON DELETE CASCADE,
	next_at INTEGER NOT NULL,         -- to be asked for a subscription
	failures INTEGER NOT NULL,        -- in a row
	hub TEXT NOT NULL,
	topic TEXT NOT NULL,
	error TEXT                        -- of the last try, NULL: it was good
) STRICT;
CREATE INDEX hubs_due ON hubs (next_at);

-- A subscription: one callback at one hub. It is renewed by another one.
CREATE TABLE websubs (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	feed_id INTEGER REFERENCES feeds ON DELETE SET NULL,
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
	trusted INTEGER NOT NULL,         -- 1: no poll has seen more than it
	verified_at INTEGER NOT NULL,
	until INTEGER NOT NULL,           -- the end of its lease
	next_at INTEGER NOT NULL,         -- something is to be done
	tries INTEGER NOT NULL,           -- to end it
	token TEXT NOT NULL UNIQUE,       -- of the callback; a secret
	secret TEXT NOT NULL,             -- that the hub signs with
	hub TEXT NOT NULL,
	topic TEXT NOT NULL,
	callback TEXT NOT NULL            -- the whole address
) STRICT;
CREATE INDEX websubs_feed ON websubs (feed_id, state);
CREATE INDEX websubs_due ON websubs (next_at);

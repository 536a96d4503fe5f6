-- Kinds of source beside feeds, and the manners of watching many of them.

-- As configured (base/settings.h).
ALTER TABLE groups ADD COLUMN maildir TEXT;          -- of SOURCE_MAILDIR
ALTER TABLE groups ADD COLUMN user TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN key_file TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN allow TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN paused INTEGER NOT NULL DEFAULT 0; -- 1: by hand

-- How the address is read (enum source_kind); 0: still to be found out.
ALTER TABLE feeds ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
-- 1: found by looking, not configured.
ALTER TABLE feeds ADD COLUMN found INTEGER NOT NULL DEFAULT 0;
-- What was read until now was a feed.
UPDATE feeds SET kind = 1 WHERE good_at > 0 OR role = 3;

-- By the source's count, -1 unknown; replies is there already.
ALTER TABLE debates ADD COLUMN people INTEGER NOT NULL DEFAULT -1;
ALTER TABLE debates ADD COLUMN likes INTEGER NOT NULL DEFAULT -1;
ALTER TABLE debates ADD COLUMN views INTEGER NOT NULL DEFAULT -1;

-- What is being sent is found among what is not sent.
DROP INDEX deliveries_sending;
-- In the order in which it is taken: with the state between, each lease
-- sorted all that was due.
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (kind, next_at)
	WHERE state IN (1, 5);

-- What ranking looks at, and what it made of it; NULL where nothing was
-- ranked (an alert).
CREATE INDEX comments_debate ON comments (debate_id);
ALTER TABLE items ADD COLUMN liveliness REAL;
ALTER TABLE items ADD COLUMN interest REAL;
ALTER TABLE items ADD COLUMN priority REAL;
ALTER TABLE items ADD COLUMN freshness REAL;

-- Manners: each host is asked one thing at a time, with rests between, and
-- what it asked of us outlives a restart.

-- Scheme, name and port that feeds are asked of in the end (after
-- redirects). It is due with its first feed, but not while it rests or is
-- being asked: a look for what is due finds hosts, and one feed of each.
CREATE TABLE hosts (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	rest_until INTEGER NOT NULL DEFAULT 0,  -- the gap, or a Retry-After
	lease_until INTEGER NOT NULL DEFAULT 0, -- being asked; 0: it is not
	asked_at INTEGER NOT NULL DEFAULT 0,
	refusals INTEGER NOT NULL DEFAULT 0,    -- 429 and 503 in a row
	first_at INTEGER NOT NULL DEFAULT 0,    -- when its first feed is due
	due_at INTEGER GENERATED ALWAYS AS (CASE first_at WHEN 0 THEN 0
		ELSE max(first_at, rest_until, lease_until) END) VIRTUAL,
	origin TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX hosts_due ON hosts (due_at) WHERE due_at > 0;

-- Of its servers, as configured (base/settings.h).
ALTER TABLE groups ADD COLUMN ca_file TEXT NOT NULL DEFAULT '';

-- NULL: still to be made out from the url.
ALTER TABLE feeds ADD COLUMN host_id INTEGER REFERENCES hosts;

-- When it was added: what was said before is no news.
ALTER TABLE feeds ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

-- What it asks for, as last said; 0: nothing.
ALTER TABLE feeds ADD COLUMN ttl INTEGER NOT NULL DEFAULT 0;        -- s
ALTER TABLE feeds ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;      -- s
ALTER TABLE feeds ADD COLUMN skip_hours INTEGER NOT NULL DEFAULT 0; -- bits
ALTER TABLE feeds ADD COLUMN skip_days INTEGER NOT NULL DEFAULT 0;  -- bits
-- Of the last dates in it (at most 20): how many, the first, the last.
ALTER TABLE feeds ADD COLUMN dates INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN oldest_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN newest_at INTEGER NOT NULL DEFAULT 0;

-- How it is (enum health) and since when; why it is polled when it is.
ALTER TABLE feeds ADD COLUMN health INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN health_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN why INTEGER NOT NULL DEFAULT 0;
UPDATE feeds SET health = 2, health_at = polled_at, why = 6
	WHERE failures > 0;

-- Where it says that it moved to for good; how many polls in a row, since.
ALTER TABLE feeds ADD COLUMN moved_to TEXT;
ALTER TABLE feeds ADD COLUMN moved_n INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN moved_at INTEGER NOT NULL DEFAULT 0;

-- An older page that is still to be read, the n-th.
ALTER TABLE feeds ADD COLUMN page_url TEXT;
ALTER TABLE feeds ADD COLUMN page INTEGER NOT NULL DEFAULT 0;

CREATE INDEX feeds_host ON feeds (host_id, next_at);
DROP INDEX feeds_due;

-- Whoever makes a feed due makes its host due.
CREATE TRIGGER feeds_added AFTER INSERT ON feeds
	WHEN NEW.host_id IS NOT NULL AND NEW.next_at > 0
BEGIN
	UPDATE hosts SET first_at = coalesce((SELECT min(next_at) FROM feeds
		WHERE host_id = hosts.id AND next_at > 0), 0)
	WHERE id = NEW.host_id;
END;
CREATE TRIGGER feeds_moved AFTER UPDATE OF host_id, next_at ON feeds
	WHEN OLD.next_at <> NEW.next_at OR OLD.host_id IS NOT NEW.host_id
BEGIN
	UPDATE hosts SET first_at = coalesce((SELECT min(next_at) FROM feeds
		WHERE host_id = hosts.id AND next_at > 0), 0)
	WHERE id IN (OLD.host_id, NEW.host_id);
END;
CREATE TRIGGER feeds_dropped AFTER DELETE ON feeds
	WHEN OLD.host_id IS NOT NULL
BEGIN
	UPDATE hosts SET first_at = coalesce((SELECT min(next_at) FROM feeds
		WHERE host_id = hosts.id AND next_at > 0), 0)
	WHERE id = OLD.host_id;
END;

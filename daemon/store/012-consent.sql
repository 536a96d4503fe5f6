-- Which addresses may have mail, and who said so.

-- Addresses that said yes: `address` is the number of it (base/token.h), so
-- that one which a member had before is not kept in clear.
CREATE TABLE consents (
	member_id INTEGER NOT NULL REFERENCES members,
	address INTEGER NOT NULL,
	how INTEGER NOT NULL,             -- enum consent_how
	at INTEGER NOT NULL,
	PRIMARY KEY (member_id, address)
) STRICT, WITHOUT ROWID;

-- Nobody who has had mail is asked anew (4: vouched for).
INSERT INTO consents SELECT id, address_number(email), 4, since FROM members;

-- Of `email` as it is now.
ALTER TABLE members ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN asked INTEGER NOT NULL DEFAULT 0; -- times
ALTER TABLE members ADD COLUMN ask_at INTEGER NOT NULL DEFAULT 0; -- due
CREATE INDEX members_to_ask ON members (ask_at) WHERE ask_at > 0;

-- Which address a mail asks, once and once more.
CREATE UNIQUE INDEX deliveries_confirm
	ON deliveries (member_id, event_id, slot) WHERE kind = 3;
CREATE INDEX deliveries_asking ON deliveries (event_id, created_at)
	WHERE kind = 3;

-- Mails that are held until their member's address is confirmed.
CREATE TABLE consent_holds (
	delivery_id INTEGER PRIMARY KEY REFERENCES deliveries,
	member_id INTEGER NOT NULL REFERENCES members
) STRICT;
CREATE INDEX consent_holds_member ON consent_holds (member_id);

-- Addresses that get no mail, and those that were refused now and then. By a
-- keyed hash (base/address_key.h): they outlive whoever had them here.
CREATE TABLE suppressions (
	address TEXT PRIMARY KEY,
	reason INTEGER NOT NULL,          -- enum suppression_reason
	at INTEGER NOT NULL,
	code INTEGER NOT NULL,            -- of the relay's last answer
	enhanced TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE bounces (
	address TEXT PRIMARY KEY,
	points REAL NOT NULL,             -- at `at`
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- 1: `email` is among the suppressions.
ALTER TABLE members ADD COLUMN suppressed INTEGER NOT NULL DEFAULT 0;

-- What was chosen on the page of preferences is to go into the member's file.
-- Until it is there it lies over it, and counts as long as the file says what
-- it said then.
ALTER TABLE overlay ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE overlay ADD COLUMN was TEXT; -- NULL: nothing

-- Addresses that asked for a new link to their page, whoever they are, until
-- planning looks whether they are a member's: a moment later.
CREATE TABLE lost_links (
	email TEXT PRIMARY KEY COLLATE NOCASE,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX members_email ON members (email COLLATE NOCASE)
	WHERE active = 1;

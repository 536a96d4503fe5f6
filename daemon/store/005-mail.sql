-- Maildirs: which of a folder's files were taken in. A name stands for its
-- mail as long as the file is there; afterwards the mail's key does.
CREATE TABLE mail_files (
	feed_id INTEGER NOT NULL REFERENCES feeds ON DELETE CASCADE,
	name TEXT NOT NULL,               -- up to its ':'
	PRIMARY KEY (feed_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX groups_maildir ON groups (source) WHERE source = 14;

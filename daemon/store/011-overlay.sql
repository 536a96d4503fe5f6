-- What members changed on their page, over what their file says: an option of
-- [member] ("" as group), or of [group:NAME], as one would write it there.
CREATE TABLE overlay (
	member TEXT NOT NULL, -- key
	grp TEXT NOT NULL,
	option TEXT NOT NULL,
	value TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (member, grp, option)
) STRICT, WITHOUT ROWID;

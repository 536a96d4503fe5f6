-- What was chosen on the page of preferences is to go into the member's file.
-- Until it is there it lies over it, and counts as long as the file says what
-- it said then.
ALTER TABLE overlay ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE overlay ADD COLUMN was TEXT; -- NULL: nothing

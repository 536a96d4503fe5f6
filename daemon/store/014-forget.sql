-- When a member asked to be forgotten; 0: they did not. Done when no file
-- names them any more.
ALTER TABLE members ADD COLUMN forget_at INTEGER NOT NULL DEFAULT 0;

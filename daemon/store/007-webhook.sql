-- The secret of a group's webhooks, as configured (base/settings.h).
ALTER TABLE groups ADD COLUMN webhook_file TEXT NOT NULL DEFAULT '';

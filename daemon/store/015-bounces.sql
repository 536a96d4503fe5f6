-- What was said against addresses after a mail to them: it was refused, or
-- reports came back. Weighed later, when it is known whether all were.
CREATE TABLE refusals (
	delivery_id INTEGER NOT NULL REFERENCES deliveries,
	reason INTEGER NOT NULL,          -- enum suppression_reason
	at INTEGER NOT NULL,              -- it was sent, or refused
	weigh_at INTEGER NOT NULL,        -- 0: it has been
	code INTEGER NOT NULL,
	points REAL NOT NULL,
	enhanced TEXT NOT NULL,
	PRIMARY KEY (delivery_id, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX refusals_due ON refusals (weigh_at) WHERE weigh_at > 0;

-- What is being sent is found among what is not sent.
DROP INDEX deliveries_sending;

-- From here on attempts are those that did not succeed: one that did is told
-- by its delivery's own row.
DELETE FROM attempts WHERE state = 4;

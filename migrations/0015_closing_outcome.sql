-- The outcome that was picked at the last close, so that the list can name it. Conversations that were closed before
-- have none here; their threads still name it, from the log.
ALTER TABLE conversations ADD COLUMN outcome_id TEXT;

-- What an agent chooses for their own desk.

-- How long a close or a return to the bot can be undone, in seconds: 8, 20 or 60.
ALTER TABLE agents ADD COLUMN undo_seconds BIGINT NOT NULL DEFAULT 8;
-- Whether single letters are shortcuts, and whether typing in a thread moves the focus to its composer.
ALTER TABLE agents ADD COLUMN typing_keys BOOLEAN NOT NULL DEFAULT TRUE;

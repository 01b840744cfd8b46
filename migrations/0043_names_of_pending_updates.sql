-- WhatsApp may name one message by two ids. Updates that wait for their message are found by what both end with; those of
-- earlier versions by the id alone.
ALTER TABLE pending_updates ADD COLUMN name TEXT NOT NULL DEFAULT '';
UPDATE pending_updates SET name = wamid WHERE ord <> 'seen';
CREATE INDEX pending_updates_name ON pending_updates (channel_id, name) WHERE ord <> 'seen';

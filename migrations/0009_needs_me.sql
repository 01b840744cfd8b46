-- What a conversation needs from its owner.

-- The customer's newest message that the thread shows, of any kind. An ending names it.
ALTER TABLE conversations ADD COLUMN last_item_id TEXT;
UPDATE conversations SET last_item_id = last_turn_id;

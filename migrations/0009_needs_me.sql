-- What a conversation needs from its owner: what is unread, and whether the customer waits for a reply.

-- The customer's newest message that the thread shows, of any kind. An ending names it.
ALTER TABLE conversations ADD COLUMN last_item_id TEXT;
UPDATE conversations SET last_item_id = last_turn_id;

-- The message that the list previews. Its delivery is shown beside it.
ALTER TABLE conversations ADD COLUMN preview_id TEXT;

-- Since when the customer has been waiting for a person's reply, and the target of this wait.
ALTER TABLE conversations ADD COLUMN reply_since BIGINT;
ALTER TABLE conversations ADD COLUMN reply_target BIGINT;

-- A request that nobody has answered.
UPDATE conversations
SET reply_since = (SELECT h.requested_at FROM handoffs h WHERE h.id = conversations.handoff_id),
    reply_target = (SELECT h.target FROM handoffs h WHERE h.id = conversations.handoff_id)
WHERE stage IN ('waiting', 'claimed', 'phone')
  AND EXISTS (SELECT 1 FROM handoffs h WHERE h.id = conversations.handoff_id AND h.first_reply_at IS NULL);
-- The customer wrote last.
UPDATE conversations SET reply_since = last_at, reply_target = 300000
WHERE stage IN ('waiting', 'claimed', 'phone') AND reply_since IS NULL AND preview_by = '{"by":"customer"}';
-- It was answered, and then released.
UPDATE conversations
SET reply_since = (SELECT h.released_at FROM handoffs h WHERE h.id = conversations.handoff_id),
    reply_target = (SELECT h.target FROM handoffs h WHERE h.id = conversations.handoff_id)
WHERE stage = 'waiting' AND reply_since IS NULL
  AND EXISTS (SELECT 1 FROM handoffs h WHERE h.id = conversations.handoff_id AND h.released_at IS NOT NULL);

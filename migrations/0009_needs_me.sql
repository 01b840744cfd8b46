-- What a conversation needs from its owner: what is unread, whether the customer waits for a reply, and until when it
-- is put aside.

-- The customer's newest message that the thread shows, of any kind. An ending names it.
ALTER TABLE conversations ADD COLUMN last_item_id TEXT;
UPDATE conversations SET last_item_id = last_turn_id;

-- The message that the list previews. Its delivery is shown beside it.
ALTER TABLE conversations ADD COLUMN preview_id TEXT;

-- Since when the customer has been waiting for a person's reply, and the target of this wait.
ALTER TABLE conversations ADD COLUMN reply_since BIGINT;
ALTER TABLE conversations ADD COLUMN reply_target BIGINT;

-- time | reply | window: what ends the snooze of its owner, and when it ends at the latest.
ALTER TABLE conversations ADD COLUMN snooze TEXT;
ALTER TABLE conversations ADD COLUMN snoozed_until BIGINT;

-- reply_now | customers_turn | snoozed: its group for its owner, and where it stands there: see domain::desk::Row::key.
ALTER TABLE conversations ADD COLUMN own_group TEXT;
ALTER TABLE conversations ADD COLUMN own_rank BIGINT;
CREATE INDEX conversations_own ON conversations (tenant_id, agent_id, own_group, own_rank, id);

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

UPDATE conversations SET own_group = 'reply_now', own_rank = reply_since
WHERE stage = 'claimed' AND reply_since IS NOT NULL;
UPDATE conversations SET own_group = 'customers_turn', own_rank = -last_at
WHERE stage = 'claimed' AND reply_since IS NULL;

-- An agent's conversations are counted by group from now on: claimed:<agent> are those in which the customer's answer
-- is awaited.
DELETE FROM counters WHERE bucket LIKE 'claimed:%';
INSERT INTO counters (tenant_id, bucket, n)
SELECT tenant_id, 'claimed:' || agent_id, COUNT(*) FROM conversations
WHERE own_group = 'customers_turn' GROUP BY tenant_id, agent_id;
INSERT INTO counters (tenant_id, bucket, n)
SELECT tenant_id, 'reply_now:' || agent_id, COUNT(*) FROM conversations
WHERE own_group = 'reply_now' GROUP BY tenant_id, agent_id;

-- What an agent has typed in a conversation and not sent. The row of a draft that was sent stays without its text, so
-- that a save that arrives late does not bring it back.
CREATE TABLE drafts (
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  agent_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  -- Counted by the page: of two saves the higher one is newer.
  version BIGINT NOT NULL,
  body TEXT NOT NULL,
  saved_at BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, agent_id)
);

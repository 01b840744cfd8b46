-- What requested the agent, of the open or last handoff: the list is filtered by it. Conversations that never had a
-- handoff are not in the index.
ALTER TABLE conversations ADD COLUMN trigger_kind TEXT;
UPDATE conversations
SET trigger_kind = (SELECT h.trigger_kind FROM handoffs h WHERE h.id = conversations.handoff_id)
WHERE handoff_id IS NOT NULL;
CREATE INDEX conversations_trigger ON conversations (tenant_id, trigger_kind, stage, rank, id)
WHERE trigger_kind IS NOT NULL;

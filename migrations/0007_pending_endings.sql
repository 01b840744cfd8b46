-- A close or a return to the bot that can still be undone: at most one of a conversation. Its row is removed when it
-- takes effect or is cancelled, because the goodbye is text. The log says what happened.

CREATE TABLE pending_endings (
  conversation_id TEXT NOT NULL PRIMARY KEY REFERENCES conversations (id),
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  -- close | return_to_bot
  kind TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  seen_id TEXT,
  outcome_id TEXT,
  epoch BIGINT NOT NULL,
  -- Which text the customer gets, as JSON.
  goodbye TEXT NOT NULL,
  due_at BIGINT NOT NULL
);
CREATE INDEX pending_endings_agent ON pending_endings (tenant_id, agent_id);

-- Says whether there is a row above, so that locking a conversation costs no second look.
ALTER TABLE conversations ADD COLUMN ending_id TEXT;

-- What agents write to each other in a conversation. No message: nothing of it is sent, and neither the bot nor a model
-- reads it. A content table: its rows can be erased, and those of a customer are found by customer_id, which follows a
-- merge.
CREATE TABLE notes (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  customer_id TEXT NOT NULL REFERENCES customers (id),
  author_id TEXT NOT NULL REFERENCES agents (id),
  -- Made by the page for one press: a repeated call writes nothing.
  client_id TEXT NOT NULL,
  -- With mentions as <@agent>. NULL: its author deleted it.
  body TEXT,
  -- Its place in the thread: time, then the log's order.
  at BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  edited_at BIGINT,
  deleted_at BIGINT
);
CREATE INDEX notes_thread ON notes (conversation_id, at, seq);
CREATE INDEX notes_customer ON notes (customer_id);
CREATE UNIQUE INDEX notes_once ON notes (conversation_id, author_id, client_id);

-- Whom a note mentions, until that agent has looked at its conversation.
CREATE TABLE mentions (
  note_id TEXT NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  at BIGINT NOT NULL,
  PRIMARY KEY (note_id, agent_id)
);
CREATE INDEX mentions_agent ON mentions (agent_id, at, note_id);

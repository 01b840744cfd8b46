-- Messages of agents that wait to be sent: for the seconds in which they can be taken back, for a time, or for the customer.
-- A content table: its rows can be erased, and those of a customer are found by customer_id, which follows a merge. A row
-- is removed when its message is sent or taken back; the log says what happened.
CREATE TABLE scheduled_messages (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  customer_id TEXT NOT NULL REFERENCES customers (id),
  author_id TEXT NOT NULL REFERENCES agents (id),
  -- Made by the page for one press: a repeated call writes nothing.
  client_id TEXT NOT NULL,
  -- How the text is sent, as JSON.
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  quote_id TEXT,
  file_id TEXT,
  -- What it waits for, or why it asks its author, as JSON.
  state TEXT NOT NULL,
  written_at BIGINT NOT NULL
);
CREATE INDEX scheduled_messages_conversation ON scheduled_messages (conversation_id);
CREATE INDEX scheduled_messages_author ON scheduled_messages (author_id);
CREATE INDEX scheduled_messages_customer ON scheduled_messages (customer_id);
-- No index begins with the tenant: SQLite would take it for what is looked up by another column.
CREATE UNIQUE INDEX scheduled_messages_once ON scheduled_messages (client_id, tenant_id);
-- For how many seconds an agent's messages can be taken back before they are sent: 0, 5, 10 or 20.
ALTER TABLE agents ADD COLUMN send_delay_seconds BIGINT NOT NULL DEFAULT 0;

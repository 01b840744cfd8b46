-- Which agents are there, as all servers of this database see it, and what becomes of conversations without them.

-- An agent's streams and calls at one server, which renews the row while it holds a stream.
CREATE TABLE presence (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  agent_id TEXT NOT NULL REFERENCES agents (id),
  node_id TEXT NOT NULL,
  -- When a stream was last open, and when the agent last called.
  streamed_at BIGINT,
  called_at BIGINT,
  -- Until when the agent counts as online.
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, agent_id, node_id)
);
CREATE INDEX presence_expiry ON presence (expires_at);

-- When an agent was online or away, kept for reports. The one without an end goes on.
CREATE TABLE presence_intervals (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  agent_id TEXT NOT NULL REFERENCES agents (id),
  -- online | away
  state TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (tenant_id, agent_id, started_at)
);
CREATE UNIQUE INDEX presence_intervals_open ON presence_intervals (tenant_id, agent_id) WHERE ended_at IS NULL;

-- Conversations that were returned to Unassigned while their agent was gone, until the agent has read it.
CREATE TABLE returned_conversations (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  agent_id TEXT NOT NULL REFERENCES agents (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  returned_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, agent_id, conversation_id)
);

-- The agent who released it last, who is not alerted about it.
ALTER TABLE handoffs ADD COLUMN released_by TEXT;

-- What an agent does not want to hear, as a JSON list of names: handoffs, customers, takeovers, failures.
ALTER TABLE agents ADD COLUMN silenced_alerts TEXT NOT NULL DEFAULT '[]';

-- The customers who wait for a reply now are looked after, as those who begin to wait later.
INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at)
SELECT 'job_unattended_' || id, tenant_id, 'unattended', id,
  '{"agent":"' || agent_id || '","since":' || CAST(reply_since AS TEXT) || '}', reply_since + 300000, 0, reply_since
FROM conversations
WHERE stage = 'claimed' AND agent_id IS NOT NULL AND reply_since IS NOT NULL AND snooze IS NULL;

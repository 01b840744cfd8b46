-- The browsers in which an agent has signed in before, by the hash of their cookie.
CREATE TABLE devices (
  token_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  used_at BIGINT NOT NULL
);
CREATE INDEX devices_agent ON devices (agent_id, used_at);
CREATE INDEX devices_use ON devices (used_at);

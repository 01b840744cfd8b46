-- What bounds automatic messages to a customer, and who is blocked.

-- The automatic messages of a customer's day, and what was exchanged with them lately.
CREATE TABLE automation (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  customer_id TEXT PRIMARY KEY REFERENCES customers (id),
  -- The day in the tenant's time zone that sent counts.
  day TEXT NOT NULL,
  sent BIGINT NOT NULL,
  -- When the last automatic message was queued.
  last_sent_at BIGINT,
  -- JSON with digests of texts; NULL before the bot's first turn.
  exchanges TEXT
);

-- Whether the customer's messages wake nobody. The reason is in blocks.
ALTER TABLE customers ADD COLUMN blocked BOOLEAN NOT NULL DEFAULT FALSE;

-- The last block or unblock of a customer, and what Meta answered.
CREATE TABLE blocks (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  customer_id TEXT PRIMARY KEY REFERENCES customers (id),
  -- The number at which Meta is called, and the conversation whose thread says what it answered.
  channel_id TEXT NOT NULL REFERENCES channels (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  is_on BOOLEAN NOT NULL,
  -- spam | abuse | fraud | machine | other
  reason TEXT NOT NULL,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  at BIGINT NOT NULL,
  -- pending | done | refused
  state TEXT NOT NULL,
  detail TEXT NOT NULL
);

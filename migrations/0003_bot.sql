-- What the bot knows and does. Variables, calls and briefs are content: their rows can be erased, the log only names
-- their ids.

-- Where a conversation stands in its flow.
CREATE TABLE runs (
  conversation_id TEXT NOT NULL PRIMARY KEY REFERENCES conversations (id),
  tenant_id TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  flow_version BIGINT NOT NULL,
  position TEXT NOT NULL,
  -- Grows with every move: work that was owed at an older one is stale.
  revision BIGINT NOT NULL,
  -- Moves since the customer last wrote: what goes round by itself is stopped.
  alone BIGINT NOT NULL,
  moved_at BIGINT NOT NULL
);

-- How far the language model has got in a conversation. Its answers count within one epoch: a person who came and went
-- begins a new one.
CREATE TABLE talks (
  conversation_id TEXT NOT NULL PRIMARY KEY REFERENCES conversations (id),
  tenant_id TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  answers BIGINT NOT NULL,
  -- The newest entry of a customer's message that it has read.
  seen BIGINT NOT NULL
);

CREATE TABLE variables (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  name TEXT NOT NULL,
  -- The step's or the tool's word for it, and the step.
  label TEXT NOT NULL,
  step TEXT,
  value TEXT NOT NULL,
  -- The customer's message that it came from.
  message_id TEXT,
  at BIGINT NOT NULL,
  seq BIGINT NOT NULL
);
CREATE INDEX variables_conversation ON variables (tenant_id, conversation_id, seq);

-- HTTP requests of flows and tool calls of models. One without an outcome was cut off and is never repeated.
CREATE TABLE calls (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  -- http | tool
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  step TEXT,
  -- Of the run that waits for it: an answer that comes when the flow has moved is for nobody.
  revision BIGINT NOT NULL,
  -- The request itself, without any secret, as JSON.
  request TEXT NOT NULL,
  -- The same for people.
  input TEXT NOT NULL,
  output TEXT,
  -- requested | answered | failed | interrupted
  status TEXT NOT NULL,
  took BIGINT,
  message_id TEXT,
  at BIGINT NOT NULL,
  seq BIGINT NOT NULL
);
CREATE INDEX calls_conversation ON calls (tenant_id, conversation_id, seq);

ALTER TABLE handoffs ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE handoffs ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE handoffs ADD COLUMN summary TEXT NOT NULL DEFAULT '';
ALTER TABLE handoffs ADD COLUMN urgency TEXT NOT NULL DEFAULT 'normal';

-- The language model of a tenant. The key is sealed and never leaves the server.
CREATE TABLE models (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
  settings TEXT NOT NULL,
  key BYTEA
);

CREATE TABLE tools (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  PRIMARY KEY (tenant_id, name)
);

-- What flows and tools may put into a header by name.
CREATE TABLE secrets (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  value BYTEA NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, name)
);

-- Tokens of a tenant's day.
CREATE TABLE model_use (
  tenant_id TEXT NOT NULL,
  day TEXT NOT NULL,
  tokens BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, day)
);

-- What waits for a conversation: one answer of the model at a time, and nothing is closed over an undecided message.
CREATE INDEX jobs_bot ON jobs (key) WHERE kind IN ('model', 'turn');

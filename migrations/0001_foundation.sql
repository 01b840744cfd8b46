-- One text for SQLite and PostgreSQL. Ids are TEXT, times BIGINT (epoch milliseconds, bound by the caller), JSON is TEXT
-- that SQL never looks into, binary is BYTEA. What people wrote stands only in content tables (customers, messages,
-- media, keywords, tenant_settings); entries hold ids and plain values.

CREATE TABLE tenants (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  last_seq BIGINT NOT NULL DEFAULT 0,
  settings TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE teams (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  is_default BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX teams_default ON teams (tenant_id) WHERE is_default;

CREATE TABLE agents (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  team_id TEXT NOT NULL REFERENCES teams (id),
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  away BOOLEAN NOT NULL DEFAULT FALSE,
  muted BOOLEAN NOT NULL DEFAULT FALSE,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  created_at BIGINT NOT NULL
);
CREATE INDEX agents_tenant ON agents (tenant_id, name);

CREATE TABLE sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_agent ON sessions (agent_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE apps (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  secret BYTEA NOT NULL,
  verify_token BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE channels (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  app_id TEXT NOT NULL REFERENCES apps (id),
  phone_number_id TEXT NOT NULL UNIQUE,
  waba_id TEXT NOT NULL,
  display_phone TEXT NOT NULL,
  name TEXT NOT NULL,
  token BYTEA NOT NULL,
  -- Set while the number cannot send: Meta's code and since when. The queue waits; nothing is lost.
  down_code BIGINT,
  down_since BIGINT,
  -- Meta's word that the number sends too fast: nothing of it goes out before.
  slow_until BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX channels_tenant ON channels (tenant_id);
CREATE INDEX channels_waba ON channels (waba_id);

CREATE TABLE keywords (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  position BIGINT NOT NULL,
  phrase TEXT NOT NULL,
  phrase_folded TEXT NOT NULL,
  matching TEXT NOT NULL,
  language TEXT,
  channel_id TEXT,
  enabled BOOLEAN NOT NULL
);
CREATE INDEX keywords_tenant ON keywords (tenant_id, position);

CREATE TABLE customers (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  user_id TEXT,
  wa_id TEXT,
  name TEXT NOT NULL,
  username TEXT,
  language TEXT,
  -- Folded name, number and username: what a search looks through.
  search TEXT NOT NULL,
  merged_into TEXT,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX customers_user ON customers (tenant_id, user_id) WHERE user_id IS NOT NULL AND merged_into IS NULL;
CREATE UNIQUE INDEX customers_phone ON customers (tenant_id, wa_id) WHERE wa_id IS NOT NULL AND merged_into IS NULL;

CREATE TABLE conversations (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  channel_id TEXT NOT NULL REFERENCES channels (id),
  customer_id TEXT NOT NULL REFERENCES customers (id),
  team_id TEXT NOT NULL,
  previous_id TEXT,
  version BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  -- bot | waiting | claimed | phone | closed: the state and, while people have it, whose turn it is.
  stage TEXT NOT NULL,
  agent_id TEXT,
  agent_since BIGINT,
  handoff_id TEXT,
  started_at BIGINT NOT NULL,
  requested_at BIGINT,
  closed_at BIGINT,
  closed_by TEXT,
  close_reason TEXT,
  last_turn_at BIGINT,
  window_refused_at BIGINT,
  last_turn_id TEXT,
  unread BIGINT NOT NULL,
  -- Where it stands in its group: see domain::desk::Row::key.
  rank BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  preview TEXT NOT NULL,
  preview_by TEXT NOT NULL
);
CREATE UNIQUE INDEX conversations_one_open ON conversations (channel_id, customer_id) WHERE stage <> 'closed';
CREATE INDEX conversations_desk ON conversations (tenant_id, stage, rank, id);
CREATE INDEX conversations_agent ON conversations (tenant_id, agent_id, stage, rank, id);
CREATE INDEX conversations_channel ON conversations (tenant_id, channel_id, stage, rank, id);
CREATE INDEX conversations_customer ON conversations (tenant_id, customer_id, started_at);
CREATE INDEX conversations_started ON conversations (tenant_id, started_at);
CREATE INDEX conversations_requested ON conversations (tenant_id, requested_at) WHERE requested_at IS NOT NULL;
CREATE INDEX conversations_closed ON conversations (tenant_id, closed_at) WHERE closed_at IS NOT NULL;

-- Kept by the writer, because COUNT(*) over the table is never asked.
CREATE TABLE counters (
  tenant_id TEXT NOT NULL,
  -- A stage, or claimed:<agent>.
  bucket TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, bucket)
);

CREATE TABLE handoffs (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  team_id TEXT NOT NULL,
  trigger_kind TEXT NOT NULL,
  trigger_json TEXT NOT NULL,
  keyword_id TEXT,
  message_id TEXT,
  target BIGINT NOT NULL,
  requested_at BIGINT NOT NULL,
  claimed_by TEXT,
  claimed_at BIGINT,
  first_reply_by TEXT,
  first_reply_at BIGINT,
  -- The last release, and the first answer after it.
  released_at BIGINT,
  next_reply_at BIGINT,
  ended_at BIGINT,
  end_reason TEXT
);
CREATE INDEX handoffs_conversation ON handoffs (tenant_id, conversation_id, requested_at);
CREATE INDEX handoffs_keyword ON handoffs (tenant_id, keyword_id, requested_at) WHERE keyword_id IS NOT NULL;
CREATE INDEX handoffs_requested ON handoffs (tenant_id, requested_at);

CREATE TABLE messages (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  channel_id TEXT NOT NULL,
  wamid TEXT,
  client_id TEXT,
  -- customer | bot | system | agent | phone | partner
  author TEXT NOT NULL,
  author_id TEXT,
  content TEXT NOT NULL,
  -- Its place in the thread: time, then the log's order.
  at BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  written_at BIGINT NOT NULL,
  delivery TEXT,
  fault_code BIGINT,
  fault_words TEXT,
  -- When a refused message that still waits is tried again.
  fault_again BIGINT,
  quote_wamid TEXT,
  forwarded TEXT NOT NULL,
  reactions TEXT NOT NULL,
  revoked BOOLEAN NOT NULL,
  edited BOOLEAN NOT NULL,
  late BOOLEAN NOT NULL,
  resent BOOLEAN NOT NULL,
  referral TEXT,
  -- A reaction, edit or deletion that is shown on the message it is about, not as a bubble of its own.
  hidden BOOLEAN NOT NULL,
  -- What came along with it: a product, the sender's name in a group, WhatsApp's summary.
  beside TEXT
);
CREATE UNIQUE INDEX messages_wamid ON messages (channel_id, wamid) WHERE wamid IS NOT NULL;
CREATE UNIQUE INDEX messages_client ON messages (tenant_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX messages_thread ON messages (conversation_id, at, seq);

CREATE TABLE media (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  channel_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  sha256 TEXT,
  mime TEXT,
  filename TEXT,
  size BIGINT,
  -- pending | kept | failed
  state TEXT NOT NULL,
  fault_words TEXT,
  path TEXT
);
CREATE INDEX media_message ON media (message_id);

CREATE TABLE entries (
  tenant_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  conversation_id TEXT,
  name TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX entries_conversation ON entries (tenant_id, conversation_id, seq);
-- What an admin reads in the audit log: everything but the talk itself.
CREATE INDEX entries_name ON entries (tenant_id, name, seq);

CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  -- The order of the conversation's talk.
  ord BIGINT NOT NULL,
  author TEXT NOT NULL,
  -- The bot turn's epoch; checked again before the call.
  epoch BIGINT,
  body TEXT NOT NULL,
  -- queued | sending | unknown | done
  state TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  -- What is known of its call: sent | failed | unclear (given up without an answer). And Meta's id for it.
  outcome TEXT,
  wamid TEXT,
  lease_until BIGINT,
  lease_token TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (due_at, ord) WHERE state <> 'done';
CREATE INDEX outbox_conversation ON outbox (conversation_id, ord) WHERE state <> 'done';
CREATE INDEX outbox_message ON outbox (message_id);

CREATE TABLE jobs (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- One job per (kind, key) waits at a time.
  key TEXT NOT NULL,
  payload TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  lease_until BIGINT,
  lease_token TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (kind, due_at);

-- Raw webhook bodies, durable before Meta gets its 200.
CREATE TABLE journal (
  id TEXT NOT NULL PRIMARY KEY,
  app_id TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  body BYTEA NOT NULL,
  -- new | done | quarantined
  state TEXT NOT NULL
);
CREATE INDEX journal_new ON journal (id) WHERE state = 'new';

-- Items of a body that could not be carried out. The rest of their batch lives.
CREATE TABLE quarantine (
  id TEXT NOT NULL PRIMARY KEY,
  journal_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  path TEXT NOT NULL,
  why TEXT NOT NULL,
  raw TEXT NOT NULL
);

-- Statuses and amendments that came before the message they are about.
CREATE TABLE early (
  channel_id TEXT NOT NULL,
  wamid TEXT NOT NULL,
  ord TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (channel_id, wamid, ord)
);

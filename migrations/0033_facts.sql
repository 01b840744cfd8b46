-- Facts for reports. They are derived from the log, hold ids and plain values only, and can be rebuilt: a rebuild empties
-- every table of facts and reads the log again. Erasing a customer changes none of them. Durations are milliseconds; those
-- named open_* count opening hours only and are NULL if the tenant had no opening hours when they were computed.

-- How far a tenant's log has been read. Without a row, nothing has been read.
CREATE TABLE report_progress (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
  -- The newest entry that the facts contain, and its time.
  seq BIGINT NOT NULL,
  at BIGINT,
  -- A rebuild was requested: the facts are deleted before the log is read again.
  clearing BOOLEAN NOT NULL
);

-- Since when what older versions did not record has been recorded. No facts: a rebuild keeps the rows.
CREATE TABLE report_recorded (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  -- presence | pricing | sent_replies
  kind TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, kind)
);

-- Handoffs that somebody left out of the reports. No facts: a rebuild keeps the rows.
CREATE TABLE report_left_out (
  handoff_id TEXT NOT NULL PRIMARY KEY REFERENCES handoffs (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  reason TEXT NOT NULL,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  at BIGINT NOT NULL
);
CREATE INDEX report_left_out_tenant ON report_left_out (tenant_id, at);

CREATE TABLE report_conversations (
  conversation_id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  -- customer | business | partner | import
  begun_by TEXT NOT NULL,
  -- The customer's, as it was known last.
  language TEXT,
  -- The bot answered, asked for an agent, or closed it.
  bot_took_part BOOLEAN NOT NULL,
  -- How many turns of the customer the bot answered.
  bot_turns BIGINT NOT NULL,
  customer_messages BIGINT NOT NULL,
  handoffs BIGINT NOT NULL,
  first_handoff_id TEXT,
  first_handoff_at BIGINT,
  -- The close that is in force; NULL while the conversation is open.
  closed_at BIGINT,
  close_reason TEXT,
  outcome_id TEXT,
  -- The customer's wait for a person's reply, while it lasts. The first one of a handoff is a wait, too.
  wait_since BIGINT,
  wait_target BIGINT,
  -- What the next entry needs: the newest handoff and close, the stint of the agent who has it, whether the customer's last
  -- turn was answered, and the flow that began last.
  handoff_id TEXT,
  closing_seq BIGINT,
  stint_seq BIGINT,
  turn_answered BOOLEAN NOT NULL,
  flow_id TEXT
);
CREATE INDEX report_conversations_started ON report_conversations (tenant_id, started_at, conversation_id);
CREATE INDEX report_conversations_waiting ON report_conversations (tenant_id, wait_since) WHERE wait_since IS NOT NULL;

CREATE TABLE report_handoffs (
  handoff_id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  -- Of its conversation.
  begun_by TEXT NOT NULL,
  language TEXT,
  trigger_kind TEXT NOT NULL,
  -- The detail of the trigger, by its kind: the keyword, the flow and its step, the failure, or the agent.
  keyword_id TEXT,
  flow TEXT,
  step TEXT,
  failure TEXT,
  trigger_agent_id TEXT,
  team_id TEXT NOT NULL,
  target BIGINT NOT NULL,
  requested_at BIGINT NOT NULL,
  requested_seq BIGINT NOT NULL,
  -- The first claim.
  claimed_at BIGINT,
  claimed_by TEXT,
  -- When a person's first message to the customer was sent: by whom (agent | phone), and which.
  first_reply_at BIGINT,
  first_reply_by TEXT,
  first_reply_agent_id TEXT,
  first_reply_message_id TEXT,
  -- The last release, for the wait that it began.
  released_at BIGINT,
  releases BIGINT NOT NULL,
  takeovers BIGINT NOT NULL,
  ended_at BIGINT,
  ended_seq BIGINT,
  -- closed | returned_to_bot | merged
  end_reason TEXT,
  -- Of the close that ended it.
  close_reason TEXT,
  outcome_id TEXT,
  -- Who had it when it ended.
  owner_id TEXT,
  -- It was closed while the customer waited for the first reply.
  lost BOOLEAN NOT NULL,
  waiting BIGINT,
  open_waiting BIGINT,
  response BIGINT,
  open_response BIGINT,
  handling BIGINT,
  open_handling BIGINT,
  resolution BIGINT,
  open_resolution BIGINT
);
CREATE INDEX report_handoffs_requested ON report_handoffs (tenant_id, requested_at, handoff_id);
CREATE INDEX report_handoffs_ended ON report_handoffs (tenant_id, ended_at, handoff_id) WHERE ended_at IS NOT NULL;
CREATE INDEX report_handoffs_open ON report_handoffs (tenant_id, requested_at) WHERE ended_at IS NULL;

-- A customer's waits for further replies; the wait for the first reply is in report_handoffs. Numbered by the entry that
-- ended the wait.
CREATE TABLE report_waits (
  tenant_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  conversation_id TEXT NOT NULL,
  handoff_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  since BIGINT NOT NULL,
  target BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  -- answered | closed | returned_to_bot | merged
  end_reason TEXT NOT NULL,
  -- The answer and its sender (agent | phone). Without an answer the agent is who had the conversation.
  message_id TEXT,
  answered_by TEXT,
  agent_id TEXT,
  wait BIGINT NOT NULL,
  open_wait BIGINT,
  PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX report_waits_ended ON report_waits (tenant_id, ended_at, seq);
CREATE INDEX report_waits_message ON report_waits (tenant_id, message_id) WHERE message_id IS NOT NULL;

-- The times in which an agent had a conversation. Numbered by the entry that began it.
CREATE TABLE report_stints (
  tenant_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  conversation_id TEXT NOT NULL,
  handoff_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  began_at BIGINT NOT NULL,
  -- claimed | taken_over | reopened | taken_back | given_back
  began_by TEXT NOT NULL,
  ended_at BIGINT,
  -- closed | returned_to_bot | merged | released | agent_gone | agent_deactivated | taken_over | undone
  ended_by TEXT,
  PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX report_stints_began ON report_stints (tenant_id, began_at, seq);
CREATE INDEX report_stints_ended ON report_stints (tenant_id, ended_at, seq) WHERE ended_at IS NOT NULL;
CREATE INDEX report_stints_open ON report_stints (tenant_id, agent_id) WHERE ended_at IS NULL;

-- Every close of a conversation, also one that was reopened later. Numbered by its entry.
CREATE TABLE report_closings (
  tenant_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  conversation_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  -- The handoff that it ended.
  handoff_id TEXT,
  at BIGINT NOT NULL,
  -- done | bot | merged | imported | silent
  reason TEXT NOT NULL,
  agent_id TEXT,
  -- The bot closed it, and nobody had been asked for.
  bot_alone BOOLEAN NOT NULL,
  outcome_id TEXT,
  -- When the conversation was reopened, and when the customer began the next one on the number.
  reopened_at BIGINT,
  followed_at BIGINT,
  PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX report_closings_at ON report_closings (tenant_id, at, seq);

-- The messages to customers, and what WhatsApp said about their price. A long message is sent in pieces, each with its own
-- price: what concerns the whole message is in piece 0.
CREATE TABLE report_messages (
  tenant_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  piece BIGINT NOT NULL,
  conversation_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  -- The handoff that was open when it was queued.
  handoff_id TEXT,
  -- bot | system | agent | phone
  author TEXT NOT NULL,
  agent_id TEXT,
  -- Of a message of the bot: the flow that began last.
  flow_id TEXT,
  kind TEXT NOT NULL,
  queued_at BIGINT NOT NULL,
  sent_at BIGINT,
  failed_at BIGINT,
  fault_code BIGINT,
  priced_at BIGINT,
  -- WhatsApp's own words.
  pricing_model TEXT,
  category TEXT,
  pricing_type TEXT,
  billable BOOLEAN,
  PRIMARY KEY (tenant_id, message_id, piece)
);
CREATE INDEX report_messages_sent ON report_messages (tenant_id, sent_at, message_id) WHERE sent_at IS NOT NULL;
CREATE INDEX report_messages_priced ON report_messages (tenant_id, priced_at, message_id) WHERE priced_at IS NOT NULL;

-- Which pieces of a message have a recorded price: a bit per piece.
ALTER TABLE messages ADD COLUMN priced_pieces BIGINT NOT NULL DEFAULT 0;

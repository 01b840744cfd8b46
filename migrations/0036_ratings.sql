-- Facts of ratings for reports: handoffs whose customers were asked after the close, and the answers that count. Derived
-- from the log, as the other facts; a rebuild empties the table.
CREATE TABLE report_ratings (
  handoff_id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  -- Who had it at the close.
  agent_id TEXT,
  -- The message that asked.
  question_id TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  -- The answer, its entry, and its score: from 1, the worst, to 3.
  rated_at BIGINT,
  rated_seq BIGINT,
  score BIGINT
);
CREATE INDEX report_ratings_asked ON report_ratings (tenant_id, asked_at, handoff_id);

-- Packed days: the facts of a UTC day and a kind in columns, which reports count without reading rows. They are made of
-- facts, and can be deleted at any time; a rebuild of the facts empties both tables.
CREATE TABLE report_packed_days (
  tenant_id TEXT NOT NULL,
  -- handoffs | waits | conversations | closings | messages | stints
  kind TEXT NOT NULL,
  -- Counted from 1970.
  day BIGINT NOT NULL,
  -- The newest entry that the facts contained.
  seq BIGINT NOT NULL,
  -- Another number each time the day is packed.
  revision BIGINT NOT NULL,
  -- How many rows it holds.
  row_count BIGINT NOT NULL,
  data BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, kind, day)
);

-- Rows that their packed day does not hold as they are: they changed since, or it was not packed yet. The id is that of the
-- fact; an empty one says that there is something to pack. Of a day that is not packed all rows are read, whatever is here.
CREATE TABLE report_unpacked_rows (
  tenant_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  day BIGINT NOT NULL,
  row_id TEXT NOT NULL,
  -- The newest entry of the change. Packing facts that contain it removes the row.
  seq BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, kind, day, row_id)
);

-- The days that there are already.
INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
  SELECT DISTINCT tenant_id, 'handoffs', requested_at / 86400000, '', 0 FROM report_handoffs;
INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
  SELECT DISTINCT tenant_id, 'waits', ended_at / 86400000, '', 0 FROM report_waits;
INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
  SELECT DISTINCT tenant_id, 'conversations', started_at / 86400000, '', 0 FROM report_conversations;
INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
  SELECT DISTINCT tenant_id, 'closings', at / 86400000, '', 0 FROM report_closings;
INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
  SELECT DISTINCT tenant_id, 'messages', sent_at / 86400000, '', 0 FROM report_messages WHERE sent_at IS NOT NULL;
INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
  SELECT DISTINCT tenant_id, 'stints', began_at / 86400000, '', 0 FROM report_stints;

-- How often a rebuild was requested: what was packed before one is not stored after it.
ALTER TABLE report_progress ADD COLUMN rebuilds BIGINT NOT NULL DEFAULT 0;

-- The rows that change with their conversation or handoff.
CREATE INDEX report_waits_conversation ON report_waits (tenant_id, conversation_id);
CREATE INDEX report_closings_conversation ON report_closings (tenant_id, conversation_id);
CREATE INDEX report_stints_conversation ON report_stints (tenant_id, conversation_id);
CREATE INDEX report_messages_conversation ON report_messages (tenant_id, conversation_id)
  WHERE author = 'agent' AND piece = 0;
-- The newest handoffs of the language model, whose reasons are read.
CREATE INDEX report_handoffs_model ON report_handoffs (tenant_id, requested_at, handoff_id) WHERE trigger_kind = 'model';

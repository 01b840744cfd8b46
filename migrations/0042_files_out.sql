-- Files that agents upload. They are rows of media like those of customers, without a message until they are sent.
ALTER TABLE media ADD COLUMN agent_id TEXT;
-- image | video | audio | document | sticker
ALTER TABLE media ADD COLUMN send_as TEXT;
-- The type under which the file is uploaded to Meta.
ALTER TABLE media ADD COLUMN remote_mime TEXT;
ALTER TABLE media ADD COLUMN uploaded_at BIGINT;
-- The order in which an agent attached files to a conversation.
ALTER TABLE media ADD COLUMN ord BIGINT;
CREATE INDEX media_waiting ON media (tenant_id, conversation_id, agent_id) WHERE message_id = '';
-- Files of the same content share their bytes.
CREATE INDEX media_path ON media (path) WHERE agent_id IS NOT NULL;

-- Meta's ids of uploaded files: of each content one per number.
CREATE TABLE remote_files (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  channel_id TEXT NOT NULL,
  path TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  uploaded_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, channel_id, path)
);

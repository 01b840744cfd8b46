-- The search index. Full-text search is the one thing that the two engines do not share, so each has its own migration
-- of this number: see ARCHITECTURE.md. Tokens are made by the server, the same for both.

-- A message or a customer as it is searched. The id begins with the time in milliseconds, followed by 20 bits that tell
-- apart what happened in the same one, so that its order is the order of results.
CREATE TABLE search_documents (
  id BIGINT NOT NULL,
  tenant_id TEXT NOT NULL,
  -- message | customer
  kind TEXT NOT NULL,
  -- The message or customer.
  subject_id TEXT NOT NULL,
  conversation_id TEXT,
  -- They begin with a key of the tenant.
  tokens TSVECTOR NOT NULL,
  PRIMARY KEY (tenant_id, kind, id)
);
-- A short list of what is not sorted in yet, because every search reads it.
CREATE INDEX search_documents_tokens ON search_documents USING gin (tokens) WITH (gin_pending_list_limit = 512);

-- What is erased, deleted or changed can no longer be found, whoever does it. The server adds the new text of an edit
-- in the same transaction.
CREATE FUNCTION search_remove_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_documents
  WHERE tenant_id = OLD.tenant_id AND kind = 'message' AND subject_id = OLD.id
    AND id BETWEEN OLD.at * 1048576 AND OLD.at * 1048576 + 1048575;
  RETURN NULL;
END $$;
CREATE TRIGGER messages_erased AFTER DELETE ON messages FOR EACH ROW EXECUTE FUNCTION search_remove_message();
CREATE TRIGGER messages_changed AFTER UPDATE OF content, revoked ON messages FOR EACH ROW
WHEN (OLD.content <> NEW.content OR (NEW.revoked AND NOT OLD.revoked)) EXECUTE FUNCTION search_remove_message();

CREATE FUNCTION search_remove_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_documents
  WHERE tenant_id = OLD.tenant_id AND kind = 'customer' AND subject_id = OLD.id
    AND id BETWEEN OLD.created_at * 1048576 AND OLD.created_at * 1048576 + 1048575;
  RETURN NULL;
END $$;
CREATE TRIGGER customers_erased AFTER DELETE ON customers FOR EACH ROW EXECUTE FUNCTION search_remove_customer();
CREATE TRIGGER customers_changed AFTER UPDATE OF name, username, wa_id, merged_into ON customers FOR EACH ROW
WHEN (OLD.name <> NEW.name OR OLD.username IS DISTINCT FROM NEW.username OR OLD.wa_id IS DISTINCT FROM NEW.wa_id
  OR NEW.merged_into IS NOT NULL)
EXECUTE FUNCTION search_remove_customer();

-- What exists already is added by a job.
INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at)
SELECT 'job_search_index', '', 'index', 'all', '', 0, 0, 0 WHERE EXISTS (SELECT 1 FROM customers);

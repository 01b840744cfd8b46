-- The search index. Full-text search is the one thing that the two engines do not share, so each has its own migration
-- of this number: see ARCHITECTURE.md. Tokens are made by the server, the same for both.

-- A message or a customer as it is searched. The id begins with the time in milliseconds, followed by 20 bits that tell
-- apart what happened in the same one, so that its order is the order of results.
CREATE TABLE search_documents (
  id INTEGER NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  -- message | customer
  kind TEXT NOT NULL,
  -- The message or customer.
  subject_id TEXT NOT NULL,
  conversation_id TEXT,
  -- Each with a space before and after it. They begin with a key of the tenant.
  tokens TEXT NOT NULL
);
CREATE INDEX search_documents_newest ON search_documents (tenant_id, kind, id);

-- Documents that are not in the full-text index yet. They are added to it by the hundreds, because a transaction for
-- each of them would cost several times as much; until then they are compared one by one.
CREATE TABLE search_pending (
  id INTEGER NOT NULL PRIMARY KEY
);

CREATE VIRTUAL TABLE search_index USING fts5 (tokens, content = '', columnsize = 0, detail = none, tokenize = 'ascii');

CREATE TRIGGER search_documents_added AFTER INSERT ON search_documents BEGIN
  INSERT INTO search_pending (id) VALUES (new.id);
END;

-- An index without content is told what to remove.
CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents BEGIN
  INSERT INTO search_index (search_index, rowid, tokens)
  SELECT 'delete', old.id, old.tokens WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE id = old.id);
  DELETE FROM search_pending WHERE id = old.id;
END;

-- What is erased, deleted or changed can no longer be found, whoever does it. The server adds the new text of an edit
-- in the same transaction.
CREATE TRIGGER messages_erased AFTER DELETE ON messages BEGIN
  DELETE FROM search_documents
  WHERE tenant_id = old.tenant_id AND kind = 'message' AND subject_id = old.id
    AND id BETWEEN old.at * 1048576 AND old.at * 1048576 + 1048575;
END;
CREATE TRIGGER messages_changed AFTER UPDATE OF content, revoked ON messages
WHEN old.content <> new.content OR (new.revoked AND NOT old.revoked) BEGIN
  DELETE FROM search_documents
  WHERE tenant_id = old.tenant_id AND kind = 'message' AND subject_id = old.id
    AND id BETWEEN old.at * 1048576 AND old.at * 1048576 + 1048575;
END;
CREATE TRIGGER customers_erased AFTER DELETE ON customers BEGIN
  DELETE FROM search_documents
  WHERE tenant_id = old.tenant_id AND kind = 'customer' AND subject_id = old.id
    AND id BETWEEN old.created_at * 1048576 AND old.created_at * 1048576 + 1048575;
END;
CREATE TRIGGER customers_changed AFTER UPDATE OF name, username, wa_id, merged_into ON customers
WHEN old.name <> new.name OR old.username IS NOT new.username OR old.wa_id IS NOT new.wa_id
  OR new.merged_into IS NOT NULL BEGIN
  DELETE FROM search_documents
  WHERE tenant_id = old.tenant_id AND kind = 'customer' AND subject_id = old.id
    AND id BETWEEN old.created_at * 1048576 AND old.created_at * 1048576 + 1048575;
END;

-- What exists already is added by a job.
INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at)
SELECT 'job_search_index', '', 'index', 'all', '', 0, 0, 0 WHERE EXISTS (SELECT 1 FROM customers);

-- Notes of the team are found by their words too: documents of the kind “note”. What is erased, deleted or changed can no
-- longer be found, whoever does it. The server adds the new text of an edit in the same transaction.
CREATE TRIGGER notes_erased AFTER DELETE ON notes BEGIN
  DELETE FROM search_documents
  WHERE tenant_id = old.tenant_id AND kind = 'note' AND subject_id = old.id
    AND id BETWEEN old.at * 1048576 AND old.at * 1048576 + 1048575;
END;
CREATE TRIGGER notes_changed AFTER UPDATE OF body ON notes WHEN old.body IS NOT new.body BEGIN
  DELETE FROM search_documents
  WHERE tenant_id = old.tenant_id AND kind = 'note' AND subject_id = old.id
    AND id BETWEEN old.at * 1048576 AND old.at * 1048576 + 1048575;
END;

-- What exists already is added by a job. One that still adds messages goes on with notes.
INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at)
SELECT 'job_search_notes', '', 'index', 'all', '{"stage":"notes","before":null}', 0, 0, 0
WHERE EXISTS (SELECT 1 FROM notes) AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'index');

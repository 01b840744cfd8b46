-- Notes of the team are found by their words too: documents of the kind “note”. What is erased, deleted or changed can no
-- longer be found, whoever does it. The server adds the new text of an edit in the same transaction.
CREATE FUNCTION search_remove_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_documents
  WHERE tenant_id = OLD.tenant_id AND kind = 'note' AND subject_id = OLD.id
    AND id BETWEEN OLD.at * 1048576 AND OLD.at * 1048576 + 1048575;
  RETURN NULL;
END $$;
CREATE TRIGGER notes_erased AFTER DELETE ON notes FOR EACH ROW EXECUTE FUNCTION search_remove_note();
CREATE TRIGGER notes_changed AFTER UPDATE OF body ON notes FOR EACH ROW
WHEN (OLD.body IS DISTINCT FROM NEW.body) EXECUTE FUNCTION search_remove_note();

-- What exists already is added by a job. One that still adds messages goes on with notes.
INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at)
SELECT 'job_search_notes', '', 'index', 'all', '{"stage":"notes","before":null}', 0, 0, 0
WHERE EXISTS (SELECT 1 FROM notes) AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'index');

-- Three tables get the names that the code uses. PostgreSQL's constraints keep the names they were made with: SQLite
-- has no statement that renames one.

ALTER TABLE early RENAME TO pending_updates;
ALTER TABLE talks RENAME TO model_sessions;
ALTER TABLE runs RENAME TO flow_runs;

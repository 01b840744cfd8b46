-- Who holds a lease, and which processes are there to hold one. A process is present until its row expires; on SQLite
-- the lock file beside the database says it instead, and the row never expires.

CREATE TABLE nodes (
  id TEXT NOT NULL PRIMARY KEY,
  started_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

ALTER TABLE jobs ADD COLUMN lease_owner TEXT;
ALTER TABLE outbox ADD COLUMN lease_owner TEXT;

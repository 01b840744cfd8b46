-- One-time links with which a person sets a password without being signed in. The token is not stored, only its hash. A
-- link that has ended stays, so that its page and the audit log can say what became of it.
CREATE TABLE account_links (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  token_hash TEXT NOT NULL UNIQUE,
  -- join | new_password
  kind TEXT NOT NULL,
  -- Whose password it sets. Of an invitation, the id that the person gets by joining.
  agent_id TEXT NOT NULL,
  -- Of an invitation only: who is invited.
  email TEXT,
  name TEXT,
  role TEXT,
  -- The admin who made it; NULL is the command line.
  made_by TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  -- open | used | revoked
  state TEXT NOT NULL
);
CREATE INDEX account_links_tenant ON account_links (tenant_id, state);

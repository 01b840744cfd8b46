-- Second factors: secrets that an agent's authenticator app has, too. Encrypted.
CREATE TABLE second_factors (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  secret BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  -- NULL until its first code was entered. Only then it is asked for.
  confirmed_at BIGINT,
  -- The newest time step whose code was accepted. No code of it or of an earlier one is accepted again.
  last_step BIGINT NOT NULL
);
CREATE UNIQUE INDEX second_factors_confirmed ON second_factors (tenant_id, agent_id) WHERE confirmed_at IS NOT NULL;
CREATE UNIQUE INDEX second_factors_pending ON second_factors (tenant_id, agent_id) WHERE confirmed_at IS NULL;

-- Codes that are accepted once each instead of the app's, by their hash.
CREATE TABLE recovery_codes (
  tenant_id TEXT NOT NULL,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  code_hash TEXT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (tenant_id, agent_id, code_hash)
);

-- Sign-ins whose password was right and whose code is awaited, by the hash of their cookie.
CREATE TABLE pending_sign_ins (
  token_hash TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  agent_id TEXT NOT NULL REFERENCES agents (id),
  -- Of the agent's password hash: another password ends the sign-in.
  password_digest TEXT NOT NULL,
  short_password BOOLEAN NOT NULL,
  -- Wrong codes so far.
  failures BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX pending_sign_ins_agent ON pending_sign_ins (tenant_id, agent_id);
CREATE INDEX pending_sign_ins_end ON pending_sign_ins (expires_at);

-- Since when every member needs a second factor. NULL while it is optional.
ALTER TABLE tenants ADD COLUMN second_factor_since BIGINT;
-- The session began with a recovery code, and its agent was not told how many are left yet.
ALTER TABLE sessions ADD COLUMN recovery_code_used BOOLEAN NOT NULL DEFAULT FALSE;

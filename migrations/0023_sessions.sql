-- What people see of their own sessions; and when each was last confirmed with the password, which sessions of before the
-- upgrade were not.
ALTER TABLE sessions ADD COLUMN id TEXT;
ALTER TABLE sessions ADD COLUMN authenticated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
-- The password is shorter than new ones must be, and the person was not asked for another one yet.
ALTER TABLE sessions ADD COLUMN short_password BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE sessions SET id = 'ses_' || substr(token_hash, 1, 26), used_at = created_at;
CREATE UNIQUE INDEX sessions_id ON sessions (id);

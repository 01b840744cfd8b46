-- The servers that a secret may be sent to, as JSON. NULL until the first start reads them from the flows and tools
-- that use the secret.
ALTER TABLE secrets ADD COLUMN hosts TEXT;

-- One row: from what the operator's key is derived.
CREATE TABLE seal_state (
  id TEXT NOT NULL PRIMARY KEY,
  -- Makes a key of a passphrase. NULL while no passphrase was used.
  salt BYTEA,
  -- A rotation of the key that has not ended: the ids of the old and of the new key.
  rotation TEXT
);

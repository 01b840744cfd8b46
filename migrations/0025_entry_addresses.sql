-- From where the acts of people came. Apart from the log, whose entries cannot be erased.
CREATE TABLE entry_addresses (
  tenant_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);

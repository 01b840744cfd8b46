-- What agents pick as the result when they close a conversation. The log holds the id, so rows are archived and never
-- removed.
CREATE TABLE outcomes (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  archived BOOLEAN NOT NULL
);
CREATE INDEX outcomes_tenant ON outcomes (tenant_id, position);

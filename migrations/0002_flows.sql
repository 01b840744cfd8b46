-- Flows as admins write them, and what was published of them. Definitions are JSON that SQL never looks into.

CREATE TABLE flows (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  position BIGINT NOT NULL,
  draft TEXT NOT NULL,
  draft_revision BIGINT NOT NULL,
  draft_by TEXT,
  live_version BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX flows_tenant ON flows (tenant_id, position);

-- Stays when its flow is removed: a conversation finishes on the version that it began with.
CREATE TABLE flow_versions (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  flow_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  definition TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  published_by TEXT,
  PRIMARY KEY (tenant_id, flow_id, version)
);

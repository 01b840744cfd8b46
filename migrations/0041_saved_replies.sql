-- Texts that agents insert into their replies. They are searched in the page, so no column is folded.
CREATE TABLE saved_replies (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  -- The agent who alone sees and changes it; NULL: everyone of the tenant uses it.
  owner_id TEXT,
  name TEXT NOT NULL,
  -- With variables, as written.
  body TEXT NOT NULL,
  -- A JSON array of texts.
  tags TEXT NOT NULL,
  language TEXT,
  -- Increases with every save. A save must name the revision that it is based on.
  revision BIGINT NOT NULL,
  -- Who saved it last; NULL is the operator.
  saved_by TEXT,
  -- How often it was inserted, and when last.
  uses BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX saved_replies_tenant ON saved_replies (tenant_id, owner_id);

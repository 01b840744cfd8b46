-- Texts of an agent that were sent as one message: the presses of all but the first one, whose press is the message's own. A
-- repeated call with one of them sends nothing. Holds no text.
CREATE TABLE joined_presses (
  client_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  message_id TEXT NOT NULL,
  -- Does not begin with the tenant: SQLite would take it for what is looked up by another column.
  PRIMARY KEY (client_id, tenant_id)
);

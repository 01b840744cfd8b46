-- When each agent last sent a template, which is offered first when a reply window has closed. A template that is gone leaves
-- none behind.
CREATE TABLE template_uses (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  template_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, template_id, agent_id)
);

-- The template that a message consists of which waits to be sent, as it was filled in, as JSON; NULL for a reply.
ALTER TABLE scheduled_messages ADD COLUMN template TEXT;

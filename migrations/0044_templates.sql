-- Message templates, as WhatsApp last reported them. Two tenants may have numbers of one account: each has its own rows.
CREATE TABLE templates (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  waba_id TEXT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  -- marketing | utility | authentication | other
  category TEXT NOT NULL,
  -- approved | pending | rejected | paused | disabled | in_appeal | pending_deletion | archived | limit_exceeded | other
  status TEXT NOT NULL,
  -- high | medium | low | unknown
  quality TEXT NOT NULL,
  -- The components as JSON.
  definition TEXT NOT NULL,
  -- Increases when the components change. A send must name the revision that the person has seen.
  revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX templates_name ON templates (tenant_id, waba_id, name, language);

-- When the templates of an account were read. Without synced_at they are read again.
CREATE TABLE template_syncs (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  waba_id TEXT NOT NULL,
  synced_at BIGINT,
  -- Of two that want to read them at once, one does.
  tried_at BIGINT,
  PRIMARY KEY (tenant_id, waba_id)
);

-- Work is taken from the tenants in turn: the due rows of each tenant in order, and the rows that are taken.
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (kind, tenant_id, due_at, id);
CREATE INDEX jobs_held ON jobs (kind, tenant_id, lease_until) WHERE lease_until IS NOT NULL;
-- The jobs of a key, of every kind: the earlier index served no query whose kind is an argument.
DROP INDEX jobs_bot;
CREATE INDEX jobs_key ON jobs (key, kind);
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (tenant_id, due_at, ord) WHERE state <> 'done';
CREATE INDEX outbox_held ON outbox (tenant_id, lease_until) WHERE lease_until IS NOT NULL;
-- The unread bodies of each app.
DROP INDEX journal_new;
CREATE INDEX journal_new ON journal (app_id, id) WHERE state = 'new';

-- Conversations that agents began, for the list of first messages that failed: they are few among all handoffs.
CREATE INDEX handoffs_outbound ON handoffs (tenant_id, requested_at) WHERE trigger_kind = 'outbound';

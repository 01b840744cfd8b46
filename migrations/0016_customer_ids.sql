-- Customers whose number was stored in two spellings are merged, and ids that are no numbers become user ids, by a job.
INSERT INTO jobs (id, tenant_id, kind, key, payload, due_at, attempts, created_at)
SELECT 'job_customer_ids', '', 'customer_ids', 'all', '', 0, 0, 0
WHERE EXISTS (SELECT 1 FROM customers WHERE wa_id IS NOT NULL);

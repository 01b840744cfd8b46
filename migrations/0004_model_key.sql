-- When the key of a tenant's language model was last set: all that a page may learn about it.
ALTER TABLE models ADD COLUMN key_changed_at BIGINT;

-- Whether the rows of an agent's list are compact.
ALTER TABLE agents ADD COLUMN compact_list BOOLEAN NOT NULL DEFAULT FALSE;

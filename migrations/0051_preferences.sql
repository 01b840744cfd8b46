-- A customer's last word about marketing messages is looked up by the text of the entry, which holds the customer's id and the
-- wish alone: the newest entry of up to three texts.
CREATE INDEX entries_preferred ON entries (tenant_id, event, seq) WHERE name = 'preferred';
-- What a customer said under another id, before two records were found to be one person.
CREATE INDEX customers_merged ON customers (tenant_id, merged_into) WHERE merged_into IS NOT NULL;

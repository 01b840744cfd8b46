-- What messages cost: the prices that admins enter, and what the facts of messages did not hold yet.

-- A tenant's price list. Without a row it has no prices.
CREATE TABLE price_lists (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
  -- The code of ISO 4217.
  currency TEXT NOT NULL,
  -- Increases with every save. A save must name the revision that it is based on.
  revision BIGINT NOT NULL,
  -- Who saved it last; NULL is the operator.
  saved_by TEXT
);

-- The prices of a message to a market, in millionths of the currency's unit. NULL: not known.
CREATE TABLE prices (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  -- With which the customers' numbers begin, in digits; empty for all markets that are not listed.
  calling_code TEXT NOT NULL,
  marketing BIGINT,
  utility BIGINT,
  authentication BIGINT,
  service BIGINT,
  PRIMARY KEY (tenant_id, calling_code)
);

-- The calling code of the customer's number, and which of the tenant's texts it is: handoff | closing | reminder.
ALTER TABLE report_messages ADD COLUMN market TEXT;
ALTER TABLE report_messages ADD COLUMN notice TEXT;
-- Facts of before have neither: they are derived again.
UPDATE report_progress SET seq = 0, at = NULL, clearing = TRUE;

-- The free part of a month is counted for each number.
DROP INDEX report_messages_priced;
CREATE INDEX report_messages_priced ON report_messages (tenant_id, channel_id, priced_at, message_id, piece)
  WHERE priced_at IS NOT NULL;

-- How often customers gave the same answer to a question.
CREATE INDEX variables_step ON variables (tenant_id, step, at) WHERE step IS NOT NULL;

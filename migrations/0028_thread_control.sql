-- Numbers that several apps use (Meta's Conversation Routing).

-- Who answers the customer, as JSON; NULL if nothing was seen of another app.
ALTER TABLE conversations ADD COLUMN thread_control TEXT;
-- When another app was first seen on the number; NULL if never.
ALTER TABLE channels ADD COLUMN shared_since BIGINT;

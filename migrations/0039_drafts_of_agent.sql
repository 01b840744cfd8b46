-- The conversations in which an agent has typed something and not sent it, for the marks of the list.
CREATE INDEX drafts_of_agent ON drafts (agent_id, conversation_id) WHERE body <> '';

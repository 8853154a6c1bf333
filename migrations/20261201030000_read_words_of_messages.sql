-- Returns the words of a message, without regard to case and accents, by which CONVERSATION_SEARCH finds it. The index on them is no part
-- of the schema: it exists only where that setting is on. Words after the limit are left out, because they could exceed a `tsvector`.
create function message_words(content text) returns tsvector language sql immutable parallel safe
return to_tsvector('pg_catalog.simple'::regconfig, left(search_fold(left(content, 50000)), 50000));

-- The host application appends conversations.
update roles set permissions = permissions || array['conversations:write']
where builtin_kind = 'application' and not 'conversations:write' = any(permissions);

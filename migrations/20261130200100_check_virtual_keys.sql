-- An access token has nothing that only a key can have.
alter table access_tokens add constraint access_tokens_kind_known check (
    case kind
        when 'token' then num_nonnulls(group_id, allowed_models, blocked_at, previous_hash, previous_until) = 0
        when 'key' then (previous_hash is null) = (previous_until is null)
        else false
    end
) not valid;

-- As before, but the table is read once for all subjects of a user and a token. A limit that the members of a group share, or that is one of
-- a token, has a separate holder and binds in addition. Of the others, one decides for each metric and model.
create or replace function limits_in_force(asked_user uuid, asked_token uuid) returns table (
    id uuid, holder text, holder_id uuid, source text, source_id uuid, metric text, model text, amount bigint, soft_amount bigint,
    warn_at smallint, period text, anchor timestamptz, time_zone text
) language sql stable as $$
    select distinct on (c.metric, c.model, c.separate_holder)
        c.id,
        case when c.shared then 'group' when c.token_id is not null then 'token' else 'user' end,
        coalesce(c.separate_holder, asked_user),
        case
            when c.user_id is not null then 'user' when c.group_id is not null then 'group' when c.role_id is not null then 'role'
            when c.token_id is not null then 'token' else 'default'
        end,
        coalesce(c.user_id, c.group_id, c.role_id, c.token_id),
        c.metric, c.model, c.amount, c.soft_amount, c.warn_at, c.period, c.anchor, c.time_zone
    from (
        select l.*, case when l.shared then l.group_id else l.token_id end as separate_holder
        from limits l
        where l.user_id = asked_user
            or l.group_id = any(array(select m.group_id from group_members m where m.user_id = asked_user))
            or l.role_id = any(array(select r.role_id from user_roles r where r.user_id = asked_user))
            or num_nonnulls(l.role_id, l.group_id, l.user_id, l.token_id) = 0
            or l.token_id = asked_token
    ) c
    order by
        c.metric, c.model, c.separate_holder, c.user_id is null, c.group_id is null, c.role_id is null, c.amount is null desc,
        c.amount::numeric / coalesce(c.period_seconds, 1) desc, c.id
$$;

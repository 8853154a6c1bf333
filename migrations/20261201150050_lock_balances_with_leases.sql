-- The sums of the leases of holders at a time, for each model.
create function sum_leases(asked_holders uuid[], asked_at timestamptz) returns table (
    holder_id uuid, model text, leases bigint, requests bigint, tokens bigint, cost bigint, first_end timestamptz
) language sql stable as $$
    select
        h.holder_id, l.model, count(*), saturated(sum(l.requests)), saturated(sum(l.tokens)), saturated(sum(l.cost_nanos)),
        min(l.expires_at)
    from leases l
    cross join lateral unnest(l.holders) as h (holder_id)
    where l.holders && asked_holders and l.ended_at is null and l.expires_at > asked_at and h.holder_id = any(asked_holders)
    group by h.holder_id, l.model
$$;

-- Locks the balances of holders, always in the same order, and then sums their leases. If one of the needed balances is missing, none is
-- returned or locked. The leases are read by a statement of their own: the one that has waited for a reservation does not see its lease.
create function lock_balances(
    asked_holders uuid[], needed_holders uuid[], needed_metrics text[], needed_models text[], asked_at timestamptz,
    out locked jsonb, out leased jsonb
) language plpgsql as $$
begin
    -- The subquery hides the number of holders, for which PostgreSQL would plan each execution again.
    select jsonb_agg(f) into locked
    from (
        select b.*
        from balances b
        where b.holder_id = any((select asked_holders)::uuid[])
            and not exists (
                select from unnest(needed_holders, needed_metrics, needed_models) as n (holder_id, metric, model)
                where not exists (
                    select from balances s where s.holder_id = n.holder_id and s.metric = n.metric and s.model = n.model
                )
            )
        order by b.holder_id, b.metric, b.model
        for update
    ) f;
    select jsonb_agg(s) into leased from sum_leases(asked_holders, asked_at) s;
end $$;

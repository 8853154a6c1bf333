-- Limits of what users do in the host application, and the rows that decide for a user.
create table limits (
    id uuid not null,
    role_id uuid,
    group_id uuid,
    user_id uuid,
    token_id uuid,
    shared boolean not null default false,
    metric text not null,
    model text,
    amount bigint,
    soft_amount bigint,
    warn_at smallint,
    period text,
    period_seconds bigint,
    anchor timestamptz not null,
    time_zone text not null default 'UTC',
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint limits_pkey primary key (id),
    constraint limits_subject_key unique nulls not distinct (role_id, group_id, user_id, token_id, metric, model, shared),
    constraint limits_role_id_fkey foreign key (role_id) references roles (id) on delete cascade,
    constraint limits_group_id_fkey foreign key (group_id) references groups (id) on delete cascade,
    constraint limits_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint limits_token_id_fkey foreign key (token_id) references access_tokens (id) on delete cascade,
    constraint limits_one_subject check (num_nonnulls(role_id, group_id, user_id, token_id) <= 1),
    constraint limits_shared_by_group check (not shared or group_id is not null),
    constraint limits_metric_known check (metric in ('requests', 'cost', 'tokens', 'rpm', 'tpm', 'parallel')),
    constraint limits_model_length check (char_length(model) between 1 and 200),
    constraint limits_amount_range check (amount >= 0),
    constraint limits_soft_amount_range check (soft_amount >= 0),
    constraint limits_warn_at_range check (warn_at between 1 and 100),
    constraint limits_period_set check ((metric in ('requests', 'cost', 'tokens')) = (period is not null)),
    constraint limits_period_seconds_set check ((period is null) = (period_seconds is null) and period_seconds > 0),
    constraint limits_period_length check (char_length(period) <= 30)
);

comment on column limits.role_id is 'Without a role, a group, a user and a token, the limit is the default of all users.';
comment on column limits.amount is 'Null: unlimited. A number of 1e-9 dollars for cost, otherwise a count.';
comment on column limits.shared is 'All members of the group have one balance together, beside their own ones.';
comment on column limits.period_seconds is 'Approximate length of the period, by which the most generous limit is found.';
comment on column limits.anchor is 'Periods of a fixed length begin here.';
create index limits_by_group on limits (group_id) where group_id is not null;
create index limits_by_user on limits (user_id) where user_id is not null;
create index limits_by_token on limits (token_id) where token_id is not null;
create index limits_of_all_users on limits (metric) where num_nonnulls(role_id, group_id, user_id, token_id) = 0;

-- The limits in force for a user, and for a token in addition. For each metric and model one row decides: that of the user, else the
-- most generous of the groups, else of the roles, else the default. Enforcement and explanation both read it.
create function limits_in_force(asked_user uuid, asked_token uuid) returns table (
    id uuid, holder text, holder_id uuid, source text, source_id uuid, metric text, model text, amount bigint, soft_amount bigint,
    warn_at smallint, period text, anchor timestamptz, time_zone text
) language sql stable as $$
    select
        f.id, 'user', asked_user, f.source, f.source_id, f.metric, f.model, f.amount, f.soft_amount, f.warn_at, f.period, f.anchor,
        f.time_zone
    from (
        select distinct on (c.metric, c.model) c.*
        from (
            select 1 as precedence, 'user' as source, l.user_id as source_id, l.*
            from limits l
            where l.user_id = asked_user
            union all
            select 2, 'group', l.group_id, l.*
            from group_members m
            join limits l on l.group_id = m.group_id and not l.shared
            where m.user_id = asked_user
            union all
            select 3, 'role', l.role_id, l.*
            from user_roles r
            join limits l on l.role_id = r.role_id
            where r.user_id = asked_user
            union all
            select 4, 'default', null, l.*
            from limits l
            where num_nonnulls(l.role_id, l.group_id, l.user_id, l.token_id) = 0
        ) c
        order by
            c.metric, c.model, c.precedence, c.amount is null desc,
            c.amount::numeric / coalesce(c.period_seconds, 1) desc, c.id
    ) f
    union all
    select
        l.id, 'group', l.group_id, 'group', l.group_id, l.metric, l.model, l.amount, l.soft_amount, l.warn_at, l.period, l.anchor,
        l.time_zone
    from group_members m
    join limits l on l.group_id = m.group_id and l.shared
    where m.user_id = asked_user
    union all
    select
        l.id, 'token', l.token_id, 'token', l.token_id, l.metric, l.model, l.amount, l.soft_amount, l.warn_at, l.period, l.anchor,
        l.time_zone
    from limits l
    where l.token_id = asked_token
$$;

-- What is used of a limit in its present period, by a user, a token or a group together. A row is created from the usage of the
-- period, and locked by each use.
create table balances (
    user_id uuid,
    token_id uuid,
    group_id uuid,
    holder_id uuid not null generated always as (coalesce(user_id, token_id, group_id)) stored,
    metric text not null,
    model text not null default '',
    period text not null,
    period_start timestamptz not null,
    period_end timestamptz,
    used bigint not null default 0,
    granted bigint not null default 0,
    level bigint,
    level_at timestamptz,
    created_at timestamptz not null default now(),
    constraint balances_pkey primary key (holder_id, metric, model),
    constraint balances_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint balances_token_id_fkey foreign key (token_id) references access_tokens (id) on delete cascade,
    constraint balances_group_id_fkey foreign key (group_id) references groups (id) on delete cascade,
    constraint balances_one_holder check (num_nonnulls(user_id, token_id, group_id) = 1),
    constraint balances_used_range check (used >= 0),
    constraint balances_level_set check ((level is null) = (level_at is null))
);

comment on column balances.model is 'Empty: all models together.';
comment on column balances.period is 'The period with its anchor and time zone by which the row was counted.';
comment on column balances.period_end is 'Null: the period does not end.';
comment on column balances.granted is 'Top-ups of the period.';
comment on column balances.level is 'What is left of a limit that refills, at the time level_at.';
create index balances_by_user on balances (user_id) where user_id is not null;
create index balances_by_token on balances (token_id) where token_id is not null;
create index balances_by_group on balances (group_id) where group_id is not null;

-- The time up to which the requests or tokens of a minute are spent, for each limit of a rate. Its loss permits one minute too much.
create unlogged table rate_limits (
    holder_id uuid not null,
    metric text not null,
    model text not null default '',
    spent_until timestamptz not null,
    created_at timestamptz not null default now(),
    constraint rate_limits_pkey primary key (holder_id, metric, model)
);

create index rate_limits_by_time on rate_limits (spent_until);

-- Reserved requests, tokens and cost whose use is known later. A lease ends by its time, without a job.
create table leases (
    id uuid not null,
    user_id uuid not null,
    token_id uuid,
    holders uuid[] not null,
    model text,
    requests bigint not null,
    tokens bigint not null,
    cost_nanos bigint not null,
    event_id text not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_as text,
    created_at timestamptz not null,
    constraint leases_pkey primary key (id),
    constraint leases_event_id_key unique (user_id, event_id),
    constraint leases_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint leases_amounts_range check (requests >= 0 and tokens >= 0 and cost_nanos >= 0),
    constraint leases_ended_as_known check (ended_as in ('settled', 'released')),
    constraint leases_end_set check ((ended_at is null) = (ended_as is null))
);

comment on column leases.token_id is 'A plain id.';
comment on column leases.holders is 'The user, the token and the groups whose limits count the lease.';
create index leases_by_holder on leases using gin (holders) where ended_at is null;
create index leases_by_expiry on leases (expires_at);

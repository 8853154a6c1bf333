-- Conversations of users with the host application, and their messages. The host appends them; Rollcall counts, shows, exports, transfers
-- and deletes them.
create table conversations (
    id uuid not null,
    user_id uuid not null,
    external_id text,
    branch text not null,
    name text not null,
    started_at timestamptz not null,
    modified_at timestamptz not null,
    messages int not null default 0,
    tokens_in bigint not null default 0,
    tokens_out bigint not null default 0,
    tokens bigint not null generated always as (tokens_in + tokens_out) stored,
    cost_nanos bigint not null default 0,
    likes int not null default 0,
    dislikes int not null default 0,
    has_feedback boolean not null generated always as (likes + dislikes > 0) stored,
    created_at timestamptz not null default now(),
    constraint conversations_pkey primary key (id),
    constraint conversations_external_id_key unique (external_id),
    constraint conversations_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint conversations_external_id_length check (char_length(external_id) between 1 and 200),
    constraint conversations_branch_length check (char_length(branch) between 1 and 200),
    constraint conversations_name_length check (char_length(name) between 1 and 200)
);

comment on column conversations.external_id is 'The id in the host application.';
comment on column conversations.cost_nanos is 'Sum of the costs of the messages, in billionths of a dollar.';

-- One for each order of the list, and for each filter in the default order.
create index conversations_by_modified on conversations (modified_at, id);
create index conversations_by_started on conversations (started_at, id);
create index conversations_by_tokens on conversations (tokens, id);
create index conversations_by_cost on conversations (cost_nanos, id);
create index conversations_by_user on conversations (user_id, modified_at, id);
create index conversations_by_branch on conversations (branch, modified_at, id);
create index conversations_with_feedback on conversations (modified_at, id) where has_feedback;

create table conversation_messages (
    conversation_id uuid not null,
    seq int not null,
    id uuid not null,
    role text not null,
    content text not null,
    tokens int not null default 0,
    cost_nanos bigint not null default 0,
    feedback jsonb,
    at timestamptz not null,
    created_at timestamptz not null default now(),
    constraint conversation_messages_pkey primary key (conversation_id, seq),
    constraint conversation_messages_conversation_id_fkey foreign key (conversation_id)
    references conversations (id) on delete cascade,
    constraint conversation_messages_role_known check (role in ('user', 'assistant', 'system', 'tool')),
    constraint conversation_messages_tokens_positive check (tokens >= 0),
    constraint conversation_messages_cost_positive check (cost_nanos >= 0),
    constraint conversation_messages_feedback_form check (feedback ->> 'rating' in ('like', 'dislike'))
);

comment on column conversation_messages.seq is 'Number of the message in its conversation, from 1.';
comment on column conversation_messages.id is 'Order of an export of all data of a user.';

-- The expected sums of conversations: the oracle of `rollcall doctor`.
create view conversations_recount as
select
    c.id,
    coalesce(m.messages, 0) as messages,
    coalesce(m.tokens_in, 0) as tokens_in,
    coalesce(m.tokens_out, 0) as tokens_out,
    coalesce(m.cost_nanos, 0) as cost_nanos,
    coalesce(m.likes, 0) as likes,
    coalesce(m.dislikes, 0) as dislikes
from conversations c
left join (
    select
        conversation_id,
        count(*)::int as messages,
        coalesce(sum(tokens) filter (where role <> 'assistant'), 0)::bigint as tokens_in,
        coalesce(sum(tokens) filter (where role = 'assistant'), 0)::bigint as tokens_out,
        sum(cost_nanos)::bigint as cost_nanos,
        (count(*) filter (where feedback ->> 'rating' = 'like'))::int as likes,
        (count(*) filter (where feedback ->> 'rating' = 'dislike'))::int as dislikes
    from conversation_messages
    group by conversation_id
) m on m.conversation_id = c.id;

-- Adds new messages to the sums of their conversations.
create function sum_new_messages() returns trigger language plpgsql as $$
begin
    update conversations c set
        messages = c.messages + n.messages,
        tokens_in = c.tokens_in + n.tokens_in,
        tokens_out = c.tokens_out + n.tokens_out,
        cost_nanos = c.cost_nanos + n.cost_nanos,
        likes = c.likes + n.likes,
        dislikes = c.dislikes + n.dislikes,
        modified_at = greatest(c.modified_at, n.at)
    from (
        select
            conversation_id,
            count(*)::int as messages,
            coalesce(sum(tokens) filter (where role <> 'assistant'), 0)::bigint as tokens_in,
            coalesce(sum(tokens) filter (where role = 'assistant'), 0)::bigint as tokens_out,
            sum(cost_nanos)::bigint as cost_nanos,
            (count(*) filter (where feedback ->> 'rating' = 'like'))::int as likes,
            (count(*) filter (where feedback ->> 'rating' = 'dislike'))::int as dislikes,
            max(at) as at
        from new_rows
        group by conversation_id
    ) n
    where c.id = n.conversation_id;
    return null;
end $$;

create trigger sum_messages after insert on conversation_messages
referencing new table as new_rows for each statement execute function sum_new_messages();

-- Updates the numbers of likes and dislikes. Nothing else of a message changes.
create function sum_changed_feedback() returns trigger language plpgsql as $$
begin
    update conversations c set likes = c.likes + d.likes, dislikes = c.dislikes + d.dislikes
    from (
        select conversation_id, sum(likes)::int as likes, sum(dislikes)::int as dislikes
        from (
            select
                conversation_id,
                coalesce((feedback ->> 'rating' = 'like')::int, 0) as likes,
                coalesce((feedback ->> 'rating' = 'dislike')::int, 0) as dislikes
            from new_rows
            union all
            select
                conversation_id,
                -coalesce((feedback ->> 'rating' = 'like')::int, 0),
                -coalesce((feedback ->> 'rating' = 'dislike')::int, 0)
            from old_rows
        ) f
        group by conversation_id
    ) d
    where c.id = d.conversation_id and (d.likes, d.dislikes) <> (0, 0);
    return null;
end $$;

create trigger sum_feedback after update on conversation_messages
referencing old table as old_rows new table as new_rows for each statement execute function sum_changed_feedback();

-- Removes deleted messages from the sums, so that they are right during a purge, too.
create function sum_deleted_messages() returns trigger language plpgsql as $$
begin
    update conversations c set
        messages = c.messages - o.messages,
        tokens_in = c.tokens_in - o.tokens_in,
        tokens_out = c.tokens_out - o.tokens_out,
        cost_nanos = c.cost_nanos - o.cost_nanos,
        likes = c.likes - o.likes,
        dislikes = c.dislikes - o.dislikes
    from (
        select
            conversation_id,
            count(*)::int as messages,
            coalesce(sum(tokens) filter (where role <> 'assistant'), 0)::bigint as tokens_in,
            coalesce(sum(tokens) filter (where role = 'assistant'), 0)::bigint as tokens_out,
            sum(cost_nanos)::bigint as cost_nanos,
            (count(*) filter (where feedback ->> 'rating' = 'like'))::int as likes,
            (count(*) filter (where feedback ->> 'rating' = 'dislike'))::int as dislikes
        from old_rows
        group by conversation_id
    ) o
    where c.id = o.conversation_id;
    return null;
end $$;

create trigger sum_deleted after delete on conversation_messages
referencing old table as old_rows for each statement execute function sum_deleted_messages();

//! Users and all that belongs to them, with a marker in every text that a user can write.

/// Marker in every text until it is replaced.
pub(crate) const MARKER: &str = "zqmark";

/// Columns of text without input of users: the program's own words, or data that only the program reads.
pub(crate) const OWN_WORDS: &[&str] = &[
    "access_tokens.kind",
    "access_tokens.prefix",
    "access_tokens.scopes",
    "api_keys.provider",
    "audit_events.via",
    "audit_horizon.pending_writers",
    "balances.metric",
    "balances.period",
    "conversation_messages.role",
    "dialect_uses.dialect",
    "failed_sign_ins.reason",
    "features.key",
    "groups.features",
    "host_settings.namespace",
    "idempotency_keys.content_type",
    "idempotency_keys.etag",
    "idempotency_keys.location",
    "idempotency_keys.permissions",
    "jobs.kind",
    "jobs.state",
    "leases.ended_as",
    "limits.metric",
    "limits.period",
    "limits.time_zone",
    "login_attempts.scope",
    "lost_access.kind",
    "one_time_links.kind",
    "rate_limits.metric",
    "resource_grants.level",
    "resources.kind",
    "roles.builtin_kind",
    "roles.permissions",
    "sessions.data",
    "sessions.ended_reason",
    "usage_events.kind",
    "usage_events.metric",
    "user_extensions.namespace",
    "user_identifiers.namespace",
    "user_totals.name",
    "users.client_list",
    "users.created_via",
    "users.known_password_hashes",
    "users.password_hash",
    "users.status",
    // Four characters: too few for the marker, and replaced by its name.
    "api_keys.last4",
];

/// Data for everything that pages show. One username is plain: selected users are named in addresses, which accept only names
/// that users can have.
pub(crate) const SEED: &str = r#"
insert into roles (id, name, label, description, permissions, rank)
values ('00000000-0000-7000-8000-0000000000f1', 'zqmark-role', 'zqmark label', 'zqmark description', '{users:read}', 40);

insert into users (
    id, username, display_name, email, unverified_email, status, suspended_reason, suspended_by, created_via, created_at, updated_at,
    last_login_at, last_active_at, deleted_at, purge_after, profile, settings, notification_preferences, registered_from
)
select
    uuid_v7(t.at), case when t.name = 'other' then 'plain-other' else 'zqmark-' || t.name end, 'zqmark ' || t.name, 'zqmark-' || t.name || '@example.org',
    case when t.name in ('waiting', 'uma') then 'zqmark-claimed-' || t.name || '@example.org' end,
    t.status, case when t.status = 'suspended' then 'zqmark reason' end, null, 'registration', t.at, t.at, t.at, t.at,
    case when t.name = 'deleted' then now() end, case when t.name = 'deleted' then now() + interval '30 days' end,
    '{"zqmark": "zqmark", "jobTitle": "zqmark", "department": "zqmark", "phone": "zqmark"}', '{"zqmark": "zqmark", "timeZone": "zqmark"}',
    '{"zqmark": "zqmark"}', '192.0.2.1'
from (
    select name, status, now() - n * interval '1 hour' as at
    from (values
        (1, 'ada', 'active'), (2, 'uma', 'active'), (3, 'suspended', 'suspended'), (4, 'waiting', 'pending'),
        (5, 'deleted', 'active'), (6, 'other', 'pending')
    ) as v (n, name, status)
) as t;

insert into user_roles (user_id, role_id, granted_at)
select u.id, r.id, now() from users u, roles r
where (u.username = 'zqmark-ada' and r.name in ('admin', 'zqmark-role'))
    or (u.username <> 'zqmark-ada' and r.name in ('user', 'zqmark-role'));

update users set suspended_by = (select id from users where username = 'zqmark-ada') where status = 'suspended';
update users set username_skeleton = 'zqmark' where username = 'plain-other';
update users set created_by = (select id from users where username = 'zqmark-uma') where username = 'plain-other';

insert into sessions (
    id, token_hash, user_id, ip, user_agent, device, created_at, last_seen_at, idle_expires_at, expires_at, ended_at, ended_reason,
    ended_by
)
select
    uuid_v7(now()), sha256(convert_to(u.username || e.reason, 'UTF8')), u.id, '192.0.2.1', 'zqmark agent', 'zqmark device', now(), now(),
    now() + interval '1 hour', now() + interval '1 day', case when e.reason <> '' then now() end, nullif(e.reason, ''),
    case when e.reason = 'revoked' then (select id from users where username = 'zqmark-uma') end
from users u, (values (''), ('logout'), ('revoked')) as e (reason)
where u.deleted_at is null and u.status = 'active';

insert into failed_sign_ins (hour, user_id, network, reason, address, tries, last_at)
select now(), id, '192.0.2.1', 'wrong_password', '192.0.2.1', 3, now() from users;

insert into personas (id, user_id, name, role, information_need, details)
select uuid_v7(now()), id, 'zqmark persona', 'zqmark role', 'zqmark need', 'zqmark details' from users;
insert into ontologies (id, persona_id, user_id, name, content)
select uuid_v7(now()), id, user_id, 'zqmark ontology', '{"zqmark": ["zqmark"]}' from personas;
insert into annotations (id, persona_id, user_id, video_id, label, content)
select uuid_v7(now()), id, user_id, 'zqmark video', 'zqmark label', '{"zqmark": ["zqmark"]}' from personas;

insert into api_keys (id, user_id, provider, name, ciphertext, nonce, key_version, last4, created_at, updated_at, last_used_at)
select uuid_v7(now()), o.id, 'anthropic', 'zqmark key', '\x00', '\x00', 1, 'zqmk', now(), now(), now()
from (select id from users where deleted_at is null union all select null) as o (id);

insert into access_tokens (id, user_id, name, prefix, token_hash, scopes, created_at, expires_at, revoked_at, revoked_by)
select
    uuid_v7(now()), u.id, 'zqmark token', 'rc_abcd', sha256(convert_to(u.username || r.revoked::text, 'UTF8')), '{account}', now(),
    now() + interval '3 days', case when r.revoked then now() end,
    case when r.revoked then (select id from users where username = 'zqmark-uma') end
from users u, (values (true), (false)) as r (revoked);

insert into one_time_links (id, kind, token_hash, user_id, preset, created_by, created_at, expires_at, opened_at, max_uses, uses)
select
    uuid_v7(now()), k.kind, sha256(convert_to(k.token, 'UTF8')),
    case when k.kind = 'password_reset' then (select id from users where username = 'zqmark-uma') end,
    '{"role_ids": ["00000000-0000-7000-8000-000000000004", "00000000-0000-7000-8000-0000000000f1"], "days": 7, "note": "zqmark note"}',
    (select id from users where username = 'zqmark-ada'),
    now(), now() + interval '7 days', now(), 5, case when k.kind = 'invitation' then 1 else 0 end
from (values
    ('invitation', 'invitation-token-00000'), ('invitation', 'invitation-token-00001'), ('password_reset', 'reset-token-0000000000')
) as k (kind, token);
insert into link_uses (link_id, user_id, created_at)
select l.id, u.id, now() from one_time_links l, users u where l.kind = 'invitation' and u.username = 'zqmark-uma';

insert into flashes (id, session_id, path, message, undo, created_at, expires_at)
select uuid_v7(now()), id, '/zqmark', '{"names": ["zqmark"]}', '{"form": "zqmark"}', now(), now() + interval '5 minutes' from sessions;

insert into jobs (id, kind, params, state, done, total, error, created_at, started_at, finished_at)
select
    uuid_v7(now()), 'purge', jsonb_build_object('user_id', gen_random_uuid(), 'username', 'zqmark-gone'), s.state, 1, 2,
    case when s.state = 'failed' then 'zqmark error' end, now(), now(), case when s.state <> 'running' then now() end
from (values ('running'), ('failed'), ('done')) as s (state);

insert into audit_events (
    at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes, reason, ip, token_label
)
select
    now(), a.id, 'zqmark-ada', 'ui', e.action, e.kind, t.id, 'zqmark target',
    '{"zqmark": ["zqmark", "zqmark"], "display_name": ["zqmark", "zqmark"], "profile": [{"zqmark": 1}, {"zqmark": ["zqmark"]}]}',
    'zqmark reason', '192.0.2.1', 'zqmark token'
from users a, users t,
    (values ('user.updated', 'user'), ('user.suspended', 'user'), ('zqmark.moved', 'zqmark'), ('api_key.created', 'api_key')) as e (action, kind)
where a.username = 'zqmark-ada' and t.username in ('zqmark-uma', 'zqmark-ada');

insert into clients (name, logo_url, created_at, updated_at)
values ('zqmark client', 'https://example.org/zqmark.png', now(), now());
insert into features (key, label, description, created_at, updated_at)
values ('chat.call', 'zqmark label', 'zqmark description', now(), now());
insert into groups (id, name, description, features, data, meta, external_id, created_at, updated_at)
values (uuid_v7(now()), 'zqmark group', 'zqmark description', '{"chat.call": true}', '{"zqmark": "zqmark"}', '{"zqmark": "zqmark"}',
    'zqmark-group', now(), now());
insert into group_members (group_id, user_id, is_manager, added_by, added_at)
select g.id, u.id, u.username = 'zqmark-ada', (select id from users where username = 'zqmark-uma'), now()
from groups g, users u where u.username in ('zqmark-ada', 'zqmark-uma');
insert into resources (id, kind, external_id, name, data, owner_id, created_at, updated_at)
values (uuid_v7(now()), 'models', 'zqmark-model', 'zqmark model', '{"zqmark": "zqmark"}',
    (select id from users where username = 'zqmark-uma'), now(), now());
insert into resource_grants (resource_id, user_id, group_id, level, granted_by, granted_at)
select r.id, s.user_id, s.group_id, 'read', (select id from users where username = 'zqmark-ada'), now()
from resources r, (
    select id as user_id, null::uuid as group_id from users where username = 'zqmark-uma'
    union all select null, id from groups
    union all select null, null
) as s;
insert into lost_access (user_id, kind, object_id, name)
select id, 'group', gen_random_uuid(), 'zqmark lost' from users where username = 'zqmark-deleted';
insert into user_identifiers (id, user_id, namespace, value)
select uuid_v7(now()), id, 'litellm', 'zqmark-id' from users where username = 'zqmark-uma';
insert into user_extensions (id, user_id, namespace, data)
select uuid_v7(now()), id, 'litellm', '{"zqmark": "zqmark"}' from users where username = 'zqmark-uma';
insert into host_settings (namespace, data) values ('openwebui', '{"zqmark": "zqmark"}');
insert into conversations (id, user_id, external_id, branch, name, started_at, modified_at)
select uuid_v7(now()), id, case when username = 'zqmark-uma' then 'zqmark-chat' end, 'zqmark branch', 'zqmark chat', now(), now()
from users where username in ('zqmark-ada', 'zqmark-uma');
insert into conversation_messages (conversation_id, seq, id, role, content, feedback, at)
select id, 1, uuid_v7(now()), 'user', 'zqmark content', '{"rating": "like", "comment": "zqmark"}', now() from conversations;
insert into limits (id, metric, model, amount, period, period_seconds, anchor, created_at, updated_at)
values (uuid_v7(now()), 'requests', 'zqmark model', 100, '1d', 86400, now(), now(), now());
insert into usage_events (id, at, kind, user_id, model, event_id, conversation_id, note)
select uuid_v7(now()), now(), 'use', id, 'zqmark model', 'zqmark event', 'zqmark chat', 'zqmark note' from users where username = 'zqmark-uma';
insert into usage_event_ids (user_id, event_id, created_at)
select id, 'zqmark event', now() from users where username = 'zqmark-uma';
insert into usage_daily (day, user_id, model, requests)
select current_date, id, 'zqmark model', 1 from users where username = 'zqmark-uma';
insert into balances (user_id, metric, model, period, period_start, used)
select id, 'requests', 'zqmark model', '1d', now(), 1 from users where username = 'zqmark-uma';
insert into usage_key_event_ids (user_id, key_id, event_id, created_at)
select id, id, 'zqmark key event', now() from users where username = 'zqmark-uma';
insert into leases (
    id, user_id, holders, model, requests, tokens, cost_nanos, event_id, key_id, key_event_id, expires_at, created_at
)
select uuid_v7(now()), id, '{}', 'zqmark model', 1, 0, 0, 'zqmark lease', id, 'zqmark key lease', now(), now()
from users where username = 'zqmark-uma';
insert into rate_limits (holder_id, metric, model, spent_until)
select id, 'rpm', 'zqmark model', now() from users where username = 'zqmark-uma';
-- The first one, so that the dialogs of tokens are about the key.
insert into access_tokens (id, kind, user_id, group_id, name, prefix, token_hash, allowed_models, metadata, created_at)
select
    uuid_v7(now() - interval '1 second'), 'key', id, (select id from groups order by id limit 1), 'zqmark key', 'sk-abcd',
    sha256('zqmark key'), '{zqmark model}', '{"zqmark": "zqmark"}', now()
from users where username = 'zqmark-uma';
insert into allowed_models (user_id, models) select id, '{zqmark model}' from users where username = 'zqmark-uma';
"#;

-- Provider keys are kept, handed on and encrypted anew.
alter table api_keys add constraint api_keys_provider_length check (char_length(provider) between 1 and 40);
alter table api_keys add constraint api_keys_name_length check (char_length(name) between 1 and 100);
alter table api_keys add constraint api_keys_last4_length check (char_length(last4) <= 4);
comment on column api_keys.key_version is
    'Under which encryption key: the beginning of a hash of it, so that each row finds its own.';

-- The system's keys of a provider, and the people who do not need them.
create index api_keys_of_system on api_keys (provider, created_at, id) where user_id is null;
create index api_keys_of_people on api_keys (provider, user_id) where user_id is not null and is_active;

-- For programs that call a provider in somebody's name. A role of this name that is there already stays as it is: whoever has
-- it did not get it for this.
insert into roles (id, name, permissions, builtin, rank)
values ('00000000-0000-7000-8000-000000000004', 'application', '{api-keys:resolve}', true, 20)
on conflict (name) do nothing;

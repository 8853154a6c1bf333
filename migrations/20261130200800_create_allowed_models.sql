-- The models that a user can use. Without a row all models.
create table allowed_models (
    user_id uuid not null,
    models text[] not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint allowed_models_pkey primary key (user_id),
    constraint allowed_models_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

comment on column allowed_models.models is 'Empty: none.';

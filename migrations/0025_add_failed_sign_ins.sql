-- Failed sign-ins, for those who look after sessions. One row for each account, network, reason and hour, so that an attack
-- writes few. A username that no account has is not here: users type passwords into that field.
create table failed_sign_ins (
    id bigint generated always as identity,
    hour timestamptz not null,
    user_id uuid,
    network inet,
    reason text not null,
    address inet,
    tries int not null,
    last_at timestamptz not null,
    constraint failed_sign_ins_pkey primary key (id),
    constraint failed_sign_ins_key unique nulls not distinct (hour, user_id, network, reason),
    constraint failed_sign_ins_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint failed_sign_ins_reason_known check (
        reason in ('wrong_password', 'unknown_username', 'throttled', 'suspended', 'pending')
    ),
    constraint failed_sign_ins_tries_positive check (tries > 0)
);

comment on column failed_sign_ins.user_id is 'Null: no account has the username.';
comment on column failed_sign_ins.network is 'The address, or the /64 of an IPv6 address. Null: not known, or one of very many.';
comment on column failed_sign_ins.address is 'The address of the last try in the row.';
create index failed_sign_ins_by_user on failed_sign_ins (user_id);
create index failed_sign_ins_by_age on failed_sign_ins (last_at);

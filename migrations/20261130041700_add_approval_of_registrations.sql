-- The time of an approval, so that it can be undone until the account is used.
alter table users add column approved_at timestamptz;

comment on column users.approved_at is
    'When the registration was approved, equal to updated_at until the next change; null for other accounts.';

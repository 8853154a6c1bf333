-- Passwords that another user has set keep their setter also where they are lasting.
comment on column users.password_set_by is 'Who set the password, a plain id; null where the operator did, or where the password is the user''s own.';
comment on column users.password_set_with is 'The access token with which the password was set, a plain id; null where it was set without one.';

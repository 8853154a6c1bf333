alter table rate_limits add column amount bigint;
comment on column rate_limits.amount is 'The amount per minute that the time was counted by, so that what is used stays when the limit changes. Null: not known.';

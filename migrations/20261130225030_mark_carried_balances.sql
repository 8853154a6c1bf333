alter table balances add column carried boolean;
comment on column balances.carried is 'Whether uses of another period were kept when the limit changed, so that the balance is not the sum of its own. Null: not known.';

-- Costs of each user in the latest calendar month with costs, for the list of users. Those of an earlier month than the present one do not
-- count, so nothing has to reset them.
alter table user_stats
    add column spend_month int not null default 0,
    add column spend_nanos bigint not null default 0;

comment on column user_stats.spend_month is 'Number of the month in UTC: January 2000 has 0.';
comment on column user_stats.spend_nanos is 'Costs of the month, in billionths of a dollar.';

-- no-transaction
create index concurrently user_stats_by_spend on user_stats (spend_rank(spend_month, spend_nanos), user_id) where not deleted;

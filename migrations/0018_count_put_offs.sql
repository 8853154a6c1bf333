-- A removal whose next piece takes too long every time does not go on for ever unseen.
alter table jobs add column put_offs smallint not null default 0;
comment on column jobs.put_offs is 'How often in a row the next piece of it has taken too long.';

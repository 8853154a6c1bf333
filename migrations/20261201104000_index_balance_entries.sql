-- For the changes of the balances of a user, which are few among the uses. Partitions that are created later get the index by themselves.
create index usage_events_entries on only usage_events (user_id, at, id) where kind <> 'use';

-- The names of the partitions depend on the month of the installation, so that no file can have a statement for each. No released version
-- has stored events, so their writes do not wait.
create function index_entries() returns void language plpgsql as $$
declare
    partition_name text;
    index_name text;
begin
    for partition_name in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'usage_events'::regclass
    loop
        index_name := partition_name || '_entries';
        execute format('create index %I on %I (user_id, at, id) where kind <> ''use''', index_name, partition_name);
        execute format('alter index usage_events_entries attach partition %I', index_name);
    end loop;
end $$;

select index_entries();

drop function index_entries();

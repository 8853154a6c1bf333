-- The time zone of this name; UTC if PostgreSQL does not have it, because its tables can be older than those of the server.
create function known_time_zone(name text) returns text language plpgsql stable as $$
begin
    perform now() at time zone name;
    return name;
exception when invalid_parameter_value then
    return 'UTC';
end $$;

-- The end of the first period of a limit; null if that does not end. Days, weeks and months are those of the time zone.
create function first_period_end(period text, anchor timestamptz, time_zone text) returns timestamptz language sql stable as $$
    select case
        when period = 'total' or period like 'drip:%' then null
        when period ~ '^[0-9]+[smh]$' then anchor + period::interval
        when period like 'calendar:%' then (
            date_trunc(split_part(period, ':', 2), anchor at time zone known_time_zone(time_zone))
            + ('1 ' || split_part(period, ':', 2))::interval
        ) at time zone known_time_zone(time_zone)
        else (
            anchor at time zone known_time_zone(time_zone) + replace(period, 'mo', 'mon')::interval
        ) at time zone known_time_zone(time_zone)
    end
$$;

-- As before, with the time zone of the limit.
create or replace function balance_counts(balance balances, period text, anchor timestamptz, time_zone text, asked_at timestamptz)
returns boolean language sql stable as $$
    select (balance).level is not null or coalesce((balance).period_end > asked_at, true) and not coalesce(
        (balance).period <> concat_ws(' ', period, extract(epoch from anchor)::bigint, time_zone)
            and anchor >= (balance).period_start and first_period_end(period, anchor, time_zone) <= asked_at,
        false
    )
$$;

drop function first_period_end(text, timestamptz);

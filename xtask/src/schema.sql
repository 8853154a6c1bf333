-- Describes the schema of a database as one text, from the catalogues and in the order of names: the same on every supported version
-- of PostgreSQL, which the output of pg_dump is not. Partitions are left out, because they depend on the date.
with relations as (
    select c.oid, c.relname::text as name, c.relkind
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
),
columns as (
    select a.attrelid as relation, a.attnum as place, format('    %I %s', a.attname, format_type(a.atttypid, a.atttypmod))
        || case when a.attnotnull then ' not null' else '' end
        || case
            when a.attidentity = 'a' then ' generated always as identity'
            when a.attgenerated = 's' then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid))
            when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid)
            else ''
        end as line
    from pg_attribute a
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped
),
-- A not-null constraint has a row of its own from PostgreSQL 18 on; the column says it already.
constraints as (
    select c.conrelid as relation, c.conname as name, format('    constraint %I %s', c.conname, pg_get_constraintdef(c.oid)) as line
    from pg_constraint c
    where c.contype in ('c', 'f', 'p', 'u')
),
-- Before PostgreSQL 16 a view of one table has its name before each column.
qualifiers as (
    select '\m(' || string_agg(name, '|') || ')\.' as pattern from relations
),
parts as (
    select 1 as section, e.extname::text as name, format('create extension %I;', e.extname) as text
    from pg_extension e where e.extname <> 'plpgsql'
    union all
    select 2, p.oid::regprocedure::text, rtrim(pg_get_functiondef(p.oid), E'\n') || ';'
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all
    select 3, r.name, format(E'create table %I (\n%s\n)%s;', r.name, array_to_string(
        array(select c.line from columns c where c.relation = r.oid order by c.place)
        || array(select c.line from constraints c where c.relation = r.oid order by c.name), E',\n'
    ), case r.relkind when 'p' then ' partition by ' || pg_get_partkeydef(r.oid) else '' end)
    || coalesce(E'\n' || (
        select string_agg(format('comment on column %I.%I is %L;', r.name, a.attname, d.description), E'\n' order by a.attnum)
        from pg_description d join pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid
        where d.classoid = 'pg_class'::regclass and d.objoid = r.oid
    ), '')
    || coalesce(E'\n' || (
        select string_agg(pg_get_indexdef(i.indexrelid) || ';', E'\n' order by i.indexrelid::regclass::text collate "C")
        from pg_index i
        where i.indrelid = r.oid and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))
    ), '')
    || coalesce(E'\n' || (
        select string_agg(pg_get_triggerdef(t.oid) || ';', E'\n' order by t.tgname) from pg_trigger t
        where t.tgrelid = r.oid and not t.tgisinternal
    ), '')
    from relations r where r.relkind <> 'v'
    union all
    select 4, r.name, format(E'create view %I as\n%s', r.name, regexp_replace(pg_get_viewdef(r.oid), q.pattern, '', 'g'))
    from relations r, qualifiers q where r.relkind = 'v'
)
select string_agg(text, E'\n\n' order by section, name collate "C") from parts

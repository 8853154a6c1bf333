-- The ways in which a user reaches a resource, as the view has them. The statement has many joins, so planning it takes longer than
-- running it, and both ids are found by indexes whatever they are: a session plans it once.
create function resource_access_of(of_user uuid, of_resource uuid) returns setof resource_access
language plpgsql stable rows 4 set plan_cache_mode = force_generic_plan as $$
begin
    return query select * from resource_access where user_id = of_user and resource_id = of_resource;
end $$;

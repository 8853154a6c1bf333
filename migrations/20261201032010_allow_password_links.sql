-- Whether managers of the group of a member can create password links for the user: not for a user who manages a group.
create function allows_password_link(member group_members) returns boolean language sql stable
return (member).password_links and not exists (
    select from group_members o where o.user_id = (member).user_id and o.is_manager
);

alter table group_members add column password_links boolean not null default false;
comment on column group_members.password_links is 'Of a member: whether managers can create password links for the user. Of a manager: whether the user can create them.';

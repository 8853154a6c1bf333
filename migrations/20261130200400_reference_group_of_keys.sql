alter table access_tokens add constraint access_tokens_group_id_fkey foreign key (group_id) references groups (id) on delete set null not valid;

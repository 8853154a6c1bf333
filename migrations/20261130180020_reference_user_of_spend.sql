alter table user_spend add constraint user_spend_user_id_fkey foreign key (user_id) references users (id) on delete cascade not valid;

alter table user_spend validate constraint user_spend_user_id_fkey;

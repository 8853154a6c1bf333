alter table roles validate constraint roles_admin_unlimited;

-- Servers of the previous version insert users without it.
alter table users add column nickname text;

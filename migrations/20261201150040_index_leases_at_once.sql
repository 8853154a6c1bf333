-- Each use reads the leases of its holders, and with them the whole list of entries that are not in the index yet. A reservation adds its few
-- entries to the index at once.
alter index leases_by_holder set (fastupdate = off);

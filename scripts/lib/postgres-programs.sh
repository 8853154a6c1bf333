# shellcheck shell=bash
# Sourced. Finds PostgreSQL's own programs; Debian keeps them out of the PATH.

# The oldest PostgreSQL that will do.
oldest_postgres=15

# Prints a line "MAJOR FOLDER" for every PostgreSQL server on this machine that will do, newest first.
list_postgres() {
  local folder major
  {
    printf '%s\n' /usr/lib/postgresql/*/bin
    dirname -- "$(command -v initdb || printf /nowhere/initdb)"
  } | while read -r folder; do
    [[ -x $folder/initdb && -x $folder/pg_ctl && -x $folder/pgbench ]] || continue
    major=$("$folder/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    [[ $major -lt $oldest_postgres ]] || printf '%s %s\n' "$major" "$folder"
  done | sort -rn -u -k 1,1
}

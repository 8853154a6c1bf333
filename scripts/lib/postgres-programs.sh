# shellcheck shell=bash
# Sourced. Finds PostgreSQL's server programs, which Debian installs outside the PATH.

# Oldest supported major version of PostgreSQL.
oldest_postgres=15

# Prints a line "MAJOR FOLDER" for each supported PostgreSQL server on this machine, newest first.
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

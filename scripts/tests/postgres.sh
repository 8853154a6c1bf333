#!/usr/bin/env bash
# Tests scripts/postgres with clusters of its own, in checkouts that it creates in a temporary folder.
# Takes about ten seconds on an idle machine. Prints `N passed, N failed`; exits with 1 if any failed.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
unset DATABASE_URL ROLLCALL_CLUSTER ROLLCALL_FSYNC
passed=0
failed=0

work=$(mktemp -d)
# As root, the server runs as another user, who must be able to enter. One test denies this on purpose.
chmod 755 "$work"
# Spaces, a quote, and a path longer than the maximum of a Unix socket.
first="$work/it's a checkout with spaces and a path that is much longer than the hundred and seven bytes of a socket"
second=$work/second

# Stops and deletes every cluster of the test, wherever its data is.
clean_up() {
  local checkout
  for checkout in "$work"/*/; do
    "$checkout/scripts/postgres" stop 2>/dev/null || true
    if [[ -s $checkout/.data/postgres/place ]]; then rm -rf -- "$(<"$checkout/.data/postgres/place")"; fi
  done
  rm -rf -- "$work"
}
trap clean_up EXIT

new_checkout() {
  mkdir -p -- "$1"
  cp -R -- "$here" "$1/scripts"
}

# Runs a test with the name $1; prints its output if it fails.
check() {
  local name=$1 output status
  shift
  # Not in a condition, where bash would ignore all failures but that of the last command.
  set +e
  output=$(set -e; "$@" 2>&1)
  status=$?
  set -e
  if [[ $status -eq 0 ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s\n%s\n' "$name" "$output"
  fi
}

postgres() { (cd -- "$1" && ./scripts/postgres "${@:2}"); }
ask() { postgres "$1" psql -XAtc "$2"; }
server_pid() { head -n 1 "$(data_of "$1")/postmaster.pid"; }
data_of() {
  local store=$1/.data/postgres
  if [[ -s $store/place ]]; then store=$(<"$store/place"); fi
  printf '%s/data' "$store"
}
equal() { [[ $1 == "$2" ]] || { printf 'expected: %s\ngot:      %s\n' "$2" "$1"; return 1; }; }
fails_saying() { # words, command...
  local words=$1 output
  shift
  if output=$("$@" 2>&1); then
    printf 'it did not fail\n'
    return 1
  fi
  [[ $output == *"$words"* ]] || { printf 'expected …%s…\ngot %s\n' "$words" "$output"; return 1; }
}

nothing_yet() {
  fails_saying 'no private cluster yet' postgres "$first" url
  fails_saying 'There is no private cluster' postgres "$first" status
  equal "$(postgres "$first" stop 2>&1)" ''
}

fresh_start() {
  postgres "$first" start
  equal "$(ask "$first" "select pg_encoding_to_char(encoding), datcollate, datctype from pg_database
    where datname = current_database()")" 'UTF8|C.UTF-8|C.UTF-8'
  equal "$(ask "$first" "select current_database(), current_user, usesuper from pg_user
    where usename = current_user")" 'rollcall|rollcall|t'
  equal "$(psql -XAtc 'select 1' "$(postgres "$first" url)")" 1
  equal "$(ask "$first" 'show fsync')" on
  ask "$first" "create table kept as select 42 as n"
}

only_with_password() {
  equal "$(stat -c %a "$first/.data/postgres/password")" 600
  fails_saying 'password' env PGPASSWORD=wrong psql -XAtc 'select 1' \
    "$(postgres "$first" url | sed -E 's/:[0-9a-f]{32}@/@/')"
}

second_start_is_silent() {
  local before
  before=$(server_pid "$first")
  equal "$(postgres "$first" start 2>&1)" ''
  equal "$(server_pid "$first")" "$before"
}

# The remains of an interrupted run, then two runs at once.
half_made_and_two_at_once() {
  local one two
  mkdir -p -- "$second/.data/postgres/data.making/base"
  printf 15 >"$second/.data/postgres/data.making/PG_VERSION"
  postgres "$second" start &
  one=$!
  postgres "$second" start &
  two=$!
  wait $one
  wait $two
  equal "$(ask "$second" 'select 1')" 1
}

# A cluster whose data may be lost when the machine stops.
without_fsync() {
  local durability="select current_setting('fsync'), current_setting('full_page_writes'), current_setting('wal_level')"
  postgres "$second" stop
  ROLLCALL_FSYNC=off postgres "$second" start
  equal "$(ask "$second" "$durability")" 'off|off|minimal'
  postgres "$second" stop
  postgres "$second" start
  equal "$(ask "$second" "$durability")" 'on|on|replica'
}

checkouts_do_not_meet() {
  [[ $(postgres "$first" url) != "$(postgres "$second" url)" ]]
  equal "$(ask "$second" "select to_regclass('kept') is null")" t
}

stop_and_status() {
  postgres "$first" status
  postgres "$first" stop
  fails_saying 'is stopped' postgres "$first" status
  fails_saying 'is stopped' ask "$first" 'select 1'
  equal "$(postgres "$first" stop 2>&1)" ''
  postgres "$first" start
  equal "$(ask "$first" 'select n from kept')" 42
}

killed() {
  kill -9 "$(server_pid "$first")"
  postgres "$first" start
  equal "$(ask "$first" 'select n from kept')" 42
}

# The id of a stopped server, reused by another process of the same user.
reused_id_in_pid_file() {
  local data other_pid
  data=$(data_of "$first")
  cp -p -- "$data/postmaster.pid" "$work/postmaster.pid"
  postgres "$first" stop
  other_pid=$(server_pid "$second")
  sed "1s/.*/$other_pid/" "$work/postmaster.pid" >"$data/postmaster.pid"
  fails_saying 'is stopped' postgres "$first" status
  postgres "$first" start
  equal "$(ask "$first" 'select n from kept')" 42
  equal "$(ask "$second" 'select 1')" 1
}

port_taken() {
  local taken
  taken=$(postgres "$second" url | sed -E 's/.*:([0-9]+)\/.*/\1/')
  postgres "$first" stop
  sed -i "s/^port = .*/port = $taken/" "$(data_of "$first")/rollcall.conf"
  postgres "$first" start
  equal "$(ask "$first" 'select n from kept')" 42
  [[ $(ask "$first" 'show port') != "$taken" ]]
}

other_major_version() {
  local version
  version=$(data_of "$second")/PG_VERSION
  postgres "$second" stop
  cp -p -- "$version" "$work/PG_VERSION"
  printf '9\n' >"$version"
  fails_saying 'was created by PostgreSQL 9, which is not installed' postgres "$second" start
  cat -- "$work/PG_VERSION" >"$version"
}

moved_checkout() {
  postgres "$first" stop
  mv -- "$first" "$work/moved"
  postgres "$work/moved" start
  equal "$(ask "$work/moved" 'select n from kept')" 42
}

given_url() {
  local checkout=$work/given
  new_checkout "$checkout"
  equal "$(DATABASE_URL=postgres://a/b postgres "$checkout" url)" postgres://a/b
  DATABASE_URL=postgres://a/b postgres "$checkout" start
  printf '# DATABASE_URL=no\nexport DATABASE_URL="postgres://c/d?e=#f" # why\n' >"$checkout/.env"
  equal "$(postgres "$checkout" url)" 'postgres://c/d?e=#f'
  equal "$(DATABASE_URL=postgres://a/b postgres "$checkout" url)" postgres://a/b
  postgres "$checkout" start
  [[ ! -e $checkout/.data ]]
}

# Parsed as in server/src/config/dotenv.rs.
dotenv_is_taken_as_it_stands() {
  local checkout=$work/given line
  while read -r line; do
    printf 'DATABASE_URL=first\nDATABASE_URL=%s\n' "${line% => *}" >"$checkout/.env"
    equal "$(postgres "$checkout" url)" "${line#* => }"
  done <<'END'
postgres://u:pa$$word@c/d => postgres://u:pa$$word@c/d
postgres://u:pg$1@c/d # why => postgres://u:pg$1@c/d
"postgres://u:pa$$word@c/d" => postgres://u:pa$$word@c/d
'postgres://u:$HOME@c/d' => postgres://u:$HOME@c/d
"postgres://u:a\"b\\c\$d@c/d" # why => postgres://u:a"b\c$d@c/d
postgres://u:a\b#c@c/d => postgres://u:a\b#c@c/d
END
}

# A folder other than the checkout, with its own cluster and .env.
another_folder() {
  local folder=$work/another
  mkdir -- "$folder"
  ROLLCALL_CLUSTER=$folder postgres "$second" start
  equal "$(ROLLCALL_CLUSTER=$folder ask "$second" "show data_directory")" "$folder/.data/postgres/data"
  [[ $(ROLLCALL_CLUSTER=$folder postgres "$second" url) != "$(postgres "$second" url)" ]]
  ROLLCALL_CLUSTER=$folder postgres "$second" stop
  printf 'DATABASE_URL=postgres://a/b\n' >"$folder/.env"
  equal "$(ROLLCALL_CLUSTER=$folder postgres "$second" url)" postgres://a/b
}

# A folder of root that the user postgres cannot enter.
shut_out() {
  local closed=$work/closed
  new_checkout "$closed"
  chmod 700 "$closed"
  postgres "$closed" start
  equal "$(ask "$closed" 'select 1')" 1
  [[ $(data_of "$closed") == /var/lib/rollcall/* ]]
}

new_checkout "$first"
new_checkout "$second"
check 'nothing yet' nothing_yet
check 'fresh start' fresh_start
check 'only with the password' only_with_password
check 'a second start is silent' second_start_is_silent
check 'a half-made cluster, and two starts at once' half_made_and_two_at_once
check 'checkouts do not meet' checkouts_do_not_meet
check 'without fsync' without_fsync
check 'stop and status' stop_and_status
check 'a killed server' killed
check 'the id of another process in the pid file' reused_id_in_pid_file
check 'the port is taken' port_taken
check 'another major version' other_major_version
check 'a moved checkout' moved_checkout
check 'DATABASE_URL is set' given_url
check '.env is taken as it stands' dotenv_is_taken_as_it_stands
check 'a cluster in another folder' another_folder
if [[ $EUID -eq 0 ]]; then check 'a folder that the server cannot enter' shut_out; fi
printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]

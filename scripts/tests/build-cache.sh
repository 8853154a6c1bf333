#!/usr/bin/env bash
# Tests scripts/build-cache with a cache and checkouts in a temporary folder. Compiles nothing, and starts one PostgreSQL.
# Prints `N passed, N failed`; exits with 1 if any failed.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
unset CARGO_BUILD_BUILD_DIR ROLLCALL_TOOLS ROLLCALL_BUILD_CACHE RUSTFLAGS DATABASE_URL ROLLCALL_CLUSTER ROLLCALL_FSYNC
passed=0
failed=0
work=$(mktemp -d)
# As root, PostgreSQL runs as another user, who must be able to enter.
chmod 755 "$work"
export XDG_CACHE_HOME=$work/cache
first="$work/it's a checkout"
second=$work/second

# Stops the PostgreSQL of the test, and deletes the files.
clean_up() {
  "$first/scripts/postgres" stop 2>/dev/null || true
  rm -rf -- "$work"
}
trap clean_up EXIT

# Creates a checkout in the folder $1, with two packages and one test.
make_checkout() {
  mkdir -p -- "$1/crates/db-tools/tests" "$1/.cargo" "$1/target"
  cp -R -- "$here" "$1/scripts"
  printf '[workspace]\nmembers = ["crates/*"]\n\n[profile.dev]\ndebug = 1\n' >"$1/Cargo.toml"
  printf '[package]\nname = "db-tools"\n' >"$1/crates/db-tools/Cargo.toml"
  printf 'mod plans;\n' >"$1/crates/db-tools/tests/queries.rs"
  printf 'checksum = "%s"\n' 12ab >"$1/Cargo.lock"
  printf '[build]\n' >"$1/.cargo/config.toml"
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

equal() { [[ $1 == "$2" ]] || { printf 'expected: %s\ngot:      %s\n' "$2" "$1"; return 1; }; }
# Runs a command with the cache in the checkout $1.
cached() { (cd -- "$1" && ./scripts/build-cache "${@:2}" 2>/dev/null); }
# Prints the folder that cargo would use in the checkout $1.
folder_of() { cached "$1" printenv CARGO_BUILD_BUILD_DIR; }
# Prints the folder that cargo would use in the second checkout, or `none`. Further arguments are options of env.
# shellcheck disable=SC2016
folder_or_none() {
  (cd -- "$second" && env "$@" ./scripts/build-cache sh -c 'printf "%s" "${CARGO_BUILD_BUILD_DIR:-none}"' 2>/dev/null)
}
# Runs a command as a user other than root.
as_other_user() {
  if [[ $EUID -ne 0 ]]; then "$@"; else setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; fi
}

checkouts_share_a_folder() {
  local folder
  folder=$(folder_of "$first")
  [[ $folder == "$XDG_CACHE_HOME"/rollcall/build/* && -d $folder ]]
  equal "$(folder_of "$second")" "$folder"
  equal "$(cached "$first" printenv ROLLCALL_TOOLS)" "$XDG_CACHE_HOME/rollcall/tools"
}

other_crates_have_another_folder() {
  local folder
  folder=$(folder_of "$first")
  printf 'checksum = "%s"\n' 34cd >>"$second/Cargo.lock"
  [[ $(folder_of "$second") != "$folder" ]]
}

own_crates_are_deleted() {
  local folder name
  local own=(deps/libdb_tools-0123456789abcdef.rlib .fingerprint/db-tools-0123456789abcdef/lib
    deps/queries-0123456789abcdef build/db-tools-0123456789abcdef/out/a)
  local foreign=(deps/libserde-0123456789abcdef.rlib deps/libdb_tools_extra-0123456789abcdef.rlib
    .fingerprint/serde-0123456789abcdef/lib)
  folder=$(folder_of "$first")
  for name in "${own[@]}" "${foreign[@]}"; do
    mkdir -p -- "$(dirname -- "$folder/debug/$name")"
    printf x >"$folder/debug/$name"
  done
  equal "$(folder_of "$first")" "$folder"
  for name in "${own[@]}"; do [[ ! -e $folder/debug/$name ]] || { printf '%s is left\n' "$name"; return 1; }; done
  for name in "${foreign[@]}"; do [[ -e $folder/debug/$name ]] || { printf '%s is gone\n' "$name"; return 1; }; done
}

sources_are_newer_than_the_folder() {
  touch -d '2 days ago' "$first/crates/db-tools/tests/queries.rs" "$first/target"
  cached "$first" true
  [[ -n $(find "$first/crates/db-tools/tests/queries.rs" -mmin -1) ]]
  [[ -z $(find "$first/target" -maxdepth 0 -mmin -1) ]]
}

unused_folders_are_deleted() {
  local old=$XDG_CACHE_HOME/rollcall/build/old recent=$XDG_CACHE_HOME/rollcall/build/recent
  mkdir -p -- "$old" "$recent"
  touch -d '9 days ago' "$old"
  cached "$first" true
  [[ ! -e $old && -e $recent ]]
}

# shellcheck disable=SC2016
second_command_runs_without() {
  equal "$(cached "$first" "$second/scripts/build-cache" sh -c 'printf "%s" "${CARGO_BUILD_BUILD_DIR:-none}"')" none
}

exit_status_is_passed_on() {
  local status=0
  cached "$first" sh -c 'exit 7' || status=$?
  equal "$status" 7
}

unused_tools_are_deleted() {
  local tools=$XDG_CACHE_HOME/rollcall/tools name
  for name in used unused; do
    mkdir -p -- "$tools/$name/bin"
    printf x >"$tools/$name/bin/a"
    printf x >"$tools/$name/bin/b"
    touch -d '9 days ago' "$tools/$name/bin/a" "$tools/$name/bin/b" "$tools/$name/bin" "$tools/$name"
  done
  touch -a -d '6 days ago' "$tools/used/bin/b"
  cached "$first" true
  [[ ! -e $tools/unused && -e $tools/used/bin/a ]]
}

no_home_runs_without() {
  equal "$(folder_or_none -u HOME -u XDG_CACHE_HOME)" none
  equal "$(folder_or_none -u XDG_CACHE_HOME HOME=)" none
}

unusable_folder_runs_without() {
  local cache=$work/unusable
  mkdir -p -- "$cache/rollcall/lock"
  equal "$(folder_or_none XDG_CACHE_HOME="$cache")" none
  rmdir -- "$cache/rollcall/lock"
  printf x >"$cache/rollcall/lock"
  chmod 666 "$cache/rollcall/lock"
  chmod 555 "$cache/rollcall/build" "$cache/rollcall/tools"
  equal "$(as_other_user env HOME=/ bash -c "$(declare -f folder_or_none); second=\$0; folder_or_none \"\$@\"" "$second" \
    XDG_CACHE_HOME="$cache")" none
}

# A server that the command has started does not hold the lock.
lock_ends_with_the_command() {
  cached "$first" ./scripts/postgres start
  "$first/scripts/postgres" status >/dev/null
  [[ -n $(folder_of "$first") ]]
}

# A command that continues after a signal has ended the script still writes to the folder.
# shellcheck disable=SC2016
lock_remains_while_a_program_runs() {
  local tries pid killed
  (cd -- "$first" && exec ./scripts/build-cache sh -c 'echo $$ >"$0"; exec sleep 60' "$work/pid") >/dev/null 2>&1 &
  killed=$!
  for ((tries = 0; tries < 600; tries++)); do
    if [[ -s $work/pid ]]; then break; fi
    sleep 0.1
  done
  pid=$(<"$work/pid")
  kill -TERM "$killed"
  wait "$killed" || true
  kill -0 "$pid"
  equal "$(folder_or_none)" none
  kill "$pid"
  for ((tries = 0; tries < 600; tries++)); do
    if [[ $(folder_or_none) != none ]]; then return; fi
    sleep 0.1
  done
  printf 'the lock remains\n'
  return 1
}

make_checkout "$first"
make_checkout "$second"
check 'checkouts share a folder' checkouts_share_a_folder
check 'other crates have another folder' other_crates_have_another_folder
check 'own crates are deleted' own_crates_are_deleted
check 'sources are newer than the folder' sources_are_newer_than_the_folder
check 'unused folders are deleted' unused_folders_are_deleted
check 'a second command runs without' second_command_runs_without
check 'the exit status is passed on' exit_status_is_passed_on
check 'unused tools are deleted' unused_tools_are_deleted
check 'no home: a command runs without' no_home_runs_without
check 'an unusable folder: a command runs without' unusable_folder_runs_without
check 'the lock ends with the command' lock_ends_with_the_command
check 'the lock remains while a program runs' lock_remains_while_a_program_runs
printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]

#!/usr/bin/env bash
# Tests scripts/build-cache with a cache and checkouts in a temporary folder. Compiles nothing.
# Prints `N passed, N failed`; exits with 1 if any failed.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
unset CARGO_BUILD_BUILD_DIR ROLLCALL_TOOLS ROLLCALL_BUILD_CACHE RUSTFLAGS
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
first="$work/it's a checkout"
second=$work/second

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
  local name=$1 output
  shift
  if output=$(set -e; "$@" 2>&1); then
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

# A server that the command has started does not hold the lock.
# shellcheck disable=SC2016
lock_ends_with_the_command() {
  cached "$first" sh -c 'sleep 30 >/dev/null 2>&1 & echo $! >"$0"' "$work/pid"
  [[ -n $(folder_of "$first") ]]
  kill "$(<"$work/pid")"
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
check 'the lock ends with the command' lock_ends_with_the_command
printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]

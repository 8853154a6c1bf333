#!/usr/bin/env bash
# Tests scripts/user with a fake rollcall that prints how it was called, in checkouts in a temporary folder.
# Takes less than a second. Prints `N passed, N failed`; exits with 1 if any failed.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
unset DATABASE_URL ROLLCALL_CLUSTER CARGO_TARGET_DIR
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
checkout="$work/it's a checkout"
mkdir -p -- "$checkout"
cp -R -- "$here" "$checkout/scripts"

# Creates a fake rollcall in the file $1, which prints its name $2 and how it was called.
make_rollcall() {
  mkdir -p -- "$(dirname -- "$1")"
  cat >"$1" <<END
#!/usr/bin/env bash
printf '%s in %s with %s\n' '$2' "\$PWD" "\${DATABASE_URL:-no database}"
printf '<%s>' "\$@"
if [[ " \$* " == *' --password - '* ]]; then cat; fi
exit \${STATUS:-0}
END
  chmod +x "$1"
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
user() { (cd -- "$checkout" && ./scripts/user "$@"); }
said() { user "$@" | tail -n 1; }
called() { user list | head -n 1; }

nothing_built() {
  local output
  if output=$(PATH=/usr/bin:/bin user list 2>&1); then return 1; fi
  [[ $output == *'run cargo xtask build --release'* ]]
}

installed() {
  make_rollcall "$work/bin/rollcall" installed
  equal "$(PATH=$work/bin:$PATH called)" "installed in $checkout with no database"
}

debug_then_release() {
  make_rollcall "$checkout/target/debug/rollcall" debug
  equal "$(called)" "debug in $checkout with no database"
  make_rollcall "$checkout/target/release/rollcall" release
  equal "$(called)" "release in $checkout with no database"
}

other_target_folder() {
  make_rollcall "$work/target/debug/rollcall" other
  equal "$(CARGO_TARGET_DIR=$work/target called)" "other in $checkout with no database"
}

from_elsewhere() {
  equal "$(cd / && "$checkout/scripts/user" list | head -n 1)" "release in $checkout with no database"
}

words_as_they_are() {
  equal "$(said create --name "O'Neil  \"x\"" --email '' --notification-preferences '{"email":true}')" \
    "<user><create><--name><O'Neil  \"x\"><--email><><--notification-preferences><{\"email\":true}>"
}

standard_input() {
  equal "$(printf 'secret \n' | said update 1 --password -)" '<user><update><1><--password><->secret '
}

exit_status() {
  local status=0
  STATUS=2 user list >/dev/null || status=$?
  equal "$status" 2
}

given_database() {
  equal "$(DATABASE_URL=postgres://a/b called)" "release in $checkout with postgres://a/b"
  # rollcall reads .env itself.
  printf 'DATABASE_URL=postgres://c/d\n' >"$checkout/.env"
  equal "$(called)" "release in $checkout with no database"
  rm -- "$checkout/.env"
}

private_database() {
  cat >"$checkout/scripts/postgres" <<'END'
#!/usr/bin/env bash
if [[ $1 == url ]]; then printf 'postgres://private/rollcall\n'; else touch started; fi
END
  equal "$(called)" "release in $checkout with postgres://private/rollcall"
  [[ -e $checkout/started ]]
}

check 'nothing is built' nothing_built
check 'an installed one' installed
check 'debug, then release' debug_then_release
check 'another target folder' other_target_folder
check 'from elsewhere' from_elsewhere
check 'words as they are' words_as_they_are
check 'standard input' standard_input
check 'the exit status' exit_status
check 'a given database' given_database
check 'the private database' private_database
printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]

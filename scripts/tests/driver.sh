#!/usr/bin/env bash
# Tests scripts/driver with a fake cargo, in a checkout in a temporary folder.
# Takes less than a second. Prints `N passed, N failed`; exits with 1 if any failed.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
unset CARGO_TARGET_DIR
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
checkout="$work/it's a checkout"
built=$checkout/target/debug/xtask
mkdir -p -- "$checkout/xtask/src/check/tests" "$work/bin"
cp -R -- "$here" "$checkout/scripts"
touch -- "$checkout/xtask/Cargo.toml" "$checkout/xtask/src/main.rs" "$checkout/xtask/src/check/tests/words.rs"

# The fake cargo prints its arguments; `cargo build` writes the program.
cat >"$work/bin/cargo" <<'END'
#!/usr/bin/env bash
printf '<%s>' "$@"
printf '\n'
if [[ $1 == build ]]; then
  folder=${CARGO_TARGET_DIR:-target}/debug
  mkdir -p -- "$folder"
  touch -- "$folder/xtask"
  chmod +x -- "$folder/xtask"
fi
exit "${STATUS:-0}"
END
chmod +x "$work/bin/cargo"

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
driver() { (cd / && PATH=$work/bin:$PATH "$checkout/scripts/driver" "$@" 2>&1); }
# Sets the time of the program and of all sources.
all_from() { find "$checkout/xtask" "$built" -exec touch -d "$1" -- {} +; }

first_run_says_so_before_it_compiles() {
  local output
  output=$(driver run --release | sed 's/([0-9.]* s)/(N s)/')
  equal "$output" 'driver: compiling the build driver (about 2 min the first time)
<build><--quiet><--package><xtask>
driver: build driver compiled (N s)
<xtask><run><--release>'
}

later_run_says_nothing() {
  all_from '1 hour ago'
  equal "$(driver run)" '<xtask><run>'
}

changed_source_is_compiled() {
  all_from '1 hour ago'
  touch -- "$checkout/xtask/src/main.rs"
  [[ $(driver run) == *'its sources have changed'* ]]
  touch -d '1 minute' -- "$built"
  equal "$(driver run)" '<xtask><run>'
}

test_modules_are_no_part() {
  all_from '1 hour ago'
  touch -- "$checkout/xtask/src/check/tests/words.rs"
  equal "$(driver run)" '<xtask><run>'
}

other_target_folder() {
  [[ $(CARGO_TARGET_DIR=$work/target driver run) == *'the first time'* ]]
  [[ -x $work/target/debug/xtask ]]
}

failures_are_passed_on() {
  local status=0
  STATUS=7 driver run >/dev/null || status=$?
  equal "$status" 7
  rm -- "$built"
  status=0
  STATUS=7 driver run >"$work/output" || status=$?
  equal "$status" 7
  if grep -q '^<xtask>' "$work/output"; then return 1; fi
}

check 'the first run' first_run_says_so_before_it_compiles
check 'a later run' later_run_says_nothing
check 'a changed source' changed_source_is_compiled
check 'modules of tests' test_modules_are_no_part
check 'another target folder' other_target_folder
check 'failures' failures_are_passed_on
printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]

#!/usr/bin/env bash
# Tests scripts/image-root with a program of this machine in place of rollcall, in a temporary folder.
# Takes less than a second. Prints `N passed, N failed`; exits with 1 if any failed.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
site=$work/site
mkdir -p -- "$site/pkg"
printf '{}' >"$site/assets.json"
printf 'a{}' >"$site/pkg/rollcall.css"
cat_program=$(command -v cat)

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

# Collects the files of the image with the program $1 in the folder $2.
collect() { "$here/image-root" "$1" "$site" "$2"; }

# True if the command fails and its output has the text $1.
fails_with() {
  local text=$1 output
  shift
  if output=$("$@" 2>&1); then return 1; fi
  [[ $output == *"$text"* ]] || { printf '%s\n' "$output"; return 1; }
}

files_are_in_place() {
  local image=$work/image file
  collect "$cat_program" "$image"
  cmp -- "$cat_program" "$image/usr/local/bin/rollcall"
  cmp -- "$site/pkg/rollcall.css" "$image/usr/local/share/rollcall/site/pkg/rollcall.css"
  for file in etc/passwd etc/group etc/nsswitch.conf etc/ssl/certs/ca-certificates.crt; do [[ -s $image/$file ]]; done
  [[ $(stat -c %a "$image/tmp") == 1777 ]]
  # Nothing in the image points out of it.
  [[ -z $(find "$image" -type l) ]]
}

every_library_is_there() {
  local image=$work/libraries library
  collect "$cat_program" "$image"
  for library in $(ldd "$cat_program" | grep -oE '/[^ ]+'); do cmp -- "$library" "$image$library"; done
}

# Only root can change the root folder of a process.
program_runs_in_the_image() {
  local image=$work/running
  [[ $EUID -eq 0 ]] || return 0
  collect "$cat_program" "$image"
  [[ $(chroot "$image" /usr/local/bin/rollcall /etc/nsswitch.conf) == 'hosts: files dns' ]]
}

files_are_readable_by_all() {
  local image=$work/readable
  chmod 600 "$site/assets.json"
  (umask 077 && collect "$cat_program" "$image")
  [[ -z $(find "$image" ! -perm -o=r) ]]
}

big_image_is_rejected() {
  mkdir -- "$work/big"
  cp -- "$cat_program" "$work/big/program"
  truncate -s 130M "$work/big/program"
  fails_with 'MB, at most' collect "$work/big/program" "$work/big/image"
}

missing_files_are_named() {
  fails_with 'run make build' collect "$work/missing" "$work/none"
  fails_with 'exists.' collect "$cat_program" "$site"
  printf '#!/bin/sh\n' >"$work/script"
  chmod +x "$work/script"
  fails_with 'is not a program with shared libraries' collect "$work/script" "$work/none"
}

check 'files' files_are_in_place
check 'libraries' every_library_is_there
check 'running' program_runs_in_the_image
check 'permissions' files_are_readable_by_all
check 'a big image' big_image_is_rejected
check 'missing files' missing_files_are_named
printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]

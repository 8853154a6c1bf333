# shellcheck shell=bash
# Sourced. Messages and timing, the same in every script.
# The sourcing script sets `program`, the word each line begins with.

# Prints one line on standard error: standard output is kept for answers that programs read.
say() { printf '%s: %s\n' "${program:?}" "$*" >&2; }

# Prints one line and ends the script.
die() {
  say "$*"
  exit 1
}

# Microseconds since the epoch.
now() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

# Prints the seconds since $1, a value of `now`, to a tenth.
since() {
  local tenths=$((($(now) - $1 + 50000) / 100000))
  printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

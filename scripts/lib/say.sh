# shellcheck shell=bash
# Sourced. Messages and timing for all scripts.
# The sourcing script sets `program`, the prefix of each line.

# Prints a line on standard error, because programs read the results on standard output.
say() { printf '%s: %s\n' "${program:?}" "$*" >&2; }

# Prints a line and ends the script with exit status 1.
die() {
  say "$*"
  exit 1
}

# Prints the time in microseconds since the epoch.
now() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

# Prints the seconds since $1, a value of `now`, with one decimal.
since() {
  local tenths=$((($(now) - $1 + 50000) / 100000))
  printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

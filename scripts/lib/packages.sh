# shellcheck shell=bash
# Sourced by scripts/toolchain. Debian packages: installed as root, collected for other users.

# Missing packages, and commands of these scripts that require root.
missing_packages=()
missing_commands=()
apt_updated=
scratch=

# True if the Debian package $1 is installed.
has_package() { [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# True if the user is root, who can install packages.
may_install() { [[ $EUID -eq 0 ]]; }

# Installs packages for the purpose $1. For other users they are collected and listed at the end.
want_packages() {
  local purpose=$1 began
  shift
  if ! may_install; then
    missing_packages+=("$@")
    return
  fi
  command -v apt-get >/dev/null || die "apt-get not found: install these packages otherwise: $*."
  began=$(now)
  say "$purpose: installing $*"
  # A failing third-party source must not prevent the use of Debian's own.
  if [[ -z $apt_updated ]]; then apt_get update >/dev/null 2>&1 || say 'apt-get update failed; continuing'; fi
  apt_updated=yes
  run_logged 'apt-get install' apt_get install -y --no-install-recommends "$@"
  say "$purpose: installed ($(since "$began"))"
}

# Runs apt-get without questions; keeps modified configuration files and waits for another apt-get to finish. Closes descriptor
# 8: a server that a package starts would hold the lock of scripts/build-cache.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold "$@" 8>&-
}

# Sets `scratch` to a folder that is deleted when the script ends, even after a failure.
make_scratch() {
  if [[ -n $scratch ]]; then return; fi
  scratch=$(mktemp -d)
  trap 'rm -rf -- "$scratch"' EXIT
}

# Runs a command, named $1 in messages, and prints the end of its output if it fails.
run_logged() {
  local name=$1
  shift
  make_scratch
  if "$@" >"$scratch/output" 2>&1 </dev/null; then return; fi
  tail -n 40 -- "$scratch/output" >&2
  die "$name failed."
}

# Prints everything that root has to do, and ends the script if there is anything.
tell_missing() {
  if [[ ${#missing_packages[@]} -eq 0 && ${#missing_commands[@]} -eq 0 ]]; then return; fi
  if ! command -v apt-get >/dev/null; then
    die "apt-get not found: install the content of these Debian packages otherwise: ${missing_packages[*]}."
  fi
  say 'some packages are missing. Run this and try again:'
  if [[ ${#missing_packages[@]} -gt 0 ]]; then
    printf '  sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n' "${missing_packages[*]}" >&2
  fi
  if [[ ${#missing_commands[@]} -gt 0 ]]; then printf '  sudo %s\n' "${missing_commands[@]}" >&2; fi
  exit 1
}

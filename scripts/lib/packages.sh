# shellcheck shell=bash
# Sourced by scripts/toolchain. Debian's packages: installed by root, collected for an ordinary user.

# What an ordinary user has to have installed, and the commands of ours that need root.
missing_packages=()
missing_commands=()
apt_updated=
scratch=

# True when the Debian package $1 is installed.
has_package() { [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# True when the user is root, who may install.
may_install() { [[ $EUID -eq 0 ]]; }

# Installs packages for $1, what they are for; an ordinary user is told about them at the end.
want_packages() {
  local purpose=$1 began
  shift
  if ! may_install; then
    missing_packages+=("$@")
    return
  fi
  command -v apt-get >/dev/null || die "This machine has no apt-get: install by its own means $*."
  began=$(now)
  say "$purpose: installing $*"
  # One source that fails, as a third party's may, does not keep Debian's own from serving.
  if [[ -z $apt_updated ]]; then apt_get update >/dev/null 2>&1 || say 'apt-get update failed; going on'; fi
  apt_updated=yes
  run_logged 'apt-get install' apt_get install -y --no-install-recommends "$@"
  say "$purpose: installed ($(since "$began"))"
}

# apt-get that asks nothing, keeps changed settings, and waits for another apt-get that is at work.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold "$@"
}

# Sets `scratch`, a folder that is removed when the script ends, however it ends.
make_scratch() {
  if [[ -n $scratch ]]; then return; fi
  scratch=$(mktemp -d)
  trap 'rm -rf -- "$scratch"' EXIT
}

# Runs a command, called $1 in messages, and shows the end of its output if it fails.
run_logged() {
  local name=$1
  shift
  make_scratch
  if "$@" >"$scratch/output" 2>&1 </dev/null; then return; fi
  tail -n 40 -- "$scratch/output" >&2
  die "$name failed."
}

# Tells an ordinary user all that root has to do, once, and ends the script if there is anything.
tell_missing() {
  if [[ ${#missing_packages[@]} -eq 0 && ${#missing_commands[@]} -eq 0 ]]; then return; fi
  if ! command -v apt-get >/dev/null; then
    die "This machine has no apt-get: install by its own means what these Debian packages hold: ${missing_packages[*]}."
  fi
  say 'something is missing that only root can install. Run, and then try again:'
  if [[ ${#missing_packages[@]} -gt 0 ]]; then
    printf '  sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n' "${missing_packages[*]}" >&2
  fi
  if [[ ${#missing_commands[@]} -gt 0 ]]; then printf '  sudo %s\n' "${missing_commands[@]}" >&2; fi
  exit 1
}

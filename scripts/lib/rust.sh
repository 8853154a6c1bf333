# shellcheck shell=bash
# Sourced by scripts/toolchain. Finds or installs a Rust toolchain for the server and the browser.

wasm=wasm32-unknown-unknown
# Release builds use link-time optimisation, which needs the bitcode of std; cargo omits it by default.
wasm_std_flags='-C embed-bitcode=yes'

# Prints the oldest supported Rust version: the workspace's rust-version.
oldest_rust() { sed -nE 's/^rust-version *= *"([0-9.]+)".*/\1/p' "${root:?}/Cargo.toml"; }

# True if version $2 is at least version $1.
at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

# Puts rustup's folder first in the PATH if rustup is installed. A shell without a profile does not have it there, and cargo
# takes `cargo-clippy` from that folder before any other, so that two toolchains would be mixed.
# Sets `rust_path` to the folder if the PATH was changed.
# shellcheck disable=SC2034
find_cargo_folder() {
  local folder
  folder=$(dirname -- "$(command -v rustup || printf '%s' "${CARGO_HOME:-${HOME:-/nowhere}/.cargo}/bin/rustup")")
  rust_path=
  if [[ -x $folder/rustup && -x $folder/cargo && $(command -v cargo) != "$folder/cargo" ]]; then
    rust_path=$folder
    PATH=$folder:$PATH
  fi
}

has_rustup() { command -v rustup >/dev/null; }

# Runs a command with the rustup toolchain $1, or with the active one if $1 is empty. Prevents rustup from installing a
# toolchain that is only queried.
with_toolchain() {
  local toolchain=$1
  shift
  if [[ -n $toolchain ]]; then set -- env RUSTUP_TOOLCHAIN="$toolchain" "$@"; fi
  RUSTUP_AUTO_INSTALL=0 "$@" 2>/dev/null
}

# True if the rustc of toolchain $1 exists and is recent enough.
is_new_enough() {
  local version
  version=$(with_toolchain "$1" rustc --version) || return 1
  read -r _ version _ <<<"$version"
  at_least "$(oldest_rust)" "$version"
}

# True if the toolchain $1 has everything that the builds and the lints need.
# Sets `wasm_linker`, which is empty if the toolchain contains a linker.
is_complete() {
  local sysroot program
  is_new_enough "$1" || return 1
  sysroot=$(with_toolchain "$1" rustc --print sysroot) || return 1
  for program in cargo cargo-clippy rustfmt; do
    [[ -x $sysroot/bin/$program ]] || return 1
  done
  has_wasm_std "$sysroot" && find_wasm_linker "$sysroot"
}

# True if the toolchain folder $1 has std for wasm. A std built by these scripts must be from the same rustc and flags.
has_wasm_std() {
  local folder=$1/lib/rustlib/$wasm
  compgen -G "$folder/lib/libstd-*.rlib" >/dev/null || return 1
  [[ ! -e $folder/made-by-rollcall || $(<"$folder/made-by-rollcall") == "$(wasm_std_stamp "$1")" ]]
}

# Prints the stamp that identifies a std built by the toolchain in folder $1.
wasm_std_stamp() {
  "$1/bin/rustc" -vV
  printf 'flags: %s\n' "$wasm_std_flags"
}

# Sets `wasm_linker` for the toolchain in folder $1: rustup's toolchains contain rust-lld, Debian's does not.
find_wasm_linker() {
  wasm_linker=
  if compgen -G "$1/lib/rustlib/*/bin/rust-lld" >/dev/null; then return; fi
  wasm_linker=$(compgen -c wasm-ld | sort -rV | head -n 1)
  [[ -n $wasm_linker ]]
}

# Sets `rust_toolchain` to the first complete toolchain: the active one (the empty string), then rustup's `stable`, then
# Debian's. Fails if there is none.
find_rust() {
  find_cargo_folder
  for rust_toolchain in '' stable debian; do
    if [[ -n $rust_toolchain ]] && ! has_rustup; then return 1; fi
    if is_complete "$rust_toolchain"; then return; fi
  done
  return 1
}

# Installs missing parts by rustup. This may fail, because its servers are not reachable from everywhere.
complete_by_rustup() {
  local began output
  began=$(now)
  if is_new_enough ''; then
    say "Rust: adding $wasm, clippy and rustfmt to rustup's toolchain"
    set -- rustup target add "$wasm"
    timeout 600 rustup component add clippy rustfmt >/dev/null 2>&1 || true
  else
    say "Rust: installing rustup's stable toolchain"
    set -- rustup toolchain install stable --profile minimal --component clippy --component rustfmt --target "$wasm"
  fi
  # The timeout is for networks that drop packets; a rejected connection fails at once.
  if output=$(timeout 900 "$@" 2>&1 </dev/null) && find_rust; then
    say "Rust: done ($(since "$began"))"
  else
    say "Rust: rustup failed ($(since "$began")); using Debian's Rust"
    printf '%s\n' "$output" | sed -n 's/^error: /  rustup: /p' | tail -n 1 | cut -c -200 >&2
    return 1
  fi
}

# Ensures a complete Rust.
ensure_rust() {
  if find_rust; then return; fi
  if has_rustup && complete_by_rustup; then return; fi
  ensure_debian_rust
  if has_rustup && has_wasm_std /usr; then
    rustup toolchain link debian /usr
    say "Rust: rustup's toolchain \`debian\` is /usr"
  fi
  find_rust || ! may_install || die "Rust is installed, but $(command -v rustc) is incomplete: see scripts/toolchain help."
}

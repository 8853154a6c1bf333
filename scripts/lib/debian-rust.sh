# shellcheck shell=bash
# Sourced by scripts/toolchain. Debian's Rust, for machines where rustup is missing or cannot reach its servers.
#
# Debian's `-web` packages are recent Rust releases, packaged for browsers. They contain no std for wasm but its source, from
# which it is built once and linked by Debian's lld.
# The variables come from rust.sh and packages.sh.
# shellcheck disable=SC2154

debian_rust_packages=(rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-22)

# Ensures Debian's Rust with std for wasm. Installing requires root; for other users, missing parts are collected.
ensure_debian_rust() {
  local package wanted=()
  for package in "${debian_rust_packages[@]}"; do
    has_package "$package" || wanted+=("$package")
  done
  if [[ ${#wanted[@]} -eq 0 ]] && ! debian_rust_is_new; then wanted=("${debian_rust_packages[@]}"); fi
  if [[ ${#wanted[@]} -gt 0 ]]; then want_packages Rust "${wanted[@]}"; fi
  if ! may_install; then
    debian_rust_is_new && has_wasm_std /usr || missing_commands+=("$(printf '%q debian-rust' "$root/scripts/toolchain")")
    return
  fi
  debian_rust_is_new || die "Debian's newest Rust here is $(/usr/bin/rustc --version), but $(oldest_rust) is needed."
  has_wasm_std /usr || install_wasm_std
}

# True if /usr/bin/rustc exists and is recent enough.
debian_rust_is_new() {
  local version
  version=$(/usr/bin/rustc --version 2>/dev/null) || return 1
  read -r _ version _ <<<"$version"
  at_least "$(oldest_rust)" "$version"
}

# Builds std for wasm and renames it to its place together with its stamp, so that an interrupted run leaves no incomplete
# std. The lock prevents two runs at once.
install_wasm_std() {
  local began target=/usr/lib/rustlib/$wasm
  began=$(now)
  exec 8</usr/lib/rustlib
  flock 8
  if has_wasm_std /usr; then return; fi
  say "Rust: building std for $wasm, once for each release of Rust (about a minute)"
  make_scratch
  build_wasm_std "$scratch/std"
  umask 022
  rm -rf -- "$target.new" "$target.old"
  mkdir -p -- "$target.new/lib"
  find "$scratch/std/target/$wasm/release/deps" -name '*.rlib' ! -name 'libscratch-*' \
    -exec install -m 644 -t "$target.new/lib" -- {} +
  wasm_std_stamp /usr >"$target.new/made-by-rollcall"
  if [[ -e $target ]]; then mv -T -- "$target" "$target.old"; fi
  mv -T -- "$target.new" "$target"
  rm -rf -- "$target.old"
  exec 8<&-
  say "Rust: std for $wasm is in $target ($(since "$began"))"
}

# Builds std in the new folder $1. RUSTC_BOOTSTRAP enables the unstable -Zbuild-std on a stable rustc.
build_wasm_std() {
  mkdir -p -- "$1/src"
  touch "$1/src/lib.rs"
  printf '[package]\nname = "scratch"\nedition = "2021"\n' >"$1/Cargo.toml"
  run_logged 'Building std' env -C "$1" -u CARGO_BUILD_TARGET -u RUSTUP_TOOLCHAIN \
    RUSTFLAGS="$wasm_std_flags" RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$1/target" \
    /usr/bin/cargo build --release --target "$wasm" -Zbuild-std=std,panic_abort
}

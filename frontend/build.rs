//! Has the linker say where it has put what: by that the module is split.

fn main() {
    println!("cargo::rustc-cdylib-link-arg=--emit-relocs");
}

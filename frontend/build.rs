//! Linker argument that emits relocations, which the splitting of the module needs.

fn main() {
    println!("cargo::rustc-cdylib-link-arg=--emit-relocs");
}

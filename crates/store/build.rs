//! Rebuilds when a migration is added: the compiler only watches those it already knows.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}

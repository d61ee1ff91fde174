//! Tells the program by a hash of its sources and tables, so that numbers kept by another one are not taken for its own.

use std::{
    collections::BTreeMap,
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
};

fn main() -> io::Result<()> {
    let mut files = BTreeMap::new();
    for folder in ["src", "data"] {
        println!("cargo::rerun-if-changed={folder}");
        read(Path::new(folder), &mut files)?;
    }
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    env::var("TARGET").ok().hash(&mut hasher);
    println!("cargo::rustc-env=MATDOCK_CHEM_SOURCES={:016x}", hasher.finish());
    Ok(())
}

fn read(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(&path, files)?;
        } else {
            files.insert(path.to_string_lossy().replace('\\', "/"), fs::read(&path)?);
        }
    }
    Ok(())
}

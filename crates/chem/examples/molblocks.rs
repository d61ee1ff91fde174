//! Compares the canonical SMILES of molblocks with reference ones.
//!
//! `cargo run --release -p matdock-chem --example molblocks -- REFERENCE.sdf`
//!
//! The first data of each record is the SMILES, as `benches/peers/chem/drawn_reference.py` writes it.

use std::error::Error;

use matdock_chem::SdfRecord;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name an SDF file")?;
    let text = std::fs::read_to_string(path)?;
    let (mut records, mut equal) = (0, 0);
    for text in text.split("$$$$\n").filter(|text| !text.trim().is_empty()) {
        let record = SdfRecord::parse(text);
        let Some((_, expected)) = record.properties.first() else { continue };
        let found = record.molecule().map_or_else(|error| error.to_string(), |molecule| molecule.canonical_smiles());
        records += 1;
        if found == *expected {
            equal += 1;
        } else {
            println!("record {records} {}\n  {found}\n  {expected}", record.name);
        }
    }
    println!("{equal} of {records} equal");
    Ok(())
}

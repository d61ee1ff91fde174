//! Features of formulas as CSV: `cargo run -p matdock-chem --example features -- melting < formulas.txt`.

use std::io::{self, BufRead, Write};

use matdock_chem::{Composition, FeatureSet};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    if names.is_empty() {
        names.push("basic".to_owned());
    }
    let set = FeatureSet::of(&names)?;
    let mut out = io::stdout().lock();
    writeln!(out, "formula,{}", set.names().join(","))?;
    for line in io::stdin().lock().lines() {
        let formula = line?;
        let values = set.compute(&Composition::parse(&formula)?);
        let fields: Vec<String> = values.iter().map(|value| value.map_or(String::new(), |v| v.to_string())).collect();
        writeln!(out, "{formula},{}", fields.join(","))?;
    }
    Ok(())
}

//! Search spaces as laboratories have them, from the campaign file to the sheet and back.

use std::path::Path;

use matdock_app::{
    campaign::Campaign,
    record_results::record,
    suggest,
    table::{self, Cell, Format, SheetExtras, Table},
};
use matdock_record::{IdSource, Timestamp};
use matdock_store::{Dock, Mode};

const AT: Timestamp = Timestamp::from_microseconds(1_780_000_000_000_000);

const HEAD: &str = r#"
[campaign]
name = "solvents"
[[objective]]
outcome = "yield"
unit = "%"
direction = "maximise"
"#;

const SPACE: &str = r#"
[[parameter]]
name = "water"
type = "continuous"
min = 0.1
max = 0.9
[[parameter]]
name = "ethanol"
type = "continuous"
min = 0.1
max = 0.9
[[parameter]]
name = "dmso"
type = "continuous"
min = 0.1
max = 0.6
step = 0.05
[[mixture]]
name = "solvent"
components = ["water", "ethanol", "dmso"]
at_most = 2
[[parameter]]
name = "stirred"
type = "categorical"
levels = ["yes", "no"]
[[parameter]]
name = "stirring speed"
unit = "/min"
type = "continuous"
min = 100
max = 1000
scale = "sqrt"
when = "stirred = 'yes'"
[[parameter]]
name = "temperature"
unit = "Cel"
type = "continuous"
min = 20
max = 150
scale = [[20, 0], [100, 1], [150, 3]]
[[parameter]]
name = "time"
unit = "h"
type = "ordinal"
levels = [1, 2, 4, 8]
[[parameter]]
name = "ligand"
type = "substance"
table = "ligands.csv"
[[constraint]]
rule = "temperature * time <= 500"
[[forbidden]]
where = "temperature > 100 and water > 0.5"
reason = "it boils"
"#;

const LIGANDS: &str = "name,cone angle,volume,note\nPPh3,145,210,a\nPCy3,170,290,b\nXPhos,250,450,c\nSPhos,240,420,d\n";

fn folder(campaign: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("campaign.toml"), campaign).unwrap();
    std::fs::write(folder.path().join("ligands.csv"), LIGANDS).unwrap();
    folder
}

fn error(campaign: &str) -> String {
    Campaign::read(folder(campaign).path()).unwrap_err().to_string()
}

fn number(table: &Table, row: usize, column: &str) -> Option<f64> {
    match table.cell(row, table.column(column).unwrap()) {
        Cell::Number(number) => Some(*number),
        _ => None,
    }
}

fn save(folder: &Path, table: &Table) -> std::path::PathBuf {
    let path = folder.join("results.csv");
    table::save(&table::to_bytes(table, Format::of(&path).unwrap(), &SheetExtras::default()).unwrap(), &path).unwrap();
    path
}

#[test]
fn suggestions_keep_the_rules_through_sheets_and_rounds() {
    let folder = folder(&format!("{HEAD}{SPACE}"));
    let campaign = Campaign::read(folder.path()).unwrap();
    let dock = Dock::open(&folder.path().join("dock"), Mode::Write).unwrap();
    let mut ids = IdSource::from_system();
    for _ in 0..4 {
        let suggested = suggest::suggest(&dock, &campaign, 4, AT, &mut ids).unwrap();
        let mut sheet = suggest::sheet(&campaign, &suggested.new);
        for row in 0..sheet.rows.len() {
            let amounts = ["water", "ethanol", "dmso"].map(|name| number(&sheet, row, name).unwrap());
            assert!((amounts.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{amounts:?}");
            assert!(amounts.iter().filter(|x| **x > 0.0).count() == 2, "{amounts:?}");
            let (temperature, time) =
                (number(&sheet, row, "temperature").unwrap(), number(&sheet, row, "time").unwrap());
            assert!(temperature * time <= 500.0, "{temperature} {time}");
            assert!(temperature <= 100.0 || amounts[0] <= 0.5);
            let stirred = sheet.cell(row, sheet.column("stirred").unwrap()).to_string() == "yes";
            assert_eq!(number(&sheet, row, "stirring speed").is_some(), stirred);
            let column = sheet.column("yield").unwrap();
            sheet.rows[row][column] = (50.0 + 10.0 * amounts[0] - 0.1 * temperature).into();
        }
        record(&dock, &campaign, &save(folder.path(), &sheet), false, AT, &mut ids).unwrap();
    }
}

#[test]
fn a_setting_that_is_not_there_stays_empty() {
    let folder = folder(&format!("{HEAD}{SPACE}"));
    let campaign = Campaign::read(folder.path()).unwrap();
    let dock = Dock::open(&folder.path().join("dock"), Mode::Write).unwrap();
    let mut ids = IdSource::from_system();
    let suggested = suggest::suggest(&dock, &campaign, 6, AT, &mut ids).unwrap();
    let mut sheet = suggest::sheet(&campaign, &suggested.new);
    let (stirred, speed) = (sheet.column("stirred").unwrap(), sheet.column("stirring speed").unwrap());
    let row = (0..6).find(|&row| sheet.cell(row, stirred).to_string() == "no").unwrap();
    let result = sheet.column("yield").unwrap();
    sheet.rows[row][result] = 12.0.into();
    sheet.rows[row][speed] = 300.0.into();
    let refused = record(&dock, &campaign, &save(folder.path(), &sheet), false, AT, &mut ids).unwrap_err().to_string();
    assert!(refused.contains("stirred = 'yes'"), "{refused}");
    // Stirred after all: then the speed has its place.
    sheet.rows[row][stirred] = "yes".to_owned().into();
    record(&dock, &campaign, &save(folder.path(), &sheet), false, AT, &mut ids).unwrap();
    suggest::suggest(&dock, &campaign, 2, AT, &mut ids).unwrap();
}

#[test]
fn what_is_impossible_is_said_with_its_line() {
    let parameters = "[[parameter]]\nname = \"x\"\ntype = \"continuous\"\nmin = 0\nmax = 1\n\
                      [[parameter]]\nname = \"y\"\ntype = \"continuous\"\nmin = 0\nmax = 1\n";
    for (more, says) in [
        ("[[constraint]]\nrule = \"x + z <= 1\"", "line 18"),
        ("[[constraint]]\nrule = \"x + y >= 1.5\"\n[[constraint]]\nrule = \"x + y <= 0.5\"", "x + y <= 0.5"),
        ("[[mixture]]\nname = \"m\"\ncomponents = [\"x\", \"z\"]", "z"),
        ("[[mixture]]\nname = \"m\"\ncomponents = [\"x\", \"y\"]\ntotal = 3", "between 0 and 2"),
        ("[[parameter]]\nname = \"s\"\ntype = \"substance\"", "descriptors"),
        ("[[parameter]]\nname = \"s\"\ntype = \"substance\"\ntable = \"ligands.csv\"\nlevels = [\"PPh3\", \"P\"]", "P"),
        ("[[parameter]]\nname = \"s\"\ntype = \"continuous\"\nmin = 0\nmax = 1\nscale = \"cubic\"", "reciprocal"),
        ("[[parameter]]\nname = \"s\"\ntype = \"continuous\"\nmin = 0\nmax = 1\nwhen = \"s > 0\"", "s"),
    ] {
        let found = error(&format!("{HEAD}{parameters}{more}\n"));
        assert!(found.contains(says), "{more}: {found}");
    }
}

#[test]
fn rules_filter_a_pool_and_substances_describe_it() {
    let pool = "[[parameter]]\nname = \"ligand\"\ntype = \"substance\"\ntable = \"ligands.csv\"\n\
                [[parameter]]\nname = \"x\"\ntype = \"continuous\"\n[pool]\ntable = \"pool.csv\"\n\
                [[forbidden]]\nwhere = \"ligand = 'XPhos' and x > 1\"\n";
    let folder = folder(&format!("{HEAD}{pool}"));
    let mut text = "ligand,x\n".to_owned();
    for ligand in ["PPh3", "PCy3", "XPhos", "SPhos"] {
        for x in 0..4 {
            text += &format!("{ligand},{x}\n");
        }
    }
    std::fs::write(folder.path().join("pool.csv"), &text).unwrap();
    let campaign = Campaign::read(folder.path()).unwrap();
    assert_eq!(campaign.pool.unwrap().len(), 14);
    std::fs::write(folder.path().join("pool.csv"), format!("{text}Unknown,3\n")).unwrap();
    let refused = Campaign::read(folder.path()).unwrap_err().to_string();
    assert!(refused.contains("Unknown") && refused.contains("pool.csv"), "{refused}");
}

//! A person as the laboratory: suggestions out, a filled-in sheet back.

use std::path::{Path, PathBuf};

use matdock_app::{
    campaign::Campaign,
    record_results::{Recorded, record},
    status,
    suggest::{self, Suggested},
    table::{self, Cell, Format, SheetExtras, Table},
    verify,
};
use matdock_message::Message;
use matdock_record::{IdSource, Timestamp};
use matdock_store::{Dock, Mode};

struct Desk {
    folder: tempfile::TempDir,
    dock: Dock,
    campaign: Campaign,
}

const AT: Timestamp = Timestamp::from_microseconds(1_780_000_000_000_000);

impl Desk {
    fn new(campaign: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("campaign.toml"), campaign).unwrap();
        let dock = Dock::open(&folder.path().join("dock"), Mode::Write).unwrap();
        let campaign = Campaign::read(folder.path()).unwrap();
        Self { folder, dock, campaign }
    }

    fn example() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/by-hand/campaign.toml");
        Self::new(&std::fs::read_to_string(path).unwrap())
    }

    fn suggest(&self, count: usize) -> Result<Suggested, Message> {
        suggest::suggest(&self.dock, &self.campaign, count, AT, &mut IdSource::from_system())
    }

    /// The sheet for all open suggestions.
    fn sheet(&self, suggested: &Suggested) -> Table {
        let open: Vec<_> = suggested.pending.iter().chain(&suggested.new).cloned().collect();
        suggest::sheet(&self.campaign, &open)
    }

    fn file(&self, name: &str, table: &Table) -> PathBuf {
        let path = self.folder.path().join(name);
        let format = Format::of(&path).unwrap();
        table::save(&table::to_bytes(table, format, &SheetExtras::default()).unwrap(), &path).unwrap();
        path
    }

    fn record(&self, table: &Table) -> Result<Recorded, Message> {
        let path = self.file("results.csv", table);
        record(&self.dock, &self.campaign, &path, false, AT, &mut IdSource::from_system())
    }

    fn finished(&self) -> u32 {
        status::status(&self.dock, &self.campaign).unwrap().experiments.finished
    }
}

fn set(table: &mut Table, row: usize, column: &str, cell: impl Into<Cell>) {
    let column = table.column(column).unwrap();
    table.rows[row][column] = cell.into();
}

#[test]
fn two_rounds_of_suggestions_and_results() {
    let desk = Desk::example();
    let first = desk.suggest(4).unwrap();
    assert_eq!(first.new.iter().map(|s| s.number).collect::<Vec<_>>(), [1, 2, 3, 4]);

    let mut sheet = desk.sheet(&first);
    set(&mut sheet, 0, "conductivity", 0.8);
    set(&mut sheet, 0, "roughness", "35 ± 4");
    set(&mut sheet, 1, "conductivity", "<1e-10");
    set(&mut sheet, 1, "roughness", 20.0);
    set(&mut sheet, 2, "outcome", "failed");
    set(&mut sheet, 2, "reason", "film came off");
    let recorded = desk.record(&sheet).unwrap();
    assert_eq!((recorded.recorded, recorded.failed, recorded.waiting), (3, 1, 1));

    let status = status::status(&desk.dock, &desk.campaign).unwrap();
    assert_eq!((status.experiments.succeeded, status.experiments.failed), (2, 1));
    assert_eq!(status.pending, [4]);
    assert_eq!(status.best.unwrap().suggestion, Some(1));

    let second = desk.suggest(2).unwrap();
    assert_eq!(second.pending.iter().map(|s| s.number).collect::<Vec<_>>(), [4]);
    assert_eq!(second.new.iter().map(|s| s.number).collect::<Vec<_>>(), [5, 6]);
    assert!(second.new.iter().all(|s| !first.new.iter().any(|f| f.settings == s.settings)));
    assert!(verify::verify(&desk.dock, &mut |_, _| {}).unwrap().problems.is_empty());
}

#[test]
fn an_excel_sheet_comes_back_as_it_went_out() {
    let desk = Desk::example();
    let suggested = desk.suggest(2).unwrap();
    let path = desk.folder.path().join("sheet.xlsx");
    let language = matdock_message::Language::English;
    suggest::save_sheet(&desk.campaign, &suggested.new, &path, Format::Xlsx, language).unwrap();
    let mut sheet = table::read(&path).unwrap();
    set(&mut sheet, 1, "conductivity", 2.0);
    let path = desk.file("back.xlsx", &sheet);
    let recorded = record(&desk.dock, &desk.campaign, &path, false, AT, &mut IdSource::from_system()).unwrap();
    assert_eq!((recorded.recorded, recorded.waiting), (1, 1));
}

#[test]
fn a_wrong_cell_refuses_the_whole_file_and_is_named() {
    let desk = Desk::example();
    let suggested = desk.suggest(3).unwrap();
    let good = {
        let mut sheet = desk.sheet(&suggested);
        set(&mut sheet, 0, "conductivity", 1.0);
        sheet
    };
    let check = |change: &dyn Fn(&mut Table), expected: &[&str]| {
        let mut sheet = good.clone();
        change(&mut sheet);
        let text = desk.record(&sheet).unwrap_err().to_string();
        for part in expected {
            assert!(text.contains(part), "{text}\nlacks {part}");
        }
        assert_eq!(desk.finished(), 0, "something was stored");
    };
    check(&|t| set(t, 1, "conductivity", "abc"), &["line 3", "conductivity", "abc"]);
    check(&|t| set(t, 1, "conductivity", 1e308), &["line 3", "1e308", "larger"]);
    check(&|t| set(t, 1, "conductivity", "NaN"), &["line 3", "NaN"]);
    check(&|t| set(t, 1, "suggestion", 77.0), &["line 3", "no suggestion 77", "last one is 3"]);
    check(&|t| set(t, 1, "suggestion", 1.0), &["line 3", "stands in line 2 already"]);
    check(&|t| set(t, 1, "outcome", "perhaps"), &["line 3", "perhaps"]);
    check(&|t| set(t, 1, "outcome", "succeeded"), &["line 3", "no outcome is filled in"]);
    check(&|t| set(t, 1, "reason", "it broke"), &["line 3", "failed, partial, aborted or uncertain"]);
    check(
        &|t| {
            set(t, 1, "conductivity", 1.0);
            set(t, 1, "drying_temperature", 500.0);
        },
        &["line 3", "500", "25 .. 140"],
    );
    check(&|t| t.columns[1].unit = Some("nm".into()), &["filler_fraction", "nm"]);
    check(&|t| t.columns[1].name = "filler".into(), &["filler", "neither a setting nor an outcome"]);
    assert_eq!(desk.record(&good).unwrap().recorded, 1);
    let again = desk.record(&good).unwrap_err().to_string();
    assert!(again.contains("already has a result") && again.contains("--correct"), "{again}");
}

#[test]
fn a_correction_is_a_new_version_and_the_old_one_stays() {
    let desk = Desk::example();
    let mut sheet = desk.sheet(&desk.suggest(1).unwrap());
    set(&mut sheet, 0, "conductivity", 1.0);
    desk.record(&sheet).unwrap();
    set(&mut sheet, 0, "conductivity", 10.0);
    let path = desk.file("corrected.csv", &sheet);
    let recorded = record(&desk.dock, &desk.campaign, &path, true, AT, &mut IdSource::from_system()).unwrap();
    assert_eq!((recorded.recorded, recorded.corrected), (0, 1));
    let history = matdock_app::history::History::read(&desk.dock, &desk.campaign).unwrap().unwrap();
    assert_eq!(history.experiments.len(), 1);
    assert_eq!(history.experiments[0].values["conductivity"].quantity().unwrap().value, 10.0);
    let versions = desk.dock.versions(history.experiments[0].result).unwrap();
    assert_eq!(versions.len(), 2);
}

#[test]
fn units_of_the_sheet_are_converted_and_own_experiments_count() {
    let desk = Desk::example();
    let mut sheet = Table::new([
        "filler_fraction [%]",
        "drying_temperature [K]",
        "stirring_time [h]",
        "solvent",
        "conductivity [S/m]",
    ]);
    sheet.push(vec![20.0.into(), 353.15.into(), 1.0.into(), "toluene".into(), 50.0.into()]);
    let recorded = desk.record(&sheet).unwrap();
    assert_eq!((recorded.recorded, recorded.own), (1, 1));
    let history = matdock_app::history::History::read(&desk.dock, &desk.campaign).unwrap().unwrap();
    let (observations, _) = history.observations(&desk.campaign).unwrap();
    let close = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-9, "{value}");
    close(observations[0].point[1].number().unwrap(), 80.0);
    close(observations[0].point[2].number().unwrap(), 60.0);
    match observations[0].outcomes[0] {
        matdock_plan::Measured::Value(value) => close(value, 0.5),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_budget_is_kept() {
    let desk = Desk::example();
    assert_eq!(desk.suggest(50).unwrap().new.len(), 20);
    assert_eq!(desk.suggest(1).unwrap_err().id(), "app-budget-used");
}

#[test]
fn a_detection_limit_is_not_the_best_value() {
    let desk = Desk::example();
    let mut sheet = desk.sheet(&desk.suggest(3).unwrap());
    for (row, conductivity) in [Cell::from("<50"), 0.8.into(), 0.3.into()].into_iter().enumerate() {
        set(&mut sheet, row, "conductivity", conductivity);
        set(&mut sheet, row, "roughness", 20.0);
    }
    desk.record(&sheet).unwrap();
    assert_eq!(status::status(&desk.dock, &desk.campaign).unwrap().best.unwrap().suggestion, Some(2));
}

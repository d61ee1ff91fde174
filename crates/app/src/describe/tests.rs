use std::{fs, path::Path};

use matdock_message::Language;

use super::*;

pub(super) fn wish(input: &Path, output: &str) -> Wish {
    Wish {
        input: input.to_owned(),
        output: input.with_file_name(output),
        sets: Vec::new(),
        column: None,
        ends: None,
        corrected: false,
        mixtures: Mixtures::default(),
        dock: None,
        language: Language::English,
    }
}

pub(super) fn run(wish: &Wish) -> Result<Described, Message> {
    describe(wish, &AtomicBool::new(false), &mut |_| {})
}

pub(super) fn table(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_bad_row_has_its_reason_and_the_others_their_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.csv", "id,formula,gap [eV]\na,Al2O3,8.8\nb,Xy2,1\nc,HeO,2\n\nd,GaAs,1.4\n");
    let described = run(&wish(&input, "out.csv")).unwrap();
    assert_eq!((described.rows, described.unreadable, described.column.as_str()), (4, 1, "formula"));
    assert_eq!(described.problems[0].line, 3);
    let written = crate::table::read(&input.with_file_name("out.csv")).unwrap();
    let cell = |row, name: &str| written.cell(row, written.find(name).unwrap()).to_string();
    assert_eq!(cell(0, "MagpieData mean Number"), "10");
    assert!(cell(1, "error").contains("\"Xy\" is no element"));
    assert_eq!(cell(1, "MagpieData mean Number"), "");
    assert!(cell(2, "missing").contains("Electronegativity of He"), "{}", cell(2, "missing"));
    assert_eq!(cell(2, "MagpieData mean Electronegativity"), "");
    assert_eq!((cell(3, "id"), cell(3, "gap")), ("d".into(), "1.4".into()));
}

#[test]
fn the_file_is_the_same_for_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (1..3000).map(|n| format!("Fe{n}O{}\n", 1 + n % 7)).collect();
    let input = table(&folder, "in.csv", &format!("formula\n{rows}"));
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&wish(&input, "out.csv"))).unwrap();
        fs::read(input.with_file_name("out.csv")).unwrap()
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn parquet_and_excel_hold_the_same_and_numbers_stay_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.csv", "formula;gap\nAl2O3;8.8\nGaAs;\n");
    for output in ["a.parquet", "a.xlsx"] {
        run(&wish(&input, output)).unwrap();
    }
    let sheet = crate::table::read(&input.with_file_name("a.xlsx")).unwrap();
    assert_eq!(sheet.number(0, sheet.find("gap").unwrap()).unwrap(), Some(8.8));
    let again = wish(&input.with_file_name("a.parquet"), "b.csv");
    let error = run(&again).unwrap_err().to_string();
    assert!(error.contains("already has a column \"error\""), "{error}");
}

#[test]
fn molecules_have_their_own_sets_and_those_of_what_they_consist_of() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.csv", "name,SMILES\nethanol,CCO\nsalt,[Na+].[Cl-]\nbroken,C1CC\nend,*CC*\n");
    let mut wish = wish(&input, "out.csv");
    let described = run(&wish).unwrap();
    assert_eq!((described.notation, described.descriptors, described.unreadable), (Notation::Smiles, 1613, 1));
    let written = crate::table::read(&wish.output).unwrap();
    let cell = |row, name: &str| written.cell(row, written.find(name).unwrap()).to_string();
    assert_eq!((cell(0, "nC"), cell(0, "nHeavyAtom")), ("2".into(), "3".into()));
    assert!(cell(1, "missing").contains("several parts"), "{}", cell(1, "missing"));
    assert!(cell(2, "error").contains("character"), "{}", cell(2, "error"));
    assert_eq!(described.open_ended, 1);
    wish.sets = vec!["magpie".into(), "mass.mean".into()];
    let described = run(&wish).unwrap();
    assert_eq!((described.descriptors, described.unreadable), (133, 2));
    (wish.sets, wish.ends) = (vec!["mordred".into()], Some(Ends::Methyl));
    let described = run(&wish).unwrap();
    assert_eq!((described.unreadable, described.open_ended), (1, 0));
    let written = crate::table::read(&wish.output).unwrap();
    assert_eq!(written.cell(3, written.find("nC@C").unwrap()).to_string(), "4");
}

#[test]
fn corrected_descriptors_and_those_of_a_second_set_have_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.smi", "CCO\n");
    let sets = ["mordred", "rdkit"].map(str::to_owned).to_vec();
    let wish = Wish { sets, corrected: true, ends: Some(Ends::Hydrogen), ..wish(&input, "out.csv") };
    assert_eq!(run(&wish).unwrap().descriptors, 1613 + 217);
    let written = crate::table::read(&wish.output).unwrap();
    for header in ["LogEE_A@corrected@H", "nC@H", "BalabanJ@corrected@H", "BalabanJ@H", "BertzCT@rdkit@H", "qed@H"] {
        assert!(written.find(header).is_some(), "{header}");
    }
    let twice = Wish { sets: vec!["rdkit".into(), "rdkit".into()], ..wish };
    assert!(run(&twice).unwrap_err().to_string().contains("twice"));
}

#[test]
fn fingerprints_have_the_radius_and_size_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.smi", "CCO\n");
    let sets = ["morgan:3:1024", "morgan-counts:1", "atom-pairs:64"].map(str::to_owned).to_vec();
    let wish = Wish { sets, ..wish(&input, "out.csv") };
    assert_eq!(run(&wish).unwrap().descriptors, 1024 + 2048 + 64);
    let written = crate::table::read(&wish.output).unwrap();
    assert!(written.find("morgan:3:1024_1023").is_some() && written.find("morgan-counts:1_2047").is_some());
    for set in ["morgan:x", "maccs:3", "morgan:3:2", "torsions:2:64"] {
        let error = run(&Wish { sets: vec![set.into()], ..wish.clone() }).unwrap_err().to_string();
        assert!(error.contains("morgan:3:1024"), "{error}");
    }
}

fn place(input: &Path) -> find::Place {
    find::Place { input: input.to_owned(), column: None, language: Language::English }
}

#[test]
fn fingerprints_are_columns_of_bits_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.smi", "CCO\n*CC*\n");
    let sets = ["maccs", "morgan-counts"].map(str::to_owned).to_vec();
    let described = run(&Wish { sets, ..wish(&input, "out.csv") }).unwrap();
    assert_eq!((described.descriptors, described.missing, described.open_ended), (166 + 2048, 0, 0));
    let written = crate::table::read(&input.with_file_name("out.csv")).unwrap();
    let cell = |name: &str| written.cell(0, written.find(name).unwrap()).to_string();
    // Oxygen is there; methyl is so once.
    assert_eq!(
        (cell("maccs_164"), cell("maccs_149"), cell("morgan-counts_1057")),
        ("1".into(), "0".into(), "1".into())
    );
}

#[test]
fn the_most_similar_and_those_with_a_pattern_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.csv", "id,smiles\na,CCN\nb,CCO\nc,C(\nd,OCC\ne,CC(=O)O\n");
    let stop = AtomicBool::new(false);
    let similar = find::similar(&place(&input), "CCO", "morgan", 2, &stop, &mut |_| {}).unwrap();
    assert_eq!(
        similar.found.iter().map(|f| (f.line, f.similarity)).collect::<Vec<_>>(),
        [(3, Some(1.0)), (5, Some(1.0))]
    );
    assert_eq!((similar.rows, similar.unreadable, similar.problems[0].line), (5, 1, 4));
    let output = input.with_file_name("out.csv");
    let found = find::substructure(&place(&input), "[OX2H]", Some(output.clone()), &stop, &mut |_| {}).unwrap();
    assert_eq!(found.count, 3);
    assert_eq!(fs::read_to_string(output).unwrap(), "id,smiles\nb,CCO\nd,OCC\ne,CC(=O)O\n");
    let error = find::similar(&place(&input), "CCO", "ecfp", 2, &stop, &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("take one of morgan"), "{error}");
}

#[test]
fn records_of_an_sdf_file_become_rows_with_their_data() {
    let folder = tempfile::tempdir().unwrap();
    let record = |symbol: &str, data: &str| {
        format!("{symbol}1\n\n\n  1  0\n    0.0       0.0       0.0    {symbol}\nM  END\n{data}$$$$\n")
    };
    let text = record("O", "> <bp>\n373\n\n") + &record("Xy", "") + &record("N", "> <name>\nammonia\n\n");
    let input = table(&folder, "in.sdf", &text);
    let sets = vec!["maccs".to_owned()];
    let described = run(&Wish { sets, ..wish(&input, "out.csv") }).unwrap();
    assert_eq!((described.rows, described.unreadable, described.column.as_str()), (3, 1, "smiles"));
    assert_eq!(described.problems[0].line, 11);
    assert!(described.problems[0].what.starts_with("line 15: \"Xy\""), "{}", described.problems[0].what);
    let written = crate::table::read(&input.with_file_name("out.csv")).unwrap();
    let row =
        |row| ["smiles", "name", "bp", "name (SDF)"].map(|n| written.cell(row, written.find(n).unwrap()).to_string());
    assert_eq!(row(0), ["O", "O1", "373", ""]);
    assert_eq!(row(2), ["N", "N1", "", "ammonia"]);
}

#[test]
fn stopping_leaves_a_whole_table_of_the_rows_done() {
    let folder = tempfile::tempdir().unwrap();
    let input = table(&folder, "in.smi", &"CCO ethanol\n".repeat(5000));
    let stop = AtomicBool::new(false);
    let wish = wish(&input, "out.csv");
    let described = describe(&wish, &stop, &mut |_| stop.store(true, Ordering::Relaxed)).unwrap();
    assert!(described.stopped && described.rows < 5000);
    assert_eq!(crate::table::read(&wish.output).unwrap().rows.len() as u64, described.rows);
}

#[test]
fn what_cannot_be_described_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, text: &str, output: &str, part: &str| {
        let input = table(&folder, name, text);
        let error = run(&wish(&input, output)).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    };
    refused("a.csv", "x,y\n1,2\n", "o.csv", "the columns are x, y");
    refused("b.csv", "formula,error\nNaCl,2\n", "o.csv", "already has a column");
    refused("c.csv", "", "o.csv", "empty");
    refused("d.csv", "formula\nNaCl\n", "o.json", ".csv, .parquet or .xlsx");
    refused("e.csv", "formula\nNaCl\n", "e.csv", "onto itself");
    let input = table(&folder, "h.csv", "formula\nNaCl\n");
    for (set, part) in [("mordred", "needs molecules"), ("magpi", "sets are mordred"), ("basic,mass.mean", "twice")] {
        let sets = set.split(',').map(str::to_owned).collect();
        let error = run(&Wish { sets, ..wish(&input, "o.csv") }).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    refused("f.png", "x", "o.csv", "png");
    refused("g.parquet", "not really", "o.csv", "Parquet");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().filter(|f| f.as_ref().unwrap().path().ends_with("o.csv")).count(),
        0
    );
}

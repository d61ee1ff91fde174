//! Input that cannot be right, or from which nothing can be learnt: a clear error, or a clear fallback that is explained.

use std::path::Path;

use serde_json::Value;

use super::{ok, refused};

const HEAD: &str = "[campaign]\nname = \"x\"\n[[objective]]\noutcome = \"y\"\ndirection = \"maximise\"\n";
const POOL: &str = "[pool]\ntable = \"pool.csv\"\n";

fn parameter(name: &str, rest: &str) -> String {
    format!("[[parameter]]\nname = \"{name}\"\ntype = {rest}\n")
}

/// Two parameters from 0 to `high`.
fn ranges(high: f64) -> String {
    let range = format!("\"continuous\"\nmin = 0.0\nmax = {high:e}");
    format!("{HEAD}{}{}", parameter("a", &range), parameter("b", &range))
}

fn pool() -> String {
    format!("{HEAD}{POOL}{}{}", parameter("a", "\"continuous\""), parameter("b", "\"continuous\""))
}

fn folder(campaign: &str, table: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("campaign.toml"), campaign).unwrap();
    std::fs::write(folder.path().join("pool.csv"), table).unwrap();
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    serde_json::from_str(&ok(folder, &all)).unwrap()
}

/// Records experiments of one's own.
fn record(folder: &Path, table: &str) {
    std::fs::write(folder.join("own.csv"), table).unwrap();
    ok(folder, &["record", ".", "own.csv"]);
}

fn warnings(value: &Value) -> Vec<String> {
    let list = value["warnings"].as_array().unwrap();
    list.iter().map(|warning| warning["id"].as_str().unwrap().to_owned()).collect()
}

/// The new suggestions, each with the numbers of `a` and `b`.
fn suggested(folder: &Path, count: &str) -> (Value, Vec<[f64; 2]>) {
    let json = json(folder, &["suggest", ".", "-n", count]);
    let number = |suggestion: &Value, name: &str| suggestion["settings"][name]["quantity"]["value"].as_f64().unwrap();
    let points = json["new"].as_array().unwrap().iter().map(|s| [number(s, "a"), number(s, "b")]).collect();
    (json, points)
}

/// Every verb that looks at a campaign works.
fn everything_is_shown(folder: &Path) {
    for verb in ["status", "report", "explain"] {
        let text = ok(folder, &[verb, "."]);
        assert!(!text.contains("NaN") && !text.contains("inf "), "{text}");
    }
}

#[test]
fn a_pool_row_outside_what_the_campaign_file_allows_is_named() {
    let with = |rest: &str| format!("{HEAD}{POOL}{}{}", parameter("s", rest), parameter("b", "\"continuous\""));
    for (rest, table, says) in [
        ("\"categorical\"\nlevels = [\"water\", \"ethanol\"]", "s,b,y\nwater,1,\nethanol,2,\ntoluene,3,\n", "toluene"),
        ("\"ordinal\"\nlevels = [1, 2]", "s,b,y\n1,1,\n2,2,\n3,3,\n", "3"),
        ("\"continuous\"\nmin = 0\nmax = 2", "s,b,y\n1,1,\n2,2,\n3,3,\n", "0 to 2"),
        ("\"integer\"\nmax = 2", "s,b,y\n1,1,\n2,2,\n3,3,\n", "3"),
    ] {
        let folder = folder(&with(rest), table);
        let error = refused(folder.path(), &["suggest", "."]);
        assert!(error.contains("line 4, column 1 (s)") && error.contains(says), "{error}");
    }
    // What the campaign file leaves open is as in the table.
    let folder = folder(&with("\"integer\""), "s,b,y\n1,1,\n2,2,\n3,3,\n");
    ok(folder.path(), &["suggest", "."]);
}

#[test]
fn rules_and_mixtures_that_nothing_can_keep_are_named() {
    let mixture = |total: u32| format!("[[mixture]]\nname = \"m\"\ncomponents = [\"a\", \"b\"]\ntotal = {total}\n");
    for (more, says) in [
        (
            "[[constraint]]\nrule = \"a + b >= 1.5\"\n[[constraint]]\nrule = \"a + b <= 0.5\"\n".to_owned(),
            "a + b <= 0.5",
        ),
        (mixture(5), "between 0 and 2"),
        (mixture(1) + "[[constraint]]\nrule = \"a >= 0.7\"\n[[constraint]]\nrule = \"b >= 0.7\"\n", "a >= 0.7"),
    ] {
        let folder = folder(&(ranges(1.0) + &more), "");
        for verb in ["suggest", "status", "report", "explain"] {
            let error = refused(folder.path(), &[verb, "."]);
            assert!(error.contains("campaign.toml") && error.contains(says), "{error}");
        }
    }
}

#[test]
fn a_replay_needs_the_goal_column_and_numbers_in_it() {
    let table = |cell: &str| format!("a,b,y\n1,1,2\n2,4,1\n3,2,{cell}\n4,3,5\n");
    let no_column = folder(&pool(), &table("3").replace('y', "z"));
    let error = refused(no_column.path(), &["backtest", "."]);
    assert!(error.contains("no column \"y\"") && error.contains("a, b, z"), "{error}");
    for cell in ["NaN", "inf", "-inf", "lots", "1e999", "#DIV/0!", "<3"] {
        let folder = folder(&pool(), &table(cell));
        let error = refused(folder.path(), &["backtest", "."]);
        assert!(error.contains("line 4, column 3 (y)"), "{cell}: {error}");
    }
    let nothing = folder(&pool(), "a,b,y\n1,1,\n2,4,\n");
    assert!(refused(nothing.path(), &["backtest", "."]).contains("no best row"));
}

#[test]
fn when_every_experiment_failed_suggestions_go_on_and_say_so() {
    let cells: Vec<[f64; 2]> = (0..14).map(|i| [f64::from(i) / 14.0, f64::from(i * 5 % 14) / 14.0]).collect();
    let rows: String = cells.iter().map(|[a, b]| format!("{a},{b},\n")).collect();
    let failures: String = cells[..8].iter().map(|[a, b]| format!("{a},{b},failed,it cracked\n")).collect();
    for (campaign, pool) in [(ranges(1.0), false), (pool(), true)] {
        let folder = folder(&campaign, &format!("a,b,y\n{rows}"));
        record(folder.path(), &format!("a,b,outcome,reason\n{failures}"));
        let (json, points) = suggested(folder.path(), "3");
        assert_eq!(warnings(&json), ["app-warning-all-failed"]);
        for point in &points {
            assert!(point.iter().all(|x| (0.0..=1.0).contains(x)), "{points:?}");
            assert!(!cells[..8].contains(point) && (!pool || cells.contains(point)), "{points:?}");
        }
        assert!(ok(folder.path(), &["report", "."]).contains("all 8 experiments failed"));
        assert!(refused(folder.path(), &["explain", "."]).contains("no measured outcome"));
    }
}

#[test]
fn equal_readings_make_suggestions_cover_the_space_and_say_so() {
    let folder = folder(&ranges(1.0), "");
    let cells = [[0.1, 0.1], [0.9, 0.2], [0.5, 0.5], [0.2, 0.9], [0.8, 0.8], [0.1, 0.5]];
    record(folder.path(), &("a,b,y\n".to_owned() + &cells.map(|[a, b]| format!("{a},{b},3\n")).concat()));
    let (json, points) = suggested(folder.path(), "3");
    assert_eq!(warnings(&json), ["app-warning-all-equal"]);
    for [a, b] in points {
        let nearest = cells.iter().map(|[c, d]| (a - c).hypot(b - d)).fold(f64::INFINITY, f64::min);
        assert!(nearest > 0.15, "{a} {b}");
    }
    everything_is_shown(folder.path());
    assert!(ok(folder.path(), &["explain", "."]).contains("no effect"));
}

#[test]
fn a_pool_whose_rows_are_all_tried_has_nothing_left() {
    let folder = folder(&pool(), "a,b,y\n1,2,\n2,3,\n3,1,\n");
    record(folder.path(), "a,b,y\n1,2,5\n2,3,6\n3,1,4\n");
    assert!(refused(folder.path(), &["suggest", "."]).contains("nothing is left"));
    everything_is_shown(folder.path());
}

#[test]
fn repeated_rows_three_experiments_and_extreme_scales_are_no_trouble() {
    for scale in [1e-12, 1.0, 1e12] {
        let folder = folder(&ranges(scale), "");
        for (a, b, y) in [(0.5, 0.5, 1.0), (0.5, 0.5, 1.2), (0.2, 0.7, 0.4)] {
            record(folder.path(), &format!("a,b,y\n{:e},{:e},{:e}\n", a * scale, b * scale, y * scale));
        }
        let inside = |points: Vec<[f64; 2]>| points.iter().flatten().all(|x| (0.0..=scale).contains(x));
        assert!(inside(suggested(folder.path(), "3").1));
        everything_is_shown(folder.path());
        // Now the model answers, too.
        let more = (0..4).map(|i| format!("{:e},{:e},{:e}\n", 0.1 * scale, 0.2 * f64::from(i) * scale, 0.3 * scale));
        record(folder.path(), &format!("a,b,y\n{}", more.collect::<String>()));
        let (json, points) = suggested(folder.path(), "2");
        assert!(inside(points));
        let predicted = json["new"][0]["predicted"][0]["mean"].as_f64().unwrap();
        assert!(predicted.abs() < 100.0 * scale, "{predicted}");
        everything_is_shown(folder.path());
    }
}

#[test]
fn ten_thousand_categories_are_searched() {
    let levels: Vec<String> = (0..10_000).map(|i| format!("\"L{i}\"")).collect();
    let kind = format!("\"categorical\"\nlevels = [{}]", levels.join(","));
    let campaign = format!("{HEAD}{}{}", parameter("c", &kind), parameter("a", "\"continuous\"\nmin = 0\nmax = 1"));
    let folder = folder(&campaign, "");
    let rows: String = (0..6).map(|i| format!("L{},{},{i}\n", 1000 * i, 0.1 * f64::from(i))).collect();
    record(folder.path(), &format!("c,a,y\n{rows}"));
    let json = json(folder.path(), &["suggest", ".", "-n", "2"]);
    for suggestion in json["new"].as_array().unwrap() {
        let level = suggestion["settings"]["c"]["text"].as_str().unwrap();
        assert!(level.strip_prefix('L').is_some_and(|n| n.parse::<u32>().is_ok_and(|n| n < 10_000)), "{level}");
    }
}

/// A film: y follows from the torque, which follows from a.
fn chain(intermediates: &str) -> String {
    format!("{}{intermediates}", ranges(1.0))
}

/// Experiments on which a chain is tried.
fn tried() -> String {
    let row = |k: usize| {
        let (a, b) = ((0.3 + 0.618 * k as f64).fract(), (0.1 + 0.755 * k as f64).fract());
        let torque = if k % 6 == 5 { String::new() } else { format!("{}", (5.0 * a).sin()) };
        format!("{a},{b},{torque},{},{}\n", (5.0 * a).sin().powi(2) + b, k % 4)
    };
    format!("a,b,torque,y,batch\n{}", (0..24).map(row).collect::<String>())
}

#[test]
fn a_chain_that_cannot_be_is_refused_and_says_why() {
    let refused = |intermediates: &str| {
        let here = folder(&chain(intermediates), &tried());
        refused(here.path(), &["chain", "compare", "campaign.toml", "--data", "pool.csv"])
    };
    let torque = "[[intermediate]]\nname = \"torque\"\n";
    assert!(refused("").contains("[[intermediate]]"));
    assert!(refused(&format!("{torque}computed = true\n")).contains("formula"));
    assert!(refused(&format!("{torque}unit = \"N.m\"\ncomputed = true\nformula = \"a * b\"\n")).contains("N.m"));
    let other = "[[intermediate]]\nname = \"force\"\nfrom = [\"torque\"]\n";
    assert!(refused(&format!("{torque}from = [\"force\"]\n{other}")).contains("circle"));
}

#[test]
fn a_chain_is_tried_on_a_table_by_group_or_in_time() {
    let torque = "[[intermediate]]\nname = \"torque\"\nfrom = [\"a\"]\n";
    let here = folder(&chain(torque), &tried());
    let compare = |more: &[&'static str]| -> Vec<&'static str> {
        [&["chain", "compare", "campaign.toml", "--data", "pool.csv"], more].concat()
    };
    let by_group = json(here.path(), &compare(&["--split", "group:batch"]));
    assert_eq!((by_group["experiments"].as_u64(), by_group["folds"].as_u64()), (Some(24), Some(4)));
    assert_eq!(by_group["quantities"][0]["outcome"], "y");
    let text = ok(here.path(), &compare(&["--split", "time", "--folds", "3", "--lang", "ja"]));
    assert!(text.contains("連鎖"), "{text}");
    let unknown = refused(here.path(), &compare(&["--split", "group:colour"]));
    assert!(unknown.contains("colour") && unknown.contains("batch"), "{unknown}");
    assert!(refused(here.path(), &compare(&["--split", "sideways"])).contains("group:COLUMN"));
    assert!(refused(here.path(), &compare(&["--folds", "1"])).contains('2'));
}

//! From a table to predictions: `train`, `predict`, `models`, `show`.

use std::{fmt::Write as _, path::Path};

use super::{matdock, ok, refused};

/// Sixty alloys whose strength follows from two of three numbers, a treatment and a little scatter.
fn alloys(rows: usize) -> String {
    let mut text = String::from("alloy,carbon [%],temperature [Cel],humidity [%],quench,batch,strength [MPa]\n");
    for row in 0..rows {
        let x = |step: usize| ((row * step) % 97) as f64 / 97.0;
        let (carbon, temperature, humidity) = (x(31), 200.0 + 400.0 * x(53), 100.0 * x(71));
        let quench = ["water", "oil", "air"][row % 3];
        let hard = [120.0, 60.0, 0.0][row % 3];
        let strength = 300.0 + 400.0 * carbon - 0.4 * temperature + hard + 5.0 * (x(89) - 0.5);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "A-{row},{carbon:.4},{temperature:.1},{humidity:.1},{quench},{},{strength:.1}", row % 8);
    }
    text
}

fn with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("alloys.csv"), text).unwrap();
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&ok(folder, &[arguments, &["--json"]].concat())).unwrap()
}

#[test]
fn a_table_is_learnt_and_new_rows_are_predicted_in_other_units() {
    let folder = with(&alloys(60));
    let here = folder.path();
    let train = ["train", "alloys.csv", "--target", "strength", "--learner", "ridge", "--name", "steel"];
    let card = json(here, &train);
    assert_eq!(card["learner"], "ridge");
    assert_eq!((&card["rows"], &card["features"]), (&60.into(), &7.into()));
    let split = &card["splits"][0];
    assert_eq!(split["kind"], "random");
    assert!(split["r2"]["mean"].as_f64().unwrap() > 0.99, "{split}");
    assert!(split["r2"]["low"].as_f64() < split["r2"]["mean"].as_f64());
    assert!(split["coverage_90"]["mean"].as_f64().unwrap() > 0.8);
    assert!(card["y_scramble"]["r2"].as_f64().unwrap() < 0.2);
    assert_eq!(card["left_out"][0][0], "alloy");

    std::fs::write(
        here.join("new.csv"),
        "carbon [%],temperature [K],humidity [%],quench,batch\n0.5,673.15,50,oil,1\n30,673.15,50,oil,1\n",
    )
    .unwrap();
    let predicted = json(here, &["predict", "steel", "new.csv", "-o", "predicted.csv"]);
    let row = &predicted["rows"][0];
    let (value, low, high) =
        (row["value"].as_f64().unwrap(), row["low"].as_f64().unwrap(), row["high"].as_f64().unwrap());
    assert!((value - 400.0).abs() < 10.0 && low < 400.0 && 400.0 < high, "{row}");
    assert_eq!(row["domain"], "inside");
    assert_eq!(predicted["rows"][1]["domain"], "outside");
    assert_eq!(predicted["rows"][1]["beyond"][0], "carbon");
    let written = std::fs::read_to_string(here.join("predicted.csv")).unwrap();
    assert!(
        written.starts_with("carbon [%],temperature [K],humidity [%],quench,batch,strength predicted [MPa]"),
        "{written}"
    );

    assert_eq!(json(here, &["models"])[0]["name"], "steel");
    let card = ok(here, &["show", "steel"]);
    assert!(card.contains("# steel") && card.contains("| random |"), "{card}");
}

#[test]
fn the_same_seed_gives_the_same_model() {
    let folder = with(&alloys(40));
    let here = folder.path();
    let model = |name: &str| {
        ok(here, &["train", "alloys.csv", "--target", "strength", "--learner", "random-forest", "--name", name]);
        let model = std::fs::read_to_string(here.join("dock/models").join(name).join("model.json")).unwrap();
        // The first line has a hash of the rest, which has the name in it.
        model.lines().skip(1).collect::<String>().replace(name, "")
    };
    assert_eq!(model("one"), model("two"));
}

#[test]
fn groups_are_left_out_whole_and_not_learnt_from() {
    let folder = with(&alloys(60));
    let train = ["train", "alloys.csv", "--target", "strength", "--learner", "ridge"];
    let card = json(folder.path(), &[&train[..], &["--split", "group:batch", "--split", "extrapolate"]].concat());
    assert_eq!(card["splits"][0]["kind"], "group:batch");
    assert_eq!(card["splits"][1]["rows"], 12);
    assert_eq!(card["features"], 6, "the batch is no feature");
}

#[test]
fn chance_and_columns_that_give_the_target_away_are_told() {
    let mut rows: Vec<String> = alloys(60).lines().map(str::to_owned).collect();
    // The strength of another alloy, and the strength in another unit.
    let strengths: Vec<String> = rows[1..].iter().map(|row| row.rsplit(',').next().unwrap().to_owned()).collect();
    for (row, line) in rows[1..].iter_mut().enumerate() {
        let own: f64 = strengths[row].parse().unwrap();
        let _ = write!(line, ",{},{}", strengths[(row * 37 + 11) % 60], own / 1000.0);
    }
    rows[0].push_str(",other [MPa],strength in GPa");
    let folder = with(&rows.join("\n"));
    let here = folder.path();
    let train = ["train", "alloys.csv", "--learner", "ridge", "--target"];
    let leak = json(here, &[&train[..], &["strength"]].concat());
    assert!(leak["warnings"].to_string().contains("strength in GPa"), "{}", leak["warnings"]);
    let chance = json(here, &[&train[..], &["other", "--features", "humidity,batch"]].concat());
    assert!(chance["warnings"].to_string().contains("within reach of chance"), "{}", chance["warnings"]);
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let folder = with(&alloys(60));
    let here = folder.path();
    let train = |arguments: &[&str]| refused(here, &[&["train", "alloys.csv"], arguments].concat());
    let check = |error: String, text: &str| assert!(error.contains(text), "{error}");
    check(train(&["--target", "hardness"]), "strength");
    check(train(&["--target", "alloy"]), "line 2, column 1 (alloy)");
    check(train(&["--target", "strength", "--split", "grouped"]), "group:COLUMN");
    check(train(&["--target", "strength", "--split", "group:hammer"]), "hammer");
    check(train(&["--target", "strength", "--features", "strength"]), "--features");
    check(train(&["--target", "strength", "--learner", "oracle"]), "ridge");
    check(train(&["--target", "strength", "--name", "../up"]), "../up");
    std::fs::write(here.join("few.csv"), "a,y\n1,2\n5,3\n3,4\n").unwrap();
    check(refused(here, &["train", "few.csv", "--target", "y"]), "3 rows");
    std::fs::write(here.join("same.csv"), "a,y\n1,7\n5,7\n3,7\n").unwrap();
    check(refused(here, &["train", "same.csv", "--target", "y"]), "the same target");
    check(refused(here, &["predict", "nothing", "alloys.csv"]), "matdock train");
    ok(here, &["train", "alloys.csv", "--target", "strength", "--learner", "ridge", "--name", "steel"]);
    std::fs::write(here.join("other.csv"), "carbon [%],temperature [MPa]\n1,2\n").unwrap();
    check(refused(here, &["predict", "steel", "other.csv"]), "temperature");
    let model = here.join("dock/models/steel/model.json");
    let text = std::fs::read_to_string(&model).unwrap();
    std::fs::write(&model, text.replace("matdock-model 2", "matdock-model 9")).unwrap();
    check(refused(here, &["predict", "steel", "alloys.csv"]), "matdock-model 9");
    std::fs::write(&model, &text[..text.len() / 2]).unwrap();
    check(refused(here, &["predict", "steel", "alloys.csv"]), "cut off");
    let (_, _, success) = matdock(here, &["models"]);
    assert!(success);
}

/// Alloys that are ductile or brittle, most of them as carbon says.
fn ductile(rows: usize) -> String {
    let mut text = String::from("carbon [%],humidity [%],coating,kind\n");
    for row in 0..rows {
        let x = |step: usize| ((row * step) % 97) as f64 / 97.0;
        let kind = if x(31) + 0.3 * (x(89) - 0.5) > 0.6 { "brittle" } else { "ductile" };
        let coating = ["none", "zinc"][row % 2];
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:.4},{:.1},{coating},{kind}", x(31), 100.0 * x(71));
    }
    text
}

#[test]
fn classes_are_learnt_with_probabilities_and_sets() {
    let folder = with(&ductile(90));
    let here = folder.path();
    let card = json(here, &["train", "alloys.csv", "--target", "kind", "--learner", "ridge", "--name", "kind"]);
    assert_eq!(card["classes"], serde_json::json!(["brittle", "ductile"]));
    let split = &card["splits"][0];
    let figure = |name: &str| split[name]["mean"].as_f64().unwrap();
    assert!(figure("roc_auc") > 0.95 && figure("accuracy") > 0.85 && figure("log_loss") < 0.5, "{split}");
    assert!(split["coverage_90"]["mean"].as_f64().unwrap() > 0.8 && split["set_size"].as_f64().unwrap() < 1.6);
    assert!((card["y_scramble"]["roc_auc"].as_f64().unwrap() - 0.5).abs() < 0.2);
    let rows: u64 = card["confusion"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|r| r.as_array().unwrap())
        .filter_map(|n| n.as_u64())
        .sum();
    assert_eq!(rows, 90);
    std::fs::write(here.join("new.csv"), "carbon [%],humidity [%],coating\n0.1,50,none\n0.61,50,zinc\n").unwrap();
    let predicted = json(here, &["predict", "kind", "new.csv", "-o", "predicted.csv"]);
    assert_eq!(
        (&predicted["rows"][0]["class"], &predicted["rows"][0]["set"]),
        (&"ductile".into(), &serde_json::json!(["ductile"]))
    );
    let unsure = &predicted["rows"][1]["probabilities"];
    assert!((unsure[0][1].as_f64().unwrap() + unsure[1][1].as_f64().unwrap() - 1.0).abs() < 1e-9, "{unsure}");
    let written = std::fs::read_to_string(here.join("predicted.csv")).unwrap();
    assert!(written.contains("probability of brittle") && written.contains("not ruled out"), "{written}");
    let card = ok(here, &["show", "kind"]);
    assert!(card.contains("ROC AUC") && card.contains("| brittle |"), "{card}");
    let explained = json(here, &["explain", "kind"]);
    assert_eq!((&explained["importance"][0]["feature"], &explained["class"]), (&"carbon".into(), &"ductile".into()));
    assert_eq!(explained["importance"][0]["direction"], "falls");
    assert_eq!(json(here, &["advise", "alloys.csv", "--target", "kind"])["verdict"], "suited");
    std::fs::write(here.join("coded.csv"), ductile(90).replace("ductile", "1").replace("brittle", "0")).unwrap();
    let advice = json(here, &["advise", "coded.csv", "--target", "kind", "--task", "class"]);
    assert_eq!((&advice["verdict"], &advice["classes"]), (&"suited".into(), &serde_json::json!(["0", "1"])));
    assert!(advice["next"][0].as_str().unwrap().ends_with("--task class"), "{advice}");
}

#[test]
fn mistakes_with_classes_are_told() {
    let folder = with(&ductile(40));
    let here = folder.path();
    let check = |error: String, text: &str| assert!(error.contains(text), "{error}");
    let train = |arguments: &[&str]| refused(here, &[&["train", "alloys.csv", "--target", "kind"], arguments].concat());
    check(train(&["--learner", "gaussian-process"]), "does not predict classes");
    check(train(&["--split", "extrapolate"]), "no high end");
    check(train(&["--task", "number"]), "line 2");
    check(refused(here, &["advise", "alloys.csv", "--target", "kind", "--wish", ">1"]), "--wish");
    let one = "a,kind\n".to_owned() + &(0..20).map(|row| format!("{row}.5,good\n")).collect::<String>();
    std::fs::write(here.join("one.csv"), one).unwrap();
    check(refused(here, &["train", "one.csv", "--target", "kind"]), "class \"good\"");
}

#[test]
fn a_model_is_explained_without_its_table() {
    let folder = with(&alloys(60));
    let here = folder.path();
    ok(here, &["train", "alloys.csv", "--target", "strength", "--learner", "ridge", "--name", "steel"]);
    std::fs::remove_file(here.join("alloys.csv")).unwrap();
    let explained = json(here, &["explain", "steel"]);
    let first = &explained["importance"][0];
    assert_eq!(
        (&first["feature"], &first["direction"], &first["sure"]),
        (&"carbon".into(), &"rises".into(), &true.into())
    );
    assert!(first["loss"]["low"].as_f64().unwrap() > 0.5, "{first}");
    let of =
        |name: &str| explained["importance"].as_array().unwrap().iter().find(|one| one["feature"] == name).cloned();
    assert_eq!(of("temperature").unwrap()["direction"], "falls");
    assert_eq!(of("quench").unwrap()["direction"], "choice");
    let selected = explained["sparse"]["selected"].to_string();
    assert!(
        selected.contains("carbon") && explained["summary"]["ja"][0].as_str().unwrap().contains("予測"),
        "{explained}"
    );
    let page = std::fs::read_to_string(here.join("dock/models/steel/explained.html")).unwrap();
    assert!(
        page.matches("<svg").count() >= 5 && !page.contains("http://localhost") && page.ends_with("</html>\n"),
        "page"
    );
    ok(here, &["explain", "steel", "-o", "for-you.html"]);
    assert!(here.join("for-you.html").is_file());
}

#[test]
fn a_model_without_its_rows_asks_for_the_table_it_was_learnt_from() {
    let folder = with(&alloys(60));
    let here = folder.path();
    ok(here, &["train", "alloys.csv", "--target", "strength", "--learner", "ridge", "--name", "steel"]);
    for file in std::fs::read_dir(here.join("dock/models/steel")).unwrap().flatten() {
        if file.file_name().to_string_lossy().starts_with("rows-") {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    let error = refused(here, &["explain", "steel"]);
    assert!(error.contains("--data alloys.csv"), "{error}");
    ok(here, &["explain", "steel", "--data", "alloys.csv"]);
    std::fs::write(here.join("other.csv"), alloys(61)).unwrap();
    let error = refused(here, &["explain", "steel", "--data", "other.csv"]);
    assert!(error.contains("its hash is another one"), "{error}");
}

/// Conductivities that follow Arrhenius' law, those below the detection limit only known to be below it.
fn conductors(limit: f64) -> String {
    let mut text = String::from("temperature_C,width,conductivity [S/cm]\n");
    for row in 0..90 {
        let x = |step: usize| ((row * step) % 89) as f64 / 89.0;
        let (celsius, width) = (10.0 + 150.0 * x(31), x(53));
        let value = 10f64.powf(4.0 + width - 3.0 * 1000.0 / (celsius + 273.15));
        let value = if value < limit { format!("<{limit:e}") } else { format!("{value:e}") };
        let _ = writeln!(text, "{celsius:.2},{width:.4},{value}");
    }
    text
}

#[test]
fn a_law_of_arrhenius_is_learnt_as_a_straight_line_through_values_and_limits() {
    let folder = with(&conductors(1e-5));
    let here = folder.path();
    let train = [
        "train",
        "alloys.csv",
        "--target",
        "conductivity",
        "--learner",
        "ridge",
        "--split",
        "random",
        "--name",
        "ions",
    ];
    let card = json(here, &train);
    let r2 = |card: &serde_json::Value| card["splits"][0]["r2"]["mean"].as_f64().unwrap();
    assert!(r2(&card) > 0.999, "{}", card["splits"][0]);
    assert!(card["warnings"].to_string().contains("limits"), "{}", card["warnings"]);
    let plain = json(here, &[&train[..], &["--arrhenius", "no"]].concat());
    assert!(r2(&plain) < r2(&card), "{} {}", plain["splits"][0], card["splits"][0]);
    // What is learnt goes on beyond the limit.
    std::fs::write(here.join("new.csv"), "temperature_C,width\n20,0.5\n").unwrap();
    let predicted = json(here, &["predict", "ions", "new.csv", "-o", "predicted.csv"]);
    let value = predicted["rows"][0]["value"].as_f64().unwrap();
    assert!(value < 5e-6 && value > 1e-6, "{value} instead of 1.8e-6");
}

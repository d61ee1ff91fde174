use matdock_message::Language;

use super::*;
use crate::test_lab::{CELL_LAB, CELL_RECIPE};

fn range(name: &str, unit: &str, low: f64, high: f64) -> ParameterRange {
    let unit = unit.parse().unwrap();
    ParameterRange { name: name.into(), unit, values: ParameterValues::Range { low, high } }
}

fn cell_ranges() -> Vec<ParameterRange> {
    vec![range("substrate_temperature", "Cel", 25.0, 450.0), range("anneal_time", "min", 5.0, 120.0)]
}

/// Checks the cell recipe after replacing text in lab and recipe; the report as text.
fn report(changes: &[(&str, &str)], ranges: &[ParameterRange]) -> String {
    let change = |text: &str| changes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    for (from, _) in changes {
        assert!(CELL_LAB.contains(from) || CELL_RECIPE.contains(from), "{from}");
    }
    let files = Lab::parse(&change(CELL_LAB), "lab.toml")
        .and_then(|lab| Ok((lab, Recipe::parse(&change(CELL_RECIPE), "recipe.toml")?)));
    match files {
        Err(what) => format!("refused: {what}"),
        Ok((lab, recipe)) => {
            let report = check(&lab, &recipe, Some(ranges));
            let problems = report.problems.iter().map(|what| format!("problem: {what}"));
            let warnings = report.warnings.iter().map(|what| format!("warning: {what}"));
            let mut lines: Vec<String> = problems.chain(warnings).collect();
            assert!(report.problems.iter().all(|what| !what.text(Language::Japanese).contains("lab-")));
            if let (Some((low, high)), Some((name, seconds))) = (report.duration, &report.bottleneck) {
                lines.push(format!("one sample: {low} s to {high} s; bottleneck {name}: {seconds:.0} s"));
            }
            lines.join("\n")
        }
    }
}

#[test]
fn a_good_recipe_has_a_duration_and_a_bottleneck() {
    insta::assert_snapshot!(report(&[], &cell_ranges()));
}

#[test]
fn every_fault_is_named_with_its_place_and_what_to_do() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("broken toml", &[("name = \"cluster\"", "name = cluster")]),
        ("unknown key", &[("move_time", "mvoe_time")]),
        ("unit of the wrong dimension", &[("\"350 Cel\"", "\"350 nm\"")]),
        ("no unit", &[("\"350 Cel\"", "350")]),
        ("unknown unit", &[("\"350 Cel\"", "\"350 °C\"")]),
        ("outside the limits", &[("\"350 Cel\"", "\"650 Cel\"")]),
        ("misspelt capability", &[("capability = \"anneal\"", "capability = \"aneal\"")]),
        ("unknown capability", &[("capability = \"anneal\"", "capability = \"x-ray\"")]),
        ("misspelt parameter", &[("\"$anneal_time\"", "\"$aneal_time\"")]),
        ("unknown setting", &[("{ power = \"80 W\" }", "{ pwoer = \"80 W\" }")]),
        ("no choice", &[("{ temperature = \"$sub", "{ gas = \"N2\", temperature = \"$sub")]),
        ("steps in a circle", &[("after = [\"electrode\"]", "after = [\"measure\"]")]),
        ("unknown step", &[("after = [\"electrolyte\"]", "after = [\"electrolite\"]")]),
        ("lag backwards", &[("from = \"lithium\"\nto = \"measure\"", "from = \"measure\"\nto = \"lithium\"")]),
        ("lag too short", &[("max = \"10 min\"", "max = \"20 s\"")]),
        ("exposure unavoidable", &[("max = \"6 h\"", "max = \"4 min\"")]),
        ("timeout too short", &[("timeout = \"5 h\"", "timeout = \"30 min\"")]),
        ("a rate that gives no time", &[("\"10 nm/min\"", "\"10 Cel/min\"")]),
        ("retries of what is not repeatable", &[("repeatable = true", "repeatable = false")]),
        ("impossible limits", &[("min = 10, max = 200", "min = 200, max = 10")]),
        ("no places", &[("places = 4", "places = 0")]),
        ("unknown entrance", &[("entrance = \"load-lock\"", "entrance = \"load-lok\"")]),
        (
            "a nature that does not know it",
            &[
                (
                    "name = \"lithium\"\n[[s",
                    "name = \"lithium\"\ndriver = { kind = \"simulated\", physics = \"thin-film\" }\n[[s",
                ),
                ("\"evaporate-lithium\"", "\"evaporate-sodium\""),
            ],
        ),
        (
            "an unknown nature",
            &[(
                "name = \"lithium\"\n[[s",
                "name = \"lithium\"\ndriver = { kind = \"simulated\", physics = \"thick-film\" }\n[[s",
            )],
        ),
        (
            "a person without time limit",
            &[("name = \"lithium\"\n[[s", "name = \"lithium\"\ndriver = { kind = \"manual\" }\n[[s")],
        ),
    ];
    let ranges = cell_ranges();
    let lines: Vec<String> =
        cases.iter().map(|(name, changes)| format!("# {name}\n{}", report(changes, &ranges))).collect();
    insta::assert_snapshot!(lines.join("\n\n"));
}

#[test]
fn every_problem_is_told_at_once() {
    let changes = [("\"350 Cel\"", "\"650 Cel\""), ("capability = \"measure-impedance\"", "capability = \"measure\"")];
    let ranges = [range("substrate_temperature", "Cel", 25.0, 650.0), range("spare", "1", 0.0, 1.0)];
    insta::assert_snapshot!(report(&changes, &ranges));
}

#[test]
fn without_a_campaign_the_parameters_that_were_not_checked_are_named() {
    let (lab, recipe) = (Lab::parse(CELL_LAB, "lab.toml").unwrap(), Recipe::parse(CELL_RECIPE, "recipe.toml").unwrap());
    let report = check(&lab, &recipe, None);
    assert_eq!((report.problems, report.duration, report.bottleneck), (vec![], None, None));
    assert_eq!(report.warnings.len(), 1);
    let text = report.warnings[0].to_string();
    assert!(text.contains("anneal_time, substrate_temperature") && text.contains("--campaign"), "{text}");
    assert!(check(&lab, &recipe, Some(&cell_ranges())).warnings.is_empty());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "[\\[\\]a-z=\"{} $.0-9\n]{0,200}") {
        let _ = Lab::parse(&text, "lab.toml");
        let _ = Recipe::parse(&text, "recipe.toml");
    }

    #[test]
    fn no_cut_makes_reading_or_checking_panic(cut in 0usize..CELL_RECIPE.len(), length in 0usize..40) {
        let end = (cut + length).min(CELL_RECIPE.len());
        let text = format!("{}{}", &CELL_RECIPE[..cut], &CELL_RECIPE[end..]);
        if let Ok(recipe) = Recipe::parse(&text, "recipe.toml") {
            let lab = Lab::parse(CELL_LAB, "lab.toml").unwrap();
            let _ = check(&lab, &recipe, Some(&cell_ranges()));
        }
    }
}

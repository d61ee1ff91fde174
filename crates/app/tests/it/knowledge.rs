//! What people know beforehand, in campaign files and by veto.

use std::path::Path;

use matdock_app::{
    campaign::Campaign,
    status, suggest,
    veto::{self, Refusal},
};
use matdock_message::Message;
use matdock_record::{IdSource, Timestamp};
use matdock_store::{Dock, Mode};

const AT: Timestamp = Timestamp::from_microseconds(1_780_000_000_000_000);

const CAMPAIGN: &str = r#"
[campaign]
name = "oxide"
[[objective]]
outcome = "conductivity"
direction = "maximise"
[[parameter]]
name = "temperature"
unit = "Cel"
type = "continuous"
min = 20
max = 500
[[parameter]]
name = "solvent"
type = "categorical"
levels = ["water", "ethanol"]
"#;

fn read(more: &str) -> (tempfile::TempDir, Result<Campaign, Message>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("campaign.toml"), format!("{CAMPAIGN}{more}")).unwrap();
    let campaign = Campaign::read(folder.path());
    (folder, campaign)
}

fn suggest(dock: &Dock, campaign: &Campaign, count: usize) -> suggest::Suggested {
    suggest::suggest(dock, campaign, count, AT, &mut IdSource::from_system()).unwrap()
}

fn dock(folder: &Path) -> Dock {
    Dock::open(&folder.join("dock"), Mode::Write).unwrap()
}

#[test]
fn guesses_come_first_and_say_so() {
    let (folder, campaign) = read("[[guess]]\nat = { temperature = 350, solvent = \"water\" }\nconfidence = 0.7\n");
    let suggested = suggest(&dock(folder.path()), &campaign.unwrap(), 3);
    let first = &suggested.new[0];
    assert_eq!(first.purpose, "guess");
    assert_eq!(first.settings["temperature"].quantity().unwrap().value, 350.0);
    assert_eq!(first.settings["solvent"].to_string(), "water");
    assert!(suggested.new[1..].iter().all(|s| s.purpose == "initial"));
}

#[test]
fn knowledge_that_cannot_be_understood_is_refused_at_its_line() {
    let line = 1 + CAMPAIGN.lines().count();
    for (more, id) in [
        ("[[guess]]\nat = { temperatur = 350 }\n", "temperature"),
        ("[[guess]]\nat = { temperature = 550 }\n", "550"),
        ("[[guess]]\nat = { solvent = \"ether\" }\n", "ether"),
        ("[[guess]]\nat = { solvent = 3 }\n", "3"),
        ("[[guess]]\nconfidence = 0.3\n", "at ="),
        ("[[guess]]\nat = { temperature = 350 }\nconfidence = 2\n", "2"),
        ("[[guess]]\nrow = \"7\"\n", "7"),
        ("[[look]]\nwhere = \"temp > 400\"\nexperiments = 3\n", "temp"),
        ("[[look]]\nwhere = \"temperature > 400\"\nexperiments = 0\n", "0"),
        ("[[look]]\nwhere = \"temperature > 600\"\nexperiments = 2\n", "600"),
        ("[[trend]]\noutcome = \"strength\"\nparameter = \"temperature\"\ndirection = \"falls\"\n", "strength"),
        ("[[trend]]\noutcome = \"conductivity\"\nparameter = \"solvent\"\ndirection = \"falls\"\n", "solvent"),
        ("[[trend]]\noutcome = \"conductivity\"\nparameter = \"temperature\"\ndirection = \"rises\"\nto = 10\n", "10"),
        ("[[source]]\ncolumns = { x = \"y\" }\ntable = \"old.csv\"\n", "x"),
        ("[[source]]\ntable = \"old.csv\"\ncampaign = \"old\"\n", "table"),
        ("[[source]]\ntable = \"nowhere.csv\"\n", "nowhere.csv"),
        ("[[source]]\ntable = \"nowhere.csv\"\ndefaults = { temperature = 900 }\n", "900"),
    ] {
        let text = read(more).1.unwrap_err().to_string();
        assert!(text.contains(&format!("line {line}")) && text.contains(id), "{more}: {text}");
    }
}

#[test]
fn what_is_vetoed_is_kept_with_its_reason_and_not_proposed_again() {
    let (folder, campaign) = read("");
    let (campaign, dock) = (campaign.unwrap(), dock(folder.path()));
    let first = suggest(&dock, &campaign, 2).new[0].clone();
    let refuse = |refusal: &Refusal, reason: &str| {
        veto::veto(&dock, &campaign, refusal, reason, AT, &mut IdSource::from_system())
    };
    let refused = Refusal::Suggestion(1);
    assert_eq!(refuse(&refused, " ").unwrap_err().id(), "app-veto-reason");
    assert_eq!(refuse(&Refusal::Suggestion(9), "no").unwrap_err().id(), "app-veto-unknown");
    let kept = refuse(&refused, "the furnace leaks there").unwrap();
    assert_eq!((kept.veto.suggestion, kept.veto.settings), (Some(1), first.settings.clone()));
    assert_eq!(refuse(&refused, "again").unwrap_err().id(), "app-veto-twice");

    let next = suggest(&dock, &campaign, 1);
    assert_eq!(next.pending.iter().map(|s| s.number).collect::<Vec<_>>(), [2]);
    assert_ne!(next.new[0].settings, first.settings);
    let status = status::status(&dock, &campaign).unwrap();
    assert_eq!(status.vetoes.len(), 1);
    assert_eq!((status.vetoes[0].reason.as_str(), status.pending), ("the furnace leaks there", vec![2, 3]));

    // By settings: a suggestion that waits with just these is refused with them.
    let settings = next.new[0].settings.clone();
    let kept = refuse(&Refusal::Settings(settings.clone()), "too hot").unwrap();
    assert_eq!(kept.veto.suggestion, Some(3));
    let mut part = settings;
    part.remove("solvent");
    assert_eq!(refuse(&Refusal::Settings(part), "no").unwrap_err().id(), "app-setting-missing");
    assert_eq!(refuse(&Refusal::Row("x".into()), "no").unwrap_err().id(), "app-guess-row");
}

/// An earlier campaign in Kelvin, under other names, without a solvent.
const OLD: &str = "T [K],sigma,outcome\n300,1,\n400,2.1,\n500,2.9,\n600,4.2,\n700,5.1,\n760,5.5,\n";
const SOURCE: &str = "[[source]]\ntable = \"old.csv\"\ncolumns = { temperature = \"T\", conductivity = \"sigma\" }\n\
                      defaults = { solvent = \"water\" }\n";

#[test]
fn an_earlier_campaign_is_read_by_names_and_units_and_its_weight_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("old.csv"), OLD).unwrap();
    let path = folder.path().join("campaign.toml");
    std::fs::write(&path, format!("{CAMPAIGN}{}", SOURCE.replace("defaults", "# defaults"))).unwrap();
    let error = Campaign::read(&path).unwrap_err().to_string();
    assert!(error.contains("solvent") && error.contains("defaults"), "{error}");

    std::fs::write(&path, format!("{CAMPAIGN}{SOURCE}")).unwrap();
    let campaign = Campaign::read(&path).unwrap();
    let seen = campaign.knowledge.sources[0].observed();
    assert_eq!(seen.len(), 6);
    assert!((seen[0].point[0].number().unwrap() - 26.85).abs() < 1e-9);
    let dock = dock(folder.path());
    let first = &suggest(&dock, &campaign, 5).new;
    assert_eq!(first.iter().filter(|s| s.purpose == "source").count(), 1);
    let hottest = first[0].settings["temperature"].quantity().unwrap().value;
    assert!(hottest > 400.0, "{hottest}");

    // The new task is alike: the model says so.
    let results: String = [(30.0, 3.5), (120.0, 5.6), (210.0, 7.0), (300.0, 9.1), (390.0, 10.6), (480.0, 12.8)]
        .iter()
        .map(|(t, y)| format!("{t},water,{y}\n"))
        .collect();
    let sheet = folder.path().join("results.csv");
    std::fs::write(&sheet, format!("temperature [Cel],solvent,conductivity\n{results}")).unwrap();
    let mut ids = IdSource::from_system();
    matdock_app::record_results::record(&dock, &campaign, &sheet, false, AT, &mut ids).unwrap();
    let status = status::status(&dock, &campaign).unwrap();
    let weight = &status.knowledge[0];
    assert_eq!(weight.source.as_deref(), Some("old.csv"));
    let relied = weight.share + weight.relevance.unwrap_or(0.0);
    assert!(relied > 0.4 && weight.explains.is_some_and(|share| share > 0.9) && !weight.contradicted, "{weight:?}");

    // And this campaign is itself a source for the next one.
    let next = CAMPAIGN.replace("oxide", "next") + "[[source]]\ncampaign = \"oxide\"\n";
    std::fs::write(&path, &next).unwrap();
    let next = Campaign::read(&path).unwrap().with_earlier(&dock).unwrap();
    assert_eq!(next.knowledge.sources[0].observed().len(), 6);
    std::fs::write(&path, CAMPAIGN.replace("oxide", "other") + "[[source]]\ncampaign = \"none\"\n").unwrap();
    let error = Campaign::read(&path).unwrap().with_earlier(&dock).unwrap_err().to_string();
    assert!(error.contains("none") && error.contains("line"), "{error}");
}

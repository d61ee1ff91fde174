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

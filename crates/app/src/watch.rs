//! `matdock record --watch`: files of trials by hand, picked up as sensors and cameras drop them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use matdock_message::{Message, say};
use matdock_record::{IdSource, Outcome, Timestamp, body::Fields, body::Predicted};
use matdock_store::Dock;
use serde::Serialize;

use crate::{
    campaign::Campaign,
    history::History,
    record_results::{self, Brought, Recorded},
    trial_files::{self, TrialFiles},
};

/// A folder with a folder for each trial, looked at again and again.
#[derive(Debug)]
pub struct Watch {
    folder: PathBuf,
    settle: Duration,
    files: BTreeMap<PathBuf, File>,
    done: BTreeSet<u32>,
    told: BTreeSet<String>,
}

/// A file as it was seen last.
#[derive(Debug)]
struct File {
    size: u64,
    changed: Option<SystemTime>,
    since: Instant,
    told: bool,
}

/// What was noticed in the folder.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Noticed {
    /// A file of a trial is complete.
    File {
        /// The suggestion.
        suggestion: u32,
        /// Its name.
        file: String,
        /// What it says, with flags; what is missing has its reason.
        values: Fields,
        /// Where a value lies outside what was expected: the expectation.
        outside: Vec<Predicted>,
    },
    /// All files of a trial are there, and what they say is in the dock.
    Recorded {
        /// The suggestion.
        suggestion: u32,
        /// Outcomes that no file tells: a person types them in.
        to_type_in: Vec<String>,
        /// What was stored.
        recorded: Box<Recorded>,
    },
    /// Something a person has to look at; told once.
    Problem(#[serde(serialize_with = "as_text")] Message),
}

impl Watch {
    /// Watches `folder`; a file is complete when it has not changed for as long as `settle`.
    ///
    /// # Errors
    /// The folder is not there, or the campaign takes nothing from files.
    pub fn new(campaign: &Campaign, folder: &Path, settle: Duration) -> Result<Self, Message> {
        if campaign.file_features.is_empty() {
            return Err(say!("app-record-no-features", name = campaign.name));
        }
        if !folder.is_dir() {
            return Err(say!("app-record-no-folder", folder = folder.display()));
        }
        let (files, done, told) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Ok(Self { folder: folder.to_owned(), settle, files, done, told })
    }

    /// Names of the files that are waited for in every trial.
    pub fn wanted(campaign: &Campaign) -> BTreeSet<&str> {
        campaign.file_features.iter().map(|wanted| wanted.feature.stream.as_str()).collect()
    }

    /// What is new since the last look. The dock is opened (with `dock`) only where there is something to say; what cannot
    /// be stored now, for another program holds it, is tried again at the next look.
    pub fn look(
        &mut self,
        campaign: &Campaign,
        dock: &dyn Fn() -> Result<Dock, Message>,
        ids: &mut IdSource,
    ) -> Vec<Noticed> {
        let mut noticed = Vec::new();
        if let Err(why) = self.look_around(campaign, dock, ids, &mut noticed) {
            noticed.extend(self.once(why));
        }
        noticed
    }

    fn look_around(
        &mut self,
        campaign: &Campaign,
        dock: &dyn Fn() -> Result<Dock, Message>,
        ids: &mut IdSource,
        noticed: &mut Vec<Noticed>,
    ) -> Result<(), Message> {
        let trials = trial_files::numbered(&self.folder)?;
        for pair in trials.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let (number, first, second) = (pair[0].0, pair[0].1.display(), pair[1].1.display());
            let both = say!("app-record-two-folders", number = number, first = first, second = second);
            noticed.extend(self.once(both));
        }
        let twice = |number: u32| trials.iter().filter(|(other, _)| *other == number).count() > 1;
        let ready: Vec<(u32, PathBuf)> = trials
            .iter()
            .filter(|(number, folder)| {
                !twice(*number) && !self.done.contains(number) && self.has_news(campaign, folder)
            })
            .cloned()
            .collect();
        if ready.is_empty() {
            return Ok(());
        }
        let dock = dock()?;
        let history = History::read(&dock, campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
        for (number, folder) in ready {
            self.trial(campaign, &dock, &history, (number, &folder), ids, noticed);
        }
        Ok(())
    }

    fn once(&mut self, what: Message) -> Option<Noticed> {
        self.told.insert(what.to_string()).then_some(Noticed::Problem(what))
    }

    /// Looks at the files of a trial; whether one is complete that nothing was said of, or all are.
    fn has_news(&mut self, campaign: &Campaign, folder: &Path) -> bool {
        let (mut news, mut complete) = (false, true);
        for name in Self::wanted(campaign) {
            let path = folder.join(name);
            let Ok(found) = std::fs::metadata(&path) else {
                self.files.remove(&path);
                complete = false;
                continue;
            };
            let (size, changed, since) = (found.len(), found.modified().ok(), Instant::now());
            let file = self.files.entry(path).or_insert(File { size, changed, since, told: false });
            if (file.size, file.changed) != (size, changed) {
                *file = File { size, changed, since, told: false };
            }
            let settled = file.since.elapsed() >= self.settle;
            news |= settled && !file.told;
            complete &= settled;
        }
        news || complete
    }

    fn trial(
        &mut self,
        campaign: &Campaign,
        dock: &Dock,
        history: &History,
        (number, folder): (u32, &Path),
        ids: &mut IdSource,
        noticed: &mut Vec<Noticed>,
    ) {
        let Some(proposed) = history.suggestions.get(&number) else {
            noticed.extend(self.once(say!("app-watch-unknown", folder = folder.display(), number = number)));
            return;
        };
        if proposed.answered {
            self.done.insert(number);
            return;
        }
        let mut complete = true;
        for name in Self::wanted(campaign) {
            let file = self.files.get_mut(&folder.join(name));
            let Some(file) = file.filter(|file| file.since.elapsed() >= self.settle) else {
                complete = false;
                continue;
            };
            if !std::mem::replace(&mut file.told, true) {
                let values = TrialFiles::of_file(campaign, folder, name).values;
                let outside = outside(&values, &proposed.body.predicted);
                noticed.push(Noticed::File { suggestion: number, file: name.to_owned(), values, outside });
            }
        }
        if !complete {
            return;
        }
        let brought = Brought::Seen { number };
        let now = Timestamp::now();
        match record_results::record_with_files(dock, campaign, brought, Some(folder), false, now, ids) {
            Ok(recorded) => {
                self.done.insert(number);
                let to_type_in = to_type_in(campaign);
                noticed.push(Noticed::Recorded { suggestion: number, to_type_in, recorded: Box::new(recorded) });
            }
            Err(why) => noticed.extend(self.once(say!("app-watch-trial", number = number, what = why))),
        }
    }
}

fn as_text<S: serde::Serializer>(what: &Message, into: S) -> Result<S::Ok, S::Error> {
    into.collect_str(what)
}

/// Outcomes that no file tells.
pub(crate) fn to_type_in(campaign: &Campaign) -> Vec<String> {
    let told = |name: &str| campaign.file_features.iter().any(|wanted| wanted.feature.name == name);
    campaign.measured().map(|outcome| outcome.name.clone()).filter(|name| !told(name)).collect()
}

/// How an experiment ended of which all files are there: what is to be typed in comes later.
pub(crate) fn ending(campaign: &Campaign) -> Outcome {
    if to_type_in(campaign).is_empty() {
        Outcome::Succeeded
    } else {
        Outcome::Partial(say!("app-watch-partial").to_string())
    }
}

/// The expectations that values lie outside of.
fn outside(values: &Fields, predicted: &[Predicted]) -> Vec<Predicted> {
    let missed = |expected: &&Predicted| {
        let found = values.get(&expected.outcome).and_then(|datum| datum.quantity());
        found.is_some_and(|found| !(expected.low..=expected.high).contains(&found.value))
    };
    predicted.iter().filter(missed).cloned().collect()
}

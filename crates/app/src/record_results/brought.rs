//! What a person brings back: a sheet or one trial, and where the files of the trials are.

use std::path::Path;

use matdock_message::{Message, say};

use crate::{
    campaign::Campaign,
    suggest::{OUTCOME, REASON, SUGGESTION},
    table::{self, Table},
    trial_files::{self, TrialFiles},
    watch,
};

/// What a person brings back.
#[derive(Debug, Clone, Copy)]
pub enum Brought<'a> {
    /// A sheet of results.
    Sheet(&'a Path),
    /// One trial as its files tell, the rest to be typed in later.
    Seen {
        /// The suggestion.
        number: u32,
    },
    /// One trial.
    Trial {
        /// The suggestion.
        number: u32,
        /// Names and values of outcomes, as in cells of a sheet.
        values: &'a [(String, String)],
        /// Why it failed.
        failed: Option<&'a str>,
    },
}

/// Where the files of trials are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Files<'a> {
    /// All of one trial.
    Trial(&'a Path),
    /// A folder with a folder for each trial.
    Trials(&'a Path),
}

impl<'a> Files<'a> {
    pub fn new(campaign: &Campaign, brought: Brought<'_>, from: Option<&'a Path>) -> Result<Option<Self>, Message> {
        let Some(folder) = from else { return Ok(None) };
        if campaign.file_features.is_empty() {
            return Err(say!("app-record-no-features", name = campaign.name));
        }
        if !folder.is_dir() {
            return Err(say!("app-record-no-folder", folder = folder.display()));
        }
        Ok(Some(match brought {
            Brought::Sheet(_) => Self::Trials(folder),
            Brought::Trial { .. } | Brought::Seen { .. } => Self::Trial(folder),
        }))
    }

    pub fn of(self, campaign: &Campaign, number: u32) -> Result<TrialFiles, Message> {
        match self {
            Self::Trial(folder) => Ok(TrialFiles::read(campaign, folder)),
            Self::Trials(root) => Ok(match trial_files::folder_of(root, number)? {
                Some(folder) => TrialFiles::read(campaign, &folder),
                None => {
                    let why = say!("app-record-no-trial-folder", number = number, folder = root.display());
                    TrialFiles::absent(campaign, &why)
                }
            }),
        }
    }
}

impl Brought<'_> {
    /// The results as a sheet has them.
    pub(super) fn table(self, campaign: &Campaign) -> Result<Table, Message> {
        let (number, values, failed) = match self {
            Self::Sheet(path) => return table::read(path),
            Self::Seen { number } => return Ok(seen(campaign, number)),
            Self::Trial { number, values, failed } => (number, values, failed),
        };
        let (mut headers, mut row) = (vec![SUGGESTION], vec![table::Cell::Number(f64::from(number))]);
        for (name, value) in values {
            if campaign.outcomes.iter().all(|outcome| outcome.name != *name) || headers.contains(&name.as_str()) {
                let known: Vec<&str> = campaign.outcomes.iter().map(|outcome| outcome.name.as_str()).collect();
                return Err(say!("app-record-set", name = name, outcomes = known.join(", ")));
            }
            headers.push(name);
            row.push(value.as_str().into());
        }
        headers.extend([OUTCOME, REASON]);
        // A trial without any typed value has what its files say.
        let word = if values.is_empty() { "succeeded" } else { "" };
        row.extend([if failed.is_some() { "failed" } else { word }.into(), failed.unwrap_or_default().into()]);
        let mut table = Table::new(headers);
        "--set".clone_into(&mut table.source.file);
        table.push(row);
        Ok(table)
    }
}

fn seen(campaign: &Campaign, number: u32) -> Table {
    let ending = watch::ending(campaign);
    let mut table = Table::new(vec![SUGGESTION, OUTCOME, REASON]);
    let reason = ending.reason().unwrap_or_default().to_owned();
    table.push(vec![table::Cell::Number(f64::from(number)), ending.word().into(), reason.into()]);
    table
}

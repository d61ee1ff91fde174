//! `matdock dataset show -o report.html`: a dataset drawn on one page that needs no other file.

mod distribution;
mod grid;
mod page;
mod relation;

use std::path::{Path, PathBuf};

use matdock_message::{Language, Message};
use serde::Serialize;

use super::{Dataset, versions};
use crate::table;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawn {
    /// The dataset.
    #[serde(flatten)]
    pub dataset: Dataset,
    /// What to know of it.
    pub notes: Vec<String>,
    /// The page written; none if none was asked for.
    pub report: Option<PathBuf>,
}

/// The dataset of this name with what to know of it; draws it on a page where one is asked for.
///
/// # Errors
/// There is none, it was changed, or the page cannot be written.
pub fn report(dock: &Path, name: &str, page: Option<&Path>, language: Language) -> Result<Drawn, Message> {
    let dataset = versions::read(dock, name)?;
    let file = versions::table_file(dock, &dataset)?;
    let notes: Vec<String> = super::notes(&dataset).iter().map(|note| note.text(language)).collect();
    if let Some(page) = page {
        let html = page::html(&dataset, &table::read(&file)?, &notes, language)?;
        table::save(html.as_bytes(), page)?;
    }
    Ok(Drawn { dataset, notes, report: page.map(Path::to_owned) })
}

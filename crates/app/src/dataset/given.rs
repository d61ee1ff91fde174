//! What a person names where a table is asked for: a file, or a dataset.

use std::path::{Path, PathBuf};

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

use super::{
    Dataset, Kind,
    versions::{self, Name},
};
use crate::{learning::Columns, table};

/// A table that was named.
#[derive(Debug, Clone)]
pub struct Given {
    /// Its file.
    pub file: PathBuf,
    /// The dataset it belongs to.
    pub dataset: Option<Dataset>,
}

/// Which dataset was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Name.
    pub name: String,
    /// Version.
    pub version: u32,
    /// BLAKE3 hash of its table.
    pub hash: String,
}

impl Reference {
    /// Name and version, `NAME@2`.
    pub fn title(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

impl Given {
    /// The dataset it belongs to.
    pub fn reference(&self) -> Option<Reference> {
        let dataset = self.dataset.as_ref()?;
        Some(Reference { name: dataset.name.clone(), version: dataset.version, hash: dataset.hash.clone() })
    }

    /// The target that is said, or that of the dataset.
    ///
    /// # Errors
    /// There is none.
    pub fn target(&self, said: Option<&String>) -> Result<String, Message> {
        let kept = self.dataset.as_ref().and_then(|dataset| dataset.options.target.as_ref());
        said.or(kept).cloned().ok_or_else(|| say!("app-dataset-no-target"))
    }

    /// What is said of the columns, and what the dataset says beside: columns it ignores, unless they are asked for, its
    /// sets and ends where none are said. Columns that only tell groups apart are not learnt from.
    ///
    /// # Errors
    /// The dataset says something of ends that is not known.
    pub fn columns(&self, mut said: Columns) -> Result<Columns, Message> {
        let Some(dataset) = &self.dataset else { return Ok(said) };
        let structure = |name: &&String| {
            dataset.column(name).is_some_and(|column| matches!(column.kind, Kind::Smiles | Kind::Formula))
        };
        let options = &dataset.options;
        let not_learnt = options.ignored.iter().chain(options.groups.iter().filter(|name| !structure(name)));
        said.ignored.extend(not_learnt.filter(|name| !said.features.contains(name)).cloned());
        if said.sets.is_empty() {
            said.sets.clone_from(&options.sets);
        }
        if said.ends.is_none() {
            said.ends = options.ends.as_deref().map(str::parse).transpose()?;
        }
        Ok(said)
    }

    /// The ways to leave out rows that are said; for a dataset with groups by group and at random where none are.
    pub fn splits(&self, said: &[String]) -> Vec<String> {
        let groups = self.dataset.iter().flat_map(|dataset| &dataset.options.groups);
        let groups: Vec<String> = groups.map(|name| format!("group:{name}")).collect();
        match (said, groups.as_slice()) {
            ([], []) => Vec::new(),
            ([], groups) => [groups, &["random".to_owned()]].concat(),
            (said, _) => said.to_vec(),
        }
    }
}

/// The file of this name where there is one, otherwise the dataset of this name.
///
/// # Errors
/// There is neither, or the dataset was changed since it was frozen.
pub fn given(dock: &Path, what: &Path) -> Result<Given, Message> {
    if table::file_of(what).0.exists() {
        return Ok(Given { file: what.to_owned(), dataset: None });
    }
    let text = what.to_str().unwrap_or_default();
    let known = Name::parse(text).is_ok_and(|name| !versions::versions(dock, &name.name).is_empty());
    if !known {
        let names = match versions::names(dock) {
            names if names.is_empty() => "—".to_owned(),
            names => names.join(", "),
        };
        let folder = versions::place(dock);
        return Err(say!("app-dataset-neither", name = what.display(), folder = folder.display(), names = names));
    }
    let dataset = versions::read(dock, text)?;
    Ok(Given { file: versions::table_file(dock, &dataset)?, dataset: Some(dataset) })
}

//! What a person names where a table is asked for: a file, or a dataset.

use std::path::{Path, PathBuf};

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

use super::{
    Dataset,
    versions::{self, Name},
};

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

impl Given {
    /// The dataset it belongs to.
    pub fn reference(&self) -> Option<Reference> {
        let dataset = self.dataset.as_ref()?;
        Some(Reference { name: dataset.name.clone(), version: dataset.version, hash: dataset.hash.clone() })
    }
}

/// The file of this name where there is one, otherwise the dataset of this name.
///
/// # Errors
/// There is neither, or the dataset was changed since it was frozen.
pub fn given(dock: &Path, what: &Path) -> Result<Given, Message> {
    if what.exists() {
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

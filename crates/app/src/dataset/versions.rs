//! Datasets on the disk: `datasets/NAME/VERSION` of a dock has the table, `dataset.json`, and `b3sums` with the BLAKE3 hash of
//! both, as `b3sum --check` reads it.
//!
//! A version appears whole or not at all: it is written beside, pushed to the disk, and renamed. It is never changed after.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use matdock_message::{Message, say};

use super::Dataset;
use crate::learning::is_plain_name;

/// Layout of descriptions.
pub(super) const FORMAT: u32 = 1;
const FOLDER: &str = "datasets";
const DESCRIPTION: &str = "dataset.json";
const SUMS: &str = "b3sums";
const LOCK: &str = ".lock";
const PART: &str = ".part";

/// The name of a dataset, and which of its versions: `NAME` or `NAME@2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) name: String,
    pub(super) version: Option<u32>,
}

impl Name {
    /// Errors: it cannot be the name of a dataset.
    pub(super) fn parse(text: &str) -> Result<Self, Message> {
        let wrong = || say!("app-dataset-name", name = text);
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version.parse().ok().filter(|v| *v > 0).ok_or_else(wrong)?)),
            None => (text, None),
        };
        if !is_plain_name(name) {
            return Err(wrong());
        }
        Ok(Self { name: name.to_owned(), version })
    }
}

fn folder(dock: &Path, name: &str) -> PathBuf {
    dock.join(FOLDER).join(name)
}

/// Where datasets are in a dock.
pub(super) fn place(dock: &Path) -> PathBuf {
    dock.join(FOLDER)
}

/// Versions there are of a dataset, rising.
pub(super) fn versions(dock: &Path, name: &str) -> Vec<u32> {
    let entries = fs::read_dir(folder(dock, name)).into_iter().flatten().flatten();
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    let mut found: Vec<u32> = entries.filter_map(number).collect();
    found.sort_unstable();
    found
}

/// Names of all datasets.
pub(super) fn names(dock: &Path) -> Vec<String> {
    let entries = fs::read_dir(place(dock)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !versions(dock, name).is_empty()).collect();
    names.sort();
    names
}

/// All datasets of a dock, the newest version of each, and those that cannot be read.
pub fn list(dock: &Path) -> (Vec<Dataset>, Vec<Message>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for name in names(dock) {
        match read(dock, &name) {
            Ok(dataset) => found.push(dataset),
            Err(problem) => problems.push(problem),
        }
    }
    (found, problems)
}

/// Every version of every dataset that was changed or cannot be read.
pub(crate) fn problems(dock: &Path) -> Vec<Message> {
    let names = names(dock).into_iter();
    let versions = names.flat_map(|name| versions(dock, &name).into_iter().map(move |v| format!("{name}@{v}")));
    versions.filter_map(|name| read(dock, &name).and_then(|dataset| table_file(dock, &dataset)).err()).collect()
}

/// The description of a dataset, `NAME` or `NAME@2`; its table is not looked at.
///
/// # Errors
/// There is none of this name or version, or it was changed, or a newer program wrote it.
pub fn read(dock: &Path, name: &str) -> Result<Dataset, Message> {
    let name = Name::parse(name)?;
    let known = versions(dock, &name.name);
    let Some(newest) = known.last() else {
        let all = match names(dock) {
            none if none.is_empty() => "—".to_owned(),
            all => all.join(", "),
        };
        return Err(say!("app-dataset-none", name = name.name, folder = place(dock).display(), names = all));
    };
    let version = name.version.unwrap_or(*newest);
    if !known.contains(&version) {
        let known = known.iter().map(|number| format!("{}@{number}", name.name)).collect::<Vec<_>>().join(", ");
        return Err(say!("app-dataset-no-version", name = name.name, version = version, known = known));
    }
    let folder = folder(dock, &name.name).join(version.to_string());
    let file = folder.join(DESCRIPTION);
    let broken = |what: Message| say!("place-file", file = file.display(), what = what);
    let bytes = fs::read(&file).map_err(|error| broken(say!("table-unreadable", reason = error)))?;
    if sum(&folder, DESCRIPTION).as_deref() != Some(hash(&bytes).as_str()) {
        return Err(broken(say!("app-dataset-altered")));
    }
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| broken(say!("app-dataset-json", reason = error)))?;
    if value["format"] != FORMAT {
        return Err(broken(say!("app-dataset-format", found = &value["format"], known = FORMAT)));
    }
    serde_json::from_value(value).map_err(|error| broken(say!("app-dataset-json", reason = error)))
}

/// The file with the table of a dataset, looked through to be as it was frozen; of a workbook with the sheet behind it.
///
/// # Errors
/// It was changed or cannot be read.
pub(super) fn table_file(dock: &Path, dataset: &Dataset) -> Result<PathBuf, Message> {
    let folder = folder(dock, &dataset.name).join(dataset.version.to_string());
    let file = folder.join(&dataset.file);
    let broken = |what: Message| say!("place-file", file = file.display(), what = what);
    let mut hasher = blake3::Hasher::new();
    File::open(&file)
        .and_then(|mut opened| io::copy(&mut opened, &mut hasher))
        .map_err(|error| broken(say!("table-unreadable", reason = error)))?;
    if hasher.finalize().to_hex().as_str() != dataset.hash {
        return Err(broken(say!("app-dataset-altered")));
    }
    Ok(match &dataset.source.sheet {
        Some(sheet) => {
            let mut named = file.into_os_string();
            named.push(format!("#{sheet}"));
            named.into()
        }
        None => file,
    })
}

/// Keeps the next version, with its number in the description; an equal one that is the newest is given back instead.
///
/// # Errors
/// The disk refuses.
pub(super) fn keep(dock: &Path, mut dataset: Dataset, table: &[u8]) -> Result<(Dataset, bool), Message> {
    let folder = folder(dock, &dataset.name);
    let unwritable =
        |error: io::Error| say!("place-file", file = folder.display(), what = say!("table-unwritable", reason = error));
    fs::create_dir_all(&folder).map_err(unwritable)?;
    // Held until the file is closed: one process adds versions at a time.
    let lock = File::create(folder.join(LOCK)).map_err(unwritable)?;
    lock.lock().map_err(unwritable)?;
    let newest = versions(dock, &dataset.name).last().copied();
    if let Some(newest) = newest
        && let Ok(last) = read(dock, &format!("{}@{newest}", dataset.name))
        && (&last.hash, &last.options) == (&dataset.hash, &dataset.options)
        && table_file(dock, &last).is_ok()
    {
        return Ok((last, false));
    }
    dataset.version = newest.unwrap_or(0) + 1;
    let part = folder.join(PART);
    let write = || -> io::Result<()> {
        // What a process that was killed had begun.
        if part.exists() {
            fs::remove_dir_all(&part)?;
        }
        fs::create_dir(&part)?;
        let description = serde_json::to_vec_pretty(&dataset)?;
        let sums = format!("{}  {DESCRIPTION}\n{}  {}\n", hash(&description), dataset.hash, dataset.file);
        for (name, bytes) in [(dataset.file.as_str(), table), (DESCRIPTION, &description), (SUMS, sums.as_bytes())] {
            let mut file = File::create(part.join(name))?;
            file.write_all(bytes)?;
            file.sync_all()?;
        }
        sync_folder(&part)?;
        fs::rename(&part, folder.join(dataset.version.to_string()))?;
        sync_folder(&folder)?;
        sync_folder(&place(dock))?;
        sync_folder(dock)
    };
    write().map_err(unwritable)?;
    Ok((dataset, true))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// BLAKE3 hash of bytes, as `b3sum` prints it.
pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The hash of a file, as written beside it.
fn sum(folder: &Path, name: &str) -> Option<String> {
    let sums = fs::read_to_string(folder.join(SUMS)).ok()?;
    sums.lines().filter_map(|line| line.split_once("  ")).find(|(_, file)| *file == name).map(|(sum, _)| sum.to_owned())
}

//! Files as they came: images of cameras, sheets and logs of people.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use matdock_message::{Message, say};
use matdock_record::{Body, RecordId, SampleId, body::File};
use matdock_store::{Dock, Query};

use super::{Cell, Only, Reader, View, Wide};
use crate::table::{self, Table};

/// Lists the files the dock keeps; where there is a `folder`, writes each into it as it came.
///
/// # Errors
/// The dock cannot be read, a file is damaged, or the folder cannot be written.
pub fn files(dock: &Dock, only: &Only, folder: Option<&Path>) -> Result<Table, Message> {
    let reader = Reader::new(dock, only)?;
    let runs = runs(&reader)?;
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|why| {
            let what = say!("table-unwritable", reason = why);
            say!("place-file", file = folder.display(), what = what)
        })?;
    }
    let mut taken: HashSet<String> = HashSet::new();
    let mut wide = Wide::new(["sample", "step", "name", "file", "media type", "bytes", "object", "id"]);
    for record in dock.records(&Query { kind: Some("file"), ..Query::default() })? {
        let Body::File(file) = &record.body else { continue };
        let run = file.of.and_then(|of| runs.get(&of));
        let of_campaign = reader.wanted.iter().any(|id| file.of == Some(id.record()));
        let inside = match (reader.sample, reader.wanted.is_empty()) {
            (Some(_), _) => run.is_some(),
            (None, false) => run.is_some() || of_campaign,
            (None, true) => true,
        };
        if !inside || !only.fits(&View::of(&record)) {
            continue;
        }
        let sample = run.and_then(|run| reader.samples.get(&run.0).cloned());
        let step = run.and_then(|run| run.1.clone());
        let name = free_name(file, sample.as_deref(), step.as_deref(), &mut taken);
        if let Some(folder) = folder {
            table::save(&dock.object(&file.object)?, &folder.join(&name))?;
        }
        wide.row([
            sample.into(),
            step.into(),
            file.name.clone().into(),
            name.into(),
            file.media_type.clone().into(),
            Cell::Number(file.bytes as f64),
            file.object.to_string().into(),
            record.id.to_string().into(),
        ]);
    }
    Ok(wide.table())
}

/// Every sample in question, and what was done to it: the sample and the name of the step.
fn runs(reader: &Reader<'_>) -> Result<HashMap<RecordId, (SampleId, Option<String>)>, Message> {
    let samples = reader.samples.keys().filter(|id| reader.sample.is_none_or(|wanted| wanted == **id));
    let mut runs: HashMap<_, _> = samples.map(|id| (id.record(), (*id, None))).collect();
    for kind in ["process", "measurement"] {
        for record in reader.records_of(Some(kind))? {
            if let (Some(sample), Some(name)) = (record.body.sample(), View::of(&record).name) {
                runs.insert(record.id, (sample, Some(name.to_owned())));
            }
        }
    }
    Ok(runs)
}

/// A name that no file before has: sample, step and name, with the ending of its kind.
fn free_name(file: &File, sample: Option<&str>, step: Option<&str>, taken: &mut HashSet<String>) -> String {
    let parts: Vec<&str> = [sample, step, Some(file.name.as_str())].into_iter().flatten().collect();
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let whole: String = parts.join("-").chars().map(plain).collect();
    let whole = whole.trim_start_matches('.').to_owned();
    let (stem, ending) = match whole.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => (stem.to_owned(), format!(".{ending}")),
        _ => (whole.clone(), ending(&file.media_type).to_owned()),
    };
    let numbered = |k: u32| if k == 1 { format!("{stem}{ending}") } else { format!("{stem}-{k}{ending}") };
    let name = (1..).map(numbered).find(|name| !taken.contains(&name.to_lowercase())).unwrap_or_default();
    taken.insert(name.to_lowercase());
    name
}

fn ending(media_type: &str) -> &'static str {
    match media_type {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/tiff" => ".tif",
        "text/csv" => ".csv",
        _ => "",
    }
}

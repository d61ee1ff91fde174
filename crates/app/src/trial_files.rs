//! Files of a trial by hand: what sensors and cameras wrote, dropped into a folder, turned into outcomes of the campaign.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use matdock_lab::{
    Image, Stream,
    feature::{self, Feature, Yield},
};
use matdock_message::{Message, say};
use matdock_record::{Datum, Qualifier, Quantity, Unit, body::Column, body::Fields};

use crate::{campaign::Campaign, clock_times, table};

/// Largest file that is looked at.
const LARGEST: u64 = 256 << 20;

/// An outcome that is taken from a file of the trial.
#[derive(Debug, Clone, PartialEq)]
pub struct FileFeature {
    /// What is taken from which file; its name is that of the outcome.
    pub feature: Feature,
    /// Length of the side of a pixel, for images.
    pub pixel: Option<Quantity>,
}

/// What the files of a trial say.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrialFiles {
    /// Values with their flags, in the units of the campaign; what is missing has its reason.
    pub values: Fields,
    /// How each value is computed.
    pub described: Fields,
    /// The files that were read, as they are.
    pub files: Vec<KeptFile>,
}

/// A file as it is.
#[derive(Debug, Clone)]
pub(crate) struct KeptFile {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// What is in a file.
enum Content {
    Series(Stream),
    Picture(Image),
}

impl TrialFiles {
    /// Takes all outcomes that the campaign wants from files out of the files in `folder`. Whatever is wrong with a file
    /// makes its outcomes missing, with the reason.
    pub fn read(campaign: &Campaign, folder: &Path) -> Self {
        Self::read_only(campaign, folder, |_| true)
    }

    /// The same out of one file alone.
    pub fn of_file(campaign: &Campaign, folder: &Path, name: &str) -> Self {
        Self::read_only(campaign, folder, |other| other == name)
    }

    fn read_only(campaign: &Campaign, folder: &Path, is_read: impl Fn(&str) -> bool) -> Self {
        let mut read = Self::default();
        let mut by_file: BTreeMap<&str, Vec<&FileFeature>> = BTreeMap::new();
        for wanted in campaign.file_features.iter().filter(|wanted| is_read(&wanted.feature.stream)) {
            by_file.entry(&wanted.feature.stream).or_default().push(wanted);
        }
        for (name, wanted) in by_file {
            let content = load(folder, name).and_then(|bytes| {
                let media_type = media_type(name, &bytes);
                let content = content(folder, name, &bytes, wanted.iter().find_map(|one| one.pixel.clone()));
                // Also what cannot be understood is kept: it is what was seen.
                read.files.push(KeptFile { name: name.to_owned(), media_type, bytes });
                content
            });
            for one in wanted {
                let found = match &content {
                    Ok(content) => taken(&one.feature, content),
                    Err(why) => missing(&one.feature, why),
                };
                read.values.extend(converted(found, campaign));
                read.described.insert(one.feature.name.clone(), Datum::Text(one.feature.described()));
            }
        }
        read
    }

    /// Nothing is there, and why.
    pub fn absent(campaign: &Campaign, why: &Message) -> Self {
        let values = campaign.file_features.iter().flat_map(|wanted| missing(&wanted.feature, why)).collect();
        Self { values, ..Self::default() }
    }
}

/// The folder of a trial among those in `root`: the one whose name ends with its number, such as `trial-07`.
///
/// # Errors
/// `root` cannot be read, or two folders have the number.
pub(crate) fn folder_of(root: &Path, number: u32) -> Result<Option<PathBuf>, Message> {
    let mut those = numbered(root)?.into_iter().filter(|(own, _)| *own == number).map(|(_, path)| path);
    let first = those.next();
    match (&first, those.next()) {
        (Some(a), Some(b)) => {
            Err(say!("app-record-two-folders", number = number, first = a.display(), second = b.display()))
        }
        _ => Ok(first),
    }
}

/// The folders in `root` whose names end with a number, by that number.
///
/// # Errors
/// `root` cannot be read.
pub(crate) fn numbered(root: &Path) -> Result<Vec<(u32, PathBuf)>, Message> {
    let unreadable = |why: std::io::Error| say!("app-file-unreadable", file = root.display(), reason = why);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let digits = name.len() - name.bytes().rev().take_while(u8::is_ascii_digit).count();
        if let (Ok(number), true) = (name[digits..].parse(), path.is_dir()) {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found)
}

fn load(folder: &Path, name: &str) -> Result<Vec<u8>, Message> {
    let path = folder.join(name);
    let unreadable = |why: std::io::Error| say!("app-file-unreadable", file = path.display(), reason = why);
    let size = std::fs::metadata(&path).map_err(unreadable)?.len();
    if size > LARGEST {
        return Err(say!("app-record-file-huge", file = path.display(), most = LARGEST >> 20));
    }
    std::fs::read(&path).map_err(unreadable)
}

fn content(folder: &Path, name: &str, bytes: &[u8], pixel: Option<Quantity>) -> Result<Content, Message> {
    if feature::is_image_file(name) {
        return Ok(Content::Picture(Image { name: name.to_owned(), bytes: bytes.to_vec(), pixel }));
    }
    let table = table::read(&folder.join(name))?;
    let mut columns = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let unit: Unit = column.unit.as_deref().unwrap_or("1").parse().map_err(|what| table.at_header(index, what))?;
        columns.push(Column { name: column.name.clone(), unit });
    }
    // What is no number, or a limit, is a missing reading: extractors say how many there are.
    let reading = |row: usize, column: usize| match table::number::parse(table.cell(row, column)) {
        Ok(Some(read)) if read.qualifier == Qualifier::Equal => read.value,
        _ => f64::NAN,
    };
    let rows = table.rows.len();
    let mut data: Vec<Vec<f64>> =
        (0..columns.len()).map(|column| (0..rows).map(|row| reading(row, column)).collect()).collect();
    if let (Some(axis), Some(seconds)) = (columns.first_mut(), clock_times::seconds(&table, 0)) {
        axis.unit = "s".parse()?;
        data[0] = seconds;
    }
    if rows > 0 && data.first().is_some_and(|axis| axis.iter().all(|place| place.is_nan())) {
        let (name, found) = (&columns[0].name, table.cell(0, 0));
        return Err(table.at_header(0, say!("app-record-axis", name = name, found = found)));
    }
    Ok(Content::Series(Stream { name: name.to_owned(), columns, data }))
}

/// The feature with its flag; where the file names no column, of the only one beside the axis.
fn taken(wanted: &Feature, content: &Content) -> Fields {
    match content {
        Content::Picture(image) => {
            let seen = Yield { images: std::slice::from_ref(image), ..Yield::default() };
            feature::compute(std::slice::from_ref(wanted), seen)
        }
        Content::Series(stream) => {
            let mut wanted = wanted.clone();
            if wanted.column.is_empty() {
                let [_, only] = stream.columns.as_slice() else {
                    let known = stream.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
                    return missing(&wanted, &say!("app-record-which-column", file = stream.name, known = known));
                };
                wanted.column.clone_from(&only.name);
            }
            let seen = Yield { streams: std::slice::from_ref(stream), ..Yield::default() };
            feature::compute(std::slice::from_ref(&wanted), seen)
        }
    }
}

fn missing(wanted: &Feature, why: &Message) -> Fields {
    [(wanted.name.clone(), Datum::Missing(why.to_string()))].into()
}

/// Values in the units of the campaign.
fn converted(fields: Fields, campaign: &Campaign) -> Fields {
    let convert = |(name, datum): (String, Datum)| {
        let datum = match (datum, campaign.outcomes.iter().find(|outcome| outcome.name == name)) {
            (Datum::Quantity(found), Some(outcome)) => match found.to(&outcome.unit) {
                Ok(quantity) => Datum::Quantity(quantity),
                Err(why) => Datum::Missing(why.to_string()),
            },
            (datum, _) => datum,
        };
        (name, datum)
    };
    fields.into_iter().map(convert).collect()
}

fn media_type(name: &str, bytes: &[u8]) -> &'static str {
    if feature::is_image_file(name) {
        return Image { bytes: bytes.to_vec(), ..Image::default() }.media_type();
    }
    match name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).as_deref() {
        Some("xlsx" | "xlsm") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "text/csv",
    }
}

//! The rows a model was learnt from, kept beside it so that it can be explained later, without the table.

use std::path::Path;

use matdock_learn::{learner::Features, validate::Fold};
use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

use super::model_file::hash;
use crate::table;

/// Rows as they were learnt from, and what was predicted of them while they were left out.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownRows {
    /// Features of each row.
    pub features: Features,
    /// Targets as learnt: numbers, their logarithms, or numbers of classes.
    pub targets: Vec<f64>,
    /// How rows were left out first.
    pub left_out: LeftOutRows,
}

/// A way rows were left out, and what was predicted of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOutRows {
    /// The way, as on the command line.
    pub kind: String,
    /// Rows learnt from and predicted.
    pub folds: Vec<Fold>,
    /// Per row the value, or a probability per class; none where the row was never left out.
    pub predicted: Vec<Option<Vec<f64>>>,
}

/// What stands before the numbers.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    rows: usize,
    width: usize,
    left_out: LeftOutRows,
}

const FORMAT: &str = "matdock-rows 1";
/// A file is refused that would unpack to more than this many bytes.
const MOST: usize = 1 << 33;

impl KnownRows {
    /// Writes the rows to the folder of a model; the hash of the file.
    pub(super) fn save(&self, folder: &Path) -> Result<String, Message> {
        let json = |error: serde_json::Error| say!("app-learn-model-json", reason = error);
        let (rows, width) = (self.targets.len(), self.features.width());
        let head = Head { format: FORMAT.to_owned(), rows, width, left_out: self.left_out.clone() };
        let mut bytes = serde_json::to_vec(&head).map_err(json)?;
        bytes.push(b'\n');
        let columns = (0..width).map(|column| self.features.column(column));
        for value in columns.chain([self.targets.as_slice()]).flatten() {
            bytes.extend(value.to_le_bytes());
        }
        let packed = zstd::bulk::compress(&bytes, 0).map_err(|error| say!("app-learn-model-json", reason = error))?;
        let hash = hash(&packed);
        table::save(&packed, &folder.join(name(&hash)))?;
        Ok(hash)
    }

    /// Reads the rows of the model in `folder` whose file has this hash; `None` if there is no such file.
    ///
    /// # Errors
    /// The file was changed, cut off, or belongs to another model.
    pub(super) fn read(folder: &Path, expected: &str) -> Result<Option<Self>, Message> {
        let file = folder.join(name(expected));
        let altered = || say!("place-file", file = file.display(), what = say!("app-learn-model-altered"));
        if !expected.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(altered());
        }
        let Ok(packed) = std::fs::read(&file) else { return Ok(None) };
        if hash(&packed) != expected {
            return Err(altered());
        }
        let size = zstd::bulk::Decompressor::upper_bound(&packed).filter(|size| *size <= MOST).ok_or_else(altered)?;
        let bytes = zstd::bulk::decompress(&packed, size).map_err(|_| altered())?;
        Self::unpacked(&bytes).map(Some).ok_or_else(altered)
    }

    fn unpacked(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (head, body) = bytes.split_at(end);
        let head: Head = serde_json::from_slice(head).ok()?;
        let cells = head.rows.checked_mul(head.width.checked_add(1)?)?;
        let body = body.get(1..).filter(|body| Some(body.len()) == cells.checked_mul(8))?;
        let values: Vec<f64> =
            body.chunks_exact(8).filter_map(|eight| Some(f64::from_le_bytes(eight.try_into().ok()?))).collect();
        let mut columns: Vec<Vec<f64>> = values.chunks_exact(head.rows.max(1)).map(<[f64]>::to_vec).collect();
        let targets = columns.pop()?;
        let within = |rows: &Vec<usize>| rows.iter().all(|row| *row < head.rows);
        let sound = head.format == FORMAT
            && targets.iter().all(|y| y.is_finite())
            && head.left_out.predicted.len() == head.rows
            && head.left_out.folds.iter().all(|fold| within(&fold.train) && within(&fold.test));
        let features = Features::from_columns(columns).ok()?;
        sound.then_some(Self { features, targets, left_out: head.left_out })
    }
}

/// A name for the rows of each version of a model.
fn name(hash: &str) -> String {
    format!("rows-{}.bin", hash.get(..12).unwrap_or_default())
}

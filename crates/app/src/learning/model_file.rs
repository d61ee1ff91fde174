//! Models as files: `models/NAME/model.json` in a dock, with the model card beside it.
//!
//! The first line of a model file says its layout and the BLAKE3 hash of the rest, so that damage is noticed.

use std::path::{Path, PathBuf};

use matdock_learn::{
    learner::Fitted,
    validate::{ClassSets, Conformal, Domain},
};
use matdock_message::{Language, Message, say};
use serde::{Deserialize, Serialize};

use super::{known_rows::KnownRows, schema::Schema, train::Trained};
use crate::table;

/// A learner with everything needed to use it on new tables.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    /// What the columns mean.
    pub schema: Schema,
    /// The learner.
    pub fitted: Fitted,
    /// Where it has seen something.
    pub domain: Domain,
    /// How far it was off where it had not; none with too few rows.
    pub intervals: Option<Conformal>,
    /// From which probability on a class cannot be ruled out; none of numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets: Option<ClassSets>,
    /// What the rows learnt from are called.
    pub labels: Vec<String>,
    /// Hash of the file with the rows learnt from; none of models of before these were kept.
    #[serde(default)]
    pub rows: Option<String>,
    /// The model card.
    pub card: Trained,
}

/// The first line of a model file.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    hash: String,
}

/// Layout of model files. A change that older programs cannot read gets the next number.
const FORMAT: &str = "matdock-model 2";
/// Where models are in a dock.
pub const FOLDER: &str = "models";
const FILE: &str = "model.json";
const LONGEST_NAME: usize = 100;

impl Model {
    pub(super) fn new(
        schema: Schema,
        fitted: Fitted,
        domain: Domain,
        (intervals, sets): (Option<Conformal>, Option<ClassSets>),
        labels: Vec<String>,
        card: Trained,
    ) -> Self {
        Self { schema, fitted, domain, intervals, sets, labels, rows: None, card }
    }

    /// Writes the model and its card to a folder of its own in `models`; an older model of the same name is kept beside it
    /// under its hash.
    pub(super) fn save(&mut self, rows: &KnownRows, models: &Path, language: Language) -> Result<PathBuf, Message> {
        let folder = models.join(&self.card.name);
        let unwritable = |error: std::io::Error| say!("app-file-unwritable", file = folder.display(), reason = error);
        std::fs::create_dir_all(&folder).map_err(unwritable)?;
        let file = folder.join(FILE);
        if let Ok(older) = std::fs::read(&file) {
            table::save(&older, &folder.join(format!("model-{}.json", &hash(&older)[..12])))?;
        }
        self.rows = Some(rows.save(&folder)?);
        let json = |error: serde_json::Error| say!("app-learn-model-json", reason = error);
        let body = serde_json::to_vec(self).map_err(json)?;
        let head = Head { format: FORMAT.to_owned(), hash: hash(&body) };
        let mut bytes = serde_json::to_vec(&head).map_err(json)?;
        bytes.push(b'\n');
        bytes.extend(body);
        table::save(&bytes, &file)?;
        table::save(&serde_json::to_vec_pretty(&self.card).map_err(json)?, &folder.join("card.json"))?;
        table::save(super::card::text(&self.card, language).as_bytes(), &folder.join("card.md"))?;
        Ok(folder)
    }

    /// The file of a model: that of one in the folder `models`, or `name` itself.
    pub(super) fn file(models: &Path, name: &Path) -> PathBuf {
        if name.is_file() { name.to_owned() } else { models.join(name).join(FILE) }
    }

    /// Whether this is the name of a model in the folder `models`, or a model file.
    pub fn is_there(models: &Path, name: &Path) -> bool {
        if name.is_file() {
            return name.file_name().is_some_and(|file| file == FILE);
        }
        name.to_str().is_some_and(|name| check_name(name).is_ok()) && models.join(name).join(FILE).is_file()
    }

    /// Reads a model: the name of one in the folder `models`, or a file.
    ///
    /// # Errors
    /// There is none, or it was written by a program that this one does not understand.
    pub fn read(models: &Path, name: &Path) -> Result<Self, Message> {
        let file = Self::file(models, name);
        let bytes = std::fs::read(&file).map_err(|_| {
            let known = match names(models) {
                none if none.is_empty() => "—".to_owned(),
                known => known.join(", "),
            };
            say!("app-learn-no-model", name = name.display(), folder = models.display(), names = known)
        })?;
        let broken = |error: serde_json::Error| {
            say!("place-file", file = file.display(), what = say!("app-learn-model-broken", reason = error))
        };
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let (head, body) = bytes.split_at(end);
        let body = body.get(1..).unwrap_or_default();
        let head: Head = serde_json::from_slice(head).map_err(broken)?;
        if head.format != FORMAT {
            let what = say!("app-learn-model-format", found = head.format, known = FORMAT);
            return Err(say!("place-file", file = file.display(), what = what));
        }
        if head.hash != hash(body) {
            return Err(say!("place-file", file = file.display(), what = say!("app-learn-model-altered")));
        }
        let model: Self = serde_json::from_slice(body).map_err(broken)?;
        if !model.is_sound() {
            return Err(say!("place-file", file = file.display(), what = say!("app-learn-model-unsound")));
        }
        Ok(model)
    }

    /// Whether its parts fit together: a hash tells damage, not forgery.
    fn is_sound(&self) -> bool {
        let features = self.schema.features.len();
        self.fitted.is_sound()
            && self.domain.is_sound()
            && (self.fitted.width(), self.fitted.task()) == (features, self.schema.task())
    }
}

fn names(models: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(models).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().join(FILE).is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// The cards of all models in a folder, by name; those that cannot be read are told.
pub fn models(folder: &Path) -> (Vec<Trained>, Vec<Message>) {
    let (mut cards, mut problems) = (Vec::new(), Vec::new());
    for name in names(folder) {
        match Model::read(folder, Path::new(&name)) {
            Ok(model) => cards.push(model.card),
            Err(problem) => problems.push(problem),
        }
    }
    (cards, problems)
}

/// The card of the model of this name; `None` if there is none.
///
/// # Errors
/// The model cannot be read.
pub fn named(folder: &Path, name: &str) -> Result<Option<Trained>, Message> {
    if check_name(name).is_err() || !folder.join(name).join(FILE).is_file() {
        return Ok(None);
    }
    Ok(Some(Model::read(folder, Path::new(name))?.card))
}

/// A name that can be a folder everywhere.
pub(super) fn check_name(name: &str) -> Result<(), Message> {
    if is_plain_name(name) { Ok(()) } else { Err(say!("app-learn-name", name = name)) }
}

/// Whether a name can be that of a folder everywhere.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    plain && !name.is_empty() && name.len() <= LONGEST_NAME && !name.starts_with('.')
}

/// BLAKE3 hash of a file's bytes, as `b3sum` prints it.
pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// A date as seconds.
pub(crate) fn seconds(date: &str) -> Option<f64> {
    let seconds = |stamp: jiff::Timestamp| stamp.as_second() as f64;
    if let Ok(stamp) = date.parse::<jiff::Timestamp>() {
        return Some(seconds(stamp));
    }
    let civil = date.parse::<jiff::civil::DateTime>().ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| seconds(zoned.timestamp()))
}

//! `matdock predict`: a model's values for new rows, how far off they may be, and where it knows nothing.

use std::path::{Path, PathBuf};

use matdock_learn::validate::{Conformal, Place, likeliest};
use matdock_message::{Language, Message, say};
use rayon::prelude::*;
use serde::Serialize;

use super::model_file::Model;
use crate::table::{self, Cell, Column, Table};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Predicted {
    /// Name of the model.
    pub model: String,
    /// Target and its unit.
    pub target: String,
    /// Unit of the target.
    pub unit: Option<String>,
    /// The table written; none if none was asked for.
    pub output: Option<PathBuf>,
    /// Every row.
    pub rows: Vec<PredictedRow>,
    /// Cells that could not be read and count as missing, the first of them.
    pub unread: Vec<String>,
}

/// The prediction of a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PredictedRow {
    /// Line of the file.
    pub line: u64,
    /// Expected value; none of classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Ends of the interval that holds the value in nine of ten cases; none when the model had too few rows.
    pub low: Option<f64>,
    /// High end.
    pub high: Option<f64>,
    /// Of classes.
    #[serde(flatten)]
    pub class: Option<PredictedClass>,
    /// Where the row lies beside those the model knows.
    pub domain: Place,
    /// Features beyond all known values.
    pub beyond: Vec<String>,
    /// The nearest known rows, nearest first.
    pub nearest: Vec<String>,
}

/// The class of a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PredictedClass {
    /// The most probable class.
    pub class: String,
    /// Every class with its probability.
    pub probabilities: Vec<(String, f64)>,
    /// Classes that cannot be ruled out: they hold the right one in nine of ten cases.
    pub set: Vec<String>,
}

impl PredictedClass {
    fn of(model: &Model, probabilities: &[f64]) -> Self {
        let name = |class: usize| model.schema.classes.get(class).cloned().unwrap_or_default();
        let sets = model.sets.as_ref();
        let set = sets.map_or_else(|| (0..probabilities.len()).collect(), |sets| sets.set(probabilities));
        Self {
            class: name(likeliest(probabilities)),
            probabilities: probabilities.iter().enumerate().map(|(class, p)| (name(class), *p)).collect(),
            set: set.into_iter().map(name).collect(),
        }
    }

    /// Probability of the most probable class.
    pub fn probability(&self) -> f64 {
        self.probabilities.iter().map(|(_, p)| *p).fold(0.0, f64::max)
    }
}

const PROBABILITY: f64 = 0.9;
/// Known rows and features beyond them that are named.
const NEAREST: usize = 3;
const BEYOND: usize = 5;

/// Predicts every row of a table.
///
/// # Errors
/// The model or table cannot be read, or the table lacks a column of the model.
pub fn predict(
    models: &Path,
    model: &Path,
    input: &Path,
    output: Option<&Path>,
    language: Language,
) -> Result<Predicted, Message> {
    let model = Model::read(models, model)?;
    let mut table = table::read(input)?;
    let prepared = model.schema.prepare(&table, (0..table.rows.len()).collect(), models.parent())?;
    let values = model.fitted.predict(&prepared.features);
    let points = model.domain.place(&prepared.features);
    let natural = |value: f64| if model.schema.logarithm { 10f64.powf(value) } else { value };
    let one = |(index, (row, values)): (usize, (&usize, &[f64]))| {
        let class = (!model.schema.classes.is_empty()).then(|| PredictedClass::of(&model, values));
        let value = values.first().copied().filter(|_| class.is_none());
        let nearest = model.domain.nearest(&points[index], Conformal::NEIGHBOURS);
        let half = model.intervals.as_ref().and_then(|intervals| intervals.half_width(&nearest, PROBABILITY));
        let beyond = model.domain.beyond(&prepared.features, index);
        let name = |number: &usize| model.schema.features.get(*number).cloned();
        let label = |(number, _): &(usize, f64)| model.labels.get(*number).cloned();
        PredictedRow {
            line: table.source.lines.get(*row).copied().unwrap_or(*row as u64 + 2),
            value: value.map(natural),
            low: half.zip(value).map(|(half, value)| natural(value - half)),
            high: half.zip(value).map(|(half, value)| natural(value + half)),
            class,
            domain: model.domain.judge(&nearest),
            beyond: beyond.iter().take(BEYOND).filter_map(name).collect(),
            nearest: nearest.iter().take(NEAREST).filter_map(label).collect(),
        }
    };
    let outputs = model.fitted.task().outputs().max(1);
    let pairs: Vec<(usize, (&usize, &[f64]))> =
        prepared.rows.iter().zip(values.chunks_exact(outputs)).enumerate().collect();
    let rows: Vec<PredictedRow> = pairs.into_par_iter().map(one).collect();
    if let Some(output) = output {
        add_columns(&mut table, &model, &rows, language);
        let format = table::Format::of(output)?;
        table::write(&table, format, Some(output))?;
    }
    Ok(Predicted {
        model: model.card.name.clone(),
        target: model.schema.target.clone(),
        unit: model.schema.unit.clone(),
        output: output.map(Path::to_owned),
        rows,
        unread: prepared.unread,
    })
}

/// Puts predictions beside the rows they are of.
fn add_columns(table: &mut Table, model: &Model, rows: &[PredictedRow], language: Language) {
    let word = |id: &'static str| Message::new(id).text(language);
    let target = &model.schema.target;
    let mut add = |name: String, unit: Option<String>| table.columns.push(Column { name, unit });
    if model.schema.classes.is_empty() {
        for id in ["app-learn-column-predicted", "app-learn-column-low", "app-learn-column-high"] {
            add(format!("{target} {}", word(id)), model.schema.unit.clone());
        }
    } else {
        add(format!("{target} {}", word("app-learn-column-predicted")), None);
        for class in &model.schema.classes {
            add(say!("app-learn-column-probability", name = class).text(language), None);
        }
        add(word("app-learn-column-class-set"), None);
    }
    for id in ["app-learn-column-domain", "app-learn-column-beyond", "app-learn-column-nearest"] {
        add(word(id), None);
    }
    for (cells, row) in table.rows.iter_mut().zip(rows) {
        match &row.class {
            None => cells.extend([Cell::from(row.value), Cell::from(row.low), Cell::from(row.high)]),
            Some(class) => {
                cells.push(Cell::from(class.class.as_str()));
                cells.extend(class.probabilities.iter().map(|(_, p)| Cell::from(*p)));
                cells.push(Cell::from(class.set.join(", ")));
            }
        }
        cells.extend([
            Cell::from(place_word(row.domain, language)),
            Cell::from(row.beyond.join(", ")),
            Cell::from(row.nearest.join("; ")),
        ]);
    }
}

/// The word for where a row lies.
pub fn place_word(place: Place, language: Language) -> String {
    let id = match place {
        Place::Inside => "app-learn-inside",
        Place::Edge => "app-learn-edge",
        Place::Outside => "app-learn-outside",
    };
    Message::new(id).text(language)
}

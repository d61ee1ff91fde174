//! `matdock predict`: a model's values for new rows, how far off they may be, and where it knows nothing.

use std::path::{Path, PathBuf};

use matdock_learn::validate::{Conformal, Place};
use matdock_message::{Language, Message};
use rayon::prelude::*;
use serde::Serialize;

use super::model_file::Model;
use crate::table::{self, Cell, Column};

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
    /// Expected value.
    pub value: f64,
    /// Ends of the interval that holds the value in nine of ten cases; none when the model had too few rows.
    pub low: Option<f64>,
    /// High end.
    pub high: Option<f64>,
    /// Where the row lies beside those the model knows.
    pub domain: Place,
    /// Features beyond all known values.
    pub beyond: Vec<String>,
    /// The nearest known rows, nearest first.
    pub nearest: Vec<String>,
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
    let one = |(index, (row, value)): (usize, (&usize, &f64))| {
        let nearest = model.domain.nearest(&points[index], Conformal::NEIGHBOURS);
        let half = model.intervals.as_ref().and_then(|intervals| intervals.half_width(&nearest, PROBABILITY));
        let beyond = model.domain.beyond(&prepared.features, index);
        let name = |number: &usize| model.schema.features.get(*number).cloned();
        let label = |(number, _): &(usize, f64)| model.labels.get(*number).cloned();
        PredictedRow {
            line: table.source.lines.get(*row).copied().unwrap_or(*row as u64 + 2),
            value: natural(*value),
            low: half.map(|half| natural(value - half)),
            high: half.map(|half| natural(value + half)),
            domain: model.domain.judge(&nearest),
            beyond: beyond.iter().take(BEYOND).filter_map(name).collect(),
            nearest: nearest.iter().take(NEAREST).filter_map(label).collect(),
        }
    };
    let pairs: Vec<(usize, (&usize, &f64))> = prepared.rows.iter().zip(&values).enumerate().collect();
    let rows: Vec<PredictedRow> = pairs.into_par_iter().map(one).collect();
    if let Some(output) = output {
        let word = |id: &'static str| Message::new(id).text(language);
        let target = &model.schema.target;
        let headers = [word("app-learn-column-predicted"), word("app-learn-column-low"), word("app-learn-column-high")];
        for header in headers {
            table.columns.push(Column { name: format!("{target} {header}"), unit: model.schema.unit.clone() });
        }
        for id in ["app-learn-column-domain", "app-learn-column-beyond", "app-learn-column-nearest"] {
            table.columns.push(Column { name: word(id), unit: None });
        }
        for (cells, row) in table.rows.iter_mut().zip(&rows) {
            cells.extend([
                Cell::from(row.value),
                Cell::from(row.low),
                Cell::from(row.high),
                Cell::from(place_word(row.domain, language)),
                Cell::from(row.beyond.join(", ")),
                Cell::from(row.nearest.join("; ")),
            ]);
        }
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

/// The word for where a row lies.
pub fn place_word(place: Place, language: Language) -> String {
    let id = match place {
        Place::Inside => "app-learn-inside",
        Place::Edge => "app-learn-edge",
        Place::Outside => "app-learn-outside",
    };
    Message::new(id).text(language)
}

//! `advise`, `train`, `explain`, `predict`, `models`: the verbs, and what they print.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use matdock_app::learning::{self, Advice, ModelExplained, Predicted, Trained, interval};
use matdock_message::{Language, Message, say};

use crate::{arguments, verbs::Face, view};

/// Rows of a prediction that are shown when no table is written.
const SHOWN: usize = 20;

impl Face {
    pub(crate) fn models_folder(&self) -> PathBuf {
        self.general.dock.join(learning::MODELS)
    }

    pub(crate) fn advise(&self, a: &arguments::Advise) -> Result<ExitCode, Message> {
        let given = self.given(&a.table)?;
        let columns = learning::Columns {
            features: a.features.clone(),
            ignored: a.ignore.clone(),
            classes: a.task.classes(),
            ..learning::Columns::default()
        };
        let question = learning::Question {
            target: given.target(a.target.as_ref())?,
            wish: a.wish.as_deref().map(str::parse).transpose()?,
            columns: given.columns(columns)?,
            dataset: given.reference(),
            ignored: a.ignore.clone(),
            table: given.file,
            dock: self.general.dock.clone(),
            seed: self.general.seed.unwrap_or(1),
            language: self.language,
        };
        let bar = self.bar(0);
        let advice = learning::advise(&question, &|done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        let advice = advice?;
        self.show(&advice, || self::advice(&advice, self.language))
    }

    pub(crate) fn train(&self, a: &arguments::Train) -> Result<ExitCode, Message> {
        let kinds = match a.learner.as_slice() {
            [auto] if auto == "auto" => Vec::new(),
            names => names.iter().map(|name| learning::kind(name)).collect::<Result<_, _>>()?,
        };
        let columns = learning::Columns {
            features: a.features.clone(),
            ignored: a.ignore.clone(),
            sets: a.set.clone(),
            ends: a.cap.as_deref().map(str::parse).transpose()?,
            logarithm: match a.log {
                arguments::Logarithm::Auto => None,
                arguments::Logarithm::Yes => Some(true),
                arguments::Logarithm::No => Some(false),
            },
            classes: a.task.classes(),
            arrhenius: match a.arrhenius {
                arguments::Logarithm::Auto => None,
                arguments::Logarithm::Yes => Some(true),
                arguments::Logarithm::No => Some(false),
            },
        };
        let given = self.given(&a.table)?;
        let wish = learning::Wish {
            target: given.target(a.target.as_ref())?,
            learners: kinds,
            splits: given.splits(&a.split),
            columns: given.columns(columns)?,
            dataset: given.reference(),
            table: given.file,
            name: a.name.clone(),
            folds: a.folds,
            seed: self.general.seed.unwrap_or(1),
            language: self.language,
        };
        let bar = self.bar(0);
        let trained = learning::train(&wish, &self.general.dock, &|done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        let (card, folder) = trained?;
        self.show(&card, || self::trained(&card, &folder, self.language))
    }

    pub(crate) fn explain_model(&self, a: &arguments::Explain) -> Result<ExitCode, Message> {
        let bar = self.bar(0);
        let data = a.data.as_deref().map(|data| self.given(data)).transpose()?.map(|given| given.file);
        let (data, out) = (data.as_deref(), a.out.as_deref());
        let explained = learning::explain(&self.models_folder(), &a.what, data, out, self.language, &|done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        let explained = explained?;
        self.show(&explained, || self::explained(&explained, self.language))
    }

    pub(crate) fn predict(&self, a: &arguments::Predict) -> Result<ExitCode, Message> {
        let table = self.given(&a.table)?.file;
        let predicted = learning::predict(&self.models_folder(), &a.model, &table, a.out.as_deref(), self.language)?;
        self.show(&predicted, || self::predicted(&predicted, self.language))
    }

    pub(crate) fn models(&self) -> Result<ExitCode, Message> {
        let (cards, problems) = learning::models(&self.models_folder());
        problems.iter().for_each(|problem| eprintln!("{}", problem.text(self.language)));
        self.show(&cards, || self::models(&cards, &self.models_folder(), self.language))
    }
}

/// The scores of a model, and what to know.
pub fn trained(card: &Trained, folder: &Path, language: Language) {
    let line = |message| view::line(&message, language);
    let unit = card.unit.as_deref().map_or_else(String::new, |unit| format!(" [{unit}]"));
    let target = format!("{}{unit}", card.target);
    let target = if card.logarithm { format!("log10({target})") } else { target };
    let (learner, rows, features) = (card.learner, card.rows, card.features);
    line(match card.classes.len() {
        0 => say!("cli-train-made", learner = learner, target = target, rows = rows, features = features),
        count => say!(
            "cli-train-made-classes",
            learner = learner,
            target = target,
            count = count,
            names = card.classes.join(", "),
            rows = rows,
            features = features
        ),
    });
    let word = |id| view::word(id, language);
    let named = card.splits.first().map(|split| split.scores.named()).unwrap_or_default();
    let mut headers = vec![word("cli-train-left-out")];
    headers.extend(named.iter().map(|(name, _)| (*name).to_owned()));
    headers.push(word("cli-train-coverage"));
    let row = |split: &learning::SplitScores| {
        let coverage = split.coverage_90.map_or_else(String::new, |c| format!("{:.0} %", 100.0 * c.mean));
        let size = split.set_size.map_or_else(String::new, |size| format!("; {size:.2}"));
        let scores = split.scores.named().into_iter().map(|(_, figure)| interval(figure)).collect();
        [vec![split.kind.clone()], scores, vec![coverage + &size]].concat()
    };
    view::print(&view::table(&headers, &card.splits.iter().map(row).collect::<Vec<_>>()));
    line(match card.y_scramble.roc_auc {
        Some(auc) => say!("cli-train-chance-classes", auc = format!("{auc:.2}")),
        None => say!("cli-train-chance", r2 = format!("{:.2}", card.y_scramble.r2)),
    });
    card.warnings.iter().for_each(|warning| line(say!("cli-train-warning", what = warning)));
    line(say!("cli-train-folder", folder = folder.display()));
    line(say!("cli-train-next", name = card.name));
}

/// Predictions, those beyond what is known first told.
pub fn predicted(predicted: &Predicted, language: Language) {
    let line = |message| view::line(&message, language);
    let outside = predicted.rows.iter().filter(|row| row.domain != learning::Place::Inside).count();
    if let Some(output) = &predicted.output {
        line(say!("cli-predict-made", rows = predicted.rows.len(), file = output.display()));
    } else {
        let word = |id| view::word(id, language);
        let unit = predicted.unit.as_deref().map_or_else(String::new, |unit| format!(" [{unit}]"));
        let classes = predicted.rows.iter().any(|row| row.class.is_some());
        let (second, third) = match classes {
            true => (word("cli-predict-probability"), word("cli-predict-set")),
            false => (word("cli-predict-interval"), word("cli-predict-domain")),
        };
        let mut headers = vec![word("cli-predict-line"), format!("{}{unit}", predicted.target), second, third];
        if classes {
            headers.push(word("cli-predict-domain"));
        }
        headers.push(word("cli-predict-nearest"));
        let rows: Vec<Vec<String>> = predicted.rows.iter().take(SHOWN).map(|row| cells(row, language)).collect();
        view::print(&view::table(&headers, &rows));
        if predicted.rows.len() > SHOWN {
            line(say!("cli-predict-more", rows = predicted.rows.len() - SHOWN));
        }
    }
    if outside > 0 {
        line(say!("cli-predict-outside", rows = outside));
    }
    predicted.unread.iter().for_each(|what| line(say!("cli-train-warning", what = what)));
}

/// A number to four digits.
fn number(value: f64) -> String {
    let power = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    match power {
        -3..=5 => format!("{value:.*}", usize::try_from(3 - power).unwrap_or(0)),
        _ => format!("{value:.3e}"),
    }
}

fn cells(row: &learning::PredictedRow, language: Language) -> Vec<String> {
    let mut cells = vec![row.line.to_string()];
    match &row.class {
        Some(class) => {
            let probability = format!("{:.0} %", 100.0 * class.probability());
            cells.extend([class.class.clone(), probability, class.set.join(", ")]);
        }
        None => {
            let range = row.low.zip(row.high).map(|(low, high)| format!("{} … {}", number(low), number(high)));
            cells.extend([row.value.map_or_else(String::new, number), range.unwrap_or_default()]);
        }
    }
    cells.extend([learning::place_word(row.domain, language), row.nearest.first().cloned().unwrap_or_default()]);
    cells
}

/// What a model has learnt.
pub fn explained(explained: &ModelExplained, language: Language) {
    view::print(&learning::explain::text(explained, language));
    if let Some(page) = explained.files.first() {
        view::line(&say!("cli-explain-page", file = page.display()), language);
    }
}

/// All models of a dock.
pub fn models(cards: &[Trained], folder: &Path, language: Language) {
    if cards.is_empty() {
        return view::line(&say!("cli-models-none", folder = folder.display()), language);
    }
    let word = |id| view::word(id, language);
    let headers = [
        word("cli-models-name"),
        word("cli-models-target"),
        word("cli-models-learner"),
        word("cli-models-rows"),
        word("cli-train-left-out"),
        word("cli-models-score"),
        word("cli-models-table"),
    ];
    let row = |card: &Trained| {
        let first = card.splits.first();
        vec![
            card.name.clone(),
            card.target.clone(),
            card.learner.to_string(),
            card.rows.to_string(),
            first.map_or_else(String::new, |split| split.kind.clone()),
            first.map_or_else(String::new, |split| {
                let (name, figure) = split.scores.main();
                format!("{name} {}", interval(figure))
            }),
            card.table.clone(),
        ]
    };
    view::print(&view::table(&headers, &cards.iter().map(row).collect::<Vec<_>>()));
}

/// The answer, its reasons, and the commands that come next.
pub fn advice(advice: &Advice, language: Language) {
    let text = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    view::print(&text(&advice.text));
    if !advice.next.is_empty() {
        view::line(&say!("cli-advise-next"), language);
        let next: Vec<String> = advice.next.iter().map(|command| format!("  {command}")).collect();
        view::print(&text(&next));
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn small_and_large_numbers_keep_their_digits() {
        let shown = [0.0, 3.21456e-9, 0.012345, 21.0, 1234.5, 1.0e7, -0.5].map(number);
        assert_eq!(shown, ["0.000", "3.215e-9", "0.01235", "21.00", "1234", "1.000e7", "-0.5000"]);
    }
}

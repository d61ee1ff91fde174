//! What `train`, `predict` and `models` print.

use std::path::Path;

use matdock_app::learning::{self, Advice, ModelExplained, Predicted, Trained, interval};
use matdock_message::{Language, say};

use crate::view;

/// Rows of a prediction that are shown when no table is written.
const SHOWN: usize = 20;

/// The scores of a model, and what to know.
pub fn trained(card: &Trained, folder: &Path, language: Language) {
    let line = |message| view::line(&message, language);
    let unit = card.unit.as_deref().map_or_else(String::new, |unit| format!(" [{unit}]"));
    let target = format!("{}{unit}", card.target);
    let target = if card.logarithm { format!("log10({target})") } else { target };
    line(say!("cli-train-made", learner = card.learner, target = target, rows = card.rows, features = card.features));
    let word = |id| view::word(id, language);
    let headers = [
        word("cli-train-left-out"),
        "R2".to_owned(),
        "MAE".to_owned(),
        "RMSE".to_owned(),
        "Spearman".to_owned(),
        word("cli-train-coverage"),
    ];
    let rows: Vec<Vec<String>> = card
        .splits
        .iter()
        .map(|split| {
            let s = &split.scores;
            let coverage = split.coverage_90.map_or_else(String::new, |c| format!("{:.0} %", 100.0 * c.mean));
            let scores = [s.r2, s.mae, s.rmse, s.spearman].map(interval);
            [vec![split.kind.clone()], scores.to_vec(), vec![coverage]].concat()
        })
        .collect();
    view::print(&view::table(&headers, &rows));
    line(say!("cli-train-chance", r2 = format!("{:.2}", card.y_scramble.r2)));
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
        let headers = [
            word("cli-predict-line"),
            format!("{}{unit}", predicted.target),
            word("cli-predict-interval"),
            word("cli-predict-domain"),
            word("cli-predict-nearest"),
        ];
        let number = |value: f64| format!("{value:.4}");
        let rows: Vec<Vec<String>> = predicted
            .rows
            .iter()
            .take(SHOWN)
            .map(|row| {
                let range = match (row.low, row.high) {
                    (Some(low), Some(high)) => format!("{} … {}", number(low), number(high)),
                    _ => String::new(),
                };
                let place = learning::place_word(row.domain, language);
                vec![
                    row.line.to_string(),
                    number(row.value),
                    range,
                    place,
                    row.nearest.first().cloned().unwrap_or_default(),
                ]
            })
            .collect();
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
        "R2".to_owned(),
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
            first.map_or_else(String::new, |split| interval(split.scores.r2)),
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

//! The model card: what was learnt from what, and how far it can be trusted, in Markdown.

use std::fmt::Write as _;

use matdock_learn::validate::Interval;
use matdock_message::{Language, Message, say};

use super::train::Trained;

/// The card as Markdown.
pub fn text(card: &Trained, language: Language) -> String {
    let mut text = String::new();
    let word = |id: &'static str| Message::new(id).text(language);
    // Writing to a String cannot fail.
    let mut line = |what: String| {
        let _ = writeln!(text, "{what}");
    };
    line(format!("# {}\n", card.name));
    let unit = card.unit.as_deref().map_or_else(String::new, |unit| format!(" [{unit}]"));
    let target = format!("{}{unit}", card.target);
    let target = if card.logarithm { format!("log10({target})") } else { target };
    line(
        say!(
            "app-learn-card-what",
            learner = card.learner,
            target = target,
            rows = card.rows,
            features = card.features,
            table = card.table
        )
        .text(language),
    );
    line(format!("\n## {}\n", word("app-learn-card-scores")));
    line(say!("app-learn-card-scores-about", target = target).text(language));
    line(String::new());
    line(format!(
        "| {} | R2 | MAE | RMSE | Spearman | {} |",
        word("app-learn-card-left-out"),
        word("app-learn-card-coverage")
    ));
    line("|---|---|---|---|---|---|".to_owned());
    for split in &card.splits {
        let s = &split.scores;
        let coverage = split.coverage_90.map_or_else(String::new, |c| {
            format!("{:.0} % ({:.0} to {:.0})", 100.0 * c.mean, 100.0 * c.low, 100.0 * c.high)
        });
        let cells = [s.r2, s.mae, s.rmse, s.spearman].map(interval).join(" | ");
        line(format!("| {} | {cells} | {coverage} |", split.kind));
    }
    let chance = format!("{:.2}", card.y_scramble.r2);
    line(format!("\n{}", say!("app-learn-card-chance", r2 = chance).text(language)));
    if card.learners.len() > 1 {
        line(format!("\n## {}\n", word("app-learn-card-learners")));
        line("| | R2 | MAE | RMSE | Spearman |".to_owned());
        line("|---|---|---|---|---|".to_owned());
        for one in &card.learners {
            let cells = match &one.scores {
                Some(s) => [s.r2, s.mae, s.rmse, s.spearman].map(interval).join(" | "),
                None => " |  |  | ".to_owned(),
            };
            line(format!("| {} | {cells} |", one.learner));
        }
    }
    if !card.warnings.is_empty() {
        line(format!("\n## {}\n", word("app-learn-card-limits")));
        card.warnings.iter().for_each(|warning| line(format!("- {warning}")));
    }
    if !card.left_out.is_empty() {
        line(format!("\n## {}\n", word("app-learn-card-columns")));
        card.left_out.iter().for_each(|(name, why)| line(format!("- {name}: {why}")));
    }
    line(format!("\n## {}\n", word("app-learn-card-made")));
    for (name, value) in &card.settings {
        line(format!("- {name}: {value}"));
    }
    line(format!("- {}: {}", word("app-learn-card-hash"), card.hash));
    line(format!("- matdock {}, seed {}", card.matdock, card.seed));
    text
}

/// A figure with its range, to three digits.
pub fn interval(interval: Interval) -> String {
    format!("{} ({} to {})", digits(interval.mean), digits(interval.low), digits(interval.high))
}

fn digits(value: f64) -> String {
    if value != 0.0 && (value.abs() >= 1e4 || value.abs() < 1e-3) {
        return format!("{value:.2e}");
    }
    // Three digits, at least two behind the point of numbers below 100.
    let before = if value.abs() >= 1.0 { value.abs().log10().floor() as usize } else { 0 };
    format!("{value:.*}", 2usize.saturating_sub(before).max(usize::from(value.abs() < 100.0)))
}

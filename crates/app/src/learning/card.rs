//! The model card: what was learnt from what, and how far it can be trusted, in Markdown.

use std::fmt::Write as _;

use matdock_learn::validate::Interval;
use matdock_message::{Language, Message, say};

use super::train::{Figures, Trained};

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
    if !card.classes.is_empty() {
        line(format!("{}\n", say!("app-learn-card-classes", names = card.classes.join(", ")).text(language)));
    }
    line(match card.classes.is_empty() {
        true => say!("app-learn-card-scores-about", target = target).text(language),
        false => word("app-learn-card-classes-about"),
    });
    line(String::new());
    let names = card.splits.first().map(|split| split.scores.named()).unwrap_or_default();
    let names = names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" | ");
    let rule = "---|".repeat(names.split('|').count());
    line(format!("| {} | {names} | {} |", word("app-learn-card-left-out"), word("app-learn-card-coverage")));
    line(format!("|---|{rule}---|"));
    let cells = |figures: &Figures| {
        figures.named().into_iter().map(|(_, figure)| interval(figure)).collect::<Vec<_>>().join(" | ")
    };
    for split in &card.splits {
        let coverage = split.coverage_90.map_or_else(String::new, |c| {
            format!("{:.0} % ({:.0} to {:.0})", 100.0 * c.mean, 100.0 * c.low, 100.0 * c.high)
        });
        let size = split.set_size.map_or_else(String::new, |size| format!("; {size:.2}"));
        line(format!("| {} | {} | {coverage}{size} |", split.kind, cells(&split.scores)));
    }
    line(format!("\n{}", by_chance(card).text(language)));
    if !card.confusion.is_empty() {
        line(format!("\n## {}\n\n{}\n", word("app-learn-card-confusion"), word("app-learn-card-confusion-about")));
        line(format!("| | {} |", card.classes.join(" | ")));
        line(format!("|---|{}", "---|".repeat(card.classes.len())));
        for (class, row) in card.classes.iter().zip(&card.confusion) {
            let cells = row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
            line(format!("| {class} | {cells} |"));
        }
    }
    if card.learners.len() > 1 {
        line(format!("\n## {}\n", word("app-learn-card-learners")));
        line(format!("| | {names} |"));
        line(format!("|---|{rule}"));
        for one in &card.learners {
            let cells = one.scores.as_ref().map_or_else(|| " |".repeat(rule.len() / 4 - 1), cells);
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

/// What chance alone reaches.
pub fn by_chance(card: &Trained) -> Message {
    match card.y_scramble.roc_auc {
        Some(auc) => say!("app-learn-card-chance-classes", auc = format!("{auc:.2}")),
        None => say!("app-learn-card-chance", r2 = format!("{:.2}", card.y_scramble.r2)),
    }
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

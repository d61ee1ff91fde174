//! What a reader of the scores should know.

use matdock_learn::validate::rank_correlation;
use matdock_message::{Language, Message, say};

use super::{FEWEST, Scrambled, SplitScores, lesson::Lesson};

/// How much lower R2 of unseen groups must be before it is told.
const GAP: f64 = 0.15;
/// A rank correlation beyond which a column is suspected to give the target away.
const GIVEN_AWAY: f64 = 0.99;

impl Lesson {
    pub(super) fn warnings(&self, splits: &[SplitScores], scrambled: &Scrambled, language: Language) -> Vec<String> {
        let mut told: Vec<Message> = Vec::new();
        let rows = self.targets.len();
        if let Some(first) = splits.first() {
            if first.scores.within_chance(scrambled) {
                told.push(say!("app-learn-warn-chance"));
            }
            for other in &splits[1..] {
                if first.scores.explained().mean - other.scores.explained().mean > GAP {
                    let (seen, unseen) =
                        (format!("{:.2}", first.scores.main().1.mean), format!("{:.2}", other.scores.main().1.mean));
                    told.push(say!(
                        "app-learn-warn-gap",
                        kind = other.kind,
                        seen = seen,
                        unseen = unseen,
                        first = first.kind,
                        figure = first.scores.main().0
                    ));
                }
            }
        }
        for split in splits {
            if let Some(coverage) = split.coverage_90
                && (coverage.high < 0.88 || coverage.low > 0.92)
            {
                let percent = format!("{:.0}", 100.0 * coverage.mean);
                told.push(say!("app-learn-warn-coverage", kind = split.kind, percent = percent));
            }
        }
        if rows < 30 {
            told.push(say!("app-learn-warn-few", rows = rows));
        }
        if self.prepared.features.width() > rows {
            told.push(say!("app-learn-warn-wide", features = self.prepared.features.width(), rows = rows));
        }
        for (class, name) in self.schema.classes.iter().enumerate() {
            let rows = self.targets.iter().filter(|y| **y == class as f64).count();
            if rows < FEWEST {
                told.push(say!("app-learn-warn-few-of-class", name = name, rows = rows));
            }
        }
        let two: std::collections::BTreeSet<u64> = self.targets.iter().map(|y| y.to_bits()).collect();
        if self.schema.classes.is_empty() && two.len() == 2 {
            told.push(say!("app-learn-warn-two-values"));
        }
        let limits = self.limits.iter().flatten().count();
        if limits > 0 {
            told.push(say!("app-learn-warn-limits", rows = limits));
        }
        if self.without_target > 0 {
            told.push(say!("app-learn-warn-no-target", rows = self.without_target));
        }
        for (number, name) in self.schema.features.iter().enumerate() {
            let column = self.prepared.features.column(number);
            let (x, y): (Vec<f64>, Vec<f64>) =
                column.iter().zip(&self.targets).filter(|(x, _)| x.is_finite()).map(|(x, y)| (*x, *y)).unzip();
            if x.len() >= FEWEST && 2 * x.len() > rows && rank_correlation(&x, &y).abs() > GIVEN_AWAY {
                told.push(say!("app-learn-warn-leak", name = name));
            }
        }
        let unread = self.prepared.unread.iter().cloned();
        told.iter().map(|what| what.text(language)).chain(unread).collect()
    }
}

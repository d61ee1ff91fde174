//! The explanation in words.

use std::fmt::Write as _;

use matdock_message::{Language, Message, say};

use super::{Direction, Effect, Importance, ModelExplained};
use crate::{learning::card::interval, plot::number};

/// Features named in the summary.
const NAMED: usize = 5;
/// Features listed.
const LISTED: usize = 15;

/// What a person should take away, the most important first.
pub(super) fn summary(explained: &ModelExplained) -> Vec<Message> {
    let two = |value: f64| format!("{value:.2}");
    let target = target(explained);
    let mut told = Vec::new();
    if let (Some(auc), Some(chance)) = (explained.roc_auc, explained.roc_auc_by_chance) {
        told.push(say!(
            "app-explain-model-good-classes",
            learner = explained.learner,
            target = explained.target,
            kind = explained.split,
            auc = two(auc.mean),
            low = two(auc.low),
            high = two(auc.high),
            chance = two(chance)
        ));
    } else if let Some(r2) = explained.r2 {
        told.push(say!(
            "app-explain-model-good",
            learner = explained.learner,
            target = target,
            kind = explained.split,
            r2 = two(r2.mean),
            low = two(r2.low),
            high = two(r2.high),
            chance = two(explained.r2_by_chance)
        ));
    }
    if explained.no_better_than_chance {
        told.push(say!("app-explain-model-chance"));
        return told;
    }
    let sure: Vec<&Importance> = explained.importance.iter().filter(|one| one.sure).collect();
    if sure.is_empty() {
        told.push(say!("app-explain-model-none-sure"));
    }
    for (place, one) in sure.iter().take(NAMED).enumerate() {
        let loss = say!(
            "app-explain-model-loss",
            loss = two(one.loss.mean),
            low = two(one.loss.low),
            high = two(one.loss.high)
        );
        let effect = explained.effects.iter().find(|effect| effect.feature == one.feature);
        let number = place + 1;
        told.push(match effect {
            Some(effect) => {
                say!("app-explain-model-feature", number = number, name = one.feature, does = does(effect), loss = loss)
            }
            None => say!("app-explain-model-feature-plain", number = number, name = one.feature, loss = loss),
        });
        if let [first, ..] = one.together_with.as_slice() {
            let count = one.together_with.len();
            told.push(say!("app-explain-model-together", name = one.feature, other = first, count = count));
        }
    }
    let rest = sure.len().saturating_sub(NAMED);
    if rest > 0 {
        told.push(say!("app-explain-model-rest", count = rest));
    }
    if let Some(formula) = explained.sparse.as_ref().and_then(|sparse| sparse.formula.as_ref()) {
        told.push(say!("app-explain-model-formula", formula = formula_text(explained), r2 = two(formula.r2)));
    }
    told
}

/// What the reader should not conclude.
pub(super) fn warnings(explained: &ModelExplained) -> Vec<Message> {
    let mut told = Vec::new();
    if explained.no_better_than_chance {
        told.push(say!("app-explain-model-chance"));
    }
    told.push(say!("app-explain-model-no-cause"));
    let named: Vec<&Importance> =
        explained.importance.iter().take(LISTED).filter(|one| !one.together_with.is_empty()).collect();
    if !named.is_empty() {
        told.push(say!("app-explain-model-share", count = named.len()));
    }
    if explained.features > explained.importance.iter().map(|one| 1 + one.together_with.len()).sum() {
        told.push(say!("app-explain-model-screened", looked = explained.looked_at, features = explained.features));
    }
    if let Some(sparse) = &explained.sparse
        && !sparse.selected.iter().any(|one| one.stable)
    {
        told.push(say!("app-explain-model-no-stable"));
    }
    told
}

/// The target as it was learnt.
pub(super) fn target(explained: &ModelExplained) -> String {
    let unit = explained.unit.as_deref().map_or_else(String::new, |unit| format!(" [{unit}]"));
    let target = format!("{}{unit}", explained.target);
    let target = if explained.logarithm { format!("log10({target})") } else { target };
    explained.class.as_ref().map_or(target.clone(), |class| format!("P({target} = {class})"))
}

/// What an effect does, in a few words.
pub(super) fn does(effect: &Effect) -> Message {
    let at = |best: fn(&f64, &f64) -> bool| {
        let mut found = 0;
        for (place, value) in effect.mean.iter().enumerate() {
            if effect.mean.get(found).is_some_and(|other| best(value, other)) {
                found = place;
            }
        }
        found
    };
    let (high, low) = (at(|a, b| a > b), at(|a, b| a < b));
    let where_is = |place: usize| effect.at.get(place).map_or_else(String::new, |value| number(*value));
    let range = number(effect.mean.get(high).copied().unwrap_or(0.0) - effect.mean.get(low).copied().unwrap_or(0.0));
    let agreed = || effect.agreed.map_or_else(|| "-".to_owned(), |[yes, all]| format!("{yes}/{all}"));
    match effect.direction {
        Direction::Rises => say!("app-explain-does-rise", range = range, agreed = agreed()),
        Direction::Falls => say!("app-explain-does-fall", range = range, agreed = agreed()),
        Direction::RisesThenFalls => say!("app-explain-does-peak", range = range, at = where_is(high)),
        Direction::FallsThenRises => say!("app-explain-does-valley", range = range, at = where_is(low)),
        Direction::Changes => say!("app-explain-does-change", range = range),
        Direction::Flat => say!("app-explain-does-flat"),
        Direction::Choice => {
            let name = |place: usize| effect.choices.get(place).cloned().unwrap_or_default();
            say!("app-explain-does-choice", range = range, high = name(high), low = name(low))
        }
    }
}

/// An arrow for lists.
pub(super) fn arrow(direction: Option<Direction>) -> &'static str {
    match direction {
        Some(Direction::Rises) => "↗",
        Some(Direction::Falls) => "↘",
        Some(Direction::RisesThenFalls) => "↗↘",
        Some(Direction::FallsThenRises) => "↘↗",
        Some(Direction::Changes) => "↗↘↗",
        Some(Direction::Flat) => "→",
        Some(Direction::Choice) | None => "",
    }
}

/// The formula of the stable columns with units.
pub(super) fn formula_text(explained: &ModelExplained) -> String {
    let Some(formula) = explained.sparse.as_ref().and_then(|sparse| sparse.formula.as_ref()) else {
        return String::new();
    };
    let mut text = format!("{} = {}", target(explained), number(formula.constant));
    for (name, weight) in &formula.terms {
        let sign = if *weight < 0.0 { "-" } else { "+" };
        let unit = explained.importance.iter().find(|one| one.feature == *name).and_then(|one| one.unit.clone());
        let unit = unit.map_or_else(String::new, |unit| bracketed(&unit));
        // Writing to a String cannot fail.
        let _ = write!(text, " {sign} {} × {name}{unit}", number(weight.abs()));
    }
    text
}

/// A unit in square brackets behind a name; codes that have some already get no more.
pub(super) fn bracketed(unit: &str) -> String {
    if unit.starts_with('[') { format!(" {unit}") } else { format!(" [{unit}]") }
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

/// The explanation for the terminal.
pub fn text(explained: &ModelExplained, language: Language) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    line(say!("app-explain-model-title", name = explained.model).text(language));
    let lines = if language == Language::Japanese { &explained.summary.ja } else { &explained.summary.en };
    lines.iter().for_each(|text| line(text.clone()));
    if !explained.importance.is_empty() {
        line(format!("\n{}", say!("app-explain-model-list").text(language)));
        let width = explained.importance.iter().take(LISTED).map(|one| short(&one.feature, 44).chars().count()).max();
        let width = width.unwrap_or(0);
        for one in explained.importance.iter().take(LISTED) {
            let name = short(&one.feature, 44);
            let share = interval(one.loss);
            let more = one.together_with.len();
            let more = if more > 0 { format!("(+{more})") } else { String::new() };
            line(format!("  {name:<width$}  {:<5} {share} {more}", arrow(one.direction)).trim_end().to_owned());
        }
    }
    for (title, shared) in
        [("app-explain-model-columns", &explained.columns), ("app-explain-model-families", &explained.families)]
    {
        if shared.len() > 1 && shared.iter().any(|one| one.features > 1) {
            line(format!("\n{}", Message::new(title).text(language)));
            let width = shared.iter().take(LISTED).map(|one| short(&one.name, 44).chars().count()).max().unwrap_or(0);
            for one in shared.iter().take(LISTED) {
                line(format!("  {:<width$}  {}", short(&one.name, 44), interval(one.loss)));
            }
        }
    }
    if let Some(sparse) = explained.sparse.as_ref().filter(|sparse| !sparse.selected.is_empty()) {
        line(format!("\n{}", say!("app-explain-model-stability", percent = percent(sparse.threshold)).text(language)));
        let width = sparse.selected.iter().map(|one| short(&one.feature, 44).chars().count()).max().unwrap_or(0);
        for one in &sparse.selected {
            let sign = if one.sign < 0.0 { "-" } else { "+" };
            let mark = if one.stable { "*" } else { "" };
            let name = short(&one.feature, 44);
            line(format!("  {name:<width$}  {sign}  {:>3.0} % {mark}", 100.0 * one.probability).trim_end().to_owned());
        }
    }
    line(String::new());
    explained.warnings.iter().for_each(|warning| line(format!("! {warning}")));
    out
}

/// A long name with its middle left out.
pub(super) fn short(name: &str, most: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= most {
        return name.to_owned();
    }
    let tail = most / 2;
    let head = most - tail - 1;
    let (start, end) = (letters[..head].iter(), letters[letters.len() - tail..].iter());
    start.collect::<String>() + "…" + &end.collect::<String>()
}

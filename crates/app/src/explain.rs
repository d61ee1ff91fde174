//! `matdock explain`: what the model of a campaign has learnt, and how far it can be trusted.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use matdock_message::{Language, Message, say};
use matdock_plan::{
    Calibration, Candidate, Choice, Effect, Family, Fitting, Importance, LeftOut, Model, Parameter, ParameterKind,
    Remaining, Scale, Status as Ended, Surface, Value, Wanted,
};
use matdock_store::Dock;
use serde::Serialize;

use crate::{
    campaign::{Campaign, header},
    history::History,
    learnt::Learnt,
    plot::{self, Colour, Mark, Panel, number},
    table,
};

/// What the model has learnt.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Name of the campaign.
    pub campaign: String,
    /// Number of experiments it was learnt from.
    pub experiments: usize,
    /// Per outcome of the goal.
    pub outcomes: Vec<Explained>,
    /// What is still to be gained.
    pub remaining: Option<Remaining>,
    /// The folder with the files.
    pub folder: PathBuf,
    /// The files in it.
    pub files: Vec<PathBuf>,
}

/// The model of one outcome: its kind, how it was fitted, and how well it predicts.
#[derive(Debug, Clone, Serialize)]
pub struct Fitted {
    /// Name of the outcome.
    pub outcome: String,
    /// Its unit.
    pub unit: String,
    /// Kinds of model tried, and which one was chosen; none while too little was measured.
    pub choice: Option<Choice>,
    /// How it was fitted.
    pub fitting: Option<Fitting>,
    /// How well unseen readings are predicted; none with fewer than three.
    pub calibration: Option<Calibration>,
}

/// What the model has learnt of one outcome.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// The model.
    #[serde(flatten)]
    pub fitted: Fitted,
    /// Readings that count less because all others contradict them, with the number of their experiment.
    pub outliers: Vec<Outlying>,
    /// All parameters, most important first.
    pub importance: Vec<Importance>,
    /// Mean effects of the most important parameters.
    pub effects: Vec<Effect>,
    /// Effects of pairs of the most important parameters, around the best experiment.
    pub pairs: Vec<Surface>,
    #[serde(skip)]
    left_out: Vec<LeftOut>,
}

/// A reading that counts less because all others contradict it.
#[derive(Debug, Clone, Serialize)]
pub struct Outlying {
    /// Number of the experiment.
    pub experiment: u32,
    /// What was read (unit of the outcome).
    pub measured: f64,
    /// How far it counts, 0 to 1.
    pub weight: f64,
}

/// Parameters whose effects are drawn, and how many of them in pairs.
const EFFECTS: usize = 9;
const IN_PAIRS: usize = 3;
/// Bars in the plot of importance.
const BARS: usize = 20;
/// Share of readings inside a 90 % interval below which intervals are too narrow, from this many readings on.
const FEW_INSIDE: f64 = 0.75;
const ENOUGH: usize = 10;

/// Explains the model of a campaign, with plots in `folder`.
///
/// # Errors
/// Nothing was measured yet, or the disk refuses.
pub fn explain(dock: &Dock, campaign: &Campaign, folder: &Path, language: Language) -> Result<Explanation, Message> {
    let history = History::read(dock, campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
    let learnt = Learnt::from(campaign, &history)?;
    let Some(model) = &learnt.model else { return Err(say!("app-explain-nothing", name = campaign.name)) };
    let outcomes = (0..campaign.outcomes.len()).map(|outcome| explained(campaign, &learnt, model, outcome));
    let outcomes = outcomes.collect::<Result<Vec<_>, _>>()?;
    let remaining = learnt.remaining(campaign)?;
    std::fs::create_dir_all(folder)
        .map_err(|error| say!("app-file-unwritable", file = folder.display(), reason = error))?;
    let mut files = Vec::new();
    let mut write = |name: &str, text: &str| -> Result<(), Message> {
        let path = folder.join(name);
        table::save(text.as_bytes(), &path)?;
        files.push(path);
        Ok(())
    };
    for (index, one) in outcomes.iter().enumerate() {
        // The first outcome is the one people look for; the others follow with their number.
        let tail = if index == 0 { String::new() } else { format!("-{}", index + 1) };
        for (name, panels, columns) in pictures(campaign, one, language) {
            if !panels.is_empty() {
                write(&format!("{name}{tail}.svg"), &plot::svg(&panels, columns)?)?;
            }
        }
    }
    let experiments = learnt.observations().len();
    let folder = folder.to_path_buf();
    let explanation =
        Explanation { campaign: campaign.name.clone(), experiments, outcomes, remaining, folder, files: Vec::new() };
    write("explain.md", &text(campaign, &explanation, language))?;
    Ok(Explanation { files, ..explanation })
}

fn explained(campaign: &Campaign, learnt: &Learnt, model: &Model, outcome: usize) -> Result<Explained, Message> {
    let parameters = campaign.space.parameters();
    let importance = model.importance(outcome, campaign.seed)?;
    let position = |name: &str| parameters.iter().position(|parameter| parameter.name == name);
    let order: Vec<usize> = importance.iter().filter_map(|one| position(&one.parameter)).collect();
    let effects = order.iter().take(EFFECTS).map(|&index| model.effect(outcome, index, 25));
    let effects = effects.collect::<Result<Vec<_>, _>>()?;
    let best = model.best_observed().and_then(|index| learnt.observations().get(index));
    let top: Vec<usize> = order.iter().copied().take(IN_PAIRS).collect();
    let mut pairs = Vec::new();
    if let Some(best) = best {
        for (index, &first) in top.iter().enumerate() {
            for &second in &top[index + 1..] {
                pairs.push(model.surface(outcome, &best.point, [first, second], 21)?);
            }
        }
    }
    Ok(Explained {
        fitted: fitted_of(campaign, model, outcome),
        outliers: model
            .outliers(outcome)
            .iter()
            .filter_map(|doubted| {
                let experiment = *learnt.numbers.get(doubted.observation)?;
                Some(Outlying { experiment, measured: doubted.measured, weight: doubted.weight })
            })
            .collect(),
        importance,
        effects,
        pairs,
        left_out: model.leave_one_out(outcome),
    })
}

/// The explanation as text (Markdown), for the terminal and for `explain.md`.
pub fn text(campaign: &Campaign, explanation: &Explanation, language: Language) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let mut line = |message: Message| {
        let _ = writeln!(out, "{}", message.text(language));
    };
    line(say!("app-explain-title", name = explanation.campaign, count = explanation.experiments));
    for one in &explanation.outcomes {
        let unit = campaign.unit_of(&one.fitted.outcome);
        line(say!("app-explain-outcome", name = header(&one.fitted.outcome, &unit)));
        let unit = spaced(&unit);
        calibration_lines(campaign, &one.fitted).into_iter().for_each(&mut line);
        kind_lines(campaign, &one.fitted, language).into_iter().for_each(&mut line);
        for outlier in &one.outliers {
            line(say!(
                "app-explain-outlier",
                experiment = outlier.experiment,
                measured = number(outlier.measured),
                unit = unit,
                weight = number(100.0 * outlier.weight)
            ));
        }
        line(say!("app-explain-importance"));
        for importance in one.importance.iter().take(BARS) {
            let effect = one.effects.iter().find(|effect| effect.parameter == importance.parameter);
            line(say!(
                "app-explain-parameter",
                name = importance.parameter,
                share = format!("{:.1}", 100.0 * importance.share),
                trend = effect.map_or(String::new(), |effect| trend(effect, language))
            ));
        }
    }
    if let Some(remaining) = &explanation.remaining {
        line(remaining_line(campaign, remaining));
    }
    out
}

/// The models of all outcomes, as far as there are any.
pub fn fitted(campaign: &Campaign, model: &Model) -> Vec<Fitted> {
    let measured = (0..campaign.outcomes.len()).filter(|outcome| model.fitting(*outcome).is_some());
    measured.map(|outcome| fitted_of(campaign, model, outcome)).collect()
}

fn fitted_of(campaign: &Campaign, model: &Model, outcome: usize) -> Fitted {
    let own = &campaign.outcomes[outcome];
    Fitted {
        outcome: own.name.clone(),
        unit: own.unit.to_string(),
        choice: model.choice(outcome).cloned(),
        fitting: model.fitting(outcome),
        calibration: model.calibration(outcome),
    }
}

/// The model of an outcome for a report: its kind and why, how it was fitted, how well it predicts.
pub fn fitted_lines(campaign: &Campaign, one: &Fitted, language: Language) -> Vec<Message> {
    let mut lines = vec![say!("app-report-model", outcome = one.outcome)];
    let inner = kind_lines(campaign, one, language).into_iter().chain(calibration_lines(campaign, one));
    lines.extend(inner.map(|line| say!("app-report-inner", line = line)));
    lines
}

/// How well unseen readings are predicted.
fn calibration_lines(campaign: &Campaign, one: &Fitted) -> Vec<Message> {
    let Some(c) = &one.calibration else { return vec![say!("app-explain-few")] };
    let unit = spaced(&campaign.unit_of(&one.outcome));
    let (error, mean) = (number(c.error), number(c.error_of_mean));
    let mut lines = vec![say!("app-explain-error", error = error, mean = mean, unit = unit, readings = c.readings)];
    let (half, most) = (number(100.0 * c.inside_50), number(100.0 * c.inside_90));
    lines.push(say!("app-explain-inside", half = half, most = most));
    if !c.better_than_mean {
        lines.push(say!("app-explain-no-better"));
    }
    if c.readings >= ENOUGH && c.inside_90 < FEW_INSIDE {
        lines.push(say!("app-explain-narrow"));
    }
    lines
}

/// Which kind of model it is and why, and how its fit ended.
fn kind_lines(campaign: &Campaign, one: &Fitted, language: Language) -> Vec<Message> {
    let mut lines = Vec::new();
    if let Some(choice) = &one.choice {
        let score = |c: &Candidate| format!("{} {}", family(c.family, language), number(c.score));
        let tried: Vec<String> = choice.candidates.iter().map(score).collect();
        let (chosen, tried) = (family(choice.chosen, language), tried.join(", "));
        lines.push(match (campaign.planner.surrogate, choice.candidates.as_slice()) {
            (Wanted::Auto, [_]) => say!("app-explain-choice-few", chosen = chosen),
            (Wanted::Auto, _) if choice.chosen == Family::GaussianProcess => {
                say!("app-explain-choice-kept", chosen = chosen, tried = tried)
            }
            (Wanted::Auto, _) => say!("app-explain-choice-better", chosen = chosen, tried = tried),
            (Wanted::WarpedGaussianProcess, [_]) => say!("app-explain-choice-even", chosen = chosen),
            (Wanted::GaussianProcess, _) => say!("app-explain-choice-default", chosen = chosen, tried = tried),
            _ => say!("app-explain-choice-asked", chosen = chosen, tried = tried),
        });
    }
    if let Some(fitting) = &one.fitting {
        let readings = fitting.readings;
        if let Some(ended) = fitting.search {
            lines.push(match ended {
                Ended::Converged => say!("app-explain-fit-converged", readings = readings),
                Ended::Exhausted => say!("app-explain-fit-exhausted", readings = readings),
                _ => say!("app-explain-fit-stalled", readings = readings),
            });
        }
        if let Some(kept) = fitting.kept {
            lines.push(say!("app-warning-thinned", outcome = one.outcome, kept = kept, readings = readings));
        }
    }
    lines
}

/// A kind of model, in words.
fn family(family: Family, language: Language) -> String {
    let id = match family {
        Family::GaussianProcess => "app-kind-gaussian-process",
        Family::RoughGaussianProcess => "app-kind-rough",
        Family::WarpedGaussianProcess => "app-kind-warped",
        Family::Saas => "app-kind-saas",
        Family::Forest => "app-kind-forest",
    };
    matdock_message::text_of(language, id).unwrap_or_default()
}

/// A unit as it follows a number; nothing for plain numbers.
pub(crate) fn spaced(unit: &matdock_record::Unit) -> String {
    if unit.is_one() { String::new() } else { format!(" {unit}") }
}

/// What is still to be gained, as a sentence.
pub fn remaining_line(campaign: &Campaign, remaining: &Remaining) -> Message {
    let objective = campaign.main_objective();
    let one = campaign.goal.objectives.len() == 1;
    let unit = if one { spaced(&campaign.unit_of(&objective.outcome)) } else { String::new() };
    // For a front gains are shares of its hypervolume.
    let (unit, factor) = if campaign.goal.is_front() { (" %".to_owned(), 100.0) } else { (unit, 1.0) };
    say!(
        "app-remaining",
        probability = format!("{:.0}", 100.0 * remaining.probability),
        expected = number(factor * remaining.expected),
        low = number(factor * remaining.low),
        high = number(factor * remaining.high),
        unit = unit
    )
}

/// Where an effect goes, in words.
fn trend(effect: &Effect, language: Language) -> String {
    let (Some(first), Some(last)) = (effect.mean.first(), effect.mean.last()) else { return String::new() };
    let low = effect.mean.iter().copied().fold(f64::INFINITY, f64::min);
    let high = effect.mean.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let at = |wanted: f64| {
        let index = effect.mean.iter().position(|value| *value == wanted);
        index.and_then(|index| effect.settings.get(index)).map(shown).unwrap_or_default()
    };
    let width = high - low;
    let numeric = effect.settings.iter().all(|setting| setting.number().is_some());
    let message = if width <= 1e-12 * low.abs().max(high.abs()) {
        say!("app-explain-nowhere", mean = number(low))
    } else if numeric && last - first > 0.8 * width {
        say!("app-explain-rises", low = number(low), high = number(high))
    } else if numeric && first - last > 0.8 * width {
        say!("app-explain-falls", low = number(low), high = number(high))
    } else {
        say!("app-explain-between", low = number(low), at_low = at(low), high = number(high), at_high = at(high))
    };
    message.text(language)
}

fn shown(value: &Value) -> String {
    value.number().map_or_else(|| value.to_string(), number)
}

/// Name of the file, panels, and panels in a row.
fn pictures(campaign: &Campaign, one: &Explained, language: Language) -> Vec<(&'static str, Vec<Panel>, usize)> {
    let word = |id: &str| matdock_message::text_of(language, id).unwrap_or_default();
    let y = header(&one.fitted.outcome, &campaign.unit_of(&one.fitted.outcome));
    let shares: Vec<&Importance> = one.importance.iter().take(BARS).rev().collect();
    let importance = Panel {
        title: format!("{}: {}", word("app-plot-importance"), one.fitted.outcome),
        x: word("app-plot-share"),
        y_names: shares.iter().map(|one| one.parameter.clone()).collect(),
        marks: vec![Mark::Bars(
            String::new(),
            shares.iter().enumerate().map(|(index, one)| (100.0 * one.share, index as f64)).collect(),
            Colour::Blue,
        )],
        ..Panel::default()
    };
    let effects = one.effects.iter().enumerate().filter_map(|(index, effect)| {
        let axis = Axis::of(campaign, &effect.parameter)?;
        let legend = |id: &str| if index == 0 { word(id) } else { String::new() };
        let x: Vec<f64> = effect.settings.iter().map(|setting| axis.place(setting)).collect();
        let band = x.iter().zip(effect.low.iter().zip(&effect.high)).map(|(x, (low, high))| (*x, *low, *high));
        let mean = x.iter().zip(&effect.mean).map(|(x, mean)| (*x, *mean));
        Some(Panel {
            title: effect.parameter.clone(),
            x: axis.title.clone(),
            y: y.clone(),
            log_x: axis.log,
            names: axis.names.clone(),
            marks: vec![
                Mark::Band(legend("app-plot-places"), band.collect(), Colour::Blue),
                Mark::Line(legend("app-plot-mean-effect"), mean.collect(), Colour::Blue),
            ],
            ..Panel::default()
        })
    });
    let pairs = one.pairs.iter().filter_map(|pair| {
        let axes = [Axis::of(campaign, &pair.parameters[0])?, Axis::of(campaign, &pair.parameters[1])?];
        let values = || pair.mean.iter().flatten().copied();
        let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        Some(Panel {
            title: say!("app-plot-shades", low = number(low), high = number(high), name = one.fitted.outcome)
                .text(language),
            x: axes[0].title.clone(),
            y: axes[1].title.clone(),
            log_x: axes[0].log,
            log_y: axes[1].log,
            names: axes[0].names.clone(),
            y_names: axes[1].names.clone(),
            marks: vec![Mark::Cells(cells(pair, &axes))],
        })
    });
    let readings = one.left_out.iter().map(|left| (left.predicted.mean, left.measured)).collect::<Vec<_>>();
    let (low, high) = readings.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p.1), h.max(p.1)));
    let calibration = Panel {
        title: word("app-plot-calibration"),
        x: format!("{} {y}", word("app-plot-predicted")),
        y: format!("{} {y}", word("app-plot-measured")),
        marks: vec![
            Mark::Line(word("app-plot-perfect"), vec![(low, low), (high, high)], Colour::Grey),
            Mark::Points(word("app-plot-readings"), readings, Colour::Blue),
        ],
        ..Panel::default()
    };
    vec![
        ("importance", vec![importance], 1),
        ("effects", effects.collect(), 3),
        ("pairs", pairs.collect(), 3),
        ("calibration", vec![calibration], 1),
    ]
}

/// How a parameter is drawn along an axis.
struct Axis {
    title: String,
    names: Vec<String>,
    log: bool,
}

impl Axis {
    fn of(campaign: &Campaign, name: &str) -> Option<Self> {
        let parameter: &Parameter = campaign.space.parameters().iter().find(|parameter| parameter.name == name)?;
        let names = match &parameter.kind {
            ParameterKind::Categorical { levels } => levels.clone(),
            _ => Vec::new(),
        };
        let log = matches!(parameter.kind, ParameterKind::Continuous { scale: Scale::Log, .. });
        let unit = parameter.unit.parse().unwrap_or_else(|_| matdock_record::Unit::one());
        Some(Self { title: header(name, &unit), names, log })
    }

    fn place(&self, value: &Value) -> f64 {
        match value.number() {
            Some(number) => number,
            None => {
                let text = value.to_string();
                self.names.iter().position(|name| *name == text).unwrap_or(0) as f64
            }
        }
    }
}

fn cells(pair: &Surface, axes: &[Axis; 2]) -> Vec<[f64; 5]> {
    let edges = |settings: &[Value], axis: &Axis| {
        let x: Vec<f64> = settings.iter().map(|setting| axis.place(setting)).collect();
        let middle = |a: f64, b: f64| if axis.log { (a * b).sqrt() } else { 0.5 * (a + b) };
        (0..x.len())
            .map(|index| {
                let named = !axis.names.is_empty();
                let before = index.checked_sub(1).and_then(|before| x.get(before));
                let low =
                    before.map_or(if named { x[index] - 0.5 } else { x[index] }, |before| middle(*before, x[index]));
                let after = x.get(index + 1);
                let high =
                    after.map_or(if named { x[index] + 0.5 } else { x[index] }, |after| middle(x[index], *after));
                (low, high)
            })
            .collect::<Vec<_>>()
    };
    let (first, second) = (edges(&pair.first, &axes[0]), edges(&pair.second, &axes[1]));
    let mut cells = Vec::new();
    for ((left, right), row) in first.iter().zip(&pair.mean) {
        for ((bottom, top), value) in second.iter().zip(row) {
            cells.push([*left, *right, *bottom, *top, *value]);
        }
    }
    cells
}

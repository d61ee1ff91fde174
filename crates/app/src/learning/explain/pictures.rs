//! The explanation in pictures.

use matdock_message::{Language, Message, say};

use super::{Effect, ModelExplained, Pair, words};
use crate::{
    learning::{known_rows::KnownRows, left_out_plot, model_file::Model},
    plot::{Colour, Mark, Panel, number},
};

/// A picture and its place in the report.
pub(super) struct Picture {
    pub(super) name: &'static str,
    pub(super) panels: Vec<Panel>,
    pub(super) columns: usize,
}

/// Bars that are drawn.
const BARS: usize = 15;
/// Letters of a name beside a bar and on an axis.
const BESIDE: usize = 38;
const BELOW: usize = 40;
const PAIR_POINTS: usize = 400;
/// Paths that have a colour and a name.
const NAMED: usize = 7;
const COLOURS: [Colour; NAMED] =
    [Colour::Blue, Colour::Red, Colour::Green, Colour::Orange, Colour::Sky, Colour::Purple, Colour::Black];

/// Share of the largest effect below which one is not drawn.
const SEEN: f64 = 0.02;

pub(super) fn all(explained: &ModelExplained, model: &Model, known: &KnownRows, language: Language) -> Vec<Picture> {
    let one = |name, panel: Option<Panel>| panel.map(|panel| Picture { name, panels: vec![panel], columns: 1 });
    let measured =
        left_out_plot::panels(&model.schema, &known.left_out.kind, &known.left_out.predicted, &known.targets, language);
    // A level line beside the others tells nothing that the table does not.
    let most = explained.effects.iter().map(Effect::height).fold(0.0, f64::max);
    let drawn = explained.effects.iter().filter(|effect| effect.height() >= SEEN * most);
    let effects: Vec<Panel> = drawn.map(|effect| self::effect(effect, explained)).collect();
    let columns = effects.len().clamp(1, 3);
    let mut pictures: Vec<Picture> = Vec::new();
    if !measured.is_empty() {
        let columns = measured.len();
        pictures.push(Picture { name: "predicted", panels: measured, columns });
    }
    pictures.extend(one("importance", importance(explained, language)));
    pictures.extend(one("families", families(explained, language)));
    if !effects.is_empty() {
        pictures.push(Picture { name: "effects", panels: effects, columns });
    }
    pictures.extend(one("pair", explained.pair.as_ref().and_then(|pair| self::pair(pair, explained, language))));
    pictures.extend(one("path", path(explained, model, language)));
    pictures.extend(one("stability", stability(explained, language)));
    pictures
}

fn bars(named: &[(String, [f64; 3])], title: Message, x: Message, language: Language) -> Option<Panel> {
    let shown: Vec<&(String, [f64; 3])> = named.iter().take(BARS).collect();
    let place = |index: usize| (shown.len() - 1 - index) as f64;
    if shown.is_empty() {
        return None;
    }
    let lengths = shown.iter().enumerate().map(|(i, (_, value))| (value[0], place(i))).collect();
    let ranges = shown.iter().enumerate().map(|(i, (_, value))| {
        let line = vec![(value[1], place(i)), (value[2], place(i))];
        Mark::Line(String::new(), line, Colour::Black)
    });
    let mut marks = vec![Mark::Bars(String::new(), lengths, Colour::Blue)];
    marks.extend(ranges);
    Some(Panel {
        title: title.text(language),
        x: x.text(language),
        y_names: shown.iter().rev().map(|(name, _)| words::short(name, BESIDE)).collect(),
        marks,
        ..Panel::default()
    })
}

fn importance(explained: &ModelExplained, language: Language) -> Option<Panel> {
    let name = |one: &super::Importance| match one.together_with.len() {
        0 => format!("{} {}", one.feature, words::arrow(one.direction)),
        more => format!("{} (+{more}) {}", words::short(&one.feature, BESIDE - 9), words::arrow(one.direction)),
    };
    let share = |loss: matdock_learn::validate::Interval| [loss.mean, loss.low, loss.high];
    let named: Vec<_> = explained.importance.iter().map(|one| (name(one), share(one.loss))).collect();
    bars(&named, say!("app-explain-plot-importance"), say!("app-explain-plot-loss"), language)
}

fn families(explained: &ModelExplained, language: Language) -> Option<Panel> {
    let shared = if explained.families.len() > 1 { &explained.families } else { &explained.columns };
    if shared.len() < 2 {
        return None;
    }
    let share = |loss: matdock_learn::validate::Interval| [loss.mean, loss.low, loss.high];
    let named: Vec<_> = shared.iter().map(|one| (one.name.clone(), share(one.loss))).collect();
    bars(&named, say!("app-explain-plot-families"), say!("app-explain-plot-loss"), language)
}

/// Partial dependence, what single rows do, and below how many rows are known where.
fn effect(effect: &Effect, explained: &ModelExplained) -> Panel {
    let unit = effect.unit.as_deref().map_or_else(String::new, words::bracketed);
    let low = effect.low.iter().chain(&effect.mean).copied().fold(f64::INFINITY, f64::min);
    let high = effect.high.iter().chain(&effect.mean).copied().fold(f64::NEG_INFINITY, f64::max);
    // Small effects beside large ones look small.
    let most = explained.effects.iter().map(Effect::height).fold(0.0, f64::max);
    let (middle, height) = ((low + high) / 2.0, (high - low).max(0.3 * most).max(1e-12));
    let low = middle - height / 2.0;
    let mut marks = density(effect, low - 0.30 * height, 0.22 * height);
    // The panel reaches as high as it is told above.
    marks.push(Mark::Line(
        String::new(),
        vec![(effect.at.first().copied().unwrap_or(0.0), low + height)],
        Colour::White,
    ));
    let points = |values: &[f64]| effect.at.iter().copied().zip(values.iter().copied()).collect::<Vec<_>>();
    if effect.choices.is_empty() {
        let band = effect.at.iter().zip(effect.low.iter().zip(&effect.high)).map(|(x, (l, h))| (*x, *l, *h));
        marks.push(Mark::Band(String::new(), band.collect(), Colour::Blue));
        marks.push(Mark::Line(String::new(), points(&effect.mean), Colour::Blue));
    } else {
        for (x, (low, high)) in effect.at.iter().zip(effect.low.iter().zip(&effect.high)) {
            marks.push(Mark::Line(String::new(), vec![(*x, *low), (*x, *high)], Colour::Sky));
        }
        marks.push(Mark::Points(String::new(), points(&effect.mean), Colour::Blue));
    }
    Panel {
        title: words::short(&effect.feature, 34),
        x: format!("{}{unit}", words::short(&effect.feature, BELOW)),
        y: words::short(&words::target(explained), 34),
        names: effect.choices.iter().map(|name| words::short(name, 12)).collect(),
        marks,
        ..Panel::default()
    }
}

/// How many rows are known where: a histogram of 24 bars from `bottom` up to `height`.
fn density(effect: &Effect, bottom: f64, height: f64) -> Vec<Mark> {
    const BINS: usize = 24;
    let (Some(first), Some(last)) = (effect.at.first(), effect.at.last()) else { return Vec::new() };
    let (first, last) = if effect.choices.is_empty() { (*first, *last) } else { (first - 0.5, last + 0.5) };
    let bins = if effect.choices.is_empty() { BINS } else { effect.choices.len() };
    let width = (last - first) / bins as f64;
    if width <= 0.0 {
        return Vec::new();
    }
    let mut counts = vec![0usize; bins];
    for value in &effect.known {
        if *value >= first && *value <= last {
            counts[(((value - first) / width) as usize).min(bins - 1)] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let bar = |(place, count): (usize, &usize)| {
        let (left, right) = (first + width * place as f64, first + width * (place + 1) as f64);
        let top = bottom + height * *count as f64 / most;
        let gap = 0.08 * width;
        Mark::Band(String::new(), vec![(left + gap, bottom, top), (right - gap, bottom, top)], Colour::Black)
    };
    counts.iter().enumerate().filter(|(_, count)| **count > 0).map(bar).collect()
}

fn pair(pair: &Pair, explained: &ModelExplained, language: Language) -> Option<Panel> {
    let half = |at: &[f64]| at.get(1).zip(at.first()).map(|(second, first)| (second - first) / 2.0);
    let (dx, dy) = (half(&pair.at[0])?, half(&pair.at[1])?);
    if dx <= 0.0 || dy <= 0.0 {
        return None;
    }
    let cell = |x: f64, y: f64, value: f64| [x - dx, x + dx, y - dy, y + dy, value];
    let row = |(x, means): (&f64, &Vec<f64>)| {
        pair.at[1].iter().zip(means).map(|(y, value)| cell(*x, *y, *value)).collect::<Vec<_>>()
    };
    let cells: Vec<[f64; 5]> = pair.at[0].iter().zip(&pair.mean).flat_map(row).collect();
    let values = || cells.iter().map(|cell| cell[4]);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let (x, y) = (ends(&cells, 0, 1), ends(&cells, 2, 3));
    let inside = |p: &(f64, f64)| p.0 >= x.0 && p.0 <= x.1 && p.1 >= y.0 && p.1 <= y.1;
    // Enough to tell where rows are, few enough to see the colours.
    let step = pair.known.len().div_ceil(PAIR_POINTS).max(1);
    let known = pair.known.iter().copied().step_by(step).filter(inside).collect();
    let target = words::target(explained);
    Some(Panel {
        title: say!("app-explain-plot-pair", target = target, low = number(low), high = number(high)).text(language),
        x: words::short(&pair.features[0], 60),
        y: words::short(&pair.features[1], BELOW),
        marks: vec![Mark::Cells(cells), Mark::Points(String::new(), known, Colour::Black)],
        ..Panel::default()
    })
}

fn ends(cells: &[[f64; 5]], low: usize, high: usize) -> (f64, f64) {
    let lowest = cells.iter().map(|cell| cell[low]).fold(f64::INFINITY, f64::min);
    (lowest, cells.iter().map(|cell| cell[high]).fold(f64::NEG_INFINITY, f64::max))
}

fn path(explained: &ModelExplained, model: &Model, language: Language) -> Option<Panel> {
    let sparse = explained.sparse.as_ref().filter(|sparse| !sparse.path.is_empty())?;
    let line = |(place, (number, weights)): (usize, &(usize, Vec<f64>))| {
        let named = place < NAMED;
        let name = model.schema.features.get(*number).filter(|_| named).map(|name| words::short(name, 30));
        let colour = COLOURS.get(place).copied().unwrap_or(Colour::Pale);
        let points = sparse.penalties.iter().copied().zip(weights.iter().copied()).collect();
        Mark::Line(name.unwrap_or_default(), points, colour)
    };
    let mut marks: Vec<Mark> = sparse.path.iter().enumerate().map(line).collect();
    // Those without a name behind.
    let named = marks.len().min(NAMED);
    marks.rotate_left(named);
    Some(Panel {
        title: say!("app-explain-plot-path").text(language),
        x: say!("app-explain-plot-penalty").text(language),
        y: say!("app-explain-plot-weight").text(language),
        log_x: true,
        marks,
        ..Panel::default()
    })
}

fn stability(explained: &ModelExplained, language: Language) -> Option<Panel> {
    let sparse = explained.sparse.as_ref().filter(|sparse| !sparse.selected.is_empty())?;
    let named: Vec<_> = sparse
        .selected
        .iter()
        .map(|one| {
            let sign = if one.sign < 0.0 { "↘" } else { "↗" };
            let share = 100.0 * one.probability;
            (format!("{} {sign}", words::short(&one.feature, BESIDE - 2)), [share, share, share])
        })
        .collect();
    let mut panel = bars(&named, say!("app-explain-plot-stability"), say!("app-explain-plot-chosen"), language)?;
    let top = named.len().min(BARS) as f64 - 0.5;
    let threshold = 100.0 * sparse.threshold;
    panel.marks.retain(|mark| !matches!(mark, Mark::Line(..)));
    panel.marks.push(Mark::Line(String::new(), vec![(threshold, -0.5), (threshold, top)], Colour::Red));
    Some(panel)
}

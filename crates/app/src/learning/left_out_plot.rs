//! Predictions for rows left out, drawn: beside measured values; of classes how often each is taken for each, and whether
//! probabilities can be taken at their word.

use matdock_learn::validate::confusion;
use matdock_message::{Language, Message, say};

use super::schema::Schema;
use crate::plot::{Colour, Mark, Panel};

/// Parts that probabilities are sorted into, and the fewest rows in each.
const PARTS: usize = 10;
const IN_PART: usize = 10;
/// Letters of a class on an axis.
const LETTERS: usize = 18;

/// What is predicted, with its unit, as it was learnt.
pub(super) fn learnt(schema: &Schema) -> String {
    let unit = schema.unit.as_deref().map_or_else(String::new, |unit| format!(" [{unit}]"));
    let log = if schema.logarithm { "log10 " } else { "" };
    format!("{log}{}{unit}", schema.target)
}

/// One panel of numbers, two of classes.
pub(super) fn panels(
    schema: &Schema,
    kind: &str,
    predicted: &[Option<Vec<f64>>],
    targets: &[f64],
    language: Language,
) -> Vec<Panel> {
    let known = predicted.iter().zip(targets).filter_map(|(p, y)| Some((*y, p.as_deref()?)));
    let known: Vec<(f64, &[f64])> = known.collect();
    if known.is_empty() {
        return Vec::new();
    }
    if schema.classes.is_empty() {
        let points = known.iter().filter_map(|(y, p)| Some((*y, *p.first()?))).collect();
        return vec![beside(schema, kind, points, language)];
    }
    vec![confused(schema, kind, &known, language), reliable(schema, kind, &known, language)]
}

fn beside(schema: &Schema, kind: &str, points: Vec<(f64, f64)>, language: Language) -> Panel {
    let values = || points.iter().flat_map(|(y, p)| [*y, *p]);
    let ends = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let target = learnt(schema);
    Panel {
        title: kind.to_owned(),
        x: say!("app-learn-measured", target = target).text(language),
        y: say!("app-learn-predicted", target = target).text(language),
        marks: vec![
            Mark::Line(String::new(), vec![(ends.0, ends.0), (ends.1, ends.1)], Colour::Grey),
            Mark::Points(String::new(), points, Colour::Blue),
        ],
        ..Panel::default()
    }
}

fn confused(schema: &Schema, kind: &str, known: &[(f64, &[f64])], language: Language) -> Panel {
    let count = schema.classes.len();
    let classes: Vec<usize> = known.iter().map(|(y, _)| *y as usize).collect();
    let probabilities: Vec<f64> = known.iter().flat_map(|(_, p)| p.iter().copied()).collect();
    let table = confusion(&classes, &probabilities, count);
    let (mut cells, mut dark, mut bright) = (Vec::new(), Vec::new(), Vec::new());
    for (right, row) in table.iter().enumerate() {
        let all = row.iter().sum::<usize>().max(1) as f64;
        for (said, number) in row.iter().enumerate() {
            let (x, y) = (said as f64, (count - 1 - right) as f64);
            let share = *number as f64 / all;
            cells.push([x - 0.5, x + 0.5, y - 0.5, y + 0.5, share]);
            // Bright letters on dark cells.
            if share < 0.6 { &mut bright } else { &mut dark }.push((x, y, number.to_string()));
        }
    }
    let name = |class: &String| class.chars().take(LETTERS).collect::<String>();
    let target = learnt(schema);
    Panel {
        title: kind.to_owned(),
        x: say!("app-learn-predicted", target = target).text(language),
        y: say!("app-learn-measured", target = target).text(language),
        names: schema.classes.iter().map(name).collect(),
        y_names: schema.classes.iter().rev().map(name).collect(),
        marks: vec![Mark::Cells(cells), Mark::Labels(dark, Colour::Black), Mark::Labels(bright, Colour::White)],
        ..Panel::default()
    }
}

/// Probabilities of the second of two classes, or of all classes, beside how often they came true.
fn reliable(schema: &Schema, kind: &str, known: &[(f64, &[f64])], language: Language) -> Panel {
    let classes: Vec<usize> = if schema.classes.len() == 2 { vec![1] } else { (0..schema.classes.len()).collect() };
    let of_row = |(y, p): &(f64, &[f64])| {
        let one = |class: &usize| Some((*p.get(*class)?, f64::from(u8::from(*y == *class as f64))));
        classes.iter().filter_map(one).collect::<Vec<(f64, f64)>>()
    };
    let mut pairs: Vec<(f64, f64)> = known.iter().flat_map(of_row).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = (pairs.len().div_ceil(PARTS)).max(IN_PART);
    let mut marks = vec![Mark::Line(String::new(), vec![(0.0, 0.0), (1.0, 1.0)], Colour::Grey)];
    let mut points = Vec::new();
    for part in pairs.chunks(size) {
        let count = part.len() as f64;
        let (x, true_ones) = part.iter().fold((0.0, 0.0), |(x, y), (p, own)| (x + p / count, y + own));
        let range = super::train::share(true_ones as usize, part.len());
        marks.push(Mark::Line(String::new(), vec![(x, range.low), (x, range.high)], Colour::Sky));
        points.push((x, range.mean));
    }
    marks.push(Mark::Points(String::new(), points, Colour::Blue));
    let class = if schema.classes.len() == 2 { schema.classes.get(1) } else { None };
    let about = class.map_or_else(|| learnt(schema), |class| format!("{} = {class}", schema.target));
    Panel {
        title: kind.to_owned(),
        x: say!("app-learn-probability", target = about).text(language),
        y: Message::new("app-learn-came-true").text(language),
        marks,
        ..Panel::default()
    }
}

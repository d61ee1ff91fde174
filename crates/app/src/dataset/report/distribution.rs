//! How the values of a column are spread.

use std::fmt::Write as _;

use matdock_message::{Language, Message, say};

use crate::{
    dataset::{Column, Groups, columns},
    plot::{Colour, Mark, Panel},
};

/// How many numbers lie between neighbouring edges.
pub(super) struct Histogram {
    edges: Vec<f64>,
    counts: Vec<usize>,
    /// Whether edges are by powers of ten.
    log: bool,
}

/// Ratio of the high to the low end of the middle 96 % from which the axis is by powers of ten.
const DECADES: f64 = 300.0;
const MOST_BINS: usize = 40;
/// Length of a name in a picture.
const LONGEST_NAME: usize = 34;
/// Bars, and characters of the front and the back of a name beside one: addresses and structures begin alike.
const BARS: usize = 10;
const FRONT: usize = 11;
const BACK: usize = 9;

impl Histogram {
    /// Of all known values; none where there are none or they do not vary.
    pub(super) fn of(values: &[Option<f64>]) -> Option<Self> {
        let mut rising: Vec<f64> = values.iter().flatten().copied().filter(|value| value.abs() < 1e150).collect();
        rising.sort_by(f64::total_cmp);
        let at = |share: f64| crate::dataset::numbers::quantile(&rising, share);
        let log = *rising.first()? > 0.0 && at(0.98) / at(0.02) > DECADES;
        let map = |value: f64| if log { value.log10() } else { value };
        let (low, high) = (map(*rising.first()?), map(*rising.last()?));
        let width = high - low;
        if width <= 1e-9 * low.abs().max(high.abs()) {
            return None;
        }
        // Freedman and Diaconis, Z. Wahrscheinlichkeitstheorie 57, 453 (1981).
        let spread = 2.0 * (map(at(0.75)) - map(at(0.25))) / (rising.len() as f64).cbrt();
        let wanted = if spread > 0.0 { (width / spread).ceil() } else { 20.0 };
        let bins = wanted.clamp(5.0, MOST_BINS as f64) as usize;
        let mut counts = vec![0; bins];
        for value in &rising {
            let bin = ((map(*value) - low) / width * bins as f64) as usize;
            counts[bin.min(bins - 1)] += 1;
        }
        let edge = |number: usize| {
            let place = low + width * number as f64 / bins as f64;
            if log { 10f64.powf(place) } else { place }
        };
        Some(Self { edges: (0..=bins).map(edge).collect(), counts, log })
    }

    /// A picture with axes.
    pub(super) fn panel(&self, column: &Column, language: Language) -> Panel {
        let mut outline = Vec::new();
        for (number, count) in self.counts.iter().enumerate() {
            outline.push((self.edges[number], 0.0, *count as f64));
            outline.push((self.edges[number + 1], 0.0, *count as f64));
        }
        let stairs = outline.iter().map(|(x, _, y)| (*x, *y));
        let line: Vec<(f64, f64)> = [(self.edges[0], 0.0)].into_iter().chain(stairs).collect();
        let last = self.edges.last().copied().unwrap_or_default();
        Panel {
            title: shortened(&column.name),
            x: shortened(&column.header()),
            y: Message::new("app-dataset-report-rows").text(language),
            log_x: self.log,
            marks: vec![
                Mark::Band(String::new(), outline, Colour::Blue),
                Mark::Line(String::new(), [&line[..], &[(last, 0.0)]].concat(), Colour::Blue),
            ],
            ..Panel::default()
        }
    }

    /// A picture as small as a word.
    pub(super) fn spark(&self) -> String {
        let most = self.counts.iter().copied().max().unwrap_or(1).max(1) as f64;
        let step = 100.0 / self.counts.len() as f64;
        let mut path = String::from("M0 20");
        for count in &self.counts {
            // Writing to a String cannot fail.
            let _ = write!(path, "V{:.1}h{step:.2}", 20.0 - 19.0 * *count as f64 / most);
        }
        let log = if self.log { "<title>log</title>" } else { "" };
        format!(
            r#"<svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none">{log}<path d="{path}V20Z"/></svg>"#
        )
    }
}

/// How often the most frequent names of a column occur.
pub(super) fn choices(column: &Column, language: Language) -> Panel {
    let (name, shown, all) = (shortened(&column.name), column.frequent.len(), column.different);
    let title = match shown == all {
        true => name,
        false => say!("app-dataset-report-most", name = name, shown = shown, all = all).text(language),
    };
    bars(title, &column.frequent, language)
}

/// The sizes of the largest groups.
pub(super) fn groups(groups: &Groups, language: Language) -> Panel {
    let title = say!("app-dataset-report-group", name = shortened(&groups.name), groups = groups.groups);
    bars(title.text(language), &groups.sizes, language)
}

fn bars(title: String, named: &[(String, usize)], language: Language) -> Panel {
    let named = &named[..named.len().min(BARS)];
    // The first on top.
    let bars = named.iter().rev().enumerate().map(|(place, (_, rows))| (*rows as f64, place as f64)).collect();
    Panel {
        title,
        x: Message::new("app-dataset-report-rows").text(language),
        y_names: named.iter().rev().map(|(name, _)| ends(name)).collect(),
        marks: vec![Mark::Bars(String::new(), bars, Colour::Blue)],
        ..Panel::default()
    }
}

/// A name that fits beside a bar.
fn ends(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    if characters.len() <= FRONT + BACK + 1 {
        return name.to_owned();
    }
    let (front, back) = (&characters[..FRONT], &characters[characters.len() - BACK..]);
    front.iter().chain(&['…']).chain(back).collect()
}

/// A name that fits into a picture.
pub(super) fn shortened(name: &str) -> String {
    columns::shortened(name, LONGEST_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(numbers: impl IntoIterator<Item = f64>) -> Vec<Option<f64>> {
        numbers.into_iter().map(Some).collect()
    }

    #[test]
    fn every_value_is_in_one_bin_and_decades_are_seen() {
        let spread = Histogram::of(&values((0..500).map(|n| 10f64.powf(f64::from(n) / 50.0)))).unwrap();
        assert!(spread.log);
        assert_eq!(spread.counts.iter().sum::<usize>(), 500);
        let plain = Histogram::of(&values((0..100).map(f64::from))).unwrap();
        assert!(!plain.log && plain.edges.len() == plain.counts.len() + 1);
        assert_eq!((plain.edges[0], plain.edges[plain.counts.len()]), (0.0, 99.0));
    }

    #[test]
    fn nothing_is_drawn_of_what_does_not_vary() {
        assert!(Histogram::of(&[]).is_none());
        assert!(Histogram::of(&[None, None]).is_none());
        assert!(Histogram::of(&values([5.0, 5.0])).is_none());
        assert!(Histogram::of(&values([1e16, 1e16 + 2.0])).is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_numbers_have_a_histogram_or_none(numbers in proptest::collection::vec(proptest::num::f64::NORMAL, 0..30)) {
            if let Some(histogram) = Histogram::of(&values(numbers)) {
                proptest::prop_assert!(histogram.edges.iter().all(|edge| edge.is_finite()));
                proptest::prop_assert!(!histogram.spark().contains("NaN"));
            }
        }
    }
}

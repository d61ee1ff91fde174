//! Plots as SVG text: panels with lines, bands and points.

use std::fmt::Write as _;

use matdock_message::{Message, say};
use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

/// One panel of a plot.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    /// Headline.
    pub title: String,
    /// Label of the horizontal axis, with unit.
    pub x: String,
    /// Label of the vertical axis, with unit.
    pub y: String,
    /// Horizontal axis by powers of ten; points that are not positive are left out.
    pub log_x: bool,
    /// Vertical axis by powers of ten.
    pub log_y: bool,
    /// Names at whole numbers of the horizontal axis, for choices without an order.
    pub names: Vec<String>,
    /// The same for the vertical axis.
    pub y_names: Vec<String>,
    /// What is drawn, first at the back.
    pub marks: Vec<Mark>,
}

/// Something drawn in a panel.
#[derive(Debug, Clone)]
pub enum Mark {
    /// A line with its name in the legend.
    Line(String, Vec<(f64, f64)>, Colour),
    /// A line of stairs: the value holds until the next point.
    Stairs(String, Vec<(f64, f64)>, Colour),
    /// A shaded band `(x, low, high)`.
    Band(String, Vec<(f64, f64, f64)>, Colour),
    /// Points.
    Points(String, Vec<(f64, f64)>, Colour),
    /// Crosses, for what failed.
    Crosses(String, Vec<(f64, f64)>, Colour),
    /// Bars from zero to the right `(length, y)`, of height 0.7.
    Bars(String, Vec<(f64, f64)>, Colour),
    /// Words `(x, y, text)`, centred.
    Labels(Vec<(f64, f64, String)>, Colour),
    /// Coloured cells `(left, right, bottom, top, value)`, dark for low and bright for high values.
    Cells(Vec<[f64; 5]>),
}

/// Colours told apart by people with colour-blindness (Okabe & Ito 2008).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Blue.
    Blue,
    /// Vermillion.
    Red,
    /// Grey.
    Grey,
    /// Bluish green.
    Green,
    /// Orange.
    Orange,
    /// Sky blue.
    Sky,
    /// Reddish purple.
    Purple,
    /// Black.
    Black,
    /// White, on dark cells.
    White,
    /// Light grey, for what is in the background.
    Pale,
}

impl Colour {
    fn rgb(self) -> RGBColor {
        match self {
            Self::Blue => RGBColor(0, 114, 178),
            Self::Red => RGBColor(213, 94, 0),
            Self::Grey => RGBColor(110, 110, 110),
            Self::Green => RGBColor(0, 158, 115),
            Self::Orange => RGBColor(230, 159, 0),
            Self::Sky => RGBColor(86, 180, 233),
            Self::Purple => RGBColor(204, 121, 167),
            Self::Black => RGBColor(30, 30, 30),
            Self::White => WHITE,
            Self::Pale => RGBColor(205, 205, 205),
        }
    }
}

/// Draws panels side by side, `columns` in a row, as the text of an SVG file.
///
/// # Errors
/// The drawing failed, for the reason given.
pub fn svg(panels: &[Panel], columns: usize) -> Result<String, Message> {
    let columns = columns.clamp(1, panels.len().max(1));
    let rows = panels.len().div_ceil(columns).max(1);
    let (width, height) = if columns == 1 { (760, 420) } else { (400, 300) };
    // Counts of panels: far below the range of u32.
    let size = ((columns * width) as u32, (rows * height) as u32);
    let mut text = String::new();
    let failed = |reason: String| say!("app-plot", reason = reason);
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE).map_err(|e| failed(e.to_string()))?;
        for (panel, place) in panels.iter().zip(area.split_evenly((rows, columns))) {
            draw(panel, &place).map_err(failed)?;
        }
        area.present().map_err(|e| failed(e.to_string()))?;
    }
    Ok(text)
}

type Place<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn draw(panel: &Panel, place: &Place<'_>) -> Result<(), String> {
    let panel = panel.scaled();
    let (x, y) = panel.ranges();
    let mut chart = ChartBuilder::on(place)
        .caption(&panel.title, ("sans-serif", 17))
        .margin(10)
        .x_label_area_size(42)
        .y_label_area_size(panel.beside())
        .build_cartesian_2d(x.clone(), y)
        .map_err(|e| e.to_string())?;
    let x_label = |value: &f64| panel.x_label(*value);
    let y_label = |value: &f64| panel.y_label(*value);
    chart
        .configure_mesh()
        .x_desc(&panel.x)
        .y_desc(&panel.y)
        .x_labels(if panel.names.is_empty() { 7 } else { panel.names.len().min(12) })
        .y_labels(if panel.y_names.is_empty() { 7 } else { 2 * panel.y_names.len() + 3 })
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225))
        .x_label_formatter(&x_label)
        .y_label_formatter(&y_label)
        .label_style(("sans-serif", 13))
        .draw()
        .map_err(|e| e.to_string())?;
    for mark in &panel.marks {
        match mark {
            Mark::Band(name, points, colour) => {
                let outline = points.iter().map(|p| (p.0, p.2)).chain(points.iter().rev().map(|p| (p.0, p.1)));
                let style = colour.rgb().mix(0.18).filled();
                let drawn = chart.draw_series([Polygon::new(outline.collect::<Vec<_>>(), style)]);
                let swatch = move |(x, y)| Rectangle::new([(x, y - 5), (x + 14, y + 5)], style);
                let drawn = drawn.map_err(|e| e.to_string())?;
                if !name.is_empty() {
                    drawn.label(name).legend(swatch);
                }
            }
            Mark::Line(name, points, colour) => {
                let style = colour.rgb().stroke_width(2);
                let drawn = chart.draw_series(LineSeries::new(points.clone(), style));
                let swatch = move |(x, y)| PathElement::new([(x, y), (x + 14, y)], style);
                let drawn = drawn.map_err(|e| e.to_string())?;
                if !name.is_empty() {
                    drawn.label(name).legend(swatch);
                }
            }
            Mark::Stairs(name, points, colour) => {
                let style = colour.rgb().stroke_width(2);
                let drawn = chart.draw_series(LineSeries::new(stairs(points), style));
                let swatch = move |(x, y)| PathElement::new([(x, y), (x + 14, y)], style);
                let drawn = drawn.map_err(|e| e.to_string())?;
                if !name.is_empty() {
                    drawn.label(name).legend(swatch);
                }
            }
            Mark::Points(name, points, colour) => {
                let style = colour.rgb().mix(0.75).filled();
                let drawn = chart.draw_series(points.iter().map(|p| Circle::new(*p, 3, style)));
                let swatch = move |(x, y)| Circle::new((x + 7, y), 3, style);
                let drawn = drawn.map_err(|e| e.to_string())?;
                if !name.is_empty() {
                    drawn.label(name).legend(swatch);
                }
            }
            Mark::Crosses(name, points, colour) => {
                let style = colour.rgb().stroke_width(2);
                let drawn = chart.draw_series(points.iter().map(|p| Cross::new(*p, 4, style)));
                let swatch = move |(x, y)| Cross::new((x + 7, y), 4, style);
                let drawn = drawn.map_err(|e| e.to_string())?;
                if !name.is_empty() {
                    drawn.label(name).legend(swatch);
                }
            }
            Mark::Bars(name, bars, colour) => {
                let style = colour.rgb().mix(0.75).filled();
                let bars = bars.iter().map(|(x, y)| Rectangle::new([(0.0, y - 0.35), (*x, y + 0.35)], style));
                let swatch = move |(x, y)| Rectangle::new([(x, y - 5), (x + 14, y + 5)], style);
                let drawn = chart.draw_series(bars).map_err(|e| e.to_string())?;
                if !name.is_empty() {
                    drawn.label(name).legend(swatch);
                }
            }
            Mark::Labels(labels, colour) => {
                let ink = colour.rgb();
                let style = TextStyle::from(("sans-serif", 14)).color(&ink);
                let style = style.pos(Pos::new(HPos::Center, VPos::Center));
                let words = labels.iter().map(|(x, y, word)| Text::new(word.clone(), (*x, *y), style.clone()));
                chart.draw_series(words).map_err(|e| e.to_string())?;
            }
            Mark::Cells(cells) => {
                let values = || cells.iter().map(|cell| cell[4]).filter(|value| value.is_finite());
                let (low, high) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
                let cells = cells.iter().map(|[left, right, bottom, top, value]| {
                    let colour = shade((value - low) / (high - low).max(f64::MIN_POSITIVE));
                    Rectangle::new([(*left, *bottom), (*right, *top)], colour.filled())
                });
                chart.draw_series(cells).map_err(|e| e.to_string())?;
            }
        }
    }
    if panel.marks.iter().any(|mark| !mark.name().is_empty()) {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.8))
            .label_font(("sans-serif", 13))
            .draw()
            .map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// Colour of a share from 0 to 1, readable in grey and by people with colour-blindness (after viridis).
fn shade(share: f64) -> RGBColor {
    const STOPS: [(f64, f64, f64); 5] =
        [(68.0, 1.0, 84.0), (59.0, 82.0, 139.0), (33.0, 145.0, 140.0), (94.0, 201.0, 98.0), (253.0, 231.0, 37.0)];
    let place = (if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }) * 4.0;
    // At most 3, so that there is a next stop.
    let index = (place as usize).min(3);
    let (from, to, part) = (STOPS[index], STOPS[index + 1], place - index as f64);
    let mix = |a: f64, b: f64| (a + part * (b - a)) as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

fn stairs(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut path = Vec::with_capacity(points.len() * 2);
    for (index, &(x, y)) in points.iter().enumerate() {
        if let Some(&(_, before)) = index.checked_sub(1).and_then(|i| points.get(i)) {
            path.push((x, before));
        }
        path.push((x, y));
    }
    path
}

impl Mark {
    fn name(&self) -> &str {
        match self {
            Self::Line(name, ..)
            | Self::Stairs(name, ..)
            | Self::Band(name, ..)
            | Self::Points(name, ..)
            | Self::Crosses(name, ..)
            | Self::Bars(name, ..) => name,
            Self::Cells(_) | Self::Labels(..) => "",
        }
    }

    /// The mark with both axes mapped, without what the maps refuse.
    fn mapped(&self, x: &dyn Fn(f64) -> Option<f64>, y: &dyn Fn(f64) -> Option<f64>) -> Self {
        let pairs = |points: &[(f64, f64)]| points.iter().filter_map(|p| Some((x(p.0)?, y(p.1)?))).collect();
        match self {
            Self::Line(name, points, colour) => Self::Line(name.clone(), pairs(points), *colour),
            Self::Stairs(name, points, colour) => Self::Stairs(name.clone(), pairs(points), *colour),
            Self::Points(name, points, colour) => Self::Points(name.clone(), pairs(points), *colour),
            Self::Crosses(name, points, colour) => Self::Crosses(name.clone(), pairs(points), *colour),
            Self::Bars(name, points, colour) => Self::Bars(name.clone(), pairs(points), *colour),
            Self::Labels(labels, colour) => {
                let labels = labels.iter().filter_map(|(a, b, word)| Some((x(*a)?, y(*b)?, word.clone())));
                Self::Labels(labels.collect(), *colour)
            }
            Self::Cells(cells) => {
                let cells = cells.iter().filter_map(|c| Some([x(c[0])?, x(c[1])?, y(c[2])?, y(c[3])?, c[4]]));
                Self::Cells(cells.collect())
            }
            Self::Band(name, points, colour) => {
                let points = points.iter().filter_map(|p| Some((x(p.0)?, y(p.1)?, y(p.2)?)));
                Self::Band(name.clone(), points.collect(), *colour)
            }
        }
    }

    fn extent(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Line(_, points, _)
            | Self::Stairs(_, points, _)
            | Self::Points(_, points, _)
            | Self::Crosses(_, points, _) => points.clone(),
            Self::Band(_, points, _) => points.iter().flat_map(|p| [(p.0, p.1), (p.0, p.2)]).collect(),
            Self::Bars(_, points, _) => points.iter().flat_map(|p| [(0.0, p.1 - 0.5), (p.0, p.1 + 0.5)]).collect(),
            Self::Cells(cells) => cells.iter().flat_map(|c| [(c[0], c[2]), (c[1], c[3])]).collect(),
            Self::Labels(labels, _) => labels.iter().map(|(x, y, _)| (*x, *y)).collect(),
        }
    }
}

impl Panel {
    /// The panel in the coordinates that are drawn: logarithms where asked for, finite numbers only.
    fn scaled(&self) -> Self {
        // Beyond this size differences overflow; nothing a laboratory measures is there.
        let map =
            |log: bool| move |value: f64| Some(if log { value.log10() } else { value }).filter(|v| v.abs() < 1e150);
        let marks = self.marks.iter().map(|mark| mark.mapped(&map(self.log_x), &map(self.log_y))).collect();
        Self { marks, ..self.clone() }
    }

    fn ranges(&self) -> (std::ops::Range<f64>, std::ops::Range<f64>) {
        let points: Vec<(f64, f64)> = self.marks.iter().flat_map(Mark::extent).collect();
        let x = padded(points.iter().map(|p| p.0), if self.names.is_empty() { 0.02 } else { 0.1 });
        let mut y = padded(points.iter().map(|p| p.1), 0.06);
        if self.marks.iter().any(|mark| !mark.name().is_empty()) {
            // Room for the legend above everything that is drawn.
            y.end += 0.3 * (y.end - y.start);
        }
        (x, y)
    }

    /// Room for the labels of the vertical axis.
    fn beside(&self) -> u32 {
        let longest = self.y_names.iter().map(|name| name.chars().count()).max();
        // About seven pixels a letter.
        longest.map_or(64, |letters| (40 + 7 * letters.min(44) as u32).max(150))
    }

    fn x_label(&self, value: f64) -> String {
        named(&self.names, value).unwrap_or_else(|| axis_label(value, self.log_x))
    }

    fn y_label(&self, value: f64) -> String {
        named(&self.y_names, value).unwrap_or_else(|| axis_label(value, self.log_y))
    }
}

/// The name at a whole number, nothing between; `None` on an axis of numbers.
fn named(names: &[String], value: f64) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let index = value.round();
    let whole = (value - index).abs() < 1e-6 && index >= 0.0;
    Some(whole.then(|| names.get(index as usize).cloned()).flatten().unwrap_or_default())
}

fn padded(values: impl Iterator<Item = f64>, share: f64) -> std::ops::Range<f64> {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return 0.0..1.0;
    }
    let (width, size) = (high - low, low.abs().max(high.abs()));
    // A width lost in the digits of the numbers is widened by their size, so that the axis has ticks at all: the
    // drawing library searches for them without end otherwise.
    let pad = if width > 1e-6 * size { width * share } else { (size * 0.1).max(1e-12) };
    (low - pad)..(high + pad)
}

/// A number on an axis, short and without the noise of binary fractions.
fn axis_label(value: f64, log: bool) -> String {
    number(if log { 10_f64.powf(value) } else { value })
}

/// A number for people: four significant digits, powers of ten where needed.
pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs();
    if !(1e-3..1e5).contains(&size) {
        let text = format!("{value:.3e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mantissa =
            if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
        return format!("{mantissa}e{exponent}");
    }
    // size is within 1e-3..1e5: the number of decimals is 0..6.
    let decimals = (3 - size.log10().floor() as i64).clamp(0, 6) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Escapes text for SVG and HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if (c as u32) < 0x20 && c != '\n' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "&#{};", 0x2400 + c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (value, text) in [
            (0.0, "0"),
            (12.3456, "12.35"),
            (400.0, "400"),
            (1.5e-10, "1.5e-10"),
            (-0.25, "-0.25"),
            (123456.0, "1.235e5"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn any_numbers_make_a_picture_in_no_time(
            points in proptest::collection::vec((proptest::num::f64::ANY, proptest::num::f64::ANY), 0..6),
            log_x: bool,
            log_y: bool,
        ) {
            let marks = vec![Mark::Points("p".into(), points, Colour::Blue)];
            svg(&[Panel { log_x, log_y, marks, ..Panel::default() }], 1).unwrap();
        }
    }

    #[test]
    fn nearly_equal_large_numbers_make_a_picture() {
        let points = vec![(1e9, 1.0), (1e9 + 1e-6, 1.0 + 1e-15), (f64::MAX, 1e300)];
        svg(&[Panel { marks: vec![Mark::Points("p".into(), points, Colour::Blue)], ..Panel::default() }], 1).unwrap();
    }

    #[test]
    fn a_panel_without_points_and_odd_numbers_is_still_a_picture() {
        let odd = vec![(1.0, f64::NAN), (f64::INFINITY, 2.0), (-1.0, 3.0)];
        let panel = Panel { log_x: true, marks: vec![Mark::Points("p".into(), odd, Colour::Blue)], ..Panel::default() };
        let text = svg(&[panel, Panel::default()], 2).unwrap();
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"));
    }
}

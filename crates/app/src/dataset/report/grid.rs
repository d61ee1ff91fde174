//! A grid of coloured cells with names at its sides.

use std::fmt::Write as _;

use super::distribution::shortened;
use crate::plot::escape;

/// A grid; the first row on top.
pub(super) struct Grid {
    /// Names of the rows.
    pub(super) rows: Vec<String>,
    /// Names of the columns; none for no names.
    pub(super) columns: Vec<String>,
    /// For each row the colour of its cells and what is told of each; `None` leaves the cell white.
    pub(super) cells: Vec<Vec<Option<(String, String)>>>,
    /// Width and height of a cell.
    pub(super) size: (f64, f64),
}

/// Room for a name, in pixels.
const NAME: f64 = 230.0;

impl Grid {
    pub(super) fn svg(&self) -> String {
        let (wide, high) = self.size;
        let across = self.cells.iter().map(Vec::len).max().unwrap_or(0) as f64;
        let top = if self.columns.is_empty() { 4.0 } else { NAME };
        let (width, height) = (NAME + across * wide + 10.0, top + self.cells.len() as f64 * high + 6.0);
        let mut svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">"#
        );
        // Writing to a String cannot fail.
        for (number, name) in self.columns.iter().enumerate() {
            let (x, y) = (NAME + (number as f64 + 0.65) * wide, top - 6.0);
            let _ = write!(
                svg,
                r#"<text x="{x:.1}" y="{y:.1}" transform="rotate(-90 {x:.1} {y:.1})">{}</text>"#,
                escape(&shortened(name))
            );
        }
        for (number, (name, cells)) in self.rows.iter().zip(&self.cells).enumerate() {
            let y = top + number as f64 * high;
            let _ = write!(
                svg,
                r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
                NAME - 6.0,
                y + 0.72 * high,
                escape(&shortened(name))
            );
            for (place, cell) in cells.iter().enumerate() {
                let Some((colour, told)) = cell else { continue };
                let x = NAME + place as f64 * wide;
                let _ = write!(
                    svg,
                    r#"<rect x="{x:.1}" y="{y:.1}" width="{:.1}" height="{:.1}" fill="{colour}"><title>{}</title></rect>"#,
                    wide - 0.4,
                    high - 0.6,
                    escape(told)
                );
            }
        }
        svg + "</svg>"
    }
}

/// Colour of a number from -1 (vermillion) over 0 (white) to 1 (blue).
pub(super) fn diverging(value: f64) -> String {
    let share = value.clamp(-1.0, 1.0);
    let end = if share < 0.0 { [213.0, 94.0, 0.0] } else { [0.0, 114.0, 178.0] };
    let [red, green, blue] = end.map(|end| (255.0 + share.abs() * (end - 255.0)) as u8);
    format!("rgb({red},{green},{blue})")
}

/// Colour of a share from just above 0 (grey) to 1 (nearly black); small ones can be told from none.
pub(super) fn grey(share: f64) -> String {
    let level = (200.0 - 165.0 * share.clamp(0.0, 1.0).sqrt()) as u8;
    format!("rgb({level},{level},{level})")
}

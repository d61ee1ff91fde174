//! A Gantt chart as SVG.

use std::fmt::Write as _;

use crate::simulate::{Bar, Simulation};

const LEFT: f64 = 150.0;
const RIGHT: f64 = 90.0;
const TOP: f64 = 30.0;
const ROW: f64 = 26.0;
const WIDTH: f64 = 1100.0;

/// Draws what was done where and when: one row per station with its share of use at the right, one colour per sample,
/// moves in the row of what moved. Pointing at a bar shows what it is.
pub fn gantt_svg(simulation: &Simulation) -> String {
    let rows = rows(&simulation.utilisation, &simulation.bars);
    let height = TOP + ROW * rows.len() as f64 + 40.0;
    let total = simulation.makespan.max(1.0);
    let x = |seconds: f64| LEFT + seconds / total * (WIDTH - LEFT - RIGHT);
    let mut svg = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\"><rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
    );
    let (step, unit, seconds) = tick(total);
    let bottom = TOP + ROW * rows.len() as f64;
    let mut time = 0.0;
    while time <= total {
        let (at, label) = (x(time), format!("{} {unit}", time / seconds));
        let _ = writeln!(
            svg,
            "<line x1=\"{at:.1}\" y1=\"{TOP}\" x2=\"{at:.1}\" y2=\"{bottom}\" stroke=\"#ddd\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#444\">{label}</text>",
            bottom + 18.0
        );
        time += step;
    }
    for (index, (name, share)) in rows.iter().enumerate() {
        let middle = TOP + ROW * (index as f64 + 0.5) + 4.0;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{middle:.1}\" text-anchor=\"end\">{}</text>\
             <text x=\"{:.1}\" y=\"{middle:.1}\" fill=\"#444\">{:.0} %</text>",
            LEFT - 8.0,
            escaped(name),
            WIDTH - RIGHT + 8.0,
            share * 100.0
        );
    }
    for bar in &simulation.bars {
        let Some(row) = rows.iter().position(|(name, _)| *name == bar.station) else { continue };
        draw(&mut svg, bar, x(bar.start), x(bar.end), TOP + ROW * row as f64);
    }
    svg.push_str("</svg>\n");
    svg
}

fn rows(utilisation: &[(String, f64)], bars: &[Bar]) -> Vec<(String, f64)> {
    let used = |name: &str| bars.iter().any(|bar| bar.station == name);
    utilisation.iter().filter(|(name, _)| used(name)).cloned().collect()
}

fn draw(svg: &mut String, bar: &Bar, from: f64, to: f64, top: f64) {
    // Hues far apart for samples that follow each other (the golden angle).
    let hue = (bar.sample as f64 * 137.508) % 360.0;
    let (inset, light) = if bar.moved { (8.0, 45.0) } else { (3.0, 65.0) };
    let minutes = |seconds: f64| seconds / 60.0;
    let _ = writeln!(
        svg,
        "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"2\" fill=\"hsl({hue:.0},60%,{light}%)\">\
         <title>S-{} {} {}: {:.1} - {:.1} min</title></rect>",
        top + inset,
        (to - from).max(0.5),
        ROW - 2.0 * inset,
        bar.sample,
        if bar.moved { "\u{2192}" } else { "" },
        escaped(&bar.step),
        minutes(bar.start),
        minutes(bar.end)
    );
    if !bar.moved && to - from > 22.0 {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"10\">{}</text>",
            f64::midpoint(from, to),
            top + ROW * 0.5 + 4.0,
            bar.sample
        );
    }
}

/// Distance of the ticks \[s\] for about ten of them, the unit of their labels and its length \[s\].
fn tick(total: f64) -> (f64, &'static str, f64) {
    let steps = [
        (1.0, "s", 1.0),
        (10.0, "s", 1.0),
        (60.0, "min", 60.0),
        (300.0, "min", 60.0),
        (600.0, "min", 60.0),
        (1_800.0, "h", 3_600.0),
        (3_600.0, "h", 3_600.0),
        (7_200.0, "h", 3_600.0),
        (21_600.0, "h", 3_600.0),
        (43_200.0, "h", 3_600.0),
        (86_400.0, "d", 86_400.0),
        (604_800.0, "d", 86_400.0),
    ];
    let fits = |(step, _, _): &&(f64, &'static str, f64)| total / step <= 12.0;
    steps.iter().find(fits).copied().unwrap_or((total / 8.0, "d", 86_400.0))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Lab, Recipe, simulate,
        test_lab::{CELL_LAB, CELL_RECIPE, cell_settings},
    };

    #[test]
    fn the_chart_shows_every_bar_and_every_station_in_use() {
        let lab = Lab::parse(CELL_LAB, "lab.toml").unwrap();
        let recipe = Recipe::parse(CELL_RECIPE, "recipe.toml").unwrap();
        let run = simulate(&lab, &recipe, 3, &cell_settings(), 1).unwrap();
        let svg = gantt_svg(&run);
        assert_eq!(svg.matches("<title>").count(), run.bars.len());
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
        assert!(lab.stations.iter().all(|station| svg.contains(&format!(">{}</text>", station.name))));
        assert!(gantt_svg(&Simulation::default()).contains("</svg>"));
    }

    #[test]
    fn names_cannot_break_the_chart() {
        assert_eq!(escaped("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}

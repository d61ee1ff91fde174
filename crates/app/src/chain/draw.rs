//! The graph of a process chain as SVG: parameters on the left, outcomes on the right, lines as wide as they matter.

use std::fmt::Write as _;

use matdock_message::Language;
use matdock_plan::{ChainView, Quantity};

use crate::campaign::Campaign;

/// Size of a box, and room between boxes \[px\].
const WIDTH: f64 = 190.0;
const HEIGHT: f64 = 46.0;
const ACROSS: f64 = 150.0;
const DOWN: f64 = 22.0;
const MARGIN: f64 = 30.0;
/// Width of a line that explains everything, and share below which a line is dotted.
const WIDEST: f64 = 10.0;
const FAINT: f64 = 0.02;

/// A box of the drawing.
struct Place {
    name: String,
    note: String,
    layer: usize,
    row: usize,
    colour: &'static str,
}

/// The chain as SVG text.
pub(super) fn svg(campaign: &Campaign, chain: &ChainView, language: Language) -> String {
    let places = places(campaign, chain, language);
    let layers = places.iter().map(|place| place.layer).max().unwrap_or(0) + 1;
    let rows: Vec<usize> =
        (0..layers).map(|layer| places.iter().filter(|place| place.layer == layer).count()).collect();
    let most = rows.iter().copied().max().unwrap_or(1);
    let (width, height) = (
        2.0 * MARGIN + layers as f64 * WIDTH + (layers.saturating_sub(1)) as f64 * ACROSS,
        2.0 * MARGIN + most as f64 * (HEIGHT + DOWN),
    );
    let corner = |place: &Place| {
        let free = (most - rows[place.layer]) as f64 * (HEIGHT + DOWN);
        (MARGIN + place.layer as f64 * (WIDTH + ACROSS), MARGIN + 0.5 * free + place.row as f64 * (HEIGHT + DOWN))
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    // Writing to a String cannot fail.
    for quantity in &chain.quantities {
        let Some(to) = places.iter().find(|place| place.name == quantity.name) else { continue };
        for link in &quantity.links {
            let Some(from) = places.iter().find(|place| place.name == link.from) else { continue };
            let ((x1, y1), (x2, y2)) = (corner(from), corner(to));
            let (x1, y1, x2, y2) = (x1 + WIDTH, y1 + 0.5 * HEIGHT, x2, y2 + 0.5 * HEIGHT);
            let share = link.share.unwrap_or(0.0);
            // A formula needs all it is made of.
            let dashes = if share < FAINT && !quantity.computed { " stroke-dasharray=\"2 4\"" } else { "" };
            let bend = 0.5 * (x2 - x1);
            let _ = writeln!(
                out,
                "<path d=\"M{x1:.1} {y1:.1} C{:.1} {y1:.1} {:.1} {y2:.1} {x2:.1} {y2:.1}\" fill=\"none\" \
                 stroke=\"#0072b2\" stroke-opacity=\"0.55\" stroke-width=\"{:.1}\"{dashes}/>",
                x1 + bend,
                x2 - bend,
                1.0 + WIDEST * share
            );
            if share >= FAINT {
                let _ = writeln!(
                    out,
                    "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#333\" font-size=\"11\" text-anchor=\"end\">{:.0} %</text>",
                    x2 - 8.0,
                    y2 + 0.18 * (y1 - y2) - 3.0,
                    100.0 * share
                );
            }
        }
    }
    for place in &places {
        let (x, y) = corner(place);
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"7\" fill=\"{}\" stroke=\"#555\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-weight=\"bold\">{}</text>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#444\">{}</text>",
            place.colour,
            x + 0.5 * WIDTH,
            y + 19.0,
            escaped(&place.name),
            x + 0.5 * WIDTH,
            y + 36.0,
            escaped(&place.note)
        );
    }
    out.push_str("</svg>\n");
    out
}

/// Parameters that something depends on in the first layer; every quantity one layer after the last it depends on.
fn places(campaign: &Campaign, chain: &ChainView, language: Language) -> Vec<Place> {
    let used = |name: &str| chain.quantities.iter().any(|q| q.links.iter().any(|link| link.from == name));
    let parameters = campaign.space.parameters().iter().filter(|parameter| used(&parameter.name));
    let mut places: Vec<Place> = parameters
        .enumerate()
        .map(|(row, parameter)| Place {
            name: parameter.name.clone(),
            note: if parameter.unit == "1" { String::new() } else { parameter.unit.clone() },
            layer: 0,
            row,
            colour: "#e8e8e8",
        })
        .collect();
    for quantity in &chain.quantities {
        let before = quantity.links.iter().filter_map(|link| places.iter().find(|place| place.name == link.from));
        let layer = before.map(|place| place.layer).max().unwrap_or(0) + 1;
        let row = places.iter().filter(|place| place.layer == layer).count();
        let colour = if quantity.intermediate { "#cfe8f7" } else { "#fbe3c0" };
        places.push(Place {
            name: quantity.name.clone(),
            note: note(campaign, quantity, language),
            layer,
            row,
            colour,
        });
    }
    places
}

fn note(campaign: &Campaign, quantity: &Quantity, language: Language) -> String {
    let unit = campaign.unit_of(&quantity.name);
    let unit = if unit.is_one() { String::new() } else { format!("{unit}, ") };
    if quantity.computed {
        return format!("{unit}{}", matdock_message::say!("app-chain-computed").text(language));
    }
    let Some(explained) = quantity.explained else { return unit.trim_end_matches(", ").to_owned() };
    let explained = format!("{:.0}", 100.0 * explained.max(0.0));
    format!("{unit}{}", matdock_message::say!("app-chain-explained", share = explained).text(language))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

//! The graph of a process chain as SVG: parameters on the left, outcomes on the right, lines as wide as they matter.

use std::fmt::Write as _;

use matdock_message::Language;
use matdock_plan::{ChainView, Quantity};

use crate::campaign::Campaign;

/// Size of a box, and room between boxes \[px\].
const WIDTH: f64 = 190.0;
const HEIGHT: f64 = 46.0;
const ACROSS: f64 = 150.0;
const DOWN: f64 = 30.0;
const MARGIN: f64 = 30.0;
/// Room for every line that comes in, and between lines that go around a box \[px\].
const PORT: f64 = 15.0;
const LANE: f64 = 6.0;
/// Width of a line that explains everything, and share below which a line is dotted.
const WIDEST: f64 = 10.0;
const FAINT: f64 = 0.02;

/// A box of the drawing.
struct Place {
    name: String,
    note: String,
    layer: usize,
    colour: &'static str,
    x: f64,
    y: f64,
    height: f64,
}

impl Place {
    fn new(name: &str, note: String, layer: usize, colour: &'static str, links: usize) -> Self {
        let height = HEIGHT.max(PORT * (links + 1) as f64);
        Self { name: name.to_owned(), note, layer, colour, x: 0.0, y: 0.0, height }
    }

    fn middle(&self) -> f64 {
        self.y + 0.5 * self.height
    }
}

/// The chain as SVG text.
pub(super) fn svg(campaign: &Campaign, chain: &ChainView, language: Language) -> String {
    let mut places = places(campaign, chain, language);
    let (width, height) = lay_out(&mut places);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut lanes = Lanes::default();
    for quantity in &chain.quantities {
        lines(&mut out, quantity, &places, &mut lanes);
    }
    for place in &places {
        let (x, middle) = (place.x + 0.5 * WIDTH, place.middle());
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{WIDTH}\" height=\"{:.1}\" rx=\"7\" fill=\"{}\" stroke=\"#555\"/>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-weight=\"bold\">{}</text>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#444\">{}</text>",
            place.x,
            place.y,
            place.height,
            place.colour,
            middle - 4.0,
            escaped(&place.name),
            middle + 13.0,
            escaped(&place.note)
        );
    }
    out.push_str("</svg>\n");
    out
}

/// Puts the boxes of every layer below one another, in the middle; returns the size of the drawing.
fn lay_out(places: &mut [Place]) -> (f64, f64) {
    let layers = places.iter().map(|place| place.layer).max().unwrap_or(0) + 1;
    let tall = |layer: usize, places: &[Place]| {
        places.iter().filter(|place| place.layer == layer).map(|place| place.height + DOWN).sum::<f64>()
    };
    let most = (0..layers).map(|layer| tall(layer, places)).fold(0.0, f64::max);
    for layer in 0..layers {
        let mut y = MARGIN + 0.5 * (most - tall(layer, places) + DOWN);
        for place in places.iter_mut().filter(|place| place.layer == layer) {
            (place.x, place.y) = (MARGIN + layer as f64 * (WIDTH + ACROSS), y);
            y += place.height + DOWN;
        }
    }
    let across = layers as f64 * WIDTH + (layers - 1) as f64 * ACROSS;
    (2.0 * MARGIN + across, 2.0 * MARGIN + most)
}

/// The lines that come into a quantity, each at a place of its own, with what it explains.
fn lines(out: &mut String, quantity: &Quantity, places: &[Place], lanes: &mut Lanes) {
    let named = |name: &str| places.iter().find(|place| place.name == name);
    let Some(to) = named(&quantity.name) else { return };
    let mut links: Vec<_> = quantity.links.iter().filter_map(|link| Some((link, named(&link.from)?))).collect();
    links.sort_by(|a, b| a.1.middle().total_cmp(&b.1.middle()));
    let count = links.len() as f64;
    for (number, (link, from)) in links.into_iter().enumerate() {
        let port = to.y + to.height * (number as f64 + 1.0) / (count + 1.0);
        let share = link.share.unwrap_or(0.0);
        // A formula needs all it is made of.
        let dashes = if share < FAINT && !quantity.computed { " stroke-dasharray=\"2 4\"" } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "<path d=\"{}\" fill=\"none\" stroke=\"#0072b2\" stroke-opacity=\"0.55\" stroke-width=\"{:.1}\"{dashes}/>",
            lanes.way(from, to, port, places),
            1.0 + WIDEST * share
        );
        if share >= FAINT {
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#222\" font-size=\"11\" text-anchor=\"end\" stroke=\"white\" \
                 stroke-width=\"3\" paint-order=\"stroke\">{:.0} %</text>",
                to.x - 4.0,
                port + 4.0,
                100.0 * share
            );
        }
    }
}

/// How many lines go around each box already, above and below it.
#[derive(Debug, Default)]
struct Lanes(Vec<(String, [usize; 2])>);

impl Lanes {
    /// A way from a box to a port of another that goes around the boxes between them.
    fn way(&mut self, from: &Place, to: &Place, port: f64, places: &[Place]) -> String {
        let (mut x, mut y) = (from.x + WIDTH, from.middle());
        let mut way = format!("M{x:.1} {y:.1}");
        for layer in from.layer + 1..to.layer {
            let straight = y + (port - y) / (to.layer + 1 - layer) as f64;
            let between: Vec<&Place> = places.iter().filter(|place| place.layer == layer).collect();
            let Some(left) = between.first().map(|place| place.x) else { continue };
            let free = self.around(straight, &between);
            curve(&mut way, (x, y), (left, free));
            let _ = write!(way, " L{:.1} {free:.1}", left + WIDTH);
            (x, y) = (left + WIDTH, free);
        }
        curve(&mut way, (x, y), (to.x, port));
        way
    }

    fn around(&mut self, y: f64, boxes: &[&Place]) -> f64 {
        let hit = boxes.iter().find(|place| (place.y - LANE..=place.y + place.height + LANE).contains(&y));
        let Some(place) = hit else { return y };
        let below = y > place.middle();
        let at = self.0.iter().position(|(name, _)| *name == place.name).unwrap_or_else(|| {
            self.0.push((place.name.clone(), [0, 0]));
            self.0.len() - 1
        });
        let used = &mut self.0[at].1[usize::from(below)];
        *used += 1;
        let away = LANE * *used as f64;
        if below { place.y + place.height + away } else { place.y - away }
    }
}

fn curve(way: &mut String, from: (f64, f64), to: (f64, f64)) {
    let bend = 0.5 * (to.0 - from.0);
    let _ = write!(way, " C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}", from.0 + bend, from.1, to.0 - bend, to.1, to.0, to.1);
}

/// Parameters that something depends on in the first layer; every quantity one layer after the last it depends on.
fn places(campaign: &Campaign, chain: &ChainView, language: Language) -> Vec<Place> {
    let used = |name: &str| chain.quantities.iter().any(|q| q.links.iter().any(|link| link.from == name));
    let parameters = campaign.space.parameters().iter().filter(|parameter| used(&parameter.name));
    let note_of = |unit: &str| if unit == "1" { String::new() } else { unit.to_owned() };
    let mut places: Vec<Place> =
        parameters.map(|one| Place::new(&one.name, note_of(&one.unit), 0, "#e8e8e8", 0)).collect();
    for quantity in &chain.quantities {
        let before = quantity.links.iter().filter_map(|link| places.iter().find(|place| place.name == link.from));
        let layer = before.map(|place| place.layer).max().unwrap_or(0) + 1;
        let colour = if quantity.intermediate { "#cfe8f7" } else { "#fbe3c0" };
        let note = note(campaign, quantity, language);
        places.push(Place::new(&quantity.name, note, layer, colour, quantity.links.len()));
    }
    places
}

fn note(campaign: &Campaign, quantity: &Quantity, language: Language) -> String {
    let unit = campaign.unit_of(&quantity.name);
    let unit = if unit.is_one() { String::new() } else { format!("{unit}, ") };
    if quantity.computed {
        return format!("{unit}{}", matdock_message::say!("app-chain-computed").text(language));
    }
    // What depends on nothing is not to be explained.
    let explained = quantity.explained.filter(|_| !quantity.links.is_empty());
    let Some(explained) = explained else { return unit.trim_end_matches(", ").to_owned() };
    let explained = format!("{:.0}", 100.0 * explained.max(0.0));
    format!("{unit}{}", matdock_message::say!("app-chain-explained", share = explained).text(language))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

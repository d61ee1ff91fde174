//! The Pareto front of a campaign: its experiments, what they are worth, and a plot.

use matdock_message::{Language, Message};
use matdock_plan::ParetoFront;
use matdock_record::Datum;
use serde::Serialize;

use crate::{
    campaign::{Campaign, header},
    history::History,
    learnt::Learnt,
    plot::{self, Colour, Mark, Panel, number},
    report::rounded,
    status::Best,
};

/// The experiments that no other beats in all objectives.
#[derive(Debug, Clone, Serialize)]
pub struct Front {
    /// Per objective the worst value still acceptable: the corner the hypervolume is measured from.
    pub reference: Vec<Corner>,
    /// Hypervolume of the readings above the reference (product of the units of the objectives).
    pub hypervolume: f64,
    /// The same after each experiment.
    pub hypervolume_so_far: Vec<Reached>,
    /// The experiments on the front, by readings or by what the model expects.
    pub experiments: Vec<Member>,
}

/// The reference of one objective.
#[derive(Debug, Clone, Serialize)]
pub struct Corner {
    /// Name of the outcome.
    pub outcome: String,
    /// Unit of the outcome; for a target the distance from it.
    pub value: f64,
}

/// The hypervolume after an experiment.
#[derive(Debug, Clone, Serialize)]
pub struct Reached {
    /// Number of the experiment.
    pub experiment: u32,
    /// Hypervolume reached by it and those before.
    pub hypervolume: f64,
}

/// An experiment on the front.
#[derive(Debug, Clone, Serialize)]
pub struct Member {
    /// The experiment.
    #[serde(flatten)]
    pub experiment: Best,
    /// On the front by its readings.
    pub measured: bool,
    /// On the front by what the model expects of a repetition: noise averaged out.
    pub believed: bool,
}

/// The front of what was learnt; `None` for other goals and while nothing counts.
pub fn of(campaign: &Campaign, history: &History, learnt: &Learnt) -> Option<Front> {
    let found = learnt.model.as_ref()?.front()?;
    let corner = |(objective, value): (&matdock_plan::Objective, &f64)| Corner {
        outcome: objective.outcome.clone(),
        value: *value,
    };
    let reached = |(number, hypervolume): (&u32, &f64)| Reached { experiment: *number, hypervolume: *hypervolume };
    Some(Front {
        reference: campaign.goal.objectives.iter().zip(&found.reference).map(corner).collect(),
        hypervolume: found.hypervolume.last().copied().unwrap_or(0.0),
        hypervolume_so_far: learnt.numbers.iter().zip(&found.hypervolume).map(reached).collect(),
        experiments: members(history, learnt, &found),
    })
}

fn members(history: &History, learnt: &Learnt, found: &ParetoFront) -> Vec<Member> {
    let mut indices: Vec<usize> = found.measured.iter().chain(&found.believed).copied().collect();
    indices.sort_unstable();
    indices.dedup();
    let member = |index: usize| {
        Some(Member {
            experiment: learnt.experiment(history, index)?,
            measured: found.measured.contains(&index),
            believed: found.believed.contains(&index),
        })
    };
    indices.into_iter().filter_map(member).collect()
}

/// The front as a table: headers and rows of text.
pub fn table(campaign: &Campaign, front: &Front, language: Language) -> (Vec<String>, Vec<Vec<String>>) {
    let word = |id: &str| matdock_message::text_of(language, id).unwrap_or_default();
    let mut headers = vec![word("app-front-sample")];
    for outcome in &campaign.outcomes {
        headers.push(header(&outcome.name, &outcome.unit));
        headers.push(word("app-front-expected"));
    }
    headers.extend(campaign.inputs.iter().map(|input| input.header()));
    headers.push(word("app-front-on"));
    let short = |datum: Option<&Datum>| match datum {
        Some(datum) => datum.quantity().map_or_else(|| datum.to_string(), |_| plain(datum)),
        None => "—".to_owned(),
    };
    let row = |member: &Member| {
        let e = &member.experiment;
        let row = e.row.as_ref().map(|row| format!(" ({row})")).unwrap_or_default();
        let mut cells = vec![format!("{}{row}", e.sample)];
        for outcome in &campaign.outcomes {
            cells.push(short(e.values.get(&outcome.name)));
            let predicted = e.predicted.iter().find(|p| p.outcome == outcome.name);
            let text =
                |p: &matdock_plan::Prediction| format!("{} ({} .. {})", number(p.mean), number(p.low), number(p.high));
            cells.push(predicted.map_or_else(|| "—".to_owned(), text));
        }
        cells.extend(campaign.inputs.iter().map(|input| short(e.settings.get(&input.name))));
        cells.push(word(match (member.measured, member.believed) {
            (true, true) => "app-front-both",
            (true, false) => "app-front-reading",
            _ => "app-front-model",
        }));
        cells
    };
    (headers, front.experiments.iter().map(row).collect())
}

/// A number without its unit, which stands in the header.
fn plain(datum: &Datum) -> String {
    let text = rounded(datum);
    match datum.quantity() {
        Some(q) if !q.unit.is_one() => text.strip_suffix(&format!(" {}", q.unit)).unwrap_or(&text).to_owned(),
        _ => text,
    }
}

/// Most panels of a plot: pairs of objectives.
const PANELS: usize = 6;

/// One panel per pair of objectives: the front, what it beats, and what open suggestions are expected to give. A last
/// one with the hypervolume.
///
/// # Errors
/// The drawing failed.
pub fn svg(
    campaign: &Campaign,
    history: &History,
    learnt: &Learnt,
    front: &Front,
    language: Language,
) -> Result<String, Message> {
    let word = |id: &str| matdock_message::text_of(language, id).unwrap_or_default();
    let objectives = &campaign.goal.objectives;
    let on_front: Vec<u32> = front.experiments.iter().filter(|m| m.measured).map(|m| m.experiment.experiment).collect();
    let pairs = (0..objectives.len()).flat_map(|a| (a + 1..objectives.len()).map(move |b| (a, b)));
    let mut panels = Vec::new();
    for (a, b) in pairs.take(PANELS) {
        let names = [&objectives[a].outcome, &objectives[b].outcome];
        let (mut best, mut beaten) = (Vec::new(), Vec::new());
        for (observation, number) in learnt.observations().iter().zip(&learnt.numbers) {
            let value = |name: &str| match campaign.goal.position(name).and_then(|at| observation.outcomes.get(at)) {
                Some(measured) if !observation.failed => measured.value(),
                _ => None,
            };
            let Some(point) = value(names[0]).zip(value(names[1])) else { continue };
            if on_front.contains(number) { best.push(point) } else { beaten.push(point) }
        }
        let legend = |id: &str| if panels.is_empty() { word(id) } else { String::new() };
        let mut marks = vec![
            Mark::Points(legend("app-front-beaten"), beaten, Colour::Grey),
            Mark::Points(legend("app-front-title"), best, Colour::Red),
        ];
        let mut next = Vec::new();
        for proposed in history.pending() {
            let predicted = |name: &str| proposed.body.predicted.iter().find(|p| p.outcome == name);
            let Some((x, y)) = predicted(names[0]).zip(predicted(names[1])) else { continue };
            marks.push(Mark::Line(String::new(), vec![(x.low, y.mean), (x.high, y.mean)], Colour::Blue));
            marks.push(Mark::Line(String::new(), vec![(x.mean, y.low), (x.mean, y.high)], Colour::Blue));
            next.push((x.mean, y.mean));
        }
        if !next.is_empty() {
            marks.push(Mark::Points(legend("app-front-next"), next, Colour::Blue));
        }
        let axis = |name: &str| header(name, &campaign.unit_of(name));
        let title = if panels.is_empty() { word("app-front-title") } else { String::new() };
        panels.push(Panel { title, x: axis(names[0]), y: axis(names[1]), marks, ..Panel::default() });
    }
    let so_far = front.hypervolume_so_far.iter().map(|r| (f64::from(r.experiment), r.hypervolume)).collect();
    panels.push(Panel {
        title: word("app-front-hypervolume"),
        x: word("app-plot-experiment"),
        y: word("app-front-hypervolume"),
        marks: vec![Mark::Stairs(String::new(), so_far, Colour::Red)],
        ..Panel::default()
    });
    plot::svg(&panels, 2)
}

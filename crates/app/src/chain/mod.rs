//! `matdock chain`: the process chain as learnt, and why a sample came out as it did.

mod compare;
mod draw;
mod sense;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use matdock_message::{Language, Message, say};
use matdock_plan::{Cause, ChainView, Contribution, Model, Prediction, Quantity, Through, Value};
use matdock_store::Dock;
use serde::Serialize;

use crate::{
    campaign::{Campaign, header},
    history::History,
    learnt::Learnt,
    plot::number,
    table,
};

pub use compare::{Comparison, Request, Split, compare, title, verdicts, way_key};
pub use sense::{Sensed, SoftQuantity, sense, sense_text};

/// The chain of a campaign.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Name of the campaign.
    pub campaign: String,
    /// Number of experiments it was learnt from.
    pub experiments: usize,
    /// The chain.
    #[serde(flatten)]
    pub chain: ChainView,
    /// The drawing.
    pub file: PathBuf,
}

/// Why one experiment came out as it did, and what would be with other settings.
#[derive(Debug, Clone, Serialize)]
pub struct Why {
    /// Name of the campaign.
    pub campaign: String,
    /// Number of the experiment.
    pub experiment: u32,
    /// The outcome first, then the intermediates along the strongest influences.
    pub causes: Vec<Cause>,
    /// What is expected with the settings of the experiment.
    pub expected: Vec<Prediction>,
    /// What would be expected with the changed settings; empty where none were asked for.
    pub what_if: Vec<Prediction>,
}

/// Influences named in a sentence, and the least one that is worth a word (standard deviations).
const NAMED: usize = 2;
const WORTH_A_WORD: f64 = 0.1;

/// The chain as learnt, drawn in `folder`.
///
/// # Errors
/// The campaign has no chain, nothing was measured yet, or the disk refuses.
pub fn show(dock: &Dock, campaign: &Campaign, folder: &Path, language: Language) -> Result<Shown, Message> {
    let (learnt, _) = learnt(dock, campaign)?;
    let chain = model(&learnt, campaign)?.chain().ok_or_else(|| say!("app-chain-none", name = campaign.name))?;
    std::fs::create_dir_all(folder)
        .map_err(|error| say!("app-file-unwritable", file = folder.display(), reason = error))?;
    let file = folder.join("chain.svg");
    table::save(draw::svg(campaign, &chain, language).as_bytes(), &file)?;
    Ok(Shown { campaign: campaign.name.clone(), experiments: learnt.observations().len(), chain, file })
}

/// Why `experiment` came out as it did; with `changes` (name and setting) also what would be with these.
///
/// # Errors
/// No such experiment, an unknown parameter, a setting outside the space.
pub fn why(dock: &Dock, campaign: &Campaign, experiment: u32, changes: &[(String, String)]) -> Result<Why, Message> {
    let (learnt, history) = learnt(dock, campaign)?;
    let model = model(&learnt, campaign)?;
    if campaign.goal.stages.is_empty() {
        return Err(say!("app-chain-none", name = campaign.name));
    }
    let missing = || say!("app-chain-experiment", number = experiment, count = history.experiments.len());
    let index = learnt.numbers.iter().position(|number| *number == experiment).ok_or_else(missing)?;
    let point = learnt.observations().get(index).map(|o| o.point.clone()).ok_or_else(missing)?;
    let mut changed = point.clone();
    for (name, setting) in changes {
        let parameters = campaign.space.parameters();
        let place = parameters.iter().position(|parameter| &parameter.name == name);
        let known = || parameters.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ");
        let place = place.ok_or_else(|| say!("app-chain-parameter", name = name, known = known()))?;
        let value = match setting.parse::<f64>() {
            Ok(number) if parameters[place].kind.names().is_none() => Value::Number(number),
            _ => Value::Level(setting.clone()),
        };
        if !parameters[place].allows(&value) {
            return Err(say!("app-chain-setting", name = name, value = setting));
        }
        changed[place] = value;
    }
    Ok(Why {
        campaign: campaign.name.clone(),
        experiment,
        causes: model.causes(index, &campaign.main_objective().outcome)?,
        expected: model.predict(&point)?,
        what_if: if changes.is_empty() { Vec::new() } else { model.predict(&changed)? },
    })
}

fn learnt(dock: &Dock, campaign: &Campaign) -> Result<(Learnt, History), Message> {
    let history = History::read(dock, campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
    Ok((Learnt::from(campaign, &history)?, history))
}

fn model<'l>(learnt: &'l Learnt, campaign: &Campaign) -> Result<&'l Model, Message> {
    learnt.model.as_ref().ok_or_else(|| say!("app-explain-nothing", name = campaign.name))
}

/// The chain as text.
pub fn text(campaign: &Campaign, shown: &Shown, language: Language) -> String {
    let mut lines = vec![say!("app-chain-title", name = shown.campaign, count = shown.experiments)];
    for quantity in &shown.chain.quantities {
        lines.extend(quantity_lines(campaign, quantity));
    }
    lines.extend(shown.chain.through.iter().map(through_line));
    // Where the chain is not used, nothing can be said of a sensor in it.
    let used = |outcome: &str| shown.chain.through.iter().any(|through| through.chain && through.outcome == outcome);
    for sensor in shown.chain.sensors.iter().filter(|sensor| sensor.is_judged() && used(&sensor.outcome)) {
        let (gain, error) = (signed(sensor.comparison.gain), number(sensor.comparison.standard_error));
        let (name, outcome) = (sensor.intermediate.clone(), sensor.outcome.clone());
        lines.push(if sensor.is_useless() {
            say!("app-chain-sensor-useless", name = name, outcome = outcome, gain = gain, error = error)
        } else if !sensor.helps() {
            let share = percent(sensor.read.unwrap_or_default());
            say!("app-chain-sensor-read", name = name, outcome = outcome, gain = gain, error = error, share = share)
        } else {
            say!("app-chain-sensor", name = name, outcome = outcome, gain = gain, error = error)
        });
    }
    joined(lines, language)
}

/// Share of the variance from which a quantity counts as explained, and below which a link alone adds nothing.
const TOLD: f64 = 0.2;
const ALONE: f64 = 0.01;

fn quantity_lines(campaign: &Campaign, quantity: &Quantity) -> Vec<Message> {
    let name = header(&quantity.name, &campaign.unit_of(&quantity.name));
    if quantity.computed {
        let from: Vec<&str> = quantity.links.iter().map(|link| link.from.as_str()).collect();
        return vec![say!("app-chain-quantity-computed", name = name, from = from.join(", "))];
    }
    let mut lines = vec![match quantity.explained {
        None => say!("app-chain-quantity-few", name = name, readings = quantity.readings),
        Some(_) if quantity.links.is_empty() => {
            say!("app-chain-quantity-alone", name = name, readings = quantity.readings)
        }
        Some(explained) => {
            let explained = percent(explained.max(0.0));
            say!("app-chain-quantity", name = name, readings = quantity.readings, explained = explained)
        }
    }];
    let mut links: Vec<_> = quantity.links.iter().filter_map(|link| Some((link, link.share?))).collect();
    links.sort_by(|a, b| b.1.total_cmp(&a.1));
    let explained = quantity.explained.unwrap_or_default();
    if explained >= TOLD && links.len() > 1 && links.iter().all(|(_, share)| *share < ALONE) {
        lines.push(say!("app-chain-links-shared"));
    }
    lines.extend(
        links.into_iter().map(|(link, share)| say!("app-chain-link", from = link.from, share = percent(share))),
    );
    lines
}

/// How an outcome is predicted, and why so.
pub fn through_line(through: &Through) -> Message {
    let outcome = through.outcome.clone();
    // With few readings the chain is used although it does not look better.
    let told = through.comparison.as_ref().filter(|c| !through.chain || c.chain_is_as_good());
    let Some(c) = told else { return say!("app-chain-through-few", outcome = outcome) };
    let (chain, direct) = (percent(c.chain_explains.max(0.0)), percent(c.direct_explains.max(0.0)));
    let (gain, error) = (signed(c.gain), number(c.standard_error));
    if through.chain {
        say!("app-chain-through", outcome = outcome, chain = chain, direct = direct, gain = gain, error = error)
    } else {
        say!("app-chain-direct", outcome = outcome, chain = chain, direct = direct, gain = gain, error = error)
    }
}

/// Why an experiment came out as it did, as sentences.
pub fn why_text(campaign: &Campaign, why: &Why, language: Language) -> String {
    let mut lines = Vec::new();
    for (place, cause) in why.causes.iter().enumerate() {
        // What is explained next is named, too.
        let next = why.causes.get(place + 1).map(|cause| cause.quantity.as_str());
        let strong: Vec<&Contribution> = cause
            .influences
            .iter()
            .filter(|one| one.effect.abs() >= WORTH_A_WORD && one.effect * cause.deviation > 0.0)
            .enumerate()
            .filter(|(number, one)| *number < NAMED || Some(one.from.as_str()) == next)
            .map(|(_, one)| one)
            .collect();
        let parts: Vec<String> = strong.iter().map(|one| reason(one).text(language)).collect();
        let because = parts.join(&say!("app-chain-reason-and").text(language));
        let side = if cause.deviation >= 0.0 { "high" } else { "low" };
        let deviation = format!("{:+.2}", cause.deviation);
        let (name, experiment) = (cause.quantity.clone(), why.experiment);
        lines.push(match (place, strong.is_empty()) {
            (0, false) => {
                say!(
                    "app-chain-why",
                    experiment = experiment,
                    name = name,
                    side = side,
                    deviation = deviation,
                    because = because
                )
            }
            (0, true) => {
                say!("app-chain-why-open", experiment = experiment, name = name, side = side, deviation = deviation)
            }
            (_, false) => say!("app-chain-because", name = name, side = side, deviation = deviation, because = because),
            (_, true) => say!("app-chain-because-open", name = name, side = side, deviation = deviation),
        });
    }
    for (now, then) in why.expected.iter().zip(&why.what_if) {
        lines.push(say!(
            "app-chain-what-if",
            name = header(&then.outcome, &campaign.unit_of(&then.outcome)),
            now = number(now.mean),
            mean = number(then.mean),
            low = number(then.low),
            high = number(then.high)
        ));
    }
    joined(lines, language)
}

/// An input, whether it was high or low, and what that did.
fn reason(one: &Contribution) -> Message {
    let side = match one.deviation {
        Some(deviation) if deviation >= 0.0 => "high",
        Some(_) => "low",
        None => "level",
    };
    say!("app-chain-reason", name = one.from, side = side, effect = format!("{:+.2}", one.effect))
}

fn joined(lines: Vec<Message>, language: Language) -> String {
    let mut out = String::new();
    for line in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}", line.text(language));
    }
    out
}

fn percent(share: f64) -> String {
    format!("{:.0}", 100.0 * share)
}

fn signed(value: f64) -> String {
    format!("{}{}", if value < 0.0 { "-" } else { "+" }, number(value.abs()))
}

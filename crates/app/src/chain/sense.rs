//! `matdock chain sense`: a quantity of one experiment told from what was read before it, and whether that can replace the
//! measurement.

use matdock_message::{Language, Message, say};
use matdock_plan::{Domain, Quality, SoftReading};
use matdock_store::Dock;
use serde::Serialize;

use super::{joined, learnt, model, percent};
use crate::{
    campaign::{Campaign, header},
    plot::number,
};

/// What the soft sensors of a chain say of one experiment.
#[derive(Debug, Clone, Serialize)]
pub struct Sensed {
    /// Name of the campaign.
    pub campaign: String,
    /// Number of the experiment.
    pub experiment: u32,
    /// The quantities.
    pub quantities: Vec<SoftQuantity>,
}

/// One of them.
#[derive(Debug, Clone, Serialize)]
pub struct SoftQuantity {
    /// What is told.
    #[serde(flatten)]
    pub reading: SoftReading,
    /// Number of the experiment most like it.
    pub nearest_experiment: Option<u32>,
}

/// Readings from which on it is said whether a soft sensor can replace the measurement, and the shares of the variance it
/// has to explain to replace it, and to tell high from low.
const ENOUGH: usize = 10;
const REPLACES: f64 = 0.9;
const TELLS: f64 = 0.5;

/// What was not read of `experiment` (or `quantity`, read or not), told from what was read before it.
///
/// # Errors
/// The campaign has no chain, there is no such experiment or quantity, or too little was measured.
pub fn sense(dock: &Dock, campaign: &Campaign, experiment: u32, quantity: Option<&str>) -> Result<Sensed, Message> {
    if campaign.goal.stages.is_empty() {
        return Err(say!("app-chain-none", name = campaign.name));
    }
    let names = campaign.goal.outcomes();
    if let Some(name) = quantity.filter(|name| !names.contains(name)) {
        return Err(say!("app-chain-quantity-unknown", name = name, known = names.join(", ")));
    }
    let (learnt, history) = learnt(dock, campaign)?;
    let model = model(&learnt, campaign)?;
    let missing = || say!("app-chain-experiment", number = experiment, count = history.experiments.len());
    let index = learnt.numbers.iter().position(|number| *number == experiment).ok_or_else(missing)?;
    let numbered = |reading: SoftReading| {
        let nearest_experiment = reading.nearest.and_then(|nearest| learnt.numbers.get(nearest)).copied();
        SoftQuantity { reading, nearest_experiment }
    };
    let quantities: Vec<SoftQuantity> = model.soft_readings(index, quantity).into_iter().map(numbered).collect();
    if quantities.is_empty() {
        return Err(say!("app-chain-sense-few", name = campaign.name));
    }
    Ok(Sensed { campaign: campaign.name.clone(), experiment, quantities })
}

/// What the soft sensors say, as sentences.
pub fn sense_text(campaign: &Campaign, sensed: &Sensed, language: Language) -> String {
    let lines = sensed.quantities.iter().flat_map(|soft| quantity_lines(campaign, sensed.experiment, soft, language));
    joined(lines.collect(), language)
}

fn quantity_lines(campaign: &Campaign, experiment: u32, soft: &SoftQuantity, language: Language) -> Vec<Message> {
    let reading = &soft.reading;
    let told = &reading.predicted;
    let name = header(&told.outcome, &campaign.unit_of(&told.outcome));
    let settings = say!("app-chain-sense-settings").text(language);
    let from = if reading.from.is_empty() { settings } else { reading.from.join(", ") };
    let (mean, low, high) = (number(told.mean), number(told.low), number(told.high));
    let mut lines = vec![match reading.measured {
        Some(read) => say!(
            "app-chain-sense-read",
            name = name,
            experiment = experiment,
            mean = mean,
            low = low,
            high = high,
            from = from,
            read = number(read)
        ),
        None => say!(
            "app-chain-sense",
            name = name,
            experiment = experiment,
            mean = mean,
            low = low,
            high = high,
            from = from
        ),
    }];
    if !reading.missing.is_empty() {
        lines.push(say!("app-chain-sense-missing", names = reading.missing.join(", ")));
    }
    let domain = match reading.domain {
        Domain::Inside => "inside",
        Domain::Edge => "edge",
        Domain::Outside => "outside",
    };
    let nearest = soft.nearest_experiment.map_or_else(|| "-".to_owned(), |number| number.to_string());
    let (beyond, side) = match &reading.beyond {
        Some((name, true)) => (name.as_str(), "above"),
        Some((name, false)) => (name.as_str(), "below"),
        None => ("", "within"),
    };
    lines.push(say!("app-chain-sense-domain", name = beyond, side = side, domain = domain, nearest = nearest));
    lines.extend(reading.quality.as_ref().map(|quality| quality_line(&name, quality)));
    lines
}

/// Whether a soft sensor can replace the measurement.
fn quality_line(name: &str, quality: &Quality) -> Message {
    let verdict = match quality.explained {
        _ if quality.readings < ENOUGH => "few",
        share if share >= REPLACES => "replaces",
        share if share >= TELLS => "tells",
        _ => "no",
    };
    let explained = percent(quality.explained.max(0.0));
    say!(
        "app-chain-sense-quality",
        name = name,
        readings = quality.readings,
        error = number(quality.error),
        explained = explained,
        verdict = verdict
    )
}

//! The lab and the recipe of a campaign, checked against each other.

use matdock_lab::{CheckReport, Lab, ParameterRange, ParameterValues, Recipe, check, lab::DriverSettings};
use matdock_message::{Message, say};
use matdock_plan::ParameterKind;

use crate::campaign::{Campaign, Input, InputKind};

/// A checked lab and recipe.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The laboratory.
    pub lab: Lab,
    /// What is done to every sample.
    pub recipe: Recipe,
    /// Whether lab time is virtual.
    pub virtual_time: bool,
}

impl Setup {
    /// Whether some station is a person.
    pub fn has_people(&self) -> bool {
        let manual = |driver: &DriverSettings| matches!(driver, DriverSettings::Manual { .. });
        self.lab.stations.iter().any(|station| manual(&station.driver)) || manual(&self.lab.robot.driver)
    }
}

/// Reads and checks the lab and recipe of a campaign.
///
/// # Errors
/// The campaign has no lab, a file cannot be read, or the recipe does not fit the lab: every problem, one a line.
pub fn setup(campaign: &Campaign) -> Result<Setup, Message> {
    let Some(usage) = &campaign.lab else { return Err(say!("app-run-no-lab", name = campaign.name)) };
    let (mut lab, mut recipe) = read_lab(&usage.lab, &usage.recipe)?;
    if campaign.stop_early.is_some() || !campaign.partials.is_empty() {
        recipe.look_early();
    }
    if let Some(partial) = campaign.partials.iter().find(|partial| recipe.step(&partial.until).is_none()) {
        let known = recipe.steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(say!("app-partial-step", until = partial.until, known = known));
    }
    if let Some(in_flight) = usage.in_flight {
        lab.in_flight = in_flight;
    }
    let report = check(&lab, &recipe, Some(&ranges(campaign)?));
    if !report.problems.is_empty() {
        return Err(say!("app-run-check", problems = lines(&report.problems)));
    }
    let produced: Vec<&str> = recipe.outputs.iter().map(|output| output.name.as_str()).collect();
    if let Some(missing) = campaign.measured().find(|outcome| !produced.contains(&outcome.name.as_str())) {
        return Err(say!("app-run-no-output", outcome = missing.name, outputs = produced.join(", ")));
    }
    let simulated = |driver: &DriverSettings| matches!(driver, DriverSettings::Simulated { .. });
    let all_simulated = lab.stations.iter().all(|s| simulated(&s.driver)) && simulated(&lab.robot.driver);
    let virtual_time = usage.virtual_time.unwrap_or(all_simulated);
    if virtual_time && !all_simulated {
        return Err(say!("app-run-virtual"));
    }
    Ok(Setup { lab, recipe, virtual_time })
}

/// Reads a lab and a recipe file.
///
/// # Errors
/// A file cannot be read or says something impossible; names the line.
pub fn read_lab(lab: &std::path::Path, recipe_path: &std::path::Path) -> Result<(Lab, Recipe), Message> {
    let read = |path: &std::path::Path| {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path);
        text.map(|text| (text, file.clone())).map_err(|e| say!("app-file-unreadable", file = file, reason = e))
    };
    let ((lab_text, lab_file), (recipe_text, recipe_file)) = (read(lab)?, read(recipe_path)?);
    let (mut parsed, mut recipe) = (Lab::parse(&lab_text, &lab_file)?, Recipe::parse(&recipe_text, &recipe_file)?);
    let absolute = std::path::absolute(lab).map_err(|e| say!("app-file-unreadable", file = lab_file, reason = e))?;
    if let Some(folder) = absolute.parent() {
        parsed.resolve(folder);
    }
    let absolute =
        std::path::absolute(recipe_path).map_err(|e| say!("app-file-unreadable", file = recipe_file, reason = e))?;
    if let Some(folder) = absolute.parent() {
        recipe.resolve(folder)?;
    }
    Ok((parsed, recipe))
}

/// Checks a recipe against a lab, with the parameters of a campaign where one is given.
///
/// # Errors
/// The campaign is a pool, whose settings are no ranges.
pub fn check_files(lab: &Lab, recipe: &Recipe, campaign: Option<&Campaign>) -> Result<CheckReport, Message> {
    let ranges = campaign.map(ranges).transpose()?;
    Ok(check(lab, recipe, ranges.as_deref()))
}

pub(super) fn lines(messages: &[Message]) -> String {
    messages.iter().map(|message| format!("\n  - {message}")).collect()
}

fn ranges(campaign: &Campaign) -> Result<Vec<ParameterRange>, Message> {
    campaign.inputs.iter().map(|input| range(campaign, input)).collect()
}

fn range(campaign: &Campaign, input: &Input) -> Result<ParameterRange, Message> {
    let pool_values = || campaign.pool.as_ref().map(|pool| (0..pool.len()).map(|row| pool.settings(row)));
    let values = match (&input.kind, pool_values()) {
        (_, Some(rows)) => {
            let cells: Vec<_> = rows.filter_map(|fields| fields.get(&input.name).cloned()).collect();
            if input.is_number() {
                let numbers = cells.iter().filter_map(|datum| datum.quantity().map(|q| q.value));
                let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
                ParameterValues::Range { low, high }
            } else {
                ParameterValues::Choices(cells.iter().map(ToString::to_string).collect())
            }
        }
        (InputKind::Plain(ParameterKind::Continuous { low, high, .. }), None) => {
            ParameterValues::Range { low: *low, high: *high }
        }
        (InputKind::Plain(ParameterKind::Integer { low, high }), None) => {
            ParameterValues::Range { low: *low as f64, high: *high as f64 }
        }
        (InputKind::Plain(ParameterKind::Ordinal { levels }), None) => ParameterValues::Levels(levels.clone()),
        (InputKind::Plain(ParameterKind::Categorical { levels } | ParameterKind::Substance { levels, .. }), None) => {
            ParameterValues::Choices(levels.clone())
        }
        (InputKind::Formula(_) | InputKind::Substance(_), None) => {
            return Err(say!("app-formula-outside-pool", name = input.name));
        }
    };
    Ok(ParameterRange { name: input.name.clone(), unit: input.unit.clone(), values })
}

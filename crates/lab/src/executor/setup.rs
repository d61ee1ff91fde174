//! Lab and recipe together, worked out once.

use matdock_message::{Message, say};
use matdock_record::{Datum, body::Fields};

use super::state::Open;
use crate::{
    Lab, Recipe,
    lab::{Capability, Station},
    recipe::{Setting, Work},
};

/// Lab and recipe, and what follows from both.
pub(crate) struct Setup {
    pub lab: Lab,
    pub recipe: Recipe,
    /// Per step: the steps that have to follow within a time limit, directly or through one another.
    pub chains: Vec<Vec<usize>>,
}

/// A way to do a step of a given sample.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Way {
    pub station: usize,
    pub settings: Fields,
    pub duration: f64,
}

impl Setup {
    pub fn new(lab: Lab, recipe: Recipe) -> Self {
        let chains = (0..recipe.steps.len()).map(|step| chain(&recipe, step)).collect();
        Self { lab, recipe, chains }
    }

    /// Index of what moves samples, after the stations.
    pub fn robot(&self) -> usize {
        self.lab.stations.len()
    }

    /// Index of a station or of the robot.
    pub fn unit(&self, name: &str) -> Option<usize> {
        if name == self.lab.robot.name { Some(self.robot()) } else { self.lab.station(name) }
    }

    /// Name of a station or of the robot.
    pub fn unit_name(&self, unit: usize) -> &str {
        self.lab.stations.get(unit).map_or(&self.lab.robot.name, |station| &station.name)
    }

    /// Who carries a sample between two places: the entrance itself to and from outside, else the robot.
    pub fn mover(&self, from: Option<usize>, to: Option<usize>) -> usize {
        match self.lab.entrance {
            Some(entrance) if from.is_none() || to.is_none() => entrance,
            _ => self.robot(),
        }
    }

    pub fn is_station_step(&self, step: usize) -> bool {
        matches!(self.recipe.steps[step].work, Work::Station { .. })
    }

    pub fn capability(&self, step: usize, station: usize) -> Option<&Capability> {
        match &self.recipe.steps[step].work {
            Work::Station { capability, .. } => self.lab.stations.get(station)?.capability(capability),
            Work::Analysis { .. } | Work::Features { .. } => None,
        }
    }

    /// Whether what is being done can be ended before its end.
    pub fn is_stoppable(&self, open: &Open) -> bool {
        open.step.and_then(|step| self.capability(step, open.unit)).is_some_and(|capability| capability.stoppable)
    }

    /// Every way to do every step of a sample with the given settings; analyses have none.
    ///
    /// # Errors
    /// A step that no station can do with these settings, and why.
    pub fn ways(&self, settings: &Fields) -> Result<Vec<Vec<Way>>, Message> {
        (0..self.recipe.steps.len()).map(|step| self.ways_of(step, settings)).collect()
    }

    fn ways_of(&self, step: usize, settings: &Fields) -> Result<Vec<Way>, Message> {
        let Work::Station { capability, .. } = &self.recipe.steps[step].work else { return Ok(Vec::new()) };
        let name = &self.recipe.steps[step].name;
        let mut ways = Vec::new();
        let mut why = None;
        for (index, station) in self.lab.stations.iter().enumerate() {
            let Some(offered) = station.capability(capability) else { continue };
            match self.way(step, station, offered, settings) {
                Ok((settings, duration)) => ways.push(Way { station: index, settings, duration }),
                Err(what) => why = why.or(Some(what)),
            }
        }
        match why {
            Some(what) if ways.is_empty() => Err(say!("lab-step", step = name, what = what)),
            None if ways.is_empty() => {
                Err(say!("lab-step", step = name, what = say!("lab-not-offered", capability = capability)))
            }
            _ => Ok(ways),
        }
    }

    /// Settings in the station's units and duration \[s\] of a step at a station.
    pub fn way(
        &self,
        step: usize,
        station: &Station,
        offered: &Capability,
        campaign: &Fields,
    ) -> Result<(Fields, f64), Message> {
        let Work::Station { settings, duration, .. } = &self.recipe.steps[step].work else {
            return Ok((Fields::new(), 0.0));
        };
        for name in settings.keys() {
            if !offered.parameters.iter().any(|parameter| parameter.name == *name) {
                return Err(unknown_parameter(name, station, offered));
            }
        }
        let mut fields = Fields::new();
        for parameter in &offered.parameters {
            let datum = match settings.get(&parameter.name).map(|setting: &Setting| setting.resolve(campaign)) {
                Some(Ok(datum)) if !matches!(datum, Datum::Missing(_)) => datum,
                Some(Err(what)) => return Err(what),
                // Not given, or a parameter of the campaign that is not there for this sample.
                Some(Ok(_)) | None => match &parameter.default {
                    Some(datum) => datum.clone(),
                    None => return Err(say!("lab-setting-missing", name = parameter.name, station = station.name)),
                },
            };
            fields.insert(parameter.name.clone(), parameter.limit.fit(&datum, &parameter.name)?);
        }
        let seconds = match (duration, offered.process_time) {
            (Some(rule), time) => match (rule.setting().resolve(campaign)?, time) {
                (Datum::Missing(_), Some(time)) => time,
                _ => rule.seconds(campaign)?,
            },
            (None, Some(time)) => time,
            (None, None) => return Err(say!("lab-no-duration", station = station.name)),
        };
        Ok((fields, seconds))
    }

    /// What a finished sample reports; `why` says why what it does not have is missing, where it was ended on purpose.
    pub fn outputs(&self, values: &[Fields], why: Option<&str>) -> Fields {
        if self.recipe.outputs.is_empty() {
            return values.iter().flatten().map(|(name, datum)| (name.clone(), datum.clone())).collect();
        }
        let read = |output: &crate::recipe::Output| {
            let datum = values[output.step].get(&output.value).cloned();
            let no_value = || say!("lab-no-value", value = output.value).to_string();
            let missing = || Datum::Missing(why.map_or_else(no_value, str::to_owned));
            (output.name.clone(), datum.unwrap_or_else(missing))
        };
        self.recipe.outputs.iter().map(read).collect()
    }
}

/// What to say of a setting that a capability does not have.
pub(crate) fn unknown_parameter(name: &str, station: &Station, offered: &Capability) -> Message {
    let known = || offered.parameters.iter().map(|parameter| parameter.name.as_str());
    match crate::reader::nearest(name, known()) {
        Some(near) => say!("lab-unknown-parameter-near", name = name, station = station.name, near = near),
        None => {
            let known = known().collect::<Vec<_>>().join(", ");
            say!("lab-unknown-parameter", name = name, station = station.name, known = known)
        }
    }
}

fn chain(recipe: &Recipe, step: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut open = vec![step];
    while let Some(from) = open.pop() {
        for lag in recipe.lags.iter().filter(|lag| lag.from == from && lag.max.is_some()) {
            // What lies between both ends has to be done within the limit too.
            let between = (0..recipe.steps.len())
                .filter(|middle| recipe.is_before(lag.from, *middle) && recipe.is_before(*middle, lag.to));
            for next in between.chain([lag.to]) {
                if !found.contains(&next) {
                    found.push(next);
                    open.push(next);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

//! What is done to every sample: a graph of steps. Read from `recipe.toml`.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use matdock_message::{Message, say};
use matdock_record::{Datum, Quantity, Unit, body::Fields};

use crate::{
    feature::{
        Basis, Feature, Method,
        language::{self, Declared},
    },
    live::StopRule,
    reader::{self, Section, nearest},
};

/// A recipe, its steps in an order in which they can be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// What it is called.
    pub name: String,
    /// How many samples of it may be on their way at once, where fewer than the lab allows.
    pub in_flight: Option<usize>,
    /// The steps.
    pub steps: Vec<Step>,
    /// Limits on the time between steps.
    pub lags: Vec<Lag>,
    /// Limits on the time spent in places.
    pub exposures: Vec<Exposure>,
    /// What a finished sample reports: name, step, value of the step. Empty: everything.
    pub outputs: Vec<Output>,
    /// At which shares of the planned time of a step its features are computed of what it has yielded so far, rising;
    /// empty: only at its end, and nothing is told before the sample is finished.
    pub live: Vec<f64>,
    /// Rules by which a sample is ended early.
    pub stops: Vec<StopRule>,
    /// The file it was read from.
    pub file: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it is called.
    pub name: String,
    /// What is done.
    pub work: Work,
    /// Steps that have to be done before, by index.
    pub after: Vec<usize>,
    /// Line of the file.
    pub line: usize,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Something done at a station.
    Station {
        /// Which capability.
        capability: String,
        /// Settings of the capability.
        settings: BTreeMap<String, Setting>,
        /// How long it takes; `None`: as the station says.
        duration: Option<DurationRule>,
    },
    /// Something computed from what was seen before.
    Analysis {
        /// Which analysis.
        analysis: String,
        /// The step that was looked at, by index.
        from: usize,
        /// The stream of that step.
        stream: String,
        /// Settings of the analysis.
        settings: Fields,
    },
    /// Features of what a step yielded.
    Features {
        /// The step that yielded it, by index.
        from: usize,
        /// Which features.
        features: Vec<Feature>,
    },
}

/// A setting: given, or bound to a parameter of the campaign.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// The same for every sample.
    Constant(Datum),
    /// The campaign parameter of this name (written `"$name"`).
    Parameter(String),
}

/// How long a step takes.
#[derive(Debug, Clone, PartialEq)]
pub enum DurationRule {
    /// A given time or a parameter that is a time.
    Time(Setting),
    /// `base + of / rate`, such as a thickness over a growth rate.
    Rate {
        /// Time that is always needed \[s\].
        base: f64,
        /// What has to be reached.
        of: Setting,
        /// How fast it is reached.
        rate: Quantity,
    },
}

/// Limits on the time from the end of one step to the begin of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Lag {
    /// The earlier step, by index.
    pub from: usize,
    /// The later step, by index.
    pub to: usize,
    /// Shortest time \[s\].
    pub min: f64,
    /// Longest time \[s\].
    pub max: Option<f64>,
    /// Line of the file.
    pub line: usize,
}

/// A limit on the total time a sample spends somewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// What it is called.
    pub name: String,
    /// Stations and robot by name; empty: wherever nothing is done to the sample.
    pub at: Vec<String>,
    /// Counted from the end of this step, by index.
    pub after: Option<usize>,
    /// Counted until the begin of this step, by index.
    pub until: Option<usize>,
    /// Longest total time \[s\].
    pub max: f64,
    /// Line of the file.
    pub line: usize,
}

/// A value that a finished sample reports.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Under which name.
    pub name: String,
    /// Of which step, by index.
    pub step: usize,
    /// Which of its values.
    pub value: String,
}

impl Recipe {
    /// Reads a recipe file. `file` only names the place in complaints.
    ///
    /// # Errors
    /// What is wrong, with the line and what to do about it.
    pub fn parse(text: &str, file: &str) -> Result<Self, Message> {
        reader::read(text, file, read_recipe)
    }

    /// Programs of the user's own are started in `base`, the (absolute) folder of the recipe file; one that is named
    /// with a path is looked for from there. Files of principal components are read from there.
    ///
    /// # Errors
    /// A file of components cannot be read.
    pub fn resolve(&mut self, base: &Path) -> Result<(), Message> {
        let features = self.steps.iter_mut().filter_map(|step| match &mut step.work {
            Work::Features { features, .. } => Some(features),
            _ => None,
        });
        for feature in features.flatten() {
            let (command, directory) = match &mut feature.method {
                Method::Program { command, directory, .. } => (command, directory),
                Method::Component { file, basis, .. } => {
                    let path = base.join(&*file);
                    let fault = |what: &dyn std::fmt::Display| {
                        let fault =
                            say!("lab-components-file", name = feature.name, file = path.display(), what = what);
                        reader::at_line(&self.file, feature.line, &fault)
                    };
                    let text = std::fs::read_to_string(&path).map_err(|why| fault(&why))?;
                    let read = Basis::parse(&text).map_err(|why| fault(&why))?;
                    let hash = blake3::hash(text.as_bytes()).to_hex();
                    *basis = Some((Arc::new(read), hash.chars().take(12).collect()));
                    continue;
                }
                Method::Extractor { .. } => continue,
            };
            if let Some(program) = command.first_mut().filter(|name| name.contains(std::path::is_separator)) {
                *program = base.join(&*program).to_string_lossy().into_owned();
            }
            *directory = Some(base.to_owned());
        }
        Ok(())
    }

    /// Looks at samples before they are finished, at the usual moments where the recipe does not say at which.
    pub fn look_early(&mut self) {
        if self.live.is_empty() {
            self.live = crate::live::SHARES.to_vec();
        }
    }

    /// Index of a step by its name.
    pub fn step(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }

    /// Names of the campaign parameters it uses, sorted.
    pub fn parameters(&self) -> Vec<String> {
        let mut names = Vec::new();
        for step in &self.steps {
            if let Work::Station { settings, duration, .. } = &step.work {
                let bound = settings.values().chain(duration.iter().map(DurationRule::setting));
                names.extend(bound.filter_map(|setting| match setting {
                    Setting::Parameter(name) => Some(name.clone()),
                    Setting::Constant(_) => None,
                }));
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// True when `late` can only be done once `early` is.
    pub fn is_before(&self, early: usize, late: usize) -> bool {
        self.steps[late].after.iter().any(|step| *step == early || self.is_before(early, *step))
    }
}

impl Setting {
    /// The setting for a sample made with the given campaign settings.
    ///
    /// # Errors
    /// The campaign has no such parameter.
    pub fn resolve(&self, settings: &Fields) -> Result<Datum, Message> {
        match self {
            Self::Constant(datum) => Ok(datum.clone()),
            Self::Parameter(name) => {
                settings.get(name).cloned().ok_or_else(|| unbound(name, settings.keys().map(String::as_str)))
            }
        }
    }
}

/// What to say of a parameter that the campaign does not have.
pub(crate) fn unbound<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> Message {
    match nearest(name, known.clone()) {
        Some(near) => say!("lab-unbound-near", name = name, near = near),
        None => say!("lab-unbound", name = name, known = known.collect::<Vec<_>>().join(", ")),
    }
}

impl DurationRule {
    /// The setting the time comes from.
    pub fn setting(&self) -> &Setting {
        match self {
            Self::Time(setting) | Self::Rate { of: setting, .. } => setting,
        }
    }

    /// The time \[s\] for given campaign settings.
    ///
    /// # Errors
    /// A parameter is missing, is no time, or gives no time with the rate.
    pub fn seconds(&self, settings: &Fields) -> Result<f64, Message> {
        self.of_datum(&self.setting().resolve(settings)?)
    }

    /// The time \[s\] where the setting has the given value.
    ///
    /// # Errors
    /// As [`DurationRule::seconds`].
    pub fn of_datum(&self, datum: &Datum) -> Result<f64, Message> {
        let wrong = || say!("lab-no-time", text = reader::shown_datum(datum));
        let quantity = datum.quantity().ok_or_else(wrong)?;
        let second: Unit = "s".parse()?;
        let time = match self {
            Self::Time(_) => quantity.to(&second)?.value,
            Self::Rate { base, rate, .. } => {
                let unit: Unit = format!("({})/({})", quantity.unit, rate.unit).parse()?;
                base + unit.convert(quantity.value / rate.value, &second)?
            }
        };
        if (0.0..=1e9).contains(&time) { Ok(time) } else { Err(wrong()) }
    }
}

fn read_recipe(root: &Section<'_>) -> Result<Recipe, Message> {
    let head = root.section("recipe")?.ok_or_else(|| root.fault(&say!("lab-missing-key", key = "[recipe]")))?;
    let (name, in_flight) = (head.required_text("name")?, head.whole("in_flight", 1)?.map(|n| n as usize));
    head.close()?;
    let sections = root.sections("step")?;
    let names: Vec<String> = sections.iter().map(|s| s.required_text("name")).collect::<Result<_, _>>()?;
    if names.is_empty() {
        return Err(root.fault(&say!("lab-no-step")));
    }
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            return Err(sections[index].fault_at("name", &say!("lab-step-twice", name = name)));
        }
    }
    let steps: Vec<Step> = sections
        .iter()
        .zip(&names)
        .map(|(section, name)| read_step(section, name, &names))
        .collect::<Result<_, _>>()?;
    let (steps, order) = sorted(steps, &sections)?;
    let names: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
    debug_assert_eq!(order.len(), names.len());
    let lags = root.sections("lag")?.iter().map(|s| read_lag(s, &names)).collect::<Result<_, _>>()?;
    let exposures = root.sections("exposure")?.iter().map(|s| read_exposure(s, &names)).collect::<Result<_, _>>()?;
    let mut outputs = read_outputs(root, &names)?;
    let mut steps = steps;
    add_features(root, &names, &mut steps, &mut outputs)?;
    let (live, stops) = crate::live::read(root, &outputs)?;
    let recipe = Recipe { name, in_flight, steps, lags, exposures, outputs, live, stops, file: root.file().to_owned() };
    for lag in &recipe.lags {
        if !recipe.is_before(lag.from, lag.to) {
            let what = say!("lab-lag-order", from = names[lag.from], to = names[lag.to]);
            return Err(reader::at_line(root.file(), lag.line, &what));
        }
    }
    Ok(recipe)
}

/// Index of a step, or what to say where there is none of that name.
fn find(names: &[String], name: &str) -> Result<usize, Message> {
    names.iter().position(|known| known == name).ok_or_else(|| match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => say!("lab-unknown-step-near", name = name, near = near),
        None => say!("lab-unknown-step", name = name, known = names.join(", ")),
    })
}

fn named_step(section: &Section<'_>, key: &'static str, names: &[String]) -> Result<Option<usize>, Message> {
    match section.text(key)? {
        Some(name) => find(names, &name).map(Some).map_err(|what| section.fault_at(key, &what)),
        None => Ok(None),
    }
}

fn read_step(section: &Section<'_>, name: &str, names: &[String]) -> Result<Step, Message> {
    let mut after = Vec::new();
    for (earlier, line) in section.texts("after")? {
        after.push(find(names, &earlier).map_err(|what| reader::at_line(section.file(), line, &what))?);
    }
    let work = match (section.text("capability")?, section.text("analysis")?) {
        (Some(capability), None) => {
            let settings = section.data("parameters")?.into_iter().map(|(name, datum, _)| (name, bound(datum)));
            Work::Station { capability, settings: settings.collect(), duration: read_duration(section)? }
        }
        (None, Some(analysis)) => {
            let from = named_step(section, "from", names)?;
            let from = from.ok_or_else(|| section.fault(&say!("lab-missing-key", key = "from")))?;
            if !after.contains(&from) {
                after.push(from);
            }
            let settings = section.data("settings")?.into_iter().map(|(name, datum, _)| (name, datum)).collect();
            Work::Analysis { analysis, from, stream: section.required_text("stream")?, settings }
        }
        _ => return Err(section.fault(&say!("lab-step-kind", name = name))),
    };
    section.close()?;
    Ok(Step { name: name.to_owned(), work, after, line: section.line() })
}

fn bound(datum: Datum) -> Setting {
    match &datum {
        Datum::Text(text) => match text.strip_prefix('$') {
            Some(name) => Setting::Parameter(name.to_owned()),
            None => Setting::Constant(datum),
        },
        _ => Setting::Constant(datum),
    }
}

fn read_duration(section: &Section<'_>) -> Result<Option<DurationRule>, Message> {
    if section.has_text("duration") {
        let setting = bound(section.datum("duration")?.unwrap_or(Datum::Flag(false)));
        let rule = DurationRule::Time(setting);
        if let Setting::Constant(datum) = rule.setting() {
            rule.of_datum(datum).map_err(|what| section.fault_at("duration", &what))?;
        }
        return Ok(Some(rule));
    }
    let Some(table) = section.section("duration")? else { return Ok(None) };
    let missing = |key: &str| table.fault(&say!("lab-missing-key", key = key));
    let of = bound(table.datum("of")?.ok_or_else(|| missing("of"))?);
    let rate = table.datum("rate")?.ok_or_else(|| missing("rate"))?;
    let rate = rate.quantity().filter(|rate| rate.value > 0.0).cloned();
    let rate = rate.ok_or_else(|| table.fault_at("rate", &say!("lab-rate")))?;
    let rule = DurationRule::Rate { base: table.seconds("base")?.unwrap_or(0.0), of, rate };
    table.close()?;
    if let Setting::Constant(datum) = rule.setting() {
        rule.of_datum(datum).map_err(|what| section.fault_at("duration", &what))?;
    }
    Ok(Some(rule))
}

/// Puts the steps in an order in which they can be done, the file's order where it leaves a choice.
fn sorted(steps: Vec<Step>, sections: &[Section<'_>]) -> Result<(Vec<Step>, Vec<usize>), Message> {
    let mut order: Vec<usize> = Vec::with_capacity(steps.len());
    while order.len() < steps.len() {
        let next = (0..steps.len())
            .find(|index| !order.contains(index) && steps[*index].after.iter().all(|before| order.contains(before)));
        match next {
            Some(index) => order.push(index),
            None => {
                let stuck: Vec<usize> = (0..steps.len()).filter(|index| !order.contains(index)).collect();
                let names: Vec<&str> = stuck.iter().map(|index| steps[*index].name.as_str()).collect();
                return Err(sections[stuck[0]].fault(&say!("lab-step-cycle", names = names.join(", "))));
            }
        }
    }
    let new_index = |old: usize| order.iter().position(|index| *index == old).unwrap_or(old);
    let renumber = |old: &usize| {
        let mut step = steps[*old].clone();
        step.after = step.after.into_iter().map(new_index).collect();
        if let Work::Analysis { from, .. } = &mut step.work {
            *from = new_index(*from);
        }
        step
    };
    Ok((order.iter().map(renumber).collect(), order))
}

fn read_lag(section: &Section<'_>, names: &[String]) -> Result<Lag, Message> {
    let required = |key: &'static str| -> Result<usize, Message> {
        named_step(section, key, names)?.ok_or_else(|| section.fault(&say!("lab-missing-key", key = key)))
    };
    let lag = Lag {
        from: required("from")?,
        to: required("to")?,
        min: section.seconds("min")?.unwrap_or(0.0),
        max: section.seconds("max")?,
        line: section.line(),
    };
    section.close()?;
    if lag.max.is_some_and(|max| max < lag.min) {
        return Err(section.fault(&say!("lab-lag-range", from = names[lag.from], to = names[lag.to])));
    }
    Ok(lag)
}

fn read_exposure(section: &Section<'_>, names: &[String]) -> Result<Exposure, Message> {
    let max = section.seconds("max")?.ok_or_else(|| section.fault(&say!("lab-missing-key", key = "max")))?;
    let exposure = Exposure {
        name: section.required_text("name")?,
        at: section.texts("at")?.into_iter().map(|(place, _)| place).collect(),
        after: named_step(section, "after", names)?,
        until: named_step(section, "until", names)?,
        max,
        line: section.line(),
    };
    section.close()?;
    Ok(exposure)
}

/// Adds a step behind every step that features are taken from, and the features to the outputs.
fn add_features(
    root: &Section<'_>,
    names: &[String],
    steps: &mut Vec<Step>,
    outputs: &mut Vec<Output>,
) -> Result<(), Message> {
    let everything = outputs.is_empty();
    let mut by_step: BTreeMap<usize, Vec<Feature>> = BTreeMap::new();
    for Declared { step, feature } in language::read(root)? {
        let at = |what: &Message| reader::at_line(root.file(), feature.line, what);
        let from = find(names, &step).map_err(|what| at(&what))?;
        if outputs.iter().any(|output| output.name == feature.name) {
            return Err(at(&say!("lab-feature-twice", name = feature.name)));
        }
        by_step.entry(from).or_default().push(feature);
    }
    for (from, features) in by_step {
        let name = format!("features of {}", names[from]);
        let line = features.first().map_or(steps[from].line, |feature| feature.line);
        if names.contains(&name) {
            return Err(reader::at_line(root.file(), line, &say!("lab-step-twice", name = name)));
        }
        if !everything {
            let output = |f: &Feature| Output { name: f.name.clone(), step: steps.len(), value: f.name.clone() };
            outputs.extend(features.iter().map(output));
        }
        steps.push(Step { name, work: Work::Features { from, features }, after: vec![from], line });
    }
    Ok(())
}

fn read_outputs(root: &Section<'_>, names: &[String]) -> Result<Vec<Output>, Message> {
    let mut outputs = Vec::new();
    for (name, datum, line) in root.data("outputs")? {
        let at = |what: &Message| reader::at_line(root.file(), line, what);
        let Datum::Text(text) = &datum else { return Err(at(&say!("lab-output", name = name))) };
        let (step, value) = text.split_once('.').ok_or_else(|| at(&say!("lab-output", name = name)))?;
        let step = find(names, step.trim()).map_err(|what| at(&what))?;
        outputs.push(Output { name, step, value: value.trim().to_owned() });
    }
    Ok(outputs)
}

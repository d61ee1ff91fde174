//! A campaign: goal, search space, budget and planner settings, read from `campaign.toml` and checked.

mod experiments;
mod file;
mod goal;
mod input;
mod knowledge;
mod parameter;
mod pool;
mod rules;
mod source;
mod substance;

use std::path::{Path, PathBuf};

use matdock_message::{Message, say};
use matdock_plan::{
    Condition, DriftWanted, Formula, Goal, Knowledge, Objective, Parameter, Partial, Planner, Point, Settings, Space,
    Value,
};
use matdock_record::{Datum, Unit, body::Fields};
use toml::Spanned;

use crate::{
    cost::{Amount, Costs},
    table::Column,
    trial_files::FileFeature,
};

pub use experiments::Experiments;
pub use input::{Input, InputKind};
pub use pool::{Finished, PoolTable, finished_table};
pub use source::{Earlier, Mapping};
pub use substance::Substance;

use file::{AutoWord, CampaignFile, DriftWord, TimeWord};

/// Begins the reason of a setting that is not there; its condition follows.
const ABSENT: &str = "only when";

/// A checked campaign.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Its name, unique in a dock.
    pub name: String,
    /// The seed of everything random in it.
    pub seed: u64,
    /// The file it was read from.
    pub path: PathBuf,
    /// The text of the file.
    pub text: String,
    /// What to make better.
    pub goal: Goal,
    /// Every outcome the goal speaks of, with its unit, in the order of [`Goal::outcomes`].
    pub outcomes: Vec<Outcome>,
    /// Per objective the value at which the campaign is over.
    pub stop_at: Vec<Option<f64>>,
    /// Per objective a value that counts as good: reports tell how fast it was reached.
    pub good: Vec<Option<f64>>,
    /// What people set, in the order of the file.
    pub inputs: Vec<Input>,
    /// Where the planner searches. A formula is several numbers there.
    pub space: Space,
    /// Outcomes that are taken from files a person drops into the folder of a trial.
    pub file_features: Vec<FileFeature>,
    /// The rows of the pool, when the space is one.
    pub pool: Option<PoolTable>,
    /// How the planner works.
    pub planner: Settings,
    /// What people know beforehand.
    pub knowledge: Knowledge,
    /// Earlier campaigns in the dock, not read yet; see [`Campaign::with_earlier`].
    pub earlier: Vec<Earlier>,
    /// When to stop.
    pub budget: Budget,
    /// What experiments cost.
    pub costs: Costs,
    /// Samples are ended early when their chance to be the best falls below this; none to end none.
    pub stop_early: Option<f64>,
    /// Stages after which an experiment may be ended, where it no longer promises enough.
    pub partials: Vec<Partial>,
    /// The laboratory that does the experiments; without it a person does.
    pub lab: Option<LabUse>,
}

/// An outcome and its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
}

/// When a campaign is over, whatever was reached.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Budget {
    /// Number of experiments, failures included.
    pub experiments: Option<u32>,
    /// Lab time \[s\].
    pub lab_seconds: Option<f64>,
    /// Money, as `[cost]` counts it.
    pub cost: Option<f64>,
    /// Hours of work, as `[cost]` counts them.
    pub hours: Option<f64>,
}

/// Which laboratory, which recipe.
#[derive(Debug, Clone, PartialEq)]
pub struct LabUse {
    /// The lab file.
    pub lab: PathBuf,
    /// The recipe file.
    pub recipe: PathBuf,
    /// Samples under way at the same time; without it as the lab file says.
    pub in_flight: Option<usize>,
    /// `Some(true)` virtual time, `Some(false)` real time, `None` virtual where every station is simulated.
    pub virtual_time: Option<bool>,
}

impl Campaign {
    /// Reads a campaign file, or the `campaign.toml` of a folder.
    ///
    /// # Errors
    /// The file cannot be read or says something impossible; names the file and the line.
    pub fn read(path: &Path) -> Result<Self, Message> {
        Self::read_pool(path, false)
    }

    /// Like [`Campaign::read`], for a pool whose table has several rows with the same settings (replicates).
    ///
    /// # Errors
    /// As [`Campaign::read`].
    pub fn read_merging(path: &Path) -> Result<Self, Message> {
        Self::read_pool(path, true)
    }

    fn read_pool(path: &Path, merge: bool) -> Result<Self, Message> {
        let path = if path.is_dir() { path.join("campaign.toml") } else { path.to_path_buf() };
        let file = path.display().to_string();
        let text = std::fs::read_to_string(&path)
            .map_err(|error| say!("app-campaign-unreadable", file = file, reason = error))?;
        let parsed = file::parse(&text, &file)?;
        Reader { text: &text, file: &file, folder: path.parent().unwrap_or(Path::new("")), merge }.check(parsed, &path)
    }

    /// The planner of this campaign.
    ///
    /// # Errors
    /// The goal cannot be followed.
    pub fn planner(&self) -> Result<Planner, Message> {
        let planner = Planner::new(self.space.clone(), self.goal.clone(), self.planner.clone())?;
        planner.with_knowledge(self.knowledge.clone()).with_partials(self.partials.clone())
    }

    /// What people set, for a point of the planner.
    pub fn settings_of(&self, point: &[Value], row: Option<usize>) -> Fields {
        if let (Some(pool), Some(row)) = (&self.pool, row) {
            return pool.settings(row);
        }
        let point = self.space.readable(point);
        let datum = |(index, (input, value)): (usize, (&Input, &Value))| {
            let datum = match (value, self.when(index)) {
                (Value::Absent, Some(_)) => Datum::Missing(self.reason_absent(index)),
                _ => input.datum(value),
            };
            (input.name.clone(), datum)
        };
        self.inputs.iter().zip(&point).enumerate().map(datum).collect()
    }

    /// The condition under which input number `input` is set; none when it always is.
    pub fn when(&self, input: usize) -> Option<&Condition> {
        match &self.space {
            Space::Ranges(ranges) => ranges.when(input),
            Space::Pool(_) => None,
        }
    }

    /// Why input number `input` is not set where its condition does not hold.
    pub fn reason_absent(&self, input: usize) -> String {
        self.when(input).map_or_else(String::new, |when| format!("{ABSENT} {when}"))
    }

    /// Whether an input is a component of a mixture that may be left out.
    pub fn may_be_zero(&self, input: &str) -> bool {
        match &self.space {
            Space::Ranges(ranges) => {
                let index = ranges.parameters().iter().position(|parameter| parameter.name == input);
                index.is_some_and(|index| ranges.is_optional(index))
            }
            Space::Pool(_) => false,
        }
    }

    /// Whether input number `input` is to be set, by the other settings.
    pub fn is_there(&self, input: usize, settings: &Fields) -> bool {
        self.when(input).is_none_or(|when| {
            let value = |input: &Input| {
                settings.get(&input.name).and_then(|datum| input.value(datum).ok()).unwrap_or(Value::Absent)
            };
            when.holds(&self.inputs.iter().map(value).collect::<Vec<_>>())
        })
    }

    /// The planner's point for what people set, and the pool row it is.
    ///
    /// # Errors
    /// An input is missing or does not fit.
    pub fn point_of(&self, settings: &Fields, row_label: Option<&str>) -> Result<(Point, Option<usize>), Message> {
        if let Some(pool) = &self.pool {
            let row =
                pool.find(settings, row_label).ok_or_else(|| say!("app-pool-no-such-row", campaign = self.name))?;
            let Space::Pool(space) = &self.space else {
                return Err(say!("app-pool-no-such-row", campaign = self.name));
            };
            let point =
                space.rows().get(row).cloned().ok_or_else(|| say!("app-pool-no-such-row", campaign = self.name))?;
            return Ok((point, Some(row)));
        }
        let point = self
            .inputs
            .iter()
            .enumerate()
            .map(|(index, input)| match settings.get(&input.name) {
                None | Some(Datum::Missing(_)) if !self.is_there(index, settings) => Ok(Value::Absent),
                None => Err(say!("app-setting-missing", name = input.name)),
                Some(datum) => input.value(datum),
            })
            .collect::<Result<_, Message>>()?;
        Ok((point, None))
    }

    /// The outcomes that are measured: all but those of a process chain that are computed by a formula.
    pub fn measured(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|outcome| !self.goal.is_computed(&outcome.name))
    }

    /// The unit of an outcome; `1` for one the goal does not speak of.
    pub fn unit_of(&self, outcome: &str) -> Unit {
        self.outcomes.iter().find(|o| o.name == outcome).map_or_else(Unit::one, |o| o.unit.clone())
    }

    /// The first objective and its direction: what plots and progress views show.
    pub fn main_objective(&self) -> &Objective {
        // Checked when the file was read: a goal has at least one objective.
        &self.goal.objectives[0]
    }
}

/// The header of a column, `name [unit]`; the unit of plain numbers is left out.
pub fn header(name: &str, unit: &Unit) -> String {
    if unit.is_one() { name.to_owned() } else { format!("{name} [{unit}]") }
}

/// Turns the file's words into a campaign; knows where it is reading, for errors.
struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    folder: &'a Path,
    merge: bool,
}

impl Reader<'_> {
    fn at<T>(&self, place: &Spanned<T>, what: Message) -> Message {
        file::at(self.text, self.file, place.span().start, what)
    }

    fn whole(&self, what: Message) -> Message {
        say!("place-file", file = self.file, what = what)
    }

    fn check(&self, parsed: CampaignFile, path: &Path) -> Result<Campaign, Message> {
        let name = parsed.campaign.name.get_ref().trim().to_owned();
        let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if name.is_empty() || name.len() > 100 || !plain || name.starts_with('.') {
            return Err(self.at(&parsed.campaign.name, say!("app-campaign-name", name = name)));
        }
        let (goal, outcomes, stop_at) =
            self.goal(&parsed.goal, &parsed.objectives, &parsed.bounds, &parsed.intermediates)?;
        let inputs = parsed
            .parameters
            .iter()
            .map(|part| self.input(part, parsed.pool.is_some()))
            .collect::<Result<Vec<_>, _>>()?;
        self.names(&parsed, &inputs, &outcomes)?;
        self.formulas(&parsed, &inputs, &outcomes)?;
        let (space, pool) = match &parsed.pool {
            Some(part) => {
                let rules = |parameters: &[Parameter]| self.rules(&parsed, parameters);
                let read = pool::read(part.get_ref(), self.folder, &inputs, self.merge, &rules);
                let (space, table) = read.map_err(|what| self.at(part, what))?;
                (space, Some(table))
            }
            None => {
                let parameters: Vec<Parameter> = inputs.iter().filter_map(Input::parameter).collect();
                let rules = self.rules(&parsed, &parameters)?;
                (Space::with_rules(parameters, rules).map_err(|what| self.whole(what))?, None)
            }
        };
        let (sources, earlier) = self.sources(&parsed, &space, &inputs, &outcomes)?;
        let rows = pool.as_ref().map(PoolTable::len);
        Ok(Campaign {
            knowledge: Knowledge { sources, ..self.knowledge(&parsed, &space, &goal, pool.as_ref())? },
            earlier,
            planner: self.planner(&parsed, rows, inputs.len())?,
            file_features: self.file_features(&parsed)?,
            budget: self.budget(&parsed)?,
            costs: self.costs(&parsed)?,
            stop_early: self.stop_early(&parsed)?,
            partials: self.partials(&parsed, &goal)?,
            lab: parsed.lab.as_ref().map(|part| self.lab(part)),
            seed: parsed.campaign.seed,
            path: path.to_path_buf(),
            text: self.text.to_owned(),
            name,
            goal,
            outcomes,
            good: parsed.objectives.iter().map(|part| part.get_ref().good).collect(),
            stop_at,
            inputs,
            space,
            pool,
        })
    }

    /// Formulas of the process chain have to yield the unit of their quantity.
    fn formulas(&self, parsed: &CampaignFile, inputs: &[Input], outcomes: &[Outcome]) -> Result<(), Message> {
        let quantity = |outcome: &Outcome| Parameter::number(&outcome.name, outcome.unit.as_str());
        let names: Vec<Parameter> =
            inputs.iter().filter_map(Input::parameter).chain(outcomes.iter().map(quantity)).collect();
        let units: Vec<Unit> = names.iter().map(|name| name.unit.parse().unwrap_or_else(|_| Unit::one())).collect();
        let check = |outcome: &str, formula: &Option<String>, computed: bool| -> Result<(), Message> {
            let Some(text) = formula else { return Ok(()) };
            let wanted = outcomes.iter().find(|own| own.name == outcome).map_or_else(Unit::one, |own| own.unit.clone());
            let formula = Formula::parse(text, &names)?;
            // Of what holds up to a factor, the factor has the unit.
            let plain = !computed && formula.unit(&units)?.is_some_and(|unit| unit.is_one());
            if plain { Ok(()) } else { formula.check_unit(&units, &wanted) }
        };
        for part in &parsed.intermediates {
            let part_of = part.get_ref();
            check(&part_of.name, &part_of.formula, part_of.computed).map_err(|what| self.at(part, what))?;
        }
        for part in &parsed.objectives {
            check(&part.get_ref().outcome, &part.get_ref().formula, false).map_err(|what| self.at(part, what))?;
        }
        for part in &parsed.bounds {
            check(&part.get_ref().outcome, &part.get_ref().formula, false).map_err(|what| self.at(part, what))?;
        }
        Ok(())
    }

    /// Every name is a column of the sheet people fill in, so all have to be different and plain.
    fn names(&self, parsed: &CampaignFile, inputs: &[Input], outcomes: &[Outcome]) -> Result<(), Message> {
        let plain = |name: &str| {
            let column = Column::parse(name);
            let good = column.unit.is_none() && column.name == name && !name.chars().any(char::is_control);
            if !good || name.len() > 200 {
                return Err(say!("app-name-plain", name = name.escape_debug()));
            }
            if crate::suggest::RESERVED.contains(&name) {
                return Err(say!("app-name-reserved", name = name));
            }
            Ok(())
        };
        for (index, (part, input)) in parsed.parameters.iter().zip(inputs).enumerate() {
            plain(&input.name).map_err(|what| self.at(part, what))?;
            let twice = inputs[..index].iter().any(|other| other.name == input.name);
            if twice || outcomes.iter().any(|outcome| outcome.name == input.name) {
                return Err(self.at(part, say!("app-name-twice", name = input.name)));
            }
        }
        for part in &parsed.objectives {
            plain(&part.get_ref().outcome).map_err(|what| self.at(part, what))?;
        }
        for part in &parsed.intermediates {
            plain(&part.get_ref().name).map_err(|what| self.at(part, what))?;
        }
        parsed.bounds.iter().try_for_each(|part| plain(&part.get_ref().outcome).map_err(|what| self.at(part, what)))
    }

    fn planner(&self, parsed: &CampaignFile, rows: Option<usize>, inputs: usize) -> Result<Settings, Message> {
        let mut settings = Settings {
            random_start: parsed.planner.random_start.unwrap_or(false),
            surrogate: parsed.planner.surrogate.unwrap_or_default(),
            robust: parsed.planner.robust,
            replicates: parsed.planner.replicates.unwrap_or_default(),
            drift: match parsed.planner.drift {
                None | Some(DriftWord::Plain(false)) => DriftWanted::Ignore,
                Some(DriftWord::Plain(true)) => DriftWanted::Correct,
                Some(DriftWord::Word(AutoWord::Auto)) => DriftWanted::Auto,
            },
            ..Settings::default()
        };
        let default = (inputs + 1).max(settings.initial);
        settings.initial = match &parsed.planner.initial {
            None => rows.map_or(default, |rows| settings.initial.min(rows)),
            Some(initial) => {
                let wrong = |what| self.at(initial, what);
                let count = match initial.get_ref() {
                    toml::Value::Integer(count) => usize::try_from(*count).ok(),
                    toml::Value::String(text) => {
                        let rows = rows.ok_or_else(|| wrong(say!("app-planner-share", text = text)))?;
                        let share = text.trim().strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
                        let share = share.filter(|share| *share > 0.0 && *share <= 100.0);
                        share.map(|share| ((share / 100.0 * rows as f64).round() as usize).max(1))
                    }
                    _ => None,
                };
                let count = count.filter(|count| *count <= rows.unwrap_or(100_000));
                count.ok_or_else(|| wrong(say!("app-planner-initial", text = initial.get_ref())))?
            }
        };
        Ok(settings)
    }

    fn budget(&self, parsed: &CampaignFile) -> Result<Budget, Message> {
        let experiments = match &parsed.budget.experiments {
            Some(count) if *count.get_ref() == 0 => return Err(self.at(count, say!("app-budget-zero"))),
            Some(count) => Some(*count.get_ref()),
            None => None,
        };
        let lab_seconds = match &parsed.budget.lab_time {
            Some(text) => Some(seconds(text.get_ref()).map_err(|what| self.at(text, what))?),
            None => None,
        };
        let limit = |value: &Option<Spanned<f64>>, key: &str| match value {
            Some(value) if !(value.get_ref().is_finite() && *value.get_ref() > 0.0) => {
                Err(self.at(value, say!("app-cost", key = key, value = value.get_ref())))
            }
            value => Ok(value.as_ref().map(|value| *value.get_ref())),
        };
        let (cost, hours) = (limit(&parsed.budget.cost, "cost")?, limit(&parsed.budget.hours, "hours")?);
        Ok(Budget { experiments, lab_seconds, cost, hours })
    }

    fn partials(&self, parsed: &CampaignFile, goal: &Goal) -> Result<Vec<Partial>, Message> {
        let read = |part: &Spanned<file::PartialPart>| {
            let file::PartialPart { until, gives, cost } = part.get_ref();
            let partial = Partial { until: until.clone(), gives: gives.clone(), cost: *cost };
            partial.check(goal).map_err(|what| self.at(part, what))?;
            Ok(partial)
        };
        parsed.partials.iter().map(read).collect()
    }

    fn stop_early(&self, parsed: &CampaignFile) -> Result<Option<f64>, Message> {
        let Some(part) = &parsed.stop_early else { return Ok(None) };
        let below = part.get_ref().below;
        if !(below > 0.0 && below < 1.0) {
            return Err(self.at(part, say!("app-stop-early-below", below = below)));
        }
        if parsed.lab.is_none() {
            return Err(self.at(part, say!("app-stop-early-lab")));
        }
        Ok(Some(below))
    }

    fn costs(&self, parsed: &CampaignFile) -> Result<Costs, Message> {
        let sound = |value: f64| value.is_finite() && value >= 0.0;
        let mut costs = Costs::default();
        if let Some(part) = &parsed.cost {
            let cost = part.get_ref();
            for (key, value) in [("experiment", cost.experiment), ("hours", cost.hours)] {
                if !sound(value) {
                    return Err(self.at(part, say!("app-cost", key = key, value = value)));
                }
            }
            costs.experiment = Amount { cost: cost.experiment, hours: cost.hours };
            costs.unit.clone_from(&cost.unit);
        }
        for part in &parsed.parameters {
            let p = part.get_ref();
            let (cost, hours) = (p.change_cost.unwrap_or(0.0), p.change_hours.unwrap_or(0.0));
            for (key, value) in [("change_cost", cost), ("change_hours", hours)] {
                if !sound(value) {
                    return Err(self.at(part, say!("app-cost", key = key, value = value)));
                }
            }
            if cost > 0.0 || hours > 0.0 {
                costs.changes.insert(p.name.clone(), Amount { cost, hours });
            }
        }
        // A budget that nothing is counted against would never end.
        let counted =
            |of: fn(&Amount) -> f64| of(&costs.experiment) > 0.0 || costs.changes.values().any(|a| of(a) > 0.0);
        let limits =
            [(&parsed.budget.cost, "cost", counted(|a| a.cost)), (&parsed.budget.hours, "hours", counted(|a| a.hours))];
        for (limit, key, counted) in limits {
            if let (Some(limit), false) = (limit, counted) {
                return Err(self.at(limit, say!("app-cost-uncounted", key = key)));
            }
        }
        Ok(costs)
    }

    fn lab(&self, part: &Spanned<file::LabPart>) -> LabUse {
        let lab = part.get_ref();
        LabUse {
            lab: self.folder.join(&lab.lab),
            recipe: self.folder.join(&lab.recipe),
            in_flight: lab.in_flight.map(|count| count as usize),
            virtual_time: match lab.time {
                TimeWord::Auto => None,
                TimeWord::Virtual => Some(true),
                TimeWord::Real => Some(false),
            },
        }
    }
}

/// Reads a duration such as `36 h`; result in seconds \[s\].
fn seconds(text: &str) -> Result<f64, Message> {
    let wrong = || say!("app-duration", text = text);
    let (number, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let unit: Unit = unit.parse()?;
    let second: Unit = "s".parse()?;
    let value = unit.convert(number, &second)?;
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(wrong()) }
}

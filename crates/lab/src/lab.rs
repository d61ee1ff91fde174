//! What a laboratory has: stations with capabilities, a robot between them. Read from `lab.toml`.

use std::path::{Path, PathBuf};

use matdock_message::{Message, say};
use matdock_record::{Datum, Unit};

use crate::reader::{self, Section, nearest, shown, shown_datum};

/// A laboratory, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Lab {
    /// What it is called.
    pub name: String,
    /// How many samples may be on their way at once.
    pub in_flight: usize,
    /// The station through which samples come in and go out; without one the robot reaches the outside itself.
    pub entrance: Option<usize>,
    /// Everything that can hold a sample.
    pub stations: Vec<Station>,
    /// What carries samples between stations.
    pub robot: Robot,
    /// The file it was read from.
    pub file: String,
}

/// A place that offers capabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    /// What it is called.
    pub name: String,
    /// How many samples it can hold.
    pub places: usize,
    /// How many samples it can work on at once.
    pub parallel: usize,
    /// What it can do; none for a mere rack.
    pub capabilities: Vec<Capability>,
    /// Time to put a sample in \[s\].
    pub load_time: f64,
    /// Time to take a sample out \[s\].
    pub unload_time: f64,
    /// After this time without an answer an action counts as lost \[s\].
    pub timeout: Option<f64>,
    /// Whether the station is taken out of service when nobody knows how an action ended.
    pub stop_when_uncertain: bool,
    /// How matdock talks to it.
    pub driver: DriverSettings,
    /// Line of the file.
    pub line: usize,
}

/// Something a station can do.
#[derive(Debug, Clone, PartialEq)]
pub struct Capability {
    /// What it is called, such as `anneal`.
    pub name: String,
    /// Its settings and their limits.
    pub parameters: Vec<ParameterLimit>,
    /// How long it takes where the recipe does not say \[s\].
    pub process_time: Option<f64>,
    /// Whether doing it twice does no harm.
    pub repeatable: bool,
    /// How often it is tried again after a failure; only for repeatable ones.
    pub retries: u32,
    /// Whether it can be ended before its end.
    pub stoppable: bool,
}

/// A setting of a capability.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterLimit {
    /// What it is called.
    pub name: String,
    /// What it can be.
    pub limit: Limit,
    /// Used where the recipe does not set it.
    pub default: Option<Datum>,
}

/// What a setting can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// A number within limits.
    Number {
        /// Unit of the limits and of what the driver is told.
        unit: Unit,
        /// Lowest.
        min: f64,
        /// Highest.
        max: f64,
    },
    /// One of these words.
    Choices(Vec<String>),
    /// On or off.
    Flag,
}

/// What carries samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Robot {
    /// What it is called.
    pub name: String,
    /// Time from one station to another \[s\], without loading and unloading.
    pub move_time: f64,
    /// Times that differ, by index of the stations \[s\]; the outside is `None`.
    pub move_times: Vec<(Option<usize>, Option<usize>, f64)>,
    /// After this time without an answer a move counts as lost \[s\].
    pub timeout: Option<f64>,
    /// How matdock talks to it.
    pub driver: DriverSettings,
}

/// How matdock talks to an instrument.
#[derive(Debug, Clone, PartialEq)]
pub enum DriverSettings {
    /// Made-up nature, or only the planned duration where no physics is named.
    Simulated {
        /// Which nature.
        physics: Option<String>,
    },
    /// A person.
    Manual {
        /// Folder where answers can be dropped as files.
        folder: Option<String>,
        /// What to tell the person besides the settings.
        instructions: Option<String>,
    },
    /// A program, started for every action.
    Process {
        /// The program.
        program: String,
        /// Its arguments.
        arguments: Vec<String>,
        /// Folder it runs in; where matdock was started when there is none.
        directory: Option<PathBuf>,
        /// Whether it can be asked after a crash what became of an action.
        status: bool,
        /// Most bytes it may print.
        output_limit: usize,
    },
}

impl Lab {
    /// Reads a lab file. `file` only names the place in complaints.
    ///
    /// # Errors
    /// What is wrong, with the line and what to do about it.
    pub fn parse(text: &str, file: &str) -> Result<Self, Message> {
        reader::read(text, file, read_lab)
    }

    /// Takes relative paths of the file from `base`, the (absolute) folder of the lab file: folders of answers, programs
    /// named with a path, and the folder in which programs run. A bare name such as `python3` is still looked for where
    /// the system keeps its programs.
    pub fn resolve(&mut self, base: &Path) {
        let stations = self.stations.iter_mut().map(|station| &mut station.driver);
        for driver in stations.chain([&mut self.robot.driver]) {
            match driver {
                DriverSettings::Process { program, directory, .. } => {
                    if program.contains(std::path::is_separator) {
                        *program = base.join(&*program).to_string_lossy().into_owned();
                    }
                    *directory = Some(base.to_owned());
                }
                DriverSettings::Manual { folder: Some(folder), .. } => {
                    *folder = base.join(&*folder).to_string_lossy().into_owned();
                }
                DriverSettings::Manual { .. } | DriverSettings::Simulated { .. } => {}
            }
        }
    }

    /// Index of a station by its name.
    pub fn station(&self, name: &str) -> Option<usize> {
        self.stations.iter().position(|station| station.name == name)
    }

    /// The stations that offer a capability.
    pub fn offering<'a>(&'a self, capability: &'a str) -> impl Iterator<Item = (usize, &'a Capability)> {
        self.stations.iter().enumerate().filter_map(move |(index, station)| {
            station.capabilities.iter().find(|offered| offered.name == capability).map(|offered| (index, offered))
        })
    }

    /// Time \[s\] to bring a sample from one station to another, unloading and loading included; `None` is outside.
    pub fn transfer_time(&self, from: Option<usize>, to: Option<usize>) -> f64 {
        let unload = from.map_or(0.0, |station| self.stations[station].unload_time);
        let load = to.map_or(0.0, |station| self.stations[station].load_time);
        if self.entrance.is_some() && (from.is_none() || to.is_none()) {
            return unload + load;
        }
        let given = self.robot.move_times.iter().find(|(a, b, _)| (*a, *b) == (from, to) || (*b, *a) == (from, to));
        unload + given.map_or(self.robot.move_time, |(_, _, time)| *time) + load
    }
}

impl Station {
    /// What the station offers under a name.
    pub fn capability(&self, name: &str) -> Option<&Capability> {
        self.capabilities.iter().find(|capability| capability.name == name)
    }
}

fn read_lab(root: &Section<'_>) -> Result<Lab, Message> {
    let head = root.section("lab")?.ok_or_else(|| root.fault(&say!("lab-missing-key", key = "[lab]")))?;
    let name = head.required_text("name")?;
    let in_flight = head.whole("in_flight", 1)?.unwrap_or(1) as usize;
    let entrance_name = head.text("entrance")?;
    head.close()?;
    let stations: Vec<Station> = root.sections("station")?.iter().map(read_station).collect::<Result<_, _>>()?;
    if stations.is_empty() {
        return Err(root.fault(&say!("lab-no-station")));
    }
    for (index, station) in stations.iter().enumerate() {
        if stations[..index].iter().any(|earlier| earlier.name == station.name) || station.name == "outside" {
            let what = say!("lab-station-twice", name = station.name);
            return Err(reader::at_line(root.file(), station.line, &what));
        }
    }
    let find = |name: &str| find_station(&stations, name);
    let entrance = match &entrance_name {
        Some(name) => Some(find(name).map_err(|what| head.fault_at("entrance", &what))?),
        None => None,
    };
    let robot = match root.section("robot")? {
        Some(section) => read_robot(&section, &stations)?,
        None => Robot {
            name: "robot".into(),
            move_time: 0.0,
            move_times: Vec::new(),
            timeout: None,
            driver: DriverSettings::Simulated { physics: None },
        },
    };
    if stations.iter().any(|station| station.name == robot.name) {
        return Err(root.fault(&say!("lab-station-twice", name = robot.name)));
    }
    Ok(Lab { name, in_flight, entrance, stations, robot, file: root.file().to_owned() })
}

/// The index of a station, or what to say where there is none of that name.
pub(crate) fn find_station(stations: &[Station], name: &str) -> Result<usize, Message> {
    stations.iter().position(|station| station.name == name).ok_or_else(|| {
        let known = || stations.iter().map(|station| station.name.as_str());
        match nearest(name, known()) {
            Some(near) => say!("lab-unknown-station-near", name = name, near = near),
            None => say!("lab-unknown-station", name = name, known = known().collect::<Vec<_>>().join(", ")),
        }
    })
}

fn read_station(section: &Section<'_>) -> Result<Station, Message> {
    let name = section.required_text("name")?;
    let places = section.whole("places", 1)?.unwrap_or(1) as usize;
    let parallel = section.whole("parallel", 1)?.unwrap_or(1) as usize;
    let on_uncertain = section.text("on_uncertain")?;
    let stop_when_uncertain = match on_uncertain.as_deref() {
        None | Some("stop") => true,
        Some("continue") => false,
        Some(_) => {
            let what = say!("lab-choice", key = "on_uncertain", choices = "stop, continue");
            return Err(section.fault_at("on_uncertain", &what));
        }
    };
    let capabilities: Vec<Capability> =
        section.sections("capability")?.iter().map(read_capability).collect::<Result<_, _>>()?;
    for (index, capability) in capabilities.iter().enumerate() {
        if capabilities[..index].iter().any(|earlier| earlier.name == capability.name) {
            return Err(section.fault(&say!("lab-capability-twice", name = capability.name, station = name)));
        }
    }
    let station = Station {
        name,
        places,
        parallel: parallel.min(places),
        capabilities,
        load_time: section.seconds("load_time")?.unwrap_or(0.0),
        unload_time: section.seconds("unload_time")?.unwrap_or(0.0),
        timeout: section.seconds("timeout")?,
        stop_when_uncertain,
        driver: read_driver(section)?,
        line: section.line(),
    };
    section.close()?;
    Ok(station)
}

fn read_capability(section: &Section<'_>) -> Result<Capability, Message> {
    let repeatable = section.flag("repeatable")?.unwrap_or(false);
    let retries = section.whole("retries", 0)?.unwrap_or(0) as u32;
    if retries > 0 && !repeatable {
        return Err(section.fault_at("retries", &say!("lab-retries")));
    }
    let parameters = section
        .named_sections("parameters")?
        .iter()
        .map(|(name, section)| read_parameter(name, section))
        .collect::<Result<_, _>>()?;
    let capability = Capability {
        name: section.required_text("name")?,
        parameters,
        process_time: section.seconds("process_time")?,
        repeatable,
        retries,
        stoppable: section.flag("stoppable")?.unwrap_or(false),
    };
    section.close()?;
    Ok(capability)
}

fn read_parameter(name: &str, section: &Section<'_>) -> Result<ParameterLimit, Message> {
    let (unit, min, max) = (section.unit("unit")?, section.number("min")?, section.number("max")?);
    let choices = section.texts("choices")?;
    let flag = section.flag("flag")?.unwrap_or(false);
    let limit = match (choices.is_empty(), flag) {
        (false, false) => Limit::Choices(choices.into_iter().map(|(choice, _)| choice).collect()),
        (true, true) => Limit::Flag,
        (true, false) => {
            let (Some(min), Some(max)) = (min, max) else {
                return Err(section.fault(&say!("lab-parameter-limits", name = name)));
            };
            if min > max {
                return Err(section.fault(&say!(
                    "lab-parameter-order",
                    name = name,
                    min = shown(min),
                    max = shown(max)
                )));
            }
            Limit::Number { unit: unit.unwrap_or_else(Unit::one), min, max }
        }
        (false, true) => return Err(section.fault(&say!("lab-parameter-limits", name = name))),
    };
    let default = match section.datum("default")? {
        Some(datum) => Some(limit.fit(&datum, name).map_err(|what| section.fault_at("default", &what))?),
        None => None,
    };
    section.close()?;
    Ok(ParameterLimit { name: name.to_owned(), limit, default })
}

impl Limit {
    /// The setting as the driver is told it: in the unit of the limit and within it.
    ///
    /// # Errors
    /// Another dimension, outside the limits, none of the choices.
    pub fn fit(&self, datum: &Datum, name: &str) -> Result<Datum, Message> {
        match (self, datum) {
            (Self::Number { unit, min, max }, Datum::Quantity(quantity)) => {
                let fitted = quantity.to(unit).map_err(|what| say!("lab-setting", name = name, what = what))?;
                // Rounding of a unit conversion must not push a setting at the limit over it.
                let slack = 1e-9 * (max - min).abs().max(min.abs()).max(max.abs());
                if fitted.value < min - slack || fitted.value > max + slack {
                    let value = format!("{} {unit}", shown(fitted.value));
                    return Err(say!(
                        "lab-setting-limits",
                        name = name,
                        value = value,
                        min = shown(*min),
                        max = shown(*max),
                        unit = unit
                    ));
                }
                Ok(Datum::number(fitted.value.clamp(*min, *max), unit))
            }
            (Self::Choices(choices), Datum::Text(text)) if choices.contains(text) => Ok(datum.clone()),
            (Self::Flag, Datum::Flag(_)) => Ok(datum.clone()),
            (Self::Choices(choices), _) => {
                Err(say!("lab-setting-choice", name = name, value = shown_datum(datum), choices = choices.join(", ")))
            }
            (Self::Flag, _) => Err(say!("lab-setting-flag", name = name, value = shown_datum(datum))),
            (Self::Number { unit, .. }, _) => Err(say!("lab-setting-number", name = name, value = datum, unit = unit)),
        }
    }
}

fn read_robot(section: &Section<'_>, stations: &[Station]) -> Result<Robot, Message> {
    let mut move_times = Vec::new();
    for pair in section.sections("move")? {
        let end = |key: &'static str| {
            let name = pair.required_text(key)?;
            if name == "outside" {
                return Ok(None);
            }
            find_station(stations, &name).map(Some).map_err(|what| pair.fault_at(key, &what))
        };
        let (from, to) = (end("from")?, end("to")?);
        let time = pair.seconds("time")?.ok_or_else(|| pair.fault(&say!("lab-missing-key", key = "time")))?;
        pair.close()?;
        move_times.push((from, to, time));
    }
    let robot = Robot {
        name: section.text("name")?.unwrap_or_else(|| "robot".into()),
        move_time: section.seconds("move_time")?.unwrap_or(0.0),
        move_times,
        timeout: section.seconds("timeout")?,
        driver: read_driver(section)?,
    };
    section.close()?;
    Ok(robot)
}

fn read_driver(section: &Section<'_>) -> Result<DriverSettings, Message> {
    let Some(driver) = section.section("driver")? else { return Ok(DriverSettings::Simulated { physics: None }) };
    let kind = driver.required_text("kind")?;
    let settings = match kind.as_str() {
        "simulated" => DriverSettings::Simulated { physics: driver.text("physics")? },
        "manual" => {
            DriverSettings::Manual { folder: driver.text("folder")?, instructions: driver.text("instructions")? }
        }
        "process" => DriverSettings::Process {
            program: driver.required_text("program")?,
            arguments: driver.texts("arguments")?.into_iter().map(|(text, _)| text).collect(),
            directory: None,
            status: driver.flag("status")?.unwrap_or(false),
            output_limit: driver.whole("output_limit_kib", 1)?.unwrap_or(16_384) as usize * 1024,
        },
        _ => {
            let what = say!("lab-choice", key = "kind", choices = "simulated, manual, process");
            return Err(driver.fault_at("kind", &what));
        }
    };
    driver.close()?;
    Ok(settings)
}

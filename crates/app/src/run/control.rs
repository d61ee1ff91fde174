//! What a person may ask of a running lab, as typed in a terminal.

use matdock_lab::{Executor, Happening, Snapshot, executor::SampleNow, out_of_service};
use matdock_message::{Message, say};
use matdock_record::body::Fields;

use super::LabJournal;
use crate::report::duration;

/// Something a person asks of a running lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin nothing new; what runs is finished.
    Pause,
    /// Go on after a pause.
    Resume,
    /// Give up a sample.
    Abort {
        /// Its short name, such as `S-12`.
        sample: String,
        /// Why.
        reason: String,
    },
    /// End a sample early: what was seen of it counts.
    Stop {
        /// Its short name, such as `S-12`.
        sample: String,
        /// Why.
        reason: String,
    },
    /// Take a station or the robot out of service.
    Out {
        /// Which.
        station: String,
        /// Why.
        reason: String,
    },
    /// Put a station or the robot back into service; a lost sample in it has been taken away.
    Back {
        /// Which.
        station: String,
    },
    /// Say what the lab is doing.
    Status,
    /// Say which commands there are.
    Help,
}

impl Command {
    /// Reads a line such as `abort S-12 film came off` or `out "glove box" leaks`.
    ///
    /// # Errors
    /// The line is no command, or it names no sample or station.
    pub fn parse(line: &str) -> Result<Self, Message> {
        let (word, rest) = split(line);
        let named = |build: &dyn Fn(String, String) -> Self| {
            let (name, reason) = split(&rest);
            if name.is_empty() {
                return Err(say!("app-control-incomplete", text = line.trim()));
            }
            let reason = if reason.is_empty() { say!("app-control-no-reason").to_string() } else { reason };
            Ok(build(name, reason))
        };
        match word.to_lowercase().as_str() {
            "pause" => Ok(Self::Pause),
            "resume" => Ok(Self::Resume),
            "status" => Ok(Self::Status),
            "help" | "?" => Ok(Self::Help),
            "abort" => named(&|sample, reason| Self::Abort { sample, reason }),
            "stop" => named(&|sample, reason| Self::Stop { sample, reason }),
            "out" => named(&|station, reason| Self::Out { station, reason }),
            "back" => named(&|station, _| Self::Back { station }),
            _ => Err(say!("app-control-unknown", text = line.trim())),
        }
    }

    /// Does what is asked; what to answer, also where there is no such sample or station.
    ///
    /// # Errors
    /// The journal cannot be written: the run has to end.
    pub(super) fn obey(&self, executor: &mut Executor<LabJournal<'_>>) -> Result<Message, Message> {
        Ok(match self {
            Self::Pause => {
                executor.pause()?;
                say!("app-control-paused")
            }
            Self::Resume => {
                executor.resume()?;
                say!("app-control-resumed")
            }
            Self::Abort { sample, reason } => match unfinished(&executor.snapshot(), sample) {
                Ok(found) => {
                    executor.abort(found.id, reason)?;
                    say!("app-control-aborted", sample = found.name, reason = reason)
                }
                Err(none) => none,
            },
            Self::Stop { sample, reason } => match unfinished(&executor.snapshot(), sample) {
                Ok(found) => {
                    let step = found.step.as_deref().unwrap_or(&found.at);
                    let why = say!("app-stopped-by-person", place = step, reason = reason);
                    let seen = executor.stop_early(found.id, &why.to_string(), Fields::new())?;
                    let spared = |happening: &Happening| match happening {
                        Happening::Stopped { spared, .. } => Some(*spared),
                        _ => None,
                    };
                    let time = duration(seen.iter().find_map(spared).unwrap_or_default());
                    say!("app-control-stopped", sample = found.name, reason = reason, time = time)
                }
                Err(none) => none,
            },
            Self::Out { station, reason } => {
                if let Err(why) = executor.known_unit(station) {
                    return Ok(why);
                }
                executor.take_out(station, reason)?;
                out_of_service(station, reason)
            }
            Self::Back { station } => {
                if let Err(why) = executor.known_unit(station) {
                    return Ok(why);
                }
                executor.put_back(station)?;
                say!("app-control-back", station = station)
            }
            Self::Status => status(&executor.snapshot()),
            Self::Help => say!("app-control-help"),
        })
    }
}

/// The unfinished sample of that name, or what to answer where there is none.
fn unfinished(snapshot: &Snapshot, name: &str) -> Result<SampleNow, Message> {
    let unfinished = || snapshot.samples.iter().filter(|found| !found.finished);
    unfinished().find(|found| found.name.eq_ignore_ascii_case(name)).cloned().ok_or_else(|| {
        let names: Vec<&str> = unfinished().map(|found| found.name.as_str()).collect();
        let known = if names.is_empty() { "—".to_owned() } else { names.join(", ") };
        say!("app-control-no-sample", name = name, known = known)
    })
}

/// The first word of a line (or what stands in quotes there) and the rest.
fn split(line: &str) -> (String, String) {
    let line = line.trim();
    let quoted = line.strip_prefix('"').and_then(|inner| inner.split_once('"'));
    let (word, rest) = quoted.or_else(|| line.split_once(char::is_whitespace)).unwrap_or((line, ""));
    (word.to_owned(), rest.trim().to_owned())
}

fn status(snapshot: &Snapshot) -> Message {
    let stations = snapshot.stations.iter().map(|station| {
        let doing: Vec<String> = station.doing.iter().map(|doing| format!("{} {}", doing.sample, doing.step)).collect();
        let here = if doing.is_empty() { station.holds.join(", ") } else { doing.join(", ") };
        let here = if here.is_empty() { "—".to_owned() } else { here };
        match &station.out {
            Some(reason) => format!("\n  {}: {here} [out: {reason}]", station.name),
            None => format!("\n  {}: {here}", station.name),
        }
    });
    let stations: String = stations.collect();
    if snapshot.paused {
        say!("app-control-status-paused", finished = snapshot.finished, stations = stations)
    } else {
        say!("app-control-status", finished = snapshot.finished, stations = stations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read() {
        let out = |station: &str, reason: &str| Command::Out { station: station.into(), reason: reason.into() };
        assert_eq!(Command::parse(" Pause "), Ok(Command::Pause));
        assert_eq!(Command::parse("out bench it leaks"), Ok(out("bench", "it leaks")));
        assert_eq!(Command::parse("out \"glove box\" leaks"), Ok(out("glove box", "leaks")));
        assert_eq!(Command::parse("back \"glove box\""), Ok(Command::Back { station: "glove box".into() }));
        let aborted = Command::Abort { sample: "S-12".into(), reason: "no reason given".into() };
        assert_eq!(Command::parse("abort S-12"), Ok(aborted));
        assert_eq!(Command::parse("abort").unwrap_err().id(), "app-control-incomplete");
        assert_eq!(Command::parse("halt it").unwrap_err().id(), "app-control-unknown");
    }
}

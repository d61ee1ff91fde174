//! Stations driven by a program of the lab's own: JSON in, JSON out.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Sender},
    thread,
    time::{Duration, Instant},
};

use matdock_message::{Message, say};
use matdock_record::Outcome;
use serde::Serialize;

use super::wire::{self, WireDatum};
use crate::{
    ActionId, Reply, Stream,
    driver::{Arrival, Begun, Driver, News, Request, Status},
    lab::DriverSettings,
};

/// Longest wait for a program that has no other limit.
const LONGEST: f64 = 30.0 * 86_400.0;

/// Longest wait for the answer to "what became of it".
const STATUS_SECONDS: f64 = 60.0;

/// How often a program is asked about an action that outlived a crash of matdock.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// How much of what a program prints on its standard error is kept as the reason of a failure.
const KEPT_ERROR: usize = 400;

/// A program that is started for every action: it gets the action as JSON on its standard input and prints the
/// answer as JSON on its standard output.
pub struct ProcessDriver {
    program: Program,
    status: bool,
    mailbox: Sender<Arrival>,
}

#[derive(Clone)]
struct Program {
    path: String,
    arguments: Vec<String>,
    directory: Option<PathBuf>,
    output_limit: usize,
}

#[derive(Serialize)]
struct WireRequest<'a> {
    request: &'static str,
    action: u64,
    sample: String,
    step: &'a str,
    station: &'a str,
    capability: &'a str,
    settings: std::collections::BTreeMap<&'a str, WireDatum>,
    duration_seconds: f64,
}

/// How a program ended.
enum Ended {
    Answer(Vec<u8>),
    NotStarted(Message),
    Failed(Message),
    Lost(Message),
}

impl ProcessDriver {
    /// A station driven as the `process` settings say.
    ///
    /// # Errors
    /// The settings are those of another kind of driver.
    pub fn new(settings: &DriverSettings, mailbox: Sender<Arrival>) -> Result<Self, Message> {
        let DriverSettings::Process { program, arguments, directory, status, output_limit } = settings else {
            return Err(say!("lab-choice", key = "kind", choices = "process"));
        };
        let program = Program {
            path: program.clone(),
            arguments: arguments.clone(),
            directory: directory.clone(),
            output_limit: *output_limit,
        };
        Ok(Self { program, status: *status, mailbox })
    }
}

impl Driver for ProcessDriver {
    fn start(&mut self, request: &Request<'_>) -> Result<Begun, Message> {
        let json = wire_request("do", request)?;
        let child =
            self.program.spawn().map_err(|why| say!("lab-program-start", program = self.program.path, why = why))?;
        let (program, mailbox, action) = (self.program.clone(), self.mailbox.clone(), request.action.id);
        // A little less than the executor's patience, so that the reason given is the nearer one.
        let seconds = request.timeout.map_or(LONGEST, |seconds| seconds - (0.1 * seconds).min(1.0)).min(LONGEST);
        thread::spawn(move || {
            let told = {
                let mailbox = mailbox.clone();
                move |streams| drop(mailbox.send(Arrival { action, news: News::SoFar(streams) }))
            };
            let reply = match program.talk(child, line(&json), seconds, Some(Box::new(told))) {
                Ended::Answer(bytes) => {
                    wire::parse_reply(&text(&bytes), program.directory.as_deref()).unwrap_or_else(|why| {
                        // The program did something, and what it said of it cannot be read.
                        Reply::of(Outcome::Uncertain(why.to_string()))
                    })
                }
                Ended::NotStarted(why) | Ended::Failed(why) => Reply::of(Outcome::Failed(why.to_string())),
                Ended::Lost(why) => Reply::of(Outcome::Uncertain(why.to_string())),
            };
            // A closed mailbox only means that matdock ends.
            let _ = mailbox.send(Arrival { action, news: News::Ended(reply) });
        });
        Ok(Begun::Running)
    }

    fn ask(&mut self, request: &Request<'_>) -> Status {
        if !self.status {
            return Status::Unknown;
        }
        let Ok(json) = wire_request("status", request) else { return Status::Unknown };
        match self.program.status(&json) {
            Ok(Known::NotStarted) => Status::NotStarted,
            Ok(Known::Done(reply)) => Status::Done(reply),
            Ok(Known::Running) => {
                let (program, mailbox, action) = (self.program.clone(), self.mailbox.clone(), request.action.id);
                let until = Instant::now() + Duration::from_secs_f64(request.timeout.unwrap_or(LONGEST).min(LONGEST));
                thread::spawn(move || program.follow(&json, until, &mailbox, action));
                Status::Running(Begun::Running)
            }
            Err(_) => Status::Unknown,
        }
    }

    /// The program is started again with the request to stop; the one at work then ends and answers.
    fn stop(&mut self, request: &Request<'_>) -> bool {
        let Ok(json) = wire_request("stop", request) else { return false };
        let program = self.program.clone();
        thread::spawn(move || {
            // A program that cannot stop goes on, and answers at its end.
            if let Ok(child) = program.spawn() {
                program.talk(child, line(&json), STATUS_SECONDS, None);
            }
        });
        false
    }
}

/// Who is told of series so far.
type Told = Box<dyn Fn(Vec<Stream>) + Send>;

/// Runs a program once with `input` on its standard input; what it prints on its standard output.
///
/// # Errors
/// It cannot be started, ends with another code than 0, takes longer than `seconds` or prints too much.
pub(crate) fn ask_program(
    command: &[String],
    directory: Option<&Path>,
    input: Vec<u8>,
    seconds: f64,
) -> Result<Vec<u8>, Message> {
    let (path, arguments) = command.split_first().ok_or_else(|| say!("lab-missing-key", key = "program"))?;
    let program = Program {
        path: path.clone(),
        arguments: arguments.to_vec(),
        directory: directory.map(Path::to_owned),
        output_limit: 64 * 1024,
    };
    let child = program.spawn().map_err(|why| say!("lab-program-start", program = path, why = why))?;
    match program.talk(child, input, seconds, None) {
        Ended::Answer(bytes) => Ok(bytes),
        Ended::NotStarted(why) | Ended::Failed(why) | Ended::Lost(why) => Err(why),
    }
}

/// A request as a line of its own.
fn line(json: &str) -> Vec<u8> {
    format!("{json}\n").into_bytes()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a program says became of an action.
enum Known {
    NotStarted,
    Running,
    Done(Reply),
}

fn wire_request(kind: &'static str, request: &Request<'_>) -> Result<String, Message> {
    let action = request.action;
    let wire = WireRequest {
        request: kind,
        action: action.id.0,
        sample: action.sample.to_string(),
        step: &action.step,
        station: &action.station,
        capability: &action.capability,
        settings: action.settings.iter().map(|(name, datum)| (name.as_str(), datum.into())).collect(),
        duration_seconds: action.duration,
    };
    serde_json::to_string(&wire).map_err(|why| say!("lab-bad-reply", what = why))
}

impl Program {
    fn status(&self, json: &str) -> Result<Known, Message> {
        let child = self.spawn().map_err(|why| say!("lab-program-start", program = self.path, why = why))?;
        match self.talk(child, line(json), STATUS_SECONDS, None) {
            Ended::Answer(bytes) if bytes.trim_ascii() == b"\"not-started\"" => Ok(Known::NotStarted),
            Ended::Answer(bytes) if bytes.trim_ascii() == b"\"running\"" => Ok(Known::Running),
            Ended::Answer(bytes) => wire::parse_reply(&text(&bytes), self.directory.as_deref()).map(Known::Done),
            Ended::NotStarted(why) | Ended::Failed(why) | Ended::Lost(why) => Err(why),
        }
    }

    /// Asks again and again until an action that outlived a crash of matdock has ended.
    fn follow(&self, json: &str, until: Instant, mailbox: &Sender<Arrival>, action: ActionId) {
        while Instant::now() < until {
            thread::sleep(ASK_EVERY);
            let reply = match self.status(json) {
                Ok(Known::Running) => continue,
                Ok(Known::Done(reply)) => reply,
                Ok(Known::NotStarted) => {
                    Reply::of(Outcome::Uncertain(say!("lab-program-forgot", program = self.path).to_string()))
                }
                Err(why) => Reply::of(Outcome::Uncertain(why.to_string())),
            };
            // A closed mailbox only means that matdock ends.
            let _ = mailbox.send(Arrival { action, news: News::Ended(reply) });
            return;
        }
    }

    fn spawn(&self) -> std::io::Result<Child> {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        #[cfg(unix)]
        {
            // A group of its own: Ctrl-C in the terminal stops matdock, not an instrument in the middle of its work,
            // and a program that has to be killed takes its children with it.
            use std::os::unix::process::CommandExt;
            command.process_group(0);
        }
        command.spawn()
    }

    /// Sends the request, waits for the end, reads the answer; kills the program when it takes too long or says
    /// too much.
    fn talk(&self, mut child: Child, request: Vec<u8>, seconds: f64, told: Option<Told>) -> Ended {
        let (Some(mut input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            kill(&mut child);
            return Ended::NotStarted(say!("lab-program-start", program = self.path, why = "pipe"));
        };
        // Threads, because a program may neither read nor write nor close what it inherited.
        thread::spawn(move || {
            // A program that does not read its input may still answer.
            let _ = input.write_all(&request);
        });
        let output = read_limited(output, self.output_limit, told);
        let errors = read_limited(errors, 64 * 1024, None);
        let until = Instant::now() + Duration::from_secs_f64(seconds.clamp(0.0, LONGEST));
        let mut pause = Duration::from_millis(1);
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if output.overflown() => {
                    kill(&mut child);
                    let limit = self.output_limit / 1024;
                    return Ended::Lost(say!("lab-program-output", program = self.path, limit = limit));
                }
                Ok(None) if Instant::now() < until => {
                    thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(50));
                }
                Ok(None) => {
                    kill(&mut child);
                    return Ended::Lost(say!("lab-program-timeout", program = self.path, seconds = seconds));
                }
                Err(why) => {
                    kill(&mut child);
                    return Ended::Lost(say!("lab-program-lost", program = self.path, why = why));
                }
            }
        };
        let Some(bytes) = output.finish() else {
            let limit = self.output_limit / 1024;
            return Ended::Lost(say!("lab-program-output", program = self.path, limit = limit));
        };
        if status.success() {
            return Ended::Answer(bytes);
        }
        let said: String = text(&errors.finish().unwrap_or_default()).trim().chars().take(KEPT_ERROR).collect();
        match status.code() {
            Some(code) => Ended::Failed(say!("lab-program-exit", program = self.path, code = code, said = said)),
            None => Ended::Lost(say!("lab-program-lost", program = self.path, why = status)),
        }
    }
}

/// Ends a program and everything it started.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    {
        // The standard library kills one process only; the group has the number of its first member.
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", child.id())])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
    // It may have ended by itself in the meantime.
    let _ = child.kill();
    let _ = child.wait();
}

/// What a program prints, read beside it.
struct Reading {
    done: mpsc::Receiver<Option<Vec<u8>>>,
    early: std::cell::RefCell<Option<Option<Vec<u8>>>>,
}

fn read_limited(mut from: impl Read + Send + 'static, limit: usize, told: Option<Told>) -> Reading {
    let (sender, done) = mpsc::channel();
    thread::spawn(move || {
        let (mut bytes, mut line, mut seen) = (Vec::new(), 0, 0);
        let mut part = [0_u8; 8192];
        loop {
            match from.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => bytes.extend_from_slice(&part[..count]),
            }
            if let Some(told) = &told {
                (line, seen) = take_so_far(&mut bytes, line, seen, told);
            }
            if bytes.len() > limit {
                let _ = sender.send(None);
                return;
            }
        }
        let _ = sender.send(Some(bytes));
    });
    Reading { done, early: std::cell::RefCell::new(None) }
}

/// Takes whole lines that tell series so far out of what was printed; `from` is where the first line begins that was not
/// looked at yet, of which nothing ends before `seen`. Returns both for the next time.
fn take_so_far(bytes: &mut Vec<u8>, mut from: usize, mut seen: usize, told: &Told) -> (usize, usize) {
    while let Some(length) = bytes[seen..].iter().position(|byte| *byte == b'\n') {
        let end = seen + length;
        let line = &bytes[from..end];
        if !line.starts_with(wire::SO_FAR) {
            (from, seen) = (end + 1, end + 1);
            continue;
        }
        if let Some(streams) = wire::parse_so_far(&text(line)) {
            told(streams);
        }
        bytes.drain(from..=end);
        seen = from;
    }
    (from, bytes.len())
}

impl Reading {
    fn overflown(&self) -> bool {
        if let Ok(read) = self.done.try_recv() {
            *self.early.borrow_mut() = Some(read);
        }
        matches!(*self.early.borrow(), Some(None))
    }

    /// Everything that was printed, or `None` where it was too much. A child of the program that keeps the pipe open
    /// is not waited for.
    fn finish(self) -> Option<Vec<u8>> {
        match self.early.into_inner() {
            Some(read) => read,
            None => self.done.recv_timeout(Duration::from_secs(2)).unwrap_or_else(|_| Some(Vec::new())),
        }
    }
}

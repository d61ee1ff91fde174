//! The person at the terminal: commands to the running lab, and answers to tasks at manual stations.

use std::{
    collections::HashMap,
    io::{BufRead, IsTerminal},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use matdock_app::{report::rounded, run::Command};
use matdock_lab::{
    ActionId, Reply,
    drivers::{Person, Task},
};
use matdock_message::{Language, Message, say};
use matdock_record::{Datum, Outcome, Quantity, Unit};

/// The person at this terminal. What is said to the person is kept until the live view has room for it.
pub struct TerminalPerson {
    language: Language,
    answers: Mutex<HashMap<ActionId, Reply>>,
    commands: Mutex<Vec<Command>>,
    said: Mutex<Vec<String>>,
    listening: AtomicBool,
}

impl TerminalPerson {
    /// Begins to listen to the keyboard (or to a pipe in its place). Where there is neither, for instance where the
    /// input is a file that belongs to the script around matdock, only people of manual stations are listened to.
    pub fn listen(language: Language, manual_stations: bool) -> Arc<Self> {
        let person = Arc::new(Self {
            language,
            answers: Mutex::default(),
            commands: Mutex::default(),
            said: Mutex::default(),
            listening: AtomicBool::new(manual_stations || std::io::stdin().is_terminal() || is_pipe()),
        });
        if person.is_listening() {
            let listener = person.clone();
            thread::spawn(move || listener.hear_all());
        }
        person
    }

    fn hear_all(&self) {
        let mut line = String::new();
        loop {
            // Reading would suspend a job in the background.
            while in_background() {
                thread::sleep(Duration::from_millis(500));
            }
            line.clear();
            // The end of the input ends the listening, not the run.
            match std::io::stdin().lock().read_line(&mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) => self.hear(&line),
            }
        }
        self.listening.store(false, Ordering::Release);
    }

    /// Whether somebody may still type something.
    pub fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Acquire)
    }

    /// The commands typed since the last call; `None` when nobody can type any more.
    pub fn commands(&self) -> Option<Vec<Command>> {
        // In this order: what was typed last before the end of the input still counts.
        let listening = self.is_listening();
        let typed = std::mem::take(&mut *locked(&self.commands));
        (listening || !typed.is_empty()).then_some(typed)
    }

    /// What the person has to be told since the last call.
    pub fn said(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.said))
    }

    fn say(&self, message: &Message) {
        locked(&self.said).push(message.text(self.language));
    }

    /// A line that begins with a number answers a task; everything else is a command.
    fn hear(&self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        if line.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
            match parse(line) {
                Ok((action, reply)) => drop(locked(&self.answers).insert(action, reply)),
                Err(why) => self.say(&why),
            }
        } else {
            match Command::parse(line) {
                Ok(command) => locked(&self.commands).push(command),
                Err(why) => self.say(&why),
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn is_pipe() -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata("/dev/stdin").is_ok_and(|input| input.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe() -> bool {
    false
}

/// Whether the terminal belongs to another program at the moment (`matdock run ... &`); known on Linux only.
fn in_background() -> bool {
    if !std::io::stdin().is_terminal() {
        return false;
    }
    let Ok(text) = std::fs::read_to_string("/proc/self/stat") else { return false };
    // After the name in parentheses: state, parent, group, session, terminal, group in the foreground.
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    matches!((fields.get(2), fields.get(5)), (Some(own), Some(foreground)) if own != foreground)
}

/// Reads `12 ok`, `12 ok thickness=3.2 nm`, `12 failed it broke`.
fn parse(line: &str) -> Result<(ActionId, Reply), Message> {
    let wrong = || say!("cli-person-answer", text = line.trim());
    let mut words = line.trim().splitn(3, char::is_whitespace);
    let number: u64 = words.next().and_then(|word| word.parse().ok()).ok_or_else(wrong)?;
    let word = words.next().unwrap_or("ok");
    let rest = words.next().unwrap_or("").trim().to_owned();
    let because = || if rest.is_empty() { "no reason given".to_owned() } else { rest.clone() };
    let mut reply = Reply::of(match word.to_lowercase().as_str() {
        "ok" | "done" | "succeeded" => Outcome::Succeeded,
        "failed" => Outcome::Failed(because()),
        "aborted" => Outcome::Aborted(because()),
        "uncertain" => Outcome::Uncertain(because()),
        _ => return Err(wrong()),
    });
    if reply.outcome.is_success() && !rest.is_empty() {
        for part in rest.split(',') {
            let (name, value) = part.split_once('=').ok_or_else(wrong)?;
            reply.values.insert(name.trim().to_owned(), datum(value.trim())?);
        }
    }
    Ok((ActionId(number), reply))
}

/// A number with its unit, `3.2 nm`, or a word.
pub fn datum(text: &str) -> Result<Datum, Message> {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Datum::Quantity(Quantity::new(value, unit.parse::<Unit>()?))),
        _ => Ok(Datum::Text(text.to_owned())),
    }
}

impl Person for TerminalPerson {
    fn tell(&self, task: &Task) {
        let action = &task.action;
        let settings: Vec<String> =
            action.settings.iter().map(|(name, datum)| format!("{name} = {}", rounded(datum))).collect();
        self.say(&say!(
            "cli-person-task",
            number = action.id.0,
            station = action.station,
            capability = action.capability,
            step = action.step,
            settings = settings.join(", ")
        ));
        if let Some(instructions) = &task.instructions {
            locked(&self.said).push(format!("  {instructions}"));
        }
        if let Some(file) = &task.answer_file {
            self.say(&say!("cli-person-file", file = file.display()));
        }
    }

    fn answer(&self, action: ActionId) -> Option<Reply> {
        locked(&self.answers).remove(&action)
    }

    fn refuse(&self, action: ActionId, why: &Message) {
        self.say(&say!("cli-person-refused", number = action.0, why = why));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let (action, reply) = parse("12 ok thickness=3.2 nm, colour=blue").unwrap();
        assert_eq!(action, ActionId(12));
        assert_eq!(reply.values["thickness"], Datum::number(3.2, &"nm".parse().unwrap()));
        assert_eq!(reply.values["colour"], Datum::Text("blue".into()));
        assert_eq!(parse("3 failed it broke").unwrap().1.outcome, Outcome::Failed("it broke".into()));
        assert!(parse("hello").is_err() && parse("3 maybe").is_err() && parse("3 ok thickness").is_err());
    }
    #[test]
    fn commands_and_answers_share_the_keyboard_and_mistakes_are_told() {
        let person = TerminalPerson {
            language: Language::English,
            answers: Mutex::default(),
            commands: Mutex::default(),
            said: Mutex::default(),
            listening: AtomicBool::new(false),
        };
        for line in ["7 ok\n", "out bench leaks\r\n", "\n", "stop\n", "7 perhaps\n"] {
            person.hear(line);
        }
        assert!(person.answer(ActionId(7)).is_some());
        let out = Command::Out { station: "bench".into(), reason: "leaks".into() };
        assert_eq!(person.commands(), Some(vec![out]), "what came before the end of the input counts");
        assert_eq!(person.commands(), None);
        let said = person.said();
        assert!(said.len() == 2 && said[0].contains("stop") && said[1].contains("7 perhaps"), "{said:?}");
    }
}

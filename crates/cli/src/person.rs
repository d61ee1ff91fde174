//! A person at a manual station, told in the terminal and answering there.

use std::{
    collections::HashMap,
    io::BufRead,
    sync::{Mutex, PoisonError},
    thread,
};

use matdock_app::report::rounded;
use matdock_lab::{
    ActionId, Reply,
    drivers::{Person, Task},
};
use matdock_message::{Language, Message, say};
use matdock_record::{Datum, Outcome, Quantity, Unit};

/// The person at this terminal.
pub struct TerminalPerson {
    language: Language,
    answers: Mutex<HashMap<ActionId, Reply>>,
}

impl TerminalPerson {
    /// Begins to listen to the keyboard.
    pub fn listen(language: Language) -> std::sync::Arc<Self> {
        let person = std::sync::Arc::new(Self { language, answers: Mutex::default() });
        let listener = person.clone();
        thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                listener.hear(&line);
            }
        });
        person
    }

    fn hear(&self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        match parse(line) {
            Ok((action, reply)) => {
                self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(action, reply);
            }
            Err(message) => eprintln!("{}", message.text(self.language)),
        }
    }
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
        let text = say!(
            "cli-person-task",
            number = action.id.0,
            station = action.station,
            capability = action.capability,
            step = action.step,
            settings = settings.join(", ")
        );
        eprintln!("{}", text.text(self.language));
        if let Some(instructions) = &task.instructions {
            eprintln!("  {instructions}");
        }
        if let Some(file) = &task.answer_file {
            eprintln!("{}", say!("cli-person-file", file = file.display()).text(self.language));
        }
    }

    fn answer(&self, action: ActionId) -> Option<Reply> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(&action)
    }

    fn refuse(&self, action: ActionId, why: &Message) {
        let why = why.text(self.language);
        eprintln!("{}", say!("cli-person-refused", number = action.0, why = why).text(self.language));
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
}

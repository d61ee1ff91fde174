//! Stations where a person does the work.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, mpsc::Sender},
    thread,
    time::{Duration, Instant},
};

use matdock_message::Message;

use super::{Person, Task, wire};
use crate::{
    ActionId, Reply,
    driver::{Arrival, Begun, Driver, News, Request, Status},
};
use matdock_record::Outcome;

/// How often a person's answer is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// A person who is told what to do and says when it is done, in the terminal or by dropping a file
/// `action-<number>.json` into a folder (an empty file means: succeeded).
pub struct ManualDriver {
    person: Arc<dyn Person>,
    folder: Option<PathBuf>,
    instructions: Option<String>,
    mailbox: Sender<Arrival>,
}

impl ManualDriver {
    /// A station where `person` works; answers are also looked for in `folder`.
    pub fn new(
        person: Arc<dyn Person>,
        folder: Option<PathBuf>,
        instructions: Option<String>,
        mailbox: Sender<Arrival>,
    ) -> Self {
        Self { person, folder, instructions, mailbox }
    }

    fn tell(&self, request: &Request<'_>) -> Begun {
        let answer_file =
            self.folder.as_ref().map(|folder| folder.join(format!("action-{}.json", request.action.id.0)));
        let task = Task {
            action: request.action.clone(),
            instructions: self.instructions.clone(),
            answer_file: answer_file.clone(),
        };
        self.person.tell(&task);
        let (person, mailbox, action) = (self.person.clone(), self.mailbox.clone(), request.action.id);
        // A person who never answers must not keep the thread for ever once the executor has given up.
        let until = request.timeout.map(|seconds| Instant::now() + Duration::from_secs_f64(seconds.clamp(0.0, 1e7)));
        thread::spawn(move || {
            let mut refused = String::new();
            while until.is_none_or(|until| Instant::now() < until) {
                let dropped = answer_file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
                let from_file = dropped
                    .and_then(|text| read_file(&text, answer_file.as_deref(), &mut refused, action, person.as_ref()));
                if let Some(reply) = from_file.or_else(|| person.answer(action)) {
                    // A closed mailbox only means that the program ends.
                    let _ = mailbox.send(Arrival { action, news: News::Ended(reply) });
                    return;
                }
                thread::sleep(LOOK_EVERY);
            }
        });
        Begun::Running
    }
}

fn read_file(
    text: &str,
    file: Option<&Path>,
    refused: &mut String,
    action: ActionId,
    person: &dyn Person,
) -> Option<Reply> {
    if text.trim().is_empty() {
        return Some(Reply::of(Outcome::Succeeded));
    }
    match wire::parse_reply(text, file.and_then(Path::parent)) {
        Ok(reply) => Some(reply),
        Err(why) => {
            // Half-written files are read again; the same complaint is made once.
            if refused != text {
                person.refuse(action, &why);
                text.clone_into(refused);
            }
            None
        }
    }
}

impl Driver for ManualDriver {
    fn start(&mut self, request: &Request<'_>) -> Result<Begun, Message> {
        Ok(self.tell(request))
    }

    /// Telling a person again does not do it again.
    fn ask(&mut self, request: &Request<'_>) -> Status {
        Status::Running(self.tell(request))
    }
}

//! The `matdock` command: reads the command line, calls a use case of `matdock-app`, shows what it returns.

mod arguments;
mod ask;
mod backtest_view;
mod chain_view;
mod dataset_view;
mod learning_view;
mod live;
mod person;
mod verbs;
mod view;
mod watch_view;

use std::process::ExitCode;

use clap::{FromArgMatches, error::ErrorKind, parser::ValueSource};
use matdock_message::{Language, say};

use arguments::Arguments;

/// Models are fitted in many short-lived matrices, which the system's allocator hands back and asks for again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // A damaged file, which its reader tells.
        if std::thread::current().name() != Some(matdock_app::table::PARQUET_THREAD) {
            usual(panic);
        }
    }));
    let language = language();
    let matches = match arguments::command(language).try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version are no mistakes. A closed pipe cannot be told about.
            let fine = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            if !fine && std::env::args().any(|argument| argument == "--json") {
                let text = error.to_string();
                let error = serde_json::json!({ "error": { "id": "cli-usage", "text": text.trim() } });
                view::print(&format!("{error}\n"));
            }
            let _ = error.print();
            return if fine { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    let dock_named = matches.value_source("dock") == Some(ValueSource::CommandLine);
    let mut arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    arguments.general.dock_named = dock_named;
    let json = arguments.general.json;
    let result = known_language(&arguments).and_then(|()| verbs::run(arguments, language));
    match result {
        Ok(code) => code,
        Err(message) => {
            if json {
                let error = serde_json::json!({ "error": { "id": message.id(), "text": message.text(language) } });
                view::print(&format!("{error}\n"));
            }
            let text = message.text(language);
            eprintln!("{}", say!("cli-error", text = text).text(language));
            ExitCode::FAILURE
        }
    }
}

fn known_language(arguments: &Arguments) -> Result<(), matdock_message::Message> {
    match &arguments.general.lang {
        Some(tag) if Language::parse(tag).is_none() => Err(say!("cli-language", tag = tag)),
        _ => Ok(()),
    }
}

/// The language is needed before the command line is read, because its help is in it.
fn language() -> Language {
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--lang=") {
            Some(value) => Some(value.to_owned()),
            None if argument == "--lang" => arguments.next(),
            None => None,
        };
        if let Some(language) = value.as_deref().and_then(Language::parse) {
            return language;
        }
    }
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok());
    variables.filter(|value| !value.is_empty()).find_map(|value| Language::parse(&value)).unwrap_or_default()
}

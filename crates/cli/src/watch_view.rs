//! `matdock record --watch`: what is picked up, line by line, until Ctrl-C.

use std::{path::Path, process::ExitCode, sync::atomic::Ordering, thread, time::Duration};

use matdock_app::{
    campaign::Campaign,
    plot::number,
    report::rounded,
    watch::{Noticed, Watch},
};
use matdock_message::{Language, Message, say};
use matdock_record::IdSource;
use matdock_store::Dock;

use crate::{
    arguments::Record,
    verbs::stop_on_interrupt,
    view::{line, print},
};

/// Time between two looks; not longer than a person waits after Ctrl-C.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Picks up files of trials until Ctrl-C.
pub fn watch(
    campaign: &Campaign,
    a: &Record,
    folder: &Path,
    dock: &dyn Fn() -> Result<Dock, Message>,
    json: bool,
    language: Language,
) -> Result<ExitCode, Message> {
    let settle = Duration::try_from_secs_f64(a.settle).map_err(|_| say!("cli-watch-settle", value = a.settle))?;
    let mut watch = Watch::new(campaign, folder, settle)?;
    if !json {
        let files: Vec<&str> = Watch::wanted(campaign).into_iter().collect();
        line(&say!("cli-watch-begin", folder = folder.display(), files = files.join(", ")), language);
    }
    let stop = stop_on_interrupt(say!("cli-watch-end"), language);
    let mut ids = IdSource::from_system();
    while !stop.load(Ordering::Relaxed) {
        for noticed in watch.look(campaign, dock, &mut ids) {
            if json {
                let text = serde_json::to_string(&noticed).map_err(|error| say!("cli-json", reason = error))?;
                print(&format!("{text}\n"));
            } else {
                show(&noticed, &a.campaign, language);
            }
        }
        thread::sleep(LOOK_EVERY);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(noticed: &Noticed, campaign: &Path, language: Language) {
    match noticed {
        Noticed::File { suggestion, file, values, outside } => {
            line(&say!("cli-watch-file", number = suggestion, file = file), language);
            values.iter().for_each(|(name, datum)| print(&format!("  {name} = {}\n", rounded(datum))));
            for expected in outside {
                let (low, high, name) = (number(expected.low), number(expected.high), &expected.outcome);
                line(&say!("cli-watch-outside", name = name, low = low, high = high, unit = expected.unit), language);
            }
        }
        Noticed::Recorded { suggestion, to_type_in, .. } if to_type_in.is_empty() => {
            line(&say!("cli-watch-recorded", number = suggestion), language);
        }
        Noticed::Recorded { suggestion, to_type_in, .. } => {
            let set: Vec<String> = to_type_in.iter().map(|name| format!("--set {name}=…")).collect();
            let (campaign, set) = (campaign.display(), set.join(" "));
            line(&say!("cli-watch-rest", number = suggestion, campaign = campaign, set = set), language);
        }
        Noticed::Problem(what) => line(what, language),
    }
}

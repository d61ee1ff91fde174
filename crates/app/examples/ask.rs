//! Answers what to try next in a campaign without a dock, for benchmarks in other languages.
//!
//! `cargo run --release -p matdock-app --example ask -- CAMPAIGN` reads one JSON request per line and answers with one
//! line: `{"observed": [{"point": [0.5, "a"], "outcomes": [1.2]}], "count": 1, "seed": 7, "recommend": false}` gives
//! `{"points": [[0.25, "b"]], "recommended": null}`. A point lists the settings in the order of the campaign file, and
//! outcomes are those of its goal, `null` where nothing could be measured. `recommended` is the index of the
//! observation that the model believes best.

use std::io::{self, BufRead, Write};
use std::path::Path;

use matdock_app::campaign::Campaign;
use matdock_plan::{Measured, Observation, Planner, Point};
use serde::{Deserialize, Serialize};

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    observed: Vec<Tried>,
    #[serde(default)]
    count: usize,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    recommend: bool,
}

#[derive(Deserialize)]
struct Tried {
    point: Point,
    outcomes: Vec<Option<f64>>,
}

#[derive(Serialize)]
struct Answer {
    points: Vec<Point>,
    recommended: Option<usize>,
}

fn observation(tried: Tried) -> Observation {
    let measured = |value: Option<f64>| value.map_or(Measured::Missing, Measured::Value);
    let outcomes: Vec<Measured> = tried.outcomes.into_iter().map(measured).collect();
    let failed = outcomes.iter().all(|outcome| *outcome == Measured::Missing);
    Observation { point: tried.point, row: None, outcomes, failed }
}

fn answer(planner: &Planner, request: Request) -> Result<Answer, String> {
    let observed: Vec<Observation> = request.observed.into_iter().map(observation).collect();
    let suggestions = match request.count {
        0 => Vec::new(),
        count => planner.suggest(&observed, &[], count, request.seed).map_err(|message| message.to_string())?,
    };
    let recommended = if request.recommend {
        let model = planner.model(&observed, request.seed).map_err(|message| message.to_string())?;
        model.best_believed().map(|(index, _)| index)
    } else {
        None
    };
    Ok(Answer { points: suggestions.into_iter().map(|suggestion| suggestion.point).collect(), recommended })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: ask CAMPAIGN")?;
    let planner = Campaign::read(Path::new(&path))
        .and_then(|campaign| campaign.planner())
        .map_err(|message| message.to_string())?;
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = answer(&planner, serde_json::from_str(&line?)?)?;
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        out.flush()?;
    }
    Ok(())
}

//! From sensors to intermediates in a whole run: series and images in the dock, and the features taken from them.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use matdock_app::{
    campaign::Campaign,
    components,
    export::{self, Only},
    history::Experiment,
    run::{self, Command, Progress, Watcher, Wiring},
    show, verify,
};
use matdock_lab::{
    Recipe, Stream,
    drivers::Nobody,
    feature::{self, Yield},
    recipe::Work,
};
use matdock_message::Message;
use matdock_record::{Agent, Body, Datum, Record};
use matdock_store::{Dock, Mode, Query};

struct Silent;

impl Watcher for Silent {
    fn progress(&mut self, _: &Progress<'_>) {}
    fn finished(&mut self, _: &Experiment) {}
    fn waiting(&mut self, _: &[Message]) {}
    fn commands(&mut self) -> Option<Vec<Command>> {
        None
    }
    fn notice(&mut self, _: &Message) {}
}

/// Films of the example, in a dock in `folder`.
fn films(folder: &Path, count: u32) -> Dock {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/powder-film");
    let mut campaign = Campaign::read(&path).unwrap();
    campaign.budget.experiments = Some(count);
    let setup = run::setup(&campaign).unwrap();
    let dock = Dock::open(folder, Mode::Write).unwrap();
    let stop = AtomicBool::new(false);
    let wiring = Wiring { person: Arc::new(Nobody), stop: &stop, after_entry: None };
    run::run(&dock, &campaign, &setup, &wiring, &mut Silent).unwrap();
    dock
}

fn of_kind(dock: &Dock, kind: &'static str) -> Vec<Record> {
    dock.records(&Query { kind: Some(kind), ..Query::default() }).unwrap()
}

#[test]
fn images_of_a_run_are_in_the_dock_and_so_are_the_features_taken_from_them() {
    let folder = tempfile::tempdir().unwrap();
    let dock = films(&folder.path().join("dock"), 6);
    let files: Vec<Record> = of_kind(&dock, "file");
    let images: Vec<_> = files
        .iter()
        .filter_map(|record| match &record.body {
            Body::File(file) if file.media_type == "image/png" => Some(file),
            _ => None,
        })
        .collect();
    assert!(images.iter().any(|i| i.name == "camera") && images.iter().any(|i| i.name == "microscope"));
    for image in &images {
        let bytes = dock.object(&image.object).unwrap();
        assert_eq!(bytes.len() as u64, image.bytes);
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (256, 256));
    }
    let measurements = of_kind(&dock, "measurement");
    let features = |step: &str| {
        let wanted = format!("features of {step}");
        let of = |record: &Record| match &record.body {
            Body::Measurement(run) if run.name == wanted => Some((record.provenance.agent.clone(), run.clone())),
            _ => None,
        };
        measurements.iter().filter_map(of).collect::<Vec<_>>()
    };
    let looked = features("microscopy");
    assert!(!looked.is_empty());
    for (agent, run) in &looked {
        assert_eq!(*agent, Agent::Analysis("features".into()));
        let porosity = run.values["porosity"].quantity().unwrap();
        assert!((0.1..0.8).contains(&porosity.value), "{porosity}");
        assert_eq!(run.settings["porosity"], Datum::Text("pore share, version 1: microscope.image".into()));
        // The image belongs to the run that the feature was computed from.
        assert!(images.iter().any(|image| image.of == Some(run.from[0])));
    }
    // What the sensors of a step showed that failed is data too.
    let cracked = features("drying").len();
    assert!(cracked > looked.len(), "no film cracked while drying: {cracked} {}", looked.len());
    assert!(verify::verify(&dock, &mut |_, _| {}).unwrap().problems.is_empty());
}

#[test]
fn components_learnt_from_the_dock_are_features_of_the_next_recipe() {
    let folder = tempfile::tempdir().unwrap();
    let dock = films(&folder.path().join("dock"), 6);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/powder-film");
    let campaign = Campaign::read(&path).unwrap();
    let file = folder.path().join("gloss.csv");
    let learn = |of: &str| components::learn(&dock, &campaign, of, 2, &file).map_err(|why| why.to_string());
    let learnt = learn("camera.gloss during drying").unwrap();
    assert!(learnt.series >= 3 && learnt.shares[0] > learnt.shares[1] && learnt.shares.iter().sum::<f64>() > 0.6);
    assert!(learn("camera.glos during drying").unwrap_err().contains("0 series"));
    assert!(learn("camera gloss").unwrap_err().contains("STREAM.COLUMN"));
    // A recipe that names the file computes with it; a film it was learnt from is not unlike it.
    let recipe = |file: &str| {
        let text = format!(
            "[recipe]\nname = 'r'\n[[step]]\nname = 'drying'\ncapability = 'dry'\n[features]\n\
             first = {{ of = 'camera.gloss during drying', extract = 'component 1', components = '{file}' }}\n\
             rest = {{ of = 'camera.gloss during drying', extract = 'component residual', components = '{file}' }}\n"
        );
        Recipe::parse(&text, "recipe.toml").unwrap()
    };
    assert!(recipe("nowhere.csv").resolve(folder.path()).unwrap_err().to_string().contains("nowhere.csv"));
    let mut recipe = recipe("gloss.csv");
    recipe.resolve(folder.path()).unwrap();
    let Work::Features { features, .. } = &recipe.steps[1].work else { panic!("no features") };
    assert!(features[0].described().contains("gloss.csv version "), "{}", features[0].described());
    let series = of_kind(&dock, "series").into_iter().find_map(|record| match record.body {
        Body::Series(series) if series.name == "camera" => Some(dock.series(&series.object).unwrap()),
        _ => None,
    });
    let series = series.unwrap();
    let stream = Stream { name: "camera".into(), columns: series.columns, data: series.data };
    let fields = feature::compute(features, Yield { streams: &[stream], ..Yield::default() });
    assert_eq!(fields["first"].quantity().unwrap().unit.as_str(), "%");
    assert!(fields["rest"].quantity().unwrap().value <= learnt.residual, "{fields:?}");
    assert!(!fields.contains_key("first.flag"), "{fields:?}");
}

#[test]
fn images_come_out_of_the_dock_as_they_went_in_and_are_shown_with_their_sample() {
    let folder = tempfile::tempdir().unwrap();
    let dock = films(&folder.path().join("dock"), 2);
    let only = Only::parse(&["sample=S-1".to_owned(), "name=camera".to_owned()]).unwrap();
    let out = folder.path().join("pictures");
    let listed = export::files(&dock, &only, Some(&out)).unwrap();
    assert_eq!(listed.rows.len(), 1);
    assert!(image::open(out.join("S-1-drying-camera.png")).is_ok());
    let shown = &show::show(&dock, "S-1").unwrap()[0];
    assert!(shown.history.iter().any(|record| matches!(&record.body, Body::File(file) if file.name == "camera")));
    // Without a folder they are listed only.
    assert!(export::files(&dock, &Only::default(), None).unwrap().rows.len() >= 2);
}

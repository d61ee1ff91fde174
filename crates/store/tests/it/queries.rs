//! What is asked for is found, and nothing else.

use matdock_record::{Body, FileHash, Record, RecordId, SampleId, body::File};
use matdock_store::{Dock, Mode, Query};

use crate::examples::{Maker, assert_whole, corrected, open, records, time};

fn ids(records: &[Record]) -> Vec<RecordId> {
    records.iter().map(|record| record.id).collect()
}

#[test]
fn a_campaign_is_found_with_everything_that_belongs_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let mut first = Maker::new(1);
    let all = first.fill(&dock, "first");
    let others = Maker::new(2).fill(&dock, "second");
    let [campaign, suggestion, sample, process, ..] = &all[..] else { unreachable!() };

    let check = |query: Query, expected: &[Record]| assert_eq!(dock.records(&query).unwrap(), expected, "{query:?}");
    let of_campaign = Query { campaign: Some(first.campaign), ..Query::default() };
    check(of_campaign.clone(), &all);
    check(Query { kind: Some("process"), ..of_campaign.clone() }, std::slice::from_ref(process));
    check(Query { limit: Some(2), ..of_campaign.clone() }, &all[..2]);
    check(Query { since: Some(time(3)), until: Some(time(4)), ..of_campaign.clone() }, std::slice::from_ref(sample));
    check(Query { sample: Some(sample.id.into()), ..Query::default() }, &all[2..]);
    check(Query { suggestion: Some(suggestion.id.into()), ..Query::default() }, &all[1..]);
    check(Query { suggestion: Some(suggestion.id.into()), ..of_campaign }, &all[1..]);
    check(Query { kind: Some("sample"), ..Query::default() }, &[sample.clone(), others[2].clone()]);
    check(Query { limit: Some(6), ..Query::default() }, &all);
    check(Query { kind: Some("no such kind"), ..Query::default() }, &[]);

    assert_eq!(dock.campaign("first").unwrap().as_ref(), Some(campaign));
    assert_eq!(dock.campaign("third").unwrap(), None);
    assert_eq!(ids(&dock.find("S-1").unwrap()), [sample.id, others[2].id]);
    assert_eq!(dock.find(&sample.id.to_string().to_uppercase()).unwrap(), std::slice::from_ref(sample));
    assert_eq!(dock.find(&sample.id.to_string()[..8]).unwrap().len(), 12);
    for nothing in ["", " ", "%", "ffff", "S", "0'; --"] {
        assert_eq!(dock.find(nothing).unwrap(), [], "{nothing}");
    }
}

#[test]
fn a_correction_is_a_new_version_and_the_old_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let mut maker = Maker::new(1);
    let all = maker.fill(&dock, "first");
    let sample = &all[2];
    let second = corrected(sample, "S-1b");
    dock.commit(&records(vec![second.clone()])).unwrap();
    assert_eq!(dock.record(sample.id).unwrap(), Some(second.clone()));
    assert_eq!(dock.versions(sample.id).unwrap(), [sample.clone(), second.clone()]);
    assert_eq!(dock.find("S-1").unwrap(), []);
    let query = Query { kind: Some("sample"), ..Query::default() };
    assert_eq!(dock.records(&query).unwrap(), std::slice::from_ref(&second));
    let query = Query { all_versions: true, ..query };
    assert_eq!(dock.records(&query).unwrap(), [sample.clone(), second]);
    assert_whole(&dock);
}

#[test]
fn a_sample_moved_to_another_campaign_takes_its_runs_along() {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let (mut first, mut second) = (Maker::new(1), Maker::new(2));
    let all = first.fill(&dock, "first");
    second.fill(&dock, "second");
    let mut moved = corrected(&all[2], "S-1");
    let Body::Sample(sample) = &mut moved.body else { unreachable!() };
    sample.campaign = Some(second.campaign);
    dock.commit(&records(vec![moved])).unwrap();
    let of = |maker: &Maker| dock.records(&Query { campaign: Some(maker.campaign), ..Query::default() }).unwrap();
    assert_eq!(ids(&of(&first)), ids(&all[..2]));
    assert!(ids(&of(&second)).contains(&all[3].id));
}

#[test]
fn a_file_is_found_with_what_it_belongs_to() {
    let folder = tempfile::tempdir().unwrap();
    let dock = open(folder.path());
    let mut maker = Maker::new(1);
    let all = maker.fill(&dock, "first");
    let object = dock.put_object(b"image").unwrap();
    let file = |maker: &mut Maker, of: Option<RecordId>, object: &FileHash| {
        let provenance = maker.provenance();
        let id = SampleId::new(&mut maker.ids, provenance.at).record();
        let file = File { name: "a.png".into(), of, media_type: "image/png".into(), bytes: 5, object: object.clone() };
        Record { id, version: 1, provenance, body: Body::File(file) }
    };
    let picture = file(&mut maker, Some(all[3].id), &object);
    let note = file(&mut maker, Some(picture.id), &object);
    dock.commit(&records(vec![note.clone(), picture.clone()])).unwrap();
    let free = file(&mut maker, None, &object);
    dock.commit(&records(vec![free])).unwrap();
    let query = Query { kind: Some("file"), sample: Some(all[2].id.into()), ..Query::default() };
    assert_eq!(dock.records(&query).unwrap(), [note, picture]);
    assert_whole(&dock);
}

#[test]
fn readers_see_each_commit_while_a_writer_works() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path());
    let reader = Dock::open(folder.path(), Mode::Read).unwrap();
    assert_eq!(reader.records(&Query::default()).unwrap(), []);
    let all = Maker::new(1).fill(&writer, "first");
    assert_eq!(reader.records(&Query::default()).unwrap(), all);
    assert_whole(&reader);
    for refused in [reader.commit(&records(all)).unwrap_err(), reader.put_object(b"x").unwrap_err()] {
        assert_eq!(refused.id(), "store-open-for-reading");
    }
    drop(writer);
    assert_eq!(reader.journal("first").unwrap().len(), 2);
}

#[test]
fn a_dock_can_be_used_from_async_code_and_many_threads() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let dock = open(folder.path());
        Maker::new(1).fill(&dock, "first");
        std::thread::scope(|scope| {
            for seed in 2..6 {
                let dock = &dock;
                scope.spawn(move || Maker::new(seed).fill(dock, &format!("campaign {seed}")));
            }
        });
        assert_eq!(dock.records(&Query::default()).unwrap().len(), 30);
        assert_whole(&dock);
    });
}

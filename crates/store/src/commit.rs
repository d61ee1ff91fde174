//! Committing a batch: checked, then written in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use matdock_message::{Message, say};
use matdock_record::{Body, Record, RecordId};
use sqlx::{Connection, SqliteConnection};

use crate::{Batch, Dock, JournalLine, fault::Failure, object::hash_of};

/// Hash "before" the first line of a journal.
pub(crate) const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What a record can be found by; see the table `record`.
#[derive(Debug, Clone, PartialEq, Eq, Default, sqlx::FromRow)]
pub(crate) struct Keys {
    pub campaign: Option<String>,
    pub sample: Option<String>,
    pub suggestion: Option<String>,
    pub name: Option<String>,
}

impl Keys {
    /// Keys a record gives by itself. A file gives none: it takes those of the record it belongs to.
    pub(crate) fn of(record: &Record) -> Self {
        let body = &record.body;
        let own = |wanted: bool| wanted.then(|| record.id.to_string());
        let sample = own(matches!(body, Body::Sample(_)));
        let campaign = own(matches!(body, Body::Campaign(_)));
        let suggestion = match body {
            Body::Suggestion(_) => own(true),
            Body::Sample(sample) => sample.suggestion.map(|id| id.to_string()),
            Body::Veto(veto) => veto.suggestion.map(|id| id.to_string()),
            _ => None,
        };
        Self {
            campaign: campaign.or_else(|| body.campaign().map(|id| id.to_string())),
            sample: sample.or_else(|| body.sample().map(|id| id.to_string())),
            suggestion: suggestion.or_else(|| record.provenance.suggestion.map(|id| id.to_string())),
            name: match body {
                Body::Campaign(campaign) => Some(campaign.name.clone()),
                Body::Sample(sample) => Some(sample.name.clone()),
                _ => None,
            },
        }
    }
}

/// Every record this one points to, and the kind it has to be where that is given.
pub(crate) fn references(record: &Record) -> Vec<(RecordId, Option<&'static str>)> {
    let sample = record.body.sample().map(|id| (id.record(), Some("sample")));
    let campaign = record.body.campaign().map(|id| (id.record(), Some("campaign")));
    let suggestion = record.provenance.suggestion.map(|id| (id.record(), Some("suggestion")));
    let others = record.body.references().into_iter().map(|id| (id, None));
    others.chain(sample).chain(campaign).chain(suggestion).collect()
}

/// Hash of a journal line: of the hash before it, journal, number, time and entry, one per line.
pub(crate) fn line_hash(before: &str, journal: &str, sequence: i64, at: i64, entry: &str) -> Result<String, Message> {
    hash_of(format!("{before}\n{journal}\n{sequence}\n{at}\n{entry}").as_bytes()).map(String::from)
}

/// The latest version of a record the dock has.
#[derive(sqlx::FromRow)]
struct Known {
    id: String,
    kind: String,
    version: u32,
    #[sqlx(flatten)]
    keys: Keys,
}

/// A record ready to be written.
struct Row<'a> {
    record: &'a Record,
    json: String,
    hash: String,
}

impl<'a> Row<'a> {
    fn new(record: &'a Record) -> Result<Self, Message> {
        let refused = |what: &dyn std::fmt::Display| say!("store-unreadable-record", id = record.id, what = what);
        let json = serde_json::to_string(record).map_err(|error| refused(&error))?;
        // What could not be read again (NaN, say) must not get in.
        let back: Record = serde_json::from_str(&json).map_err(|error| refused(&error))?;
        if back != *record {
            return Err(refused(&json));
        }
        let hash = hash_of(json.as_bytes())?.into();
        Ok(Self { record, json, hash })
    }
}

impl Dock {
    /// Keeps a batch: all of it or nothing. When this returns without error it is on the disk.
    ///
    /// # Errors
    /// A version that exists or leaves a gap, a reference to a record or object that is not there, a second campaign
    /// of the same name, a journal number that is used or leaves a gap; and as [`Dock::put_object`]. The dock is
    /// then as it was before.
    pub fn commit(&self, batch: &Batch) -> Result<(), Message> {
        self.check_writable()?;
        let rows = batch.records.iter().map(Row::new).collect::<Result<Vec<_>, _>>()?;
        let objects: BTreeSet<_> = batch.records.iter().flat_map(|record| record.body.objects()).collect();
        for hash in objects {
            if !self.wait(self.objects.contains(hash))? {
                return Err(say!("store-unknown-object", hash = hash));
            }
        }
        if rows.is_empty() && batch.journal.is_empty() {
            return Ok(());
        }
        self.with_database(async |connection| {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            write_records(&mut transaction, &rows).await?;
            write_journal(&mut transaction, &batch.journal).await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}

async fn write_records(connection: &mut SqliteConnection, rows: &[Row<'_>]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let known = known_records(connection, rows).await?;
    let batch: HashMap<RecordId, &Record> = rows.iter().map(|row| (row.record.id, row.record)).collect();
    let mut versions: HashMap<RecordId, u32> = HashMap::new();
    for row in rows {
        let record = row.record;
        let kind = record.body.kind();
        check_version(&mut versions, known.get(&record.id), record)?;
        for (target, wanted) in references(record) {
            let found = match batch.get(&target) {
                Some(other) => Some(other.body.kind()),
                None => known.get(&target).map(|other| other.kind.as_str()),
            };
            match (found, wanted) {
                (None, _) => {
                    return Err(say!("store-unknown-record", id = record.id, kind = kind, target = target).into());
                }
                (Some(found), Some(wanted)) if found != wanted => {
                    return Err(say!(
                        "store-wrong-kind",
                        id = record.id,
                        target = target,
                        found = found,
                        wanted = wanted
                    )
                    .into());
                }
                _ => {}
            }
        }
        if let Body::Campaign(campaign) = &record.body {
            check_name(connection, record.id, &campaign.name).await?;
        }
        let keys = found_by(record, &batch, &known, rows.len());
        insert(connection, row, kind, keys).await?;
    }
    Ok(())
}

/// The latest versions of everything the rows are or point to, in one question.
async fn known_records(
    connection: &mut SqliteConnection,
    rows: &[Row<'_>],
) -> Result<HashMap<RecordId, Known>, Failure> {
    let mut wanted = BTreeSet::new();
    for row in rows {
        wanted.insert(row.record.id.to_string());
        wanted.extend(references(row.record).iter().map(|(id, _)| id.to_string()));
    }
    let list = serde_json::Value::from(wanted.into_iter().collect::<Vec<_>>()).to_string();
    let found: Vec<Known> = sqlx::query_as(
        "SELECT r.id, r.kind, r.version, r.campaign, r.sample, r.suggestion, r.name FROM record r \
         WHERE r.id IN (SELECT value FROM json_each(?)) \
         AND NOT EXISTS (SELECT 1 FROM record n WHERE n.id = r.id AND n.version = r.version + 1)",
    )
    .bind(list)
    .fetch_all(connection)
    .await?;
    let mut known = HashMap::new();
    for record in found {
        known.insert(record.id.parse()?, record);
    }
    Ok(known)
}

fn check_version(versions: &mut HashMap<RecordId, u32>, known: Option<&Known>, record: &Record) -> Result<(), Message> {
    let last = versions.entry(record.id).or_insert_with(|| known.map_or(0, |known| known.version));
    let next = last.saturating_add(1);
    if record.version != next {
        return Err(say!("store-wrong-version", id = record.id, version = record.version, next = next));
    }
    *last = next;
    let kind = record.body.kind();
    match known {
        Some(known) if known.kind != kind => {
            Err(say!("store-kind-changed", id = record.id, found = known.kind, wanted = kind))
        }
        _ => Ok(()),
    }
}

async fn check_name(connection: &mut SqliteConnection, id: RecordId, name: &str) -> Result<(), Failure> {
    let other: Option<String> = sqlx::query_scalar(
        "SELECT id FROM record r WHERE name = ? AND kind = 'campaign' AND id <> ? \
         AND NOT EXISTS (SELECT 1 FROM record n WHERE n.id = r.id AND n.version = r.version + 1) LIMIT 1",
    )
    .bind(name)
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    match other {
        Some(other) => Err(say!("store-campaign-exists", name = name, id = other).into()),
        None => Ok(()),
    }
}

/// Keys of a record; a file takes those of the record it belongs to, which may be a file of the same batch.
fn found_by(
    record: &Record,
    batch: &HashMap<RecordId, &Record>,
    known: &HashMap<RecordId, Known>,
    most_steps: usize,
) -> Keys {
    let mut current = record;
    for _ in 0..=most_steps {
        let Body::File(file) = &current.body else {
            return Keys { name: Keys::of(record).name, ..Keys::of(current) };
        };
        match file.of.map(|owner| (batch.get(&owner), known.get(&owner))) {
            Some((Some(owner), _)) => current = owner,
            Some((None, Some(owner))) => return Keys { name: Keys::of(record).name, ..owner.keys.clone() },
            _ => break,
        }
    }
    Keys::of(record)
}

async fn insert(
    connection: &mut SqliteConnection,
    row: &Row<'_>,
    kind: &'static str,
    keys: Keys,
) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO record (position, id, version, kind, at, campaign, sample, suggestion, name, json, hash) \
         VALUES ((SELECT coalesce(max(position), 0) + 1 FROM record), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.record.id.to_string())
    .bind(row.record.version)
    .bind(kind)
    .bind(row.record.provenance.at.microseconds())
    .bind(keys.campaign)
    .bind(keys.sample)
    .bind(keys.suggestion)
    .bind(keys.name)
    .bind(&row.json)
    .bind(&row.hash)
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_journal(connection: &mut SqliteConnection, lines: &[JournalLine]) -> Result<(), Failure> {
    let mut ends: BTreeMap<&str, (i64, String)> = BTreeMap::new();
    for line in lines {
        let journal = line.journal.as_str();
        if journal.is_empty() || journal.len() > 200 || journal.chars().any(char::is_control) {
            let start: String = journal.chars().filter(|c| !c.is_control()).take(40).collect();
            return Err(say!("store-journal-name", name = start).into());
        }
        if !ends.contains_key(journal) {
            ends.insert(journal, last_line(connection, journal).await?);
        }
        let Some((last, hash)) = ends.get_mut(journal) else { continue };
        let next = last.saturating_add(1);
        if i64::try_from(line.sequence) != Ok(next) {
            return Err(say!("store-journal-order", name = journal, found = line.sequence, next = next).into());
        }
        let entry = line.entry.to_string();
        let at = line.at.microseconds();
        (*last, *hash) = (next, line_hash(hash, journal, next, at, &entry)?);
        sqlx::query("INSERT INTO journal_line (journal, sequence, at, entry, hash) VALUES (?, ?, ?, ?, ?)")
            .bind(journal)
            .bind(next)
            .bind(at)
            .bind(entry)
            .bind(&*hash)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn last_line(connection: &mut SqliteConnection, journal: &str) -> Result<(i64, String), Failure> {
    let last =
        sqlx::query_as("SELECT sequence, hash FROM journal_line WHERE journal = ? ORDER BY sequence DESC LIMIT 1")
            .bind(journal)
            .fetch_optional(connection)
            .await?;
    Ok(last.unwrap_or_else(|| (0, FIRST.to_owned())))
}

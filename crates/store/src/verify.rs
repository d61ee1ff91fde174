//! Checking a whole dock: every record, reference, journal and object.

use std::collections::{BTreeMap, HashMap, HashSet};

use matdock_message::{Message, say};
use matdock_record::{Body, FileHash, Record, RecordId, body::Column};
use sqlx::{Connection, SqliteConnection};

use crate::{
    Dock, SeriesData,
    commit::{FIRST, Keys, references},
    dock::{expected_schema, schema},
    fault::{Failure, of_database},
    query::{StoredLine, StoredRecord},
};

/// Rows read at a time.
const CHUNK: u32 = 1000;

/// What a check of the whole dock found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// Versions of records read and hashed.
    pub records: u64,
    /// Journal lines read and hashed.
    pub journal_lines: u64,
    /// Objects read and hashed.
    pub objects: u64,
    /// What is wrong, precisely; empty for a whole dock.
    pub problems: Vec<Message>,
    /// Objects no record refers to, left by work that was stopped before its commit. No error.
    pub orphans: Vec<FileHash>,
}

/// What a record says about an object.
enum Claim {
    Text,
    File { bytes: u64 },
    Series { columns: Vec<Column>, rows: u64 },
}

/// A row of the table `record`.
#[derive(sqlx::FromRow)]
struct RecordRow {
    position: i64,
    kind: String,
    at: i64,
    #[sqlx(flatten)]
    keys: Keys,
    #[sqlx(flatten)]
    stored: StoredRecord,
}

/// The check under way.
struct Check<'a> {
    report: VerifyReport,
    kinds: HashMap<RecordId, (u32, &'static str)>,
    references: Vec<(RecordId, RecordId, Option<&'static str>)>,
    claims: BTreeMap<FileHash, Vec<(RecordId, Claim)>>,
    database: std::path::PathBuf,
    total: u64,
    progress: &'a mut dyn FnMut(u64, u64),
}

impl Dock {
    /// Checks everything: the database itself, every record against its hash, every reference, every journal line
    /// against its chain, every object against its hash. `progress` is told how much is done, of how much.
    ///
    /// # Errors
    /// The dock cannot be read at all; whatever can be read and is wrong is in the report.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<VerifyReport, Message> {
        let mut check = Check {
            report: VerifyReport::default(),
            kinds: HashMap::new(),
            references: Vec::new(),
            claims: BTreeMap::new(),
            database: self.database_file(),
            total: 0,
            progress,
        };
        self.with_database(async |connection| {
            // One transaction, so that a writer can go on and everything seen here belongs together.
            let mut transaction = connection.begin().await?;
            check.tables(&mut transaction).await?;
            let counts = "SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM journal_line)";
            check.total = sqlx::query_scalar::<_, i64>(counts)
                .fetch_one(&mut *transaction)
                .await
                .map_or(0, |count| u64::try_from(count).unwrap_or_default());
            check.records(&mut transaction).await;
            check.journals(&mut transaction).await;
            Ok(())
        })?;
        check.check_references();
        self.check_objects(&mut check)?;
        Ok(check.report)
    }

    fn check_objects(&self, check: &mut Check<'_>) -> Result<(), Message> {
        let claims = std::mem::take(&mut check.claims);
        let present = self.wait(self.objects.list())?;
        check.total = check.done() + present.len() as u64;
        for hash in &present {
            check.report.objects += 1;
            match self.object(hash) {
                Ok(bytes) => {
                    for (id, claim) in claims.get(hash).into_iter().flatten() {
                        check.report.problems.extend(mismatch(hash, *id, claim, &bytes));
                    }
                }
                Err(problem) => check.report.problems.push(problem),
            }
            if !claims.contains_key(hash) {
                check.report.orphans.push(hash.clone());
            }
            check.tell();
        }
        let present: HashSet<&FileHash> = present.iter().collect();
        for (hash, claims) in claims.iter().filter(|(hash, _)| !present.contains(hash)) {
            for (id, _) in claims {
                let file = self.objects.file(hash);
                check.report.problems.push(say!("store-object-lost", hash = hash, id = id, file = file.display()));
            }
        }
        Ok(())
    }
}

/// Where an object is whole but not what its record says.
fn mismatch(hash: &FileHash, id: RecordId, claim: &Claim, bytes: &bytes::Bytes) -> Option<Message> {
    match claim {
        Claim::Text => None,
        Claim::File { bytes: size } if *size == bytes.len() as u64 => None,
        Claim::File { bytes: size } => {
            Some(say!("store-file-size", id = id, hash = hash, said = size, found = bytes.len()))
        }
        Claim::Series { columns, rows } => match SeriesData::from_parquet(hash, bytes.clone()) {
            Ok(series) if series.columns == *columns && series.rows() as u64 == *rows => None,
            Ok(_) => Some(say!("store-series-differs", id = id, hash = hash)),
            Err(problem) => Some(problem),
        },
    }
}

impl Check<'_> {
    fn done(&self) -> u64 {
        self.report.records + self.report.journal_lines + self.report.objects
    }

    fn tell(&mut self) {
        let done = self.done();
        (self.progress)(done, self.total.max(done));
    }

    fn problem(&mut self, error: sqlx::Error) {
        self.report.problems.push(of_database(&self.database, &error));
    }

    /// Rows come in the order of their keys unless the file is damaged; reading on might never end.
    fn disorder(&mut self, at: i64) {
        self.report.problems.push(say!("store-database-damaged", file = self.database.display(), what = at));
    }

    /// The database's own check, and whether tables and triggers are as they were made.
    async fn tables(&mut self, connection: &mut SqliteConnection) -> Result<(), Failure> {
        match sqlx::query_scalar::<_, String>("PRAGMA integrity_check").fetch_all(&mut *connection).await {
            Ok(lines) => {
                for line in lines.iter().filter(|line| *line != "ok") {
                    self.report.problems.push(say!(
                        "store-database-damaged",
                        file = self.database.display(),
                        what = line.trim()
                    ));
                }
            }
            Err(error) => self.problem(error),
        }
        let expected = expected_schema().await?;
        match schema(connection).await {
            Ok(found) => {
                let altered = expected.iter().filter(|part| !found.contains(part));
                let added = found.iter().filter(|part| !expected.iter().any(|other| other.1 == part.1));
                for (kind, name, _) in altered.chain(added) {
                    self.report.problems.push(say!("store-schema-altered", kind = kind, name = name));
                }
            }
            Err(error) => self.problem(error),
        }
        Ok(())
    }

    async fn records(&mut self, connection: &mut SqliteConnection) {
        let mut last = 0_i64;
        loop {
            let rows: Result<Vec<RecordRow>, _> = sqlx::query_as(
                "SELECT position, kind, at, campaign, sample, suggestion, name, id, version, json, hash \
                 FROM record WHERE position > ? ORDER BY position LIMIT ?",
            )
            .bind(last)
            .bind(CHUNK)
            .fetch_all(&mut *connection)
            .await;
            let rows = match rows {
                Ok(rows) if rows.is_empty() => return,
                Ok(rows) => rows,
                Err(error) => return self.problem(error),
            };
            for row in rows {
                if row.position <= last {
                    return self.disorder(row.position);
                }
                if row.position != last.saturating_add(1) {
                    let (from, to) = (last.saturating_add(1), row.position.saturating_sub(1));
                    self.report.problems.push(say!("store-records-missing", from = from, to = to));
                }
                last = row.position;
                self.report.records += 1;
                self.record(&row);
                self.tell();
            }
        }
    }

    fn record(&mut self, row: &RecordRow) {
        let record = match row.stored.read() {
            Ok(record) => record,
            Err(problem) => return self.report.problems.push(problem),
        };
        let (id, version, kind) = (record.id, record.version, record.body.kind());
        let same_keys = matches!(record.body, Body::File(_)) || Keys::of(&record) == row.keys;
        if kind != row.kind || record.provenance.at.microseconds() != row.at || !same_keys {
            self.report.problems.push(say!("store-columns-differ", id = id, version = version));
        }
        let next = self.kinds.get(&id).map_or(1, |(before, _)| before.saturating_add(1));
        if version != next {
            self.report.problems.push(say!("store-wrong-version", id = id, version = version, next = next));
        }
        self.kinds.insert(id, (version, kind));
        self.references.extend(references(&record).into_iter().map(|(target, kind)| (id, target, kind)));
        self.claim(record);
    }

    fn claim(&mut self, record: Record) {
        let (hash, claim) = match record.body {
            Body::Campaign(campaign) => (campaign.text, Claim::Text),
            Body::Series(series) => (series.object, Claim::Series { columns: series.columns, rows: series.rows }),
            Body::File(file) => (file.object, Claim::File { bytes: file.bytes }),
            _ => return,
        };
        self.claims.entry(hash).or_default().push((record.id, claim));
    }

    fn check_references(&mut self) {
        for (id, target, wanted) in std::mem::take(&mut self.references) {
            let kind = self.kinds.get(&id).map_or("", |(_, kind)| kind);
            let problem = match (self.kinds.get(&target), wanted) {
                (None, _) => say!("store-unknown-record", id = id, kind = kind, target = target),
                (Some((_, found)), Some(wanted)) if *found != wanted => {
                    say!("store-wrong-kind", id = id, target = target, found = found, wanted = wanted)
                }
                _ => continue,
            };
            self.report.problems.push(problem);
        }
    }

    async fn journals(&mut self, connection: &mut SqliteConnection) {
        // The line read last, by its primary key and hash.
        let (mut journal, mut sequence, mut before) = (String::new(), 0_i64, FIRST.to_owned());
        loop {
            let rows: Result<Vec<StoredLine>, _> = sqlx::query_as(
                "SELECT journal, sequence, at, entry, hash FROM journal_line WHERE (journal, sequence) > (?, ?) \
                 ORDER BY journal, sequence LIMIT ?",
            )
            .bind(&journal)
            .bind(sequence)
            .bind(CHUNK)
            .fetch_all(&mut *connection)
            .await;
            let rows = match rows {
                Ok(rows) if rows.is_empty() => return,
                Ok(rows) => rows,
                Err(error) => return self.problem(error),
            };
            for row in rows {
                if (&row.journal, row.sequence) <= (&journal, sequence) {
                    return self.disorder(row.sequence);
                }
                if row.journal != journal {
                    (sequence, before) = (0, FIRST.to_owned());
                }
                self.report.journal_lines += 1;
                // A fault is told once: the next line is checked against this one as it is.
                let number = u64::try_from(sequence).unwrap_or_default().saturating_add(1);
                self.report.problems.extend(row.read(&before, number).err());
                (journal, sequence, before) = (row.journal, row.sequence, row.hash);
                self.tell();
            }
        }
    }
}

//! Reading records and journals.

use std::fmt::Display;

use matdock_message::{Message, say};
use matdock_record::{CampaignId, Record, RecordId, SampleId, SuggestionId, Timestamp};
use sqlx::{QueryBuilder, Sqlite};

use crate::{
    Dock, JournalLine,
    commit::{FIRST, line_hash},
    object::hash_of,
};

/// At most so many records are found by the beginning of an id.
const MOST_FOUND: u32 = 50;

/// Which records to read; every condition that is given has to hold. The default asks for everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The kind, in the word of `Body::kind`: `sample`, `measurement` ...
    pub kind: Option<&'static str>,
    /// The campaign itself, its suggestions and samples, and everything done to and seen on these samples.
    pub campaign: Option<CampaignId>,
    /// The sample itself, and everything done to it and seen on it.
    pub sample: Option<SampleId>,
    /// The suggestion itself, its samples, and everything done to and seen on these samples.
    pub suggestion: Option<SuggestionId>,
    /// At this time (of the provenance) or later.
    pub since: Option<Timestamp>,
    /// Before this time (of the provenance).
    pub until: Option<Timestamp>,
    /// At most so many, the first ones.
    pub limit: Option<u32>,
    /// Every version instead of the latest ones only.
    pub all_versions: bool,
}

const COLUMNS: &str = "SELECT r.id, r.version, r.json, r.hash FROM record r WHERE ";
const LATEST: &str = "NOT EXISTS (SELECT 1 FROM record n WHERE n.id = r.id AND n.version = r.version + 1)";

/// A record as it is stored.
#[derive(sqlx::FromRow)]
pub(crate) struct StoredRecord {
    id: String,
    version: u32,
    json: String,
    hash: String,
}

impl StoredRecord {
    /// The record, checked against its hash.
    pub(crate) fn read(&self) -> Result<Record, Message> {
        let damaged =
            |what: &dyn Display| say!("store-record-damaged", id = self.id, version = self.version, what = what);
        if hash_of(self.json.as_bytes())?.as_str() != self.hash {
            return Err(damaged(&format_args!("BLAKE3 {}", self.hash)));
        }
        let record: Record = serde_json::from_str(&self.json).map_err(|error| damaged(&error))?;
        if record.id.to_string() != self.id || record.version != self.version {
            return Err(damaged(&format_args!("{} {}", record.id, record.version)));
        }
        Ok(record)
    }
}

/// A journal line as it is stored.
#[derive(sqlx::FromRow)]
pub(crate) struct StoredLine {
    pub journal: String,
    pub sequence: i64,
    at: i64,
    entry: String,
    pub hash: String,
}

impl StoredLine {
    /// The line, checked to be the one with this number and to follow the line with the hash `before`.
    pub(crate) fn read(&self, before: &str, number: u64) -> Result<JournalLine, Message> {
        let damaged =
            |what: &dyn Display| say!("store-journal-damaged", name = self.journal, line = number, what = what);
        if u64::try_from(self.sequence) != Ok(number) {
            return Err(damaged(&self.sequence));
        }
        if line_hash(before, &self.journal, self.sequence, self.at, &self.entry)? != self.hash {
            return Err(damaged(&format_args!("BLAKE3 {}", self.hash)));
        }
        let entry = serde_json::from_str(&self.entry).map_err(|error| damaged(&error))?;
        let at = Timestamp::from_microseconds(self.at);
        Ok(JournalLine { journal: self.journal.clone(), sequence: number, at, entry })
    }
}

impl Query {
    /// The SQL, written so that each condition uses its index.
    pub(crate) fn builder(&self) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push(if self.all_versions { "1" } else { LATEST });
        if let Some(kind) = self.kind {
            sql.push(" AND r.kind = ").push_bind(kind);
        }
        let belongs = [
            ("campaign", self.campaign.map(|id| id.to_string())),
            ("suggestion", self.suggestion.map(|id| id.to_string())),
        ];
        for (column, id) in belongs {
            if let Some(id) = id {
                // What names it, and what belongs to a sample whose latest version names it.
                sql.push(format_args!(" AND r.position IN (SELECT d.position FROM record d WHERE d.{column} = "));
                sql.push_bind(id.clone());
                sql.push(format_args!(
                    " UNION SELECT o.position FROM record s CROSS JOIN record o ON o.sample = s.id WHERE s.{column} = "
                ));
                sql.push_bind(id);
                sql.push(
                    " AND s.kind = 'sample' AND NOT EXISTS \
                     (SELECT 1 FROM record n WHERE n.id = s.id AND n.version = s.version + 1))",
                );
            }
        }
        if let Some(id) = self.sample {
            sql.push(" AND r.sample = ").push_bind(id.to_string());
        }
        if let Some(since) = self.since {
            sql.push(" AND r.at >= ").push_bind(since.microseconds());
        }
        if let Some(until) = self.until {
            sql.push(" AND r.at < ").push_bind(until.microseconds());
        }
        let by_time = self.since.is_some() || self.until.is_some();
        let by_other =
            self.kind.is_some() || self.campaign.is_some() || self.sample.is_some() || self.suggestion.is_some();
        // The plus keeps SQLite from reading the whole table in order instead of looking up the time.
        sql.push(if by_time && !by_other { " ORDER BY +r.position" } else { " ORDER BY r.position" });
        if let Some(limit) = self.limit {
            sql.push(" LIMIT ").push_bind(limit);
        }
        sql
    }
}

impl Dock {
    /// The records a query asks for, in the order in which they were committed.
    ///
    /// # Errors
    /// The database or a record in it is damaged.
    pub fn records(&self, query: &Query) -> Result<Vec<Record>, Message> {
        self.select(query.builder())
    }

    /// The latest version of a record.
    ///
    /// # Errors
    /// As [`Dock::records`].
    pub fn record(&self, id: RecordId) -> Result<Option<Record>, Message> {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push("r.id = ").push_bind(id.to_string()).push(" ORDER BY r.version DESC LIMIT 1");
        Ok(self.select(sql)?.pop())
    }

    /// Every version of a record, the first one first.
    ///
    /// # Errors
    /// As [`Dock::records`].
    pub fn versions(&self, id: RecordId) -> Result<Vec<Record>, Message> {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push("r.id = ").push_bind(id.to_string()).push(" ORDER BY r.version");
        self.select(sql)
    }

    /// The campaign of this name, in its latest version.
    ///
    /// # Errors
    /// As [`Dock::records`].
    pub fn campaign(&self, name: &str) -> Result<Option<Record>, Message> {
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push(LATEST).push(" AND r.kind = 'campaign' AND r.name = ").push_bind(name.to_owned());
        sql.push(" ORDER BY r.position");
        Ok(self.select(sql)?.pop())
    }

    /// Latest versions of the campaigns and samples of this name, or else of the records whose id begins like this
    /// (50 at most).
    ///
    /// # Errors
    /// As [`Dock::records`].
    pub fn find(&self, prefix: &str) -> Result<Vec<Record>, Message> {
        let prefix = prefix.trim();
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push(LATEST).push(" AND r.name = ").push_bind(prefix.to_owned()).push(" ORDER BY r.position");
        let named = self.select(sql)?;
        let could_be_id = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if !named.is_empty() || !could_be_id {
            return Ok(named);
        }
        let low = prefix.to_ascii_lowercase();
        // `g` follows every character an id can have.
        let high = format!("{low}g");
        let mut sql = QueryBuilder::new(COLUMNS);
        sql.push(LATEST).push(" AND r.id >= ").push_bind(low).push(" AND r.id < ").push_bind(high);
        sql.push(" ORDER BY r.id LIMIT ").push_bind(MOST_FOUND);
        self.select(sql)
    }

    fn select(&self, mut sql: QueryBuilder<Sqlite>) -> Result<Vec<Record>, Message> {
        let rows: Vec<StoredRecord> =
            self.with_database(async |connection| Ok(sql.build_query_as().fetch_all(connection).await?))?;
        rows.iter().map(StoredRecord::read).collect()
    }

    /// Every line of a journal in order; none when there is no such journal. The chain of hashes is checked.
    ///
    /// # Errors
    /// The database or the journal is damaged.
    pub fn journal(&self, name: &str) -> Result<Vec<JournalLine>, Message> {
        let rows: Vec<StoredLine> = self.with_database(async |connection| {
            let sql = "SELECT journal, sequence, at, entry, hash FROM journal_line WHERE journal = ? ORDER BY sequence";
            Ok(sqlx::query_as(sql).bind(name).fetch_all(connection).await?)
        })?;
        let mut before = FIRST;
        let mut lines = Vec::with_capacity(rows.len());
        for (row, number) in rows.iter().zip(1..) {
            lines.push(row.read(before, number)?);
            before = &row.hash;
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use matdock_record::IdSource;
    use sqlx::Row;

    use super::*;
    use crate::Mode;

    #[test]
    fn every_condition_uses_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let dock = Dock::open(folder.path(), Mode::Write).unwrap();
        let now = Timestamp::from_microseconds(0);
        let mut ids = IdSource::from_seed(1);
        let all = Query {
            kind: Some("process"),
            campaign: Some(CampaignId::new(&mut ids, now)),
            sample: Some(SampleId::new(&mut ids, now)),
            suggestion: Some(SuggestionId::new(&mut ids, now)),
            since: Some(now),
            until: Some(now),
            limit: None,
            all_versions: false,
        };
        for set in 1..64_u32 {
            let has = |bit: u32| set & (1 << bit) != 0;
            let query = Query {
                kind: all.kind.filter(|_| has(0)),
                campaign: all.campaign.filter(|_| has(1)),
                sample: all.sample.filter(|_| has(2)),
                suggestion: all.suggestion.filter(|_| has(3)),
                since: all.since.filter(|_| has(4)),
                until: all.until.filter(|_| has(5)),
                ..all.clone()
            };
            let sql = format!("EXPLAIN QUERY PLAN {}", query.builder().into_string());
            let plan = dock.with_database(async |connection| {
                let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(connection).await?;
                Ok(rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>())
            });
            let plan = plan.unwrap();
            assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{query:?}: {plan:#?}");
        }
    }
}

//! Candidates given one by one, up to millions of them.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use matdock_message::{Message, say};

use super::{Parameter, Point, Value, parameter::check_parameters};

/// Candidates given one by one: the rows of a table. Clones share the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    columns: Vec<Parameter>,
    rows: Arc<Vec<Point>>,
    labels: Arc<Vec<String>>,
    index: Arc<PointIndex>,
}

impl Pool {
    /// A pool of `rows`, each a setting of every column. `labels` name the rows for people; when empty,
    /// rows are named by their number from 1.
    ///
    /// Errors: no column or fewer than two rows, a cell that is missing, not finite or of the wrong kind,
    /// a row twice (named).
    pub fn new(columns: Vec<Parameter>, rows: Vec<Point>, labels: Vec<String>) -> Result<Self, Message> {
        check_parameters(&columns)?;
        let labels =
            if labels.is_empty() { (1..=rows.len()).map(|number| number.to_string()).collect() } else { labels };
        if rows.len() < 2 {
            return Err(say!("plan-pool-small", rows = rows.len()));
        }
        if labels.len() != rows.len() {
            return Err(say!("plan-pool-labels", rows = rows.len(), labels = labels.len()));
        }
        let names: Vec<Option<HashSet<&String>>> =
            columns.iter().map(|column| column.kind.names().map(|names| names.iter().collect())).collect();
        for (index, row) in rows.iter().enumerate() {
            if row.len() != columns.len() {
                return Err(say!("plan-pool-width", row = labels[index], cells = row.len(), columns = columns.len()));
            }
            for ((column, names), value) in columns.iter().zip(&names).zip(row) {
                let fits = match (names, value) {
                    (Some(names), Value::Level(level)) => names.contains(level),
                    _ => column.accepts(value),
                };
                if !fits {
                    return Err(say!("plan-pool-cell", row = labels[index], column = column.name, value = value));
                }
            }
        }
        let index = PointIndex::new(&rows);
        if let Some((first, second)) = index.duplicate(&rows) {
            return Err(say!("plan-pool-duplicate", first = labels[first], second = labels[second]));
        }
        Ok(Self { columns, rows: Arc::new(rows), labels: Arc::new(labels), index: Arc::new(index) })
    }

    /// The columns, in the order of a [`Point`].
    pub fn columns(&self) -> &[Parameter] {
        &self.columns
    }

    /// The candidates.
    pub fn rows(&self) -> &[Point] {
        &self.rows
    }

    /// What people call the candidates, one per row.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The row with these settings.
    pub fn position(&self, point: &[Value]) -> Option<usize> {
        self.index.find(&self.rows, point)
    }

    pub(crate) fn shared(&self) -> (Arc<Vec<Point>>, Arc<PointIndex>) {
        (Arc::clone(&self.rows), Arc::clone(&self.index))
    }
}

/// Finds points by their settings: 16 bytes each, however wide they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PointIndex {
    /// Hash and number of every point, ascending.
    entries: Vec<(u64, usize)>,
}

impl PointIndex {
    pub(crate) fn new(points: &[Point]) -> Self {
        let mut entries: Vec<(u64, usize)> = points.iter().map(|point| hash(point)).zip(0..).collect();
        entries.sort_unstable();
        Self { entries }
    }

    /// The number of the first of `points` with these settings; they are those the index was made of.
    pub(crate) fn find(&self, points: &[Point], point: &[Value]) -> Option<usize> {
        let wanted = hash(point);
        let from = self.entries.partition_point(|entry| entry.0 < wanted);
        let alike = self.entries[from..].iter().take_while(|entry| entry.0 == wanted);
        alike.map(|entry| entry.1).find(|&number| points.get(number).is_some_and(|other| other == point))
    }

    /// Two points with the same settings: the one that comes up again first, after its first appearance.
    fn duplicate(&self, points: &[Point]) -> Option<(usize, usize)> {
        let mut found: Option<(usize, usize)> = None;
        for (at, &(wanted, number)) in self.entries.iter().enumerate() {
            // Different points with one hash are next to impossible; a few are looked at all the same.
            let before = self.entries[..at].iter().rev().take(4).take_while(|entry| entry.0 == wanted);
            let first = before.map(|entry| entry.1).find(|&other| points[other] == points[number]);
            if let Some(first) = first.filter(|_| found.is_none_or(|(_, second)| number < second)) {
                found = Some((first, number));
            }
        }
        found
    }
}

/// The same on every machine and in every run (`DefaultHasher::new` has fixed keys).
fn hash(point: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for value in point {
        match value {
            // Zeros of both signs are one setting.
            Value::Number(number) => (number + 0.0).to_bits().hash(&mut hasher),
            Value::Level(level) => level.hash(&mut hasher),
            Value::Absent => u8::MAX.hash(&mut hasher),
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_found_by_their_settings() {
        let point = |number: f64, level: &str| vec![Value::Number(number), Value::Level(level.to_owned())];
        let points = vec![point(1.0, "a"), point(0.0, "b"), point(1.0, "b"), point(0.0, "b"), point(1.0, "a")];
        let index = PointIndex::new(&points);
        assert_eq!(index.find(&points, &point(1.0, "b")), Some(2));
        assert_eq!(index.find(&points, &point(-0.0, "b")), Some(1));
        assert_eq!(index.find(&points, &point(2.0, "b")), None);
        assert_eq!(index.find(&points, &point(1.0, "b")[..1]), None);
        assert_eq!(index.duplicate(&points), Some((1, 3)));
        assert_eq!(PointIndex::new(&points[..3]).duplicate(&points), None);
    }
}

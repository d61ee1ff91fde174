//! Logs whose axis is what a clock showed, such as `2026-11-22 10:03:05`, rather than a number.

use jiff::{Timestamp, civil};

use crate::table::{Cell, Table};

/// What a clock showed \[us\].
#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    /// With the day: since 1970.
    Whole(i64),
    /// Without: since midnight.
    OfDay(i64),
}

const DAY: i64 = 86_400_000_000;

/// Seconds since the first reading, of a column of clock times; `None` where the column has none, or more numbers.
///
/// Times of day that jump back by more than half a day have passed midnight. A cell that is no time is NaN. Times without
/// a zone are taken as they stand: where a clock was put forward or back, they jump.
pub fn seconds(table: &Table, column: usize) -> Option<Vec<f64>> {
    let cells = || (0..table.rows.len()).map(|row| table.cell(row, column));
    let moments: Vec<Option<Moment>> = cells().map(moment).collect();
    let first = moments.iter().flatten().next().copied()?;
    let numbers = cells().filter(|cell| matches!(cell, Cell::Number(_))).count();
    if numbers >= moments.iter().flatten().count() {
        return None;
    }
    let (mut days, mut before) = (0, i64::MIN);
    let seconds = moments.into_iter().map(|moment| match (first, moment) {
        (Moment::Whole(first), Some(Moment::Whole(now))) => now.saturating_sub(first) as f64 / 1e6,
        (Moment::OfDay(first), Some(Moment::OfDay(now))) => {
            days += i64::from(now < before.saturating_sub(DAY / 2));
            before = now;
            (days * DAY + now - first) as f64 / 1e6
        }
        _ => f64::NAN,
    });
    Some(seconds.collect())
}

fn moment(cell: &Cell) -> Option<Moment> {
    let (Cell::Text(text) | Cell::Date(text)) = cell else { return None };
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(Moment::Whole(time.as_microsecond()));
    }
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (Some(date), Some(time.trim_start())),
        None if text.contains(':') => (None, Some(text.as_str())),
        None => (Some(text.as_str()), None),
    };
    let time: civil::Time = match time {
        Some(time) => padded(time, ':').parse().ok()?,
        None => civil::Time::midnight(),
    };
    let Some(date) = date else {
        let since = time.duration_since(civil::Time::midnight());
        return Some(Moment::OfDay(i64::try_from(since.as_micros()).ok()?));
    };
    let date: civil::Date = padded(&date.replace('/', "-"), '-').parse().ok()?;
    let now = date.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Moment::Whole(now.timestamp().as_microsecond()))
}

/// `9:3` as `09:03`.
fn padded(text: &str, between: char) -> String {
    text.split(between).map(|part| format!("{part:0>2}")).collect::<Vec<_>>().join(&between.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> Option<Vec<f64>> {
        let mut table = Table::new(vec!["time".to_owned()]);
        cells.iter().for_each(|cell| table.push(vec![Cell::Text((*cell).to_owned())]));
        seconds(&table, 0)
    }

    #[test]
    fn what_clocks_show_becomes_seconds() {
        let whole = ["2026-11-22 10:00:00", "2026-11-22T10:00:00.5", "2026/11/22 10:01:00", "2026-11-22T11:00:00Z"];
        assert_eq!(of(&whole).unwrap(), [0.0, 0.5, 60.0, 3600.0]);
        assert_eq!(of(&["2026/1/5 9:03", "2026/1/5 9:04"]).unwrap(), [0.0, 60.0]);
        assert_eq!(of(&["23:59:59", "0:00:01", "0:00:00"]).unwrap(), [0.0, 2.0, 1.0], "past midnight, then backwards");
    }

    #[test]
    fn what_is_no_clock_time_is_none() {
        assert_eq!(of(&["soon", "later"]), None);
        assert_eq!(of(&["12", "13"]), None);
        assert_eq!(of(&["2026-13-41 10:00:00"]), None);
        let odd = of(&["10:00:00", "soon", "10:00:02", "2026-11-22 10:00:03"]).unwrap();
        assert!(odd[1].is_nan() && odd[3].is_nan() && odd[2] == 2.0, "{odd:?}");
    }
}

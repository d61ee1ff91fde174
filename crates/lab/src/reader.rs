//! Reads TOML with places: every complaint names file and line, every unknown key the nearest known one.

use std::{cell::RefCell, ops::Range};

use matdock_message::{Message, say};
use matdock_record::{Datum, Quantity, Unit};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The text being read and what to call it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    pub fn line(&self, span: &Range<usize>) -> usize {
        let end = span.start.min(self.text.len());
        self.text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    pub fn at(&self, span: &Range<usize>, what: &Message) -> Message {
        at_line(self.file, self.line(span), what)
    }
}

/// A complaint about a line of a file.
pub(crate) fn at_line(file: &str, line: usize, what: &Message) -> Message {
    say!("place-file-line", file = file, line = line, what = what)
}

/// Parses the text and hands its top level to `read`.
pub(crate) fn read<T>(
    text: &str,
    file: &str,
    read: impl FnOnce(&Section<'_>) -> Result<T, Message>,
) -> Result<T, Message> {
    let source = Source { file, text };
    let table = DeTable::parse(text).map_err(|error| {
        let what = say!("lab-toml", what = error.message());
        source.at(&error.span().unwrap_or_default(), &what)
    })?;
    let section = Section::new(source, table.get_ref(), table.span());
    let value = read(&section)?;
    section.close()?;
    Ok(value)
}

/// A table of the file. Remembers which keys were asked for, so that the others can be refused.
pub(crate) struct Section<'a> {
    source: Source<'a>,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    known: RefCell<Vec<&'static str>>,
}

/// Name and either text with its line or table.
pub(crate) type TextOrSection<'a> = (String, Option<(String, usize)>, Option<Section<'a>>);

type Value<'a> = &'a Spanned<DeValue<'a>>;

impl<'a> Section<'a> {
    fn new(source: Source<'a>, table: &'a DeTable<'a>, span: Range<usize>) -> Self {
        Self { source, table, span, known: RefCell::default() }
    }

    pub fn file(&self) -> &'a str {
        self.source.file
    }

    pub fn line(&self) -> usize {
        self.source.line(&self.span)
    }

    /// A complaint about this table as a whole.
    pub fn fault(&self, what: &Message) -> Message {
        self.source.at(&self.span, what)
    }

    fn get(&self, key: &'static str) -> Option<Value<'a>> {
        self.known.borrow_mut().push(key);
        self.table.get(key)
    }

    /// A complaint about the value of `key`, or about the table where the key is absent.
    pub fn fault_at(&self, key: &str, what: &Message) -> Message {
        let span = self.table.get(key).map_or_else(|| self.span.clone(), Spanned::span);
        self.source.at(&span, what)
    }

    fn wrong(&self, key: &str, wanted: &'static str) -> Message {
        self.fault_at(key, &say!("lab-wrong-type", key = key, wanted = wanted))
    }

    pub fn text(&self, key: &'static str) -> Result<Option<String>, Message> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Ok(Some(text.trim().to_owned())),
            _ => Err(self.wrong(key, "\"text\"")),
        }
    }

    pub fn required_text(&self, key: &'static str) -> Result<String, Message> {
        self.text(key)?.ok_or_else(|| self.fault(&say!("lab-missing-key", key = key)))
    }

    pub fn texts(&self, key: &'static str) -> Result<Vec<(String, usize)>, Message> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let wrong = || self.wrong(key, "[\"text\", ...]");
        let items = value.get_ref().as_array().ok_or_else(wrong)?;
        let read = |item: &Spanned<DeValue<'_>>| {
            let text = item.get_ref().as_str().ok_or_else(wrong)?;
            Ok((text.trim().to_owned(), self.source.line(&item.span())))
        };
        items.iter().map(read).collect()
    }

    pub fn whole(&self, key: &'static str, least: u64) -> Result<Option<u64>, Message> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<u64>().ok());
        match number.filter(|number| *number >= least && *number <= 1_000_000) {
            Some(number) => Ok(Some(number)),
            None => Err(self.fault_at(key, &say!("lab-whole-number", key = key, least = least))),
        }
    }

    pub fn number(&self, key: &'static str) -> Result<Option<f64>, Message> {
        let Some(value) = self.get(key) else { return Ok(None) };
        float(value.get_ref()).map(Some).ok_or_else(|| self.wrong(key, "1.5"))
    }

    pub fn flag(&self, key: &'static str) -> Result<Option<bool>, Message> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.get_ref().as_bool().map(Some).ok_or_else(|| self.wrong(key, "true"))
    }

    pub fn unit(&self, key: &'static str) -> Result<Option<Unit>, Message> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        text.parse().map(Some).map_err(|what| self.fault_at(key, &what))
    }

    /// A length of time such as `"30 s"` or `"2 h"`, in seconds.
    pub fn seconds(&self, key: &'static str) -> Result<Option<f64>, Message> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let text = value.get_ref().as_str().ok_or_else(|| self.wrong(key, "\"30 s\""))?;
        seconds(text).map(Some).map_err(|what| self.fault_at(key, &what))
    }

    /// Any setting: text, flag, number or quantity.
    pub fn datum(&self, key: &'static str) -> Result<Option<Datum>, Message> {
        let Some(value) = self.get(key) else { return Ok(None) };
        self.to_datum(key, value).map(Some)
    }

    pub fn has_text(&self, key: &'static str) -> bool {
        self.get(key).is_some_and(|value| value.get_ref().is_str())
    }

    fn to_datum(&self, key: &str, value: Value<'a>) -> Result<Datum, Message> {
        match value.get_ref() {
            DeValue::String(text) => datum(text).map_err(|what| self.source.at(&value.span(), &what)),
            DeValue::Boolean(flag) => Ok(Datum::Flag(*flag)),
            other => match float(other) {
                Some(number) => Ok(Datum::number(number, &Unit::one())),
                None => Err(self.wrong(key, "\"450 Cel\"")),
            },
        }
    }

    /// Every entry of a table of settings, with its line.
    pub fn data(&self, key: &'static str) -> Result<Vec<(String, Datum, usize)>, Message> {
        let Some(section) = self.section(key)? else { return Ok(Vec::new()) };
        let read = |(name, value): (&Spanned<toml::de::DeString<'_>>, Value<'a>)| {
            let name = name.get_ref().to_string();
            let datum = section.to_datum(&name, value)?;
            Ok((name, datum, self.source.line(&value.span())))
        };
        section.table.iter().map(read).collect()
    }

    pub fn section(&self, key: &'static str) -> Result<Option<Section<'a>>, Message> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Table(table) => Ok(Some(Section::new(self.source, table, value.span()))),
            _ => Err(self.wrong(key, "{ ... }")),
        }
    }

    /// Tables by name, such as the parameters of a capability.
    pub fn named_sections(&self, key: &'static str) -> Result<Vec<(String, Section<'a>)>, Message> {
        let Some(section) = self.section(key)? else { return Ok(Vec::new()) };
        let read = |(name, value): (&Spanned<toml::de::DeString<'_>>, Value<'a>)| match value.get_ref() {
            DeValue::Table(table) => Ok((name.get_ref().to_string(), Section::new(self.source, table, value.span()))),
            _ => Err(self.source.at(&value.span(), &say!("lab-wrong-type", key = name.get_ref(), wanted = "{ ... }"))),
        };
        section.table.iter().map(read).collect()
    }

    /// The entries of a table, each a text (with its line) or a table of its own.
    pub fn texts_or_sections(&self, key: &'static str) -> Result<Vec<TextOrSection<'a>>, Message> {
        let Some(section) = self.section(key)? else { return Ok(Vec::new()) };
        let read = |(name, value): (&Spanned<toml::de::DeString<'_>>, Value<'a>)| {
            let name = name.get_ref().to_string();
            match value.get_ref() {
                DeValue::String(text) => Ok((name, Some((text.to_string(), self.source.line(&value.span()))), None)),
                DeValue::Table(table) => Ok((name, None, Some(Section::new(self.source, table, value.span())))),
                _ => Err(self.source.at(&value.span(), &say!("lab-wrong-type", key = name, wanted = "\"...\""))),
            }
        };
        section.table.iter().map(read).collect()
    }

    /// The tables of `[[key]]`.
    pub fn sections(&self, key: &'static str) -> Result<Vec<Section<'a>>, Message> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let wrong = || self.wrong(key, "[[...]]");
        let items = value.get_ref().as_array().ok_or_else(wrong)?;
        let read = |item: Value<'a>| match item.get_ref() {
            DeValue::Table(table) => Ok(Section::new(self.source, table, item.span())),
            _ => Err(wrong()),
        };
        items.iter().map(read).collect()
    }

    /// Refuses every key that was not asked for.
    pub fn close(&self) -> Result<(), Message> {
        let known = self.known.borrow();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let what = match nearest(name, known.iter().copied()) {
                    Some(near) => say!("lab-unknown-key-near", key = name, near = near),
                    None => say!("lab-unknown-key", key = name, known = known.join(", ")),
                };
                return Err(self.source.at(&key.span(), &what));
            }
        }
        Ok(())
    }
}

fn float(value: &DeValue<'_>) -> Option<f64> {
    let number: f64 = match value {
        DeValue::Integer(number) => number.as_str().parse().ok()?,
        DeValue::Float(number) => number.as_str().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// A number as a person reads it: very large and very small ones as `1e300`, without hundreds of digits.
pub(crate) fn shown(number: f64) -> String {
    match number.abs() {
        size if number == 0.0 || (1e-4..1e7).contains(&size) => number.to_string(),
        _ => format!("{number:e}"),
    }
}

/// A setting as a person reads it.
pub(crate) fn shown_datum(datum: &Datum) -> String {
    match datum.quantity() {
        Some(quantity) => shown_quantity(quantity),
        None => datum.to_string(),
    }
}

/// Value and unit of a setting as a person reads them.
pub(crate) fn shown_quantity(quantity: &Quantity) -> String {
    let value = shown(quantity.value);
    if quantity.unit.is_one() { value } else { format!("{value} {}", quantity.unit) }
}

/// Reads `"450 Cel"` as a quantity and anything that does not begin with a number as text.
pub(crate) fn datum(text: &str) -> Result<Datum, Message> {
    let (head, unit) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
    match head.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Datum::number(number, &unit.parse()?)),
        _ => Ok(Datum::Text(text.trim().to_owned())),
    }
}

/// Reads a quantity such as `"450 Cel"`.
pub(crate) fn quantity(text: &str) -> Result<Quantity, Message> {
    match datum(text)? {
        Datum::Quantity(quantity) => Ok(quantity),
        _ => Err(say!("lab-no-quantity", text = text)),
    }
}

/// Reads a length of time, in seconds.
pub(crate) fn seconds(text: &str) -> Result<f64, Message> {
    let second: Unit = "s".parse()?;
    let time = quantity(text).map_err(|_| say!("lab-no-time", text = text))?;
    match time.unit.convert(time.value, &second) {
        Ok(value) if (0.0..=1e9).contains(&value) => Ok(value),
        _ => Err(say!("lab-no-time", text = text)),
    }
}

/// The known name nearest to a misspelt one, where one is near enough to be meant.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let lower = name.to_lowercase();
    known
        .map(|candidate| (edits(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(edits, candidate)| *edits <= (candidate.chars().count() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Number of inserted, deleted and replaced letters between two words (Levenshtein distance).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_the_one_that_was_meant() {
        let known = ["anneal", "measure-impedance", "deposit"];
        assert_eq!(nearest("aneal", known.into_iter()), Some("anneal"));
        assert_eq!(nearest("measure_impedance", known.into_iter()), Some("measure-impedance"));
        assert_eq!(nearest("xrd", known.into_iter()), None);
    }

    #[test]
    fn no_number_is_shown_with_hundreds_of_digits() {
        for (number, text) in
            [(1e300, "1e300"), (-2.5e7, "-2.5e7"), (9_999_999.0, "9999999"), (1e-5, "1e-5"), (0.25, "0.25"), (0.0, "0")]
        {
            assert_eq!(shown(number), text);
        }
        assert_eq!(shown_datum(&datum("1e300 Cel").unwrap()), "1e300 Cel");
        assert_eq!(shown_datum(&datum("argon").unwrap()), "argon");
    }

    #[test]
    fn times_are_read_in_any_unit_of_time() {
        assert_eq!(seconds("2 h").unwrap(), 7200.0);
        assert_eq!(seconds("1.5 min").unwrap(), 90.0);
        for bad in ["2", "2 m", "-1 s", "soon", ""] {
            assert_eq!(seconds(bad).unwrap_err().id(), "lab-no-time", "{bad}");
        }
    }
}

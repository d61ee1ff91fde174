//! Text for people: one catalogue, English and Japanese.
//!
//! Code never writes a sentence for a person. It makes a [`Message`], an identifier with named
//! arguments, and a face of matdock turns it into text in the language the person reads. The
//! sentences are in `catalogue/<language>/<crate>.ftl` (Project Fluent syntax).

mod catalogue;

use std::fmt;

pub use catalogue::{identifiers, text_of};

/// A language matdock can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Language {
    /// English, the fallback.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Reads a language tag such as `ja`, `en`, or the value of `LANG` (`ja_JP.UTF-8`).
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['_', '-', '.', '@']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "en" | "c" | "posix" => Some(Self::English),
            "ja" => Some(Self::Japanese),
            _ => None,
        }
    }
}

/// Something to tell a person: which sentence of the catalogue, and what to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    id: &'static str,
    arguments: Vec<(&'static str, String)>,
}

impl Message {
    /// A message without arguments; `id` is a key of the catalogue.
    pub fn new(id: &'static str) -> Self {
        Self { id, arguments: Vec::new() }
    }

    /// Adds an argument, filled in where the sentence says `{ $name }`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// The catalogue key: stable, so that programs and tests can tell messages apart.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The sentence in `language`.
    pub fn text(&self, language: Language) -> String {
        catalogue::render(language, self.id, &self.arguments)
    }
}

/// English, so that errors read well in logs and test output.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

impl std::error::Error for Message {}

/// Makes a [`Message`]: `say!("lab-unknown-station", name = station, file = path)`.
#[macro_export]
macro_rules! say {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::Message::new($id)$(.with(stringify!($name), &$value))*
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_is_read_from_environment_values() {
        assert_eq!(Language::parse("ja_JP.UTF-8"), Some(Language::Japanese));
        assert_eq!(Language::parse("C.UTF-8"), Some(Language::English));
        assert_eq!(Language::parse("fr"), None);
    }

    #[test]
    fn a_message_speaks_both_languages() {
        let message = say!("place-file-line", file = "lab.toml", line = 3, what = "x");
        assert_eq!(message.text(Language::English), "lab.toml, line 3: x");
        assert_eq!(message.text(Language::Japanese), "lab.toml、3 行目: x");
    }
}

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
    arguments: Vec<(&'static str, Argument)>,
}

/// What is filled into a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// Text as it is.
    Text(String),
    /// Another message, which is put into the language of the whole.
    Message(Message),
}

impl Message {
    /// A message without arguments; `id` is a key of the catalogue.
    pub fn new(id: &'static str) -> Self {
        Self { id, arguments: Vec::new() }
    }

    /// Adds an argument, filled in where the sentence says `{ $name }`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Argument) -> Self {
        self.arguments.push((name, value));
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
        $crate::Message::new($id)$(.with(stringify!($name), {
            #[allow(unused_imports, reason = "not needed where the value is a message")]
            use $crate::AsText as _;
            $crate::Filled(&$value).argument()
        }))*
    };
}

/// A value on its way into a message; [`say!`] asks it for its argument.
///
/// Messages answer with their own method, everything else through [`AsText`]: methods of a type go before those of
/// a trait.
pub struct Filled<'a, T: ?Sized>(pub &'a T);

impl Filled<'_, Message> {
    /// The message, still in no language.
    pub fn argument(&self) -> Argument {
        Argument::Message(self.0.clone())
    }
}

impl Filled<'_, &Message> {
    /// The message, still in no language.
    pub fn argument(&self) -> Argument {
        Argument::Message((*self.0).clone())
    }
}

impl Filled<'_, f64> {
    /// The number, with a power of ten where it would be long.
    pub fn argument(&self) -> Argument {
        let size = self.0.abs();
        let plain = size == 0.0 || !size.is_finite() || (1e-6..1e12).contains(&size);
        Argument::Text(if plain { self.0.to_string() } else { format!("{:e}", self.0) })
    }
}

impl Filled<'_, &f64> {
    /// The number, with a power of ten where it would be long.
    pub fn argument(&self) -> Argument {
        Filled(*self.0).argument()
    }
}

/// Anything that can be printed, as an argument.
pub trait AsText {
    /// The text.
    fn argument(&self) -> Argument;
}

impl<T: fmt::Display + ?Sized> AsText for Filled<'_, T> {
    fn argument(&self) -> Argument {
        Argument::Text(self.0.to_string())
    }
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

    #[test]
    fn a_message_within_a_message_is_in_the_same_language() {
        let inner = say!("record-bad-time", text = "noon");
        let borrowed = &inner;
        for outer in [say!("place-file", file = "a", what = inner), say!("place-file", file = "a", what = borrowed)] {
            assert!(outer.text(Language::Japanese).contains("時刻"), "{outer:?}");
            assert!(outer.text(Language::English).contains("no time"));
        }
    }
}

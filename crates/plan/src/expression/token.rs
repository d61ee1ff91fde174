//! From characters to words.

use matdock_message::{Message, say};

/// One word of a condition, and where it begins (characters from 1).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub place: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    /// A name, or a word such as `and`.
    Word(String),
    /// A name in backticks: never a word of the language.
    Name(String),
    /// Text in quotation marks.
    Text(String),
    /// An operator or bracket, in its plain spelling.
    Sign(&'static str),
    End,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Sign(sign) => f.write_str(sign),
            Self::End => Ok(()),
        }
    }
}

/// Longest first, so that `<=` is not read as `<`. The second is what it means.
const SIGNS: [(&str, &str); 22] = [
    ("<=", "<="),
    (">=", ">="),
    ("<>", "!="),
    ("!=", "!="),
    ("==", "="),
    ("**", "^"),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("<", "<"),
    (">", ">"),
    ("=", "="),
    ("+", "+"),
    ("-", "-"),
    ("−", "-"),
    ("*", "*"),
    ("·", "*"),
    ("/", "/"),
    ("^", "^"),
    ("(", "("),
    (")", ")"),
    (",", ","),
];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Message> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut place = 1;
    loop {
        let blank = rest.len() - rest.trim_start().len();
        place += rest[..blank].chars().count();
        rest = &rest[blank..];
        let Some(first) = rest.chars().next() else { break };
        let (kind, used) = if first.is_ascii_digit() || (first == '.' && starts_number(rest)) {
            number(rest, place)?
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
            (Kind::Word(rest[..end].to_owned()), end)
        } else if matches!(first, '\'' | '"' | '`') {
            let (inside, used) =
                quoted(rest, first).ok_or_else(|| wrong(place, &say!("plan-expression-open", sign = first)))?;
            (if first == '`' { Kind::Name(inside) } else { Kind::Text(inside) }, used)
        } else {
            let sign = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign));
            let (sign, plain) = sign.ok_or_else(|| wrong(place, &say!("plan-expression-sign", sign = first)))?;
            (Kind::Sign(plain), sign.len())
        };
        found.push(Token { kind, place });
        place += rest[..used].chars().count();
        rest = &rest[used..];
    }
    found.push(Token { kind: Kind::End, place });
    Ok(found)
}

/// `what` with its place in the text.
pub(super) fn wrong(place: usize, what: &Message) -> Message {
    say!("plan-expression-place", character = place, what = what)
}

fn starts_number(rest: &str) -> bool {
    rest[1..].starts_with(|c: char| c.is_ascii_digit())
}

fn number(rest: &str, place: usize) -> Result<(Kind, usize), Message> {
    let digits = |from: usize| {
        let tail = rest.get(from..).unwrap_or("");
        from + tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len())
    };
    let mut end = digits(0);
    if rest[end..].starts_with('.') {
        end = digits(end + 1);
    }
    if rest[end..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
        let power = digits(end + 1 + sign);
        if power > end + 1 + sign {
            end = power;
        }
    }
    let number = rest[..end].parse::<f64>().ok().filter(|number| number.is_finite());
    let number = number.ok_or_else(|| wrong(place, &say!("plan-expression-number", text = &rest[..end])))?;
    Ok((Kind::Number(number), end))
}

/// The text between quotation marks, a doubled one standing for itself, and the bytes used.
fn quoted(rest: &str, mark: char) -> Option<(String, usize)> {
    let mut inside = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((index, character)) = characters.next() {
        if character != mark {
            inside.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == mark) {
            characters.next();
            inside.push(mark);
        } else {
            return Some((inside, index + mark.len_utf8()));
        }
    }
    None
}

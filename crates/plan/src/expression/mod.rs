//! Rules people write about parameters: `temperature * time <= 500`, `solvent = 'ether' and pressure > 5`.
//!
//! A [`Condition`] is true or false of a point, a [`Formula`] a number. Both are checked when they are read: names,
//! kinds and levels have to exist, and every error tells the place in the text.

mod evaluate;
mod parse;
mod token;
mod units;

use matdock_message::{Message, say};
use matdock_record::Unit;

use crate::space::{Parameter, Value};
pub(crate) use evaluate::Leaf;
use evaluate::{Number, Truth};

/// A condition on the settings, such as `temperature * time <= 500` or `solvent in ('ether', 'thf')`.
///
/// Comparisons `= != < <= > >=` (also chained, `1 <= a <= 3`), `+ - * / ^`, `and or not`, parentheses, the
/// functions `sqrt abs exp ln log10 sin cos tan floor ceil round min max`. Levels stand in quotation marks. Names
/// with spaces or signs stand in backticks. Numbers are in the units of their parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    text: String,
    truth: Truth,
}

/// A number computed from the settings, such as `2 * precursor + solvent_volume`. See [`Condition`] for what can be
/// written.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    text: String,
    number: Number,
}

impl Condition {
    /// Reads a condition on `parameters`.
    ///
    /// # Errors
    /// The text is no condition, or speaks of names or levels that do not exist; tells where and what is near.
    pub fn parse(text: &str, parameters: &[Parameter]) -> Result<Self, Message> {
        Ok(Self { text: text.trim().to_owned(), truth: parse::condition(text, &names(parameters))? })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is true of `point`, the settings in the order of the parameters it was read with. Not true where
    /// it speaks of a parameter that is absent there.
    pub fn holds(&self, point: &[Value]) -> bool {
        self.truth(point) == Some(true)
    }

    /// Whether it is true; `None` where that hangs on a parameter that is absent. A comparison with something that
    /// is no number (`sqrt(-1)`, `1 / 0 - 1 / 0`) is false.
    pub fn truth(&self, point: &[Value]) -> Option<bool> {
        self.truth.of(point)
    }

    /// A comparison in it to be changed so that it becomes `wanted`; `pick(n)` gives a number below n.
    pub(crate) fn broken(
        &self,
        point: &[Value],
        wanted: bool,
        pick: &mut dyn FnMut(usize) -> usize,
    ) -> Option<Leaf<'_>> {
        self.truth.broken(point, wanted, pick)
    }

    /// Positions of the parameters it speaks of, in order, each once.
    pub fn parameters(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.truth.collect(&mut found);
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Formula {
    /// Reads a formula of `parameters`.
    ///
    /// # Errors
    /// As [`Condition::parse`].
    pub fn parse(text: &str, parameters: &[Parameter]) -> Result<Self, Message> {
        Ok(Self { text: text.trim().to_owned(), number: parse::formula(text, &names(parameters))? })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The unit of its value, from those of the parameters; `None` where a number written in it, which may stand for a
    /// quantity of any unit, leaves it open.
    ///
    /// # Errors
    /// Units that cannot be added, or a function such as `exp` of something that has a unit.
    pub fn unit(&self, units: &[Unit]) -> Result<Option<Unit>, Message> {
        let wrong = |what: Message| say!("plan-expression", text = self.text, what = what);
        self.number.unit(units).map_err(wrong)
    }

    /// Refuses a formula that does not yield `wanted`, as far as that can be told.
    ///
    /// # Errors
    /// As [`Formula::unit`], or another unit.
    pub fn check_unit(&self, units: &[Unit], wanted: &Unit) -> Result<(), Message> {
        match self.unit(units)? {
            Some(found) if !units::equal(&found, wanted) => {
                Err(say!("plan-formula-unit", text = self.text, found = found, wanted = wanted))
            }
            _ => Ok(()),
        }
    }

    /// Positions of the parameters it speaks of, in order, each once.
    pub fn parameters(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.number.collect(&mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Its value at `point`; `None` where a parameter is absent or the result is not finite.
    pub fn value(&self, point: &[Value]) -> Option<f64> {
        self.number.of(point).filter(|value| value.is_finite())
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// A name that may be used, and its levels when it is not a number.
struct Name<'a> {
    name: &'a str,
    levels: Option<&'a [String]>,
}

fn names(parameters: &[Parameter]) -> Vec<Name<'_>> {
    parameters.iter().map(|parameter| Name { name: &parameter.name, levels: parameter.kind.names() }).collect()
}

/// Those of `known` most like `word`, for an error text; none when nothing is like it.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let word = word.to_lowercase();
    let scored = known.map(|other| (strsim::jaro_winkler(&word, &other.to_lowercase()), other));
    scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| other.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::{ParameterKind, Scale};

    pub(super) fn parameters() -> Vec<Parameter> {
        let number = |name: &str| Parameter {
            name: name.into(),
            unit: String::new(),
            kind: ParameterKind::Continuous { low: -10.0, high: 10.0, scale: Scale::Linear, step: None },
        };
        let level = |name: &str, levels: &[&str]| Parameter {
            name: name.into(),
            unit: String::new(),
            kind: ParameterKind::Categorical { levels: levels.iter().map(|l| (*l).to_owned()).collect() },
        };
        vec![
            number("x"),
            number("film thickness"),
            level("solvent", &["ether", "thf", "o'x"]),
            level("stirred", &["true", "false"]),
        ]
    }

    fn point(x: f64, thickness: f64, solvent: &str, stirred: &str) -> Vec<Value> {
        vec![Value::Number(x), Value::Number(thickness), Value::Level(solvent.into()), Value::Level(stirred.into())]
    }

    #[test]
    fn conditions_hold_where_they_should() {
        let at = point(2.0, 3.0, "thf", "true");
        for (text, expected) in [
            ("x * `film thickness` <= 6", true),
            ("x*`film thickness` < 6", false),
            ("1 <= x <= 2 and 2 < `film thickness` < 4", true),
            ("1 <= x <= 1.5", false),
            ("solvent = 'ether' or x = 2", true),
            ("not solvent = 'ether'", true),
            ("solvent != \"thf\"", false),
            ("solvent in ('ether', 'thf')", true),
            ("solvent not in ('ether', 'thf')", false),
            ("x in (1, 2, 3)", true),
            ("stirred = true", true),
            ("solvent = 'o''x'", false),
            ("-x^2 = -4 and 2^3^2 = 512 and 2^-1 = 0.5", true),
            ("7 - 2 - 1 = 4 and 8 / 2 / 2 = 2 and 1 + 2 * 3 = 7 and (1 + 2) * 3 = 9", true),
            ("sqrt(x + 2) = 2 and max(x, 5, 1) = 5 and abs(-1) = 1 and exp(0) = 1", true),
            ("ln(x) > 0 and log10(100) = 2 and min(x, 3) = 2 and round(1.6) = 2", true),
            ("sqrt(-x) > 0 or sqrt(-x) <= 0", false),
            ("x ≤ 2 and x ≥ 2 and x ≠ 3 and x == 2 and x <> 3", true),
            ("1.5e-3 < x and .5 < x", true),
            ("(x > 1) and ((x > 5) or (x < 3))", true),
            ("not (x > 1 and x > 5)", true),
        ] {
            let condition = Condition::parse(text, &parameters()).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(condition.holds(&at), expected, "{text}");
        }
    }

    #[test]
    fn errors_tell_the_place_and_what_is_near() {
        for (text, place, says) in [
            ("x * thickness <= 500", 5, "film thickness"),
            ("y <= 500", 1, "y"),
            ("solvent = 'eter'", 11, "ether"),
            ("solvent = 'water'", 11, "ether"),
            ("solvent < 'ether'", 9, "solvent"),
            ("solvent + 1 > 2", 1, "number"),
            ("x + 1", 1, "comparison"),
            ("x <= ", 6, "ends"),
            ("x <= 3)", 7, ")"),
            ("(x <= 3", 8, ")"),
            ("x <= 3 4", 8, "4"),
            ("x <= 3 and", 11, "ends"),
            ("x ? 3", 3, "?"),
            ("log(x) > 1", 1, "log10"),
            ("sqr(x) > 1", 1, "sqrt"),
            ("sqrt(x, 2) > 1", 1, "sqrt"),
            ("x = 'a'", 1, "x"),
            ("1e999 > x", 1, "1e999"),
            ("solvent = 'ether", 11, "'"),
            ("", 1, "ends"),
            ("x < 3 and 4", 11, "comparison"),
            ("not x", 5, "comparison"),
        ] {
            let error = Condition::parse(text, &parameters()).expect_err(text).to_string();
            assert!(error.contains(&format!("character {place}:")) && error.contains(says), "{text}: {error}");
        }
        let deep = format!("{}x > 1{}", "(".repeat(5000), ")".repeat(5000));
        assert!(Condition::parse(&deep, &parameters()).is_err());
        assert!(Condition::parse(&"not ".repeat(100_000), &parameters()).is_err());
        assert!(Formula::parse(&"-".repeat(100_000), &parameters()).is_err());
        assert!(Formula::parse(&format!("x{}", "^x".repeat(50_000)), &parameters()).is_err());
    }

    #[test]
    fn a_condition_on_something_absent_is_neither_true_nor_false() {
        let mut at = point(2.0, 3.0, "thf", "true");
        at[0] = Value::Absent;
        for (text, expected) in [
            ("x > 1", None),
            ("not x > 1", None),
            ("x > 1 and solvent = 'ether'", Some(false)),
            ("x > 1 or solvent = 'thf'", Some(true)),
            ("x > 1 or solvent = 'ether'", None),
        ] {
            let condition = Condition::parse(text, &parameters()).unwrap();
            assert_eq!(condition.truth(&at), expected, "{text}");
            assert!(!condition.holds(&at) || expected == Some(true));
        }
        assert_eq!(Formula::parse("x + 1", &parameters()).unwrap().value(&at), None);
        let formula = Formula::parse("`film thickness` / 2", &parameters()).unwrap();
        assert_eq!(formula.value(&at), Some(1.5));
    }
}

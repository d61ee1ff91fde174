//! What a recipe says of looking at a sample before it is finished: `[live]` and `[[stop]]`.

use matdock_message::{Message, say};
use matdock_record::{Datum, Quantity, Unit, body::Fields};

use crate::{
    reader::{self, Section, nearest},
    recipe::Output,
};

/// Where a recipe does not say at which shares of a step it is looked.
pub(crate) const SHARES: [f64; 3] = [0.25, 0.5, 0.75];

/// A rule by which a sample is ended early.
#[derive(Debug, Clone, PartialEq)]
pub struct StopRule {
    /// As it is written, such as `torque_end > 12 N.m`.
    pub text: String,
    /// Name of the output it looks at.
    pub output: String,
    /// Whether values above the limit break the rule; else values below.
    pub above: bool,
    /// The limit.
    pub limit: Quantity,
    /// What a step has yielded counts from this share of its planned time on, 0..1.
    pub from: f64,
}

impl StopRule {
    /// The value that breaks the rule, where one of those seen does; a value in another unit than that of the limit
    /// breaks no rule.
    pub fn broken_by<'v>(&self, seen: &'v Fields, share: f64) -> Option<&'v Datum> {
        let datum = seen.get(&self.output).filter(|_| share >= self.from)?;
        let value = datum.quantity()?.to(&self.limit.unit).ok()?.value;
        let broken = if self.above { value > self.limit.value } else { value < self.limit.value };
        broken.then_some(datum)
    }
}

/// Reads `[live]` and `[[stop]]`: the shares of a step at which it is looked, rising, and the rules.
pub(crate) fn read(root: &Section<'_>, outputs: &[Output]) -> Result<(Vec<f64>, Vec<StopRule>), Message> {
    let rules = root.sections("stop")?;
    let rules: Vec<StopRule> = rules.iter().map(|section| read_rule(section, outputs)).collect::<Result<_, _>>()?;
    let Some(section) = root.section("live")? else {
        let shares = if rules.is_empty() { Vec::new() } else { SHARES.to_vec() };
        return Ok((shares, rules));
    };
    let mut shares = Vec::new();
    for (text, line) in section.texts("at")? {
        shares.push(share(&text).map_err(|what| reader::at_line(section.file(), line, &what))?);
    }
    section.close()?;
    if shares.is_empty() {
        shares = SHARES.to_vec();
    }
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    Ok((shares, rules))
}

fn read_rule(section: &Section<'_>, outputs: &[Output]) -> Result<StopRule, Message> {
    let text = section.required_text("when")?;
    let at = |what: &Message| section.fault_at("when", what);
    let wrong = || at(&say!("lab-stop-rule", text = text));
    let place = text.find(['<', '>']).ok_or_else(wrong)?;
    let (output, limit) = (text[..place].trim().to_owned(), text[place + 1..].trim());
    let limit = match limit.parse::<f64>() {
        Ok(number) if number.is_finite() => Quantity::new(number, Unit::one()),
        _ => reader::quantity(limit).map_err(|_| wrong())?,
    };
    if !outputs.is_empty() && outputs.iter().all(|known| known.name != output) {
        let known = || outputs.iter().map(|output| output.name.as_str());
        return Err(at(&match nearest(&output, known()) {
            Some(near) => say!("lab-stop-unknown-near", name = output, near = near),
            None => say!("lab-stop-unknown", name = output, known = known().collect::<Vec<_>>().join(", ")),
        }));
    }
    let from = match section.text("from")? {
        Some(text) => share(&text).map_err(|what| section.fault_at("from", &what))?,
        None => 0.0,
    };
    section.close()?;
    Ok(StopRule { output, above: text[place..].starts_with('>'), limit, from, text })
}

/// Reads a share such as `50 %`: above 0 and at most 1.
fn share(text: &str) -> Result<f64, Message> {
    let wrong = || say!("lab-live-share", text = text);
    let quantity = reader::quantity(text).map_err(|_| wrong())?;
    let share = quantity.to(&Unit::one()).map_err(|_| wrong())?.value;
    if share > 0.0 && share < 1.0 { Ok(share) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Recipe;

    const RECIPE: &str = "[recipe]\nname = 'r'\n[[step]]\nname = 'knead'\ncapability = 'knead'\n\
                          [outputs]\nseen = 'knead.seen'\n[features]\ntorque = 'level of mixer.torque during knead'\n";

    fn parsed(more: &str) -> Result<Recipe, Message> {
        Recipe::parse(&format!("{RECIPE}{more}"), "recipe.toml")
    }

    #[test]
    fn a_rule_tells_which_values_end_a_sample() {
        let recipe = parsed("[[stop]]\nwhen = 'torque > 3 N.m'\nfrom = '50 %'\n").unwrap();
        assert_eq!(recipe.live, [0.25, 0.5, 0.75]);
        let seen = |value: f64, unit: &str| {
            Fields::from([("torque".to_owned(), Datum::number(value, &unit.parse().unwrap()))])
        };
        let broken = |value, unit, share| recipe.stops[0].broken_by(&seen(value, unit), share).is_some();
        assert!(broken(3.1, "N.m", 0.5) && broken(3100.0, "mN.m", 1.0));
        assert!(!broken(3.1, "N.m", 0.25), "too early");
        assert!(!broken(2.9, "N.m", 0.5) && !broken(9.0, "Cel", 0.5));
        assert!(recipe.stops[0].broken_by(&Fields::new(), 0.5).is_none(), "nothing was seen");
    }

    #[test]
    fn without_a_word_nothing_is_looked_at_before_the_end() {
        assert_eq!(parsed("").unwrap().live, [0.0; 0]);
        assert_eq!(parsed("[live]\n").unwrap().live, [0.25, 0.5, 0.75]);
        assert_eq!(parsed("[live]\nat = ['80 %', '10 %', '10 %']\n").unwrap().live, [0.1, 0.8]);
    }

    #[test]
    fn what_is_written_wrongly_is_told_with_its_line() {
        for (text, said) in [
            ("[live]\nat = ['150 %']\n", "50 %"),
            ("[live]\nat = ['3 N']\n", "50 %"),
            ("[[stop]]\nwhen = 'torque'\n", "torque"),
            ("[[stop]]\nwhen = 'torque > much'\n", "much"),
            ("[[stop]]\nwhen = 'torqe > 3 N.m'\n", "did you mean \"torque\""),
            ("[[stop]]\nwhen = 'torque > 3 N.m'\nfrom = '200 %'\n", "200 %"),
        ] {
            let what = parsed(text).unwrap_err().to_string();
            assert!(what.contains(said) && what.contains("recipe.toml"), "{what}");
        }
    }
}

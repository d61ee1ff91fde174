//! Parameters as the campaign file gives them.

use matdock_message::{Message, say};
use matdock_plan::{ParameterKind, Scale, Space};
use matdock_record::Unit;
use toml::Spanned;

use super::{
    Input, InputKind, Reader,
    file::{KindWord, ParameterPart},
    substance::Substance,
};

impl Reader<'_> {
    pub(super) fn input(&self, part: &Spanned<ParameterPart>, in_pool: bool) -> Result<Input, Message> {
        let p = part.get_ref();
        let unit: Unit = p.unit.parse().map_err(|what| self.at(part, what))?;
        if p.name.trim().is_empty() {
            return Err(self.at(part, say!("app-parameter-name")));
        }
        // A pool may leave its ranges open: then they are those of the table.
        let need = |value: Option<f64>, key: &str, open: f64| match value {
            Some(value) => Ok(value),
            None if in_pool => Ok(open),
            None => Err(self.at(part, say!("app-parameter-key", name = p.name, key = key))),
        };
        let refuse = |present: bool, key: &str| {
            if present { Err(self.at(part, say!("app-parameter-surplus", name = p.name, key = key))) } else { Ok(()) }
        };
        let scale = self.scale(part)?;
        let kind = match p.kind {
            KindWord::Continuous => {
                refuse(p.levels.is_some(), "levels")?;
                let (low, high) = (need(p.min, "min", f64::NEG_INFINITY)?, need(p.max, "max", f64::INFINITY)?);
                InputKind::Plain(ParameterKind::Continuous { low, high, scale, step: p.step })
            }
            KindWord::Integer => {
                refuse(p.levels.is_some(), "levels")?;
                refuse(p.step.is_some(), "step")?;
                let whole = |value: f64| {
                    let fits = value.fract() == 0.0 && value.abs() <= 9e15;
                    // Checked just before: the number is whole and small enough to be exact. An open range ends where
                    // whole numbers do.
                    if fits || value.is_infinite() && in_pool {
                        Ok(value as i64)
                    } else {
                        Err(self.at(part, say!("app-parameter-whole", name = p.name, value = value)))
                    }
                };
                let low = whole(need(p.min, "min", f64::NEG_INFINITY)?)?;
                let high = whole(need(p.max, "max", f64::INFINITY)?)?;
                InputKind::Plain(ParameterKind::Integer { low, high })
            }
            KindWord::Ordinal | KindWord::Categorical => {
                refuse(p.min.is_some() || p.max.is_some(), "min / max")?;
                refuse(p.step.is_some(), "step")?;
                InputKind::Plain(self.levels(part, in_pool)?)
            }
            KindWord::Substance => {
                refuse(p.min.is_some() || p.max.is_some(), "min / max")?;
                refuse(p.step.is_some(), "step")?;
                self.substance(part, in_pool)?
            }
            KindWord::Formula => {
                if !in_pool {
                    return Err(self.at(part, say!("app-formula-outside-pool", name = p.name)));
                }
                InputKind::Formula(p.features.clone().unwrap_or_else(|| "melting".to_owned()))
            }
        };
        let described = matches!(p.kind, KindWord::Formula | KindWord::Substance);
        refuse(p.features.is_some() && !described, "features")?;
        let table = p.table.is_some() || p.label.is_some() || p.descriptors.is_some();
        refuse(table && p.kind != KindWord::Substance, "table / label / descriptors")?;
        refuse(p.scale.is_some() && p.kind != KindWord::Continuous, "scale")?;
        refuse(p.when.is_some() && in_pool, "when")?;
        let named = matches!(p.kind, KindWord::Categorical | KindWord::Substance);
        refuse(!p.used_up.is_empty() && (in_pool || !named), "used_up")?;
        let listed = p.levels.as_ref().filter(|_| p.kind == KindWord::Substance && in_pool);
        let listed = listed.map(|levels| self.names_of(part, levels)).transpose()?.unwrap_or_default();
        let input = Input { name: p.name.clone(), unit, kind, listed };
        if let (false, Some(parameter)) = (in_pool, input.parameter()) {
            // Checked one by one here, because here the line is known.
            Space::ranges(vec![parameter]).map_err(|what| self.at(part, what))?;
        }
        Ok(input)
    }

    fn levels(&self, part: &Spanned<ParameterPart>, in_pool: bool) -> Result<ParameterKind, Message> {
        let p = part.get_ref();
        let Some(levels) = &p.levels else {
            if in_pool {
                // Found in the table.
                return Ok(match p.kind {
                    KindWord::Ordinal => ParameterKind::Ordinal { levels: Vec::new() },
                    _ => ParameterKind::Categorical { levels: Vec::new() },
                });
            }
            return Err(self.at(part, say!("app-parameter-key", name = p.name, key = "levels")));
        };
        let wrong = |value: &toml::Value| self.at(part, say!("app-parameter-level", name = p.name, level = value));
        if p.kind == KindWord::Ordinal {
            let numbers = levels.iter().map(|value| match value {
                toml::Value::Integer(number) => Ok(*number as f64),
                toml::Value::Float(number) => Ok(*number),
                other => Err(wrong(other)),
            });
            return Ok(ParameterKind::Ordinal { levels: numbers.collect::<Result<_, _>>()? });
        }
        Ok(ParameterKind::Categorical { levels: self.with_used_up(part, self.names_of(part, levels)?)? })
    }

    /// The names with those of which nothing is left: results made with them stay.
    fn with_used_up(&self, part: &Spanned<ParameterPart>, mut names: Vec<String>) -> Result<Vec<String>, Message> {
        for gone in self.names_of(part, &part.get_ref().used_up)? {
            if !names.contains(&gone) {
                names.push(gone);
            }
        }
        Ok(names)
    }

    /// The names of levels, however they are written.
    pub(super) fn names_of(
        &self,
        part: &Spanned<ParameterPart>,
        levels: &[toml::Value],
    ) -> Result<Vec<String>, Message> {
        let names = levels.iter().map(|value| match value {
            toml::Value::String(text) => Ok(text.clone()),
            toml::Value::Integer(number) => Ok(number.to_string()),
            toml::Value::Boolean(flag) => Ok(flag.to_string()),
            other => Err(self.at(part, say!("app-parameter-level", name = part.get_ref().name, level = other))),
        });
        names.collect()
    }

    fn scale(&self, part: &Spanned<ParameterPart>) -> Result<Scale, Message> {
        let wrong = || self.at(part, say!("app-parameter-scale", name = part.get_ref().name));
        let number = |value: &toml::Value| value.as_float().or_else(|| value.as_integer().map(|n| n as f64));
        match &part.get_ref().scale {
            None => Ok(Scale::Linear),
            Some(toml::Value::String(word)) => match word.as_str() {
                "linear" => Ok(Scale::Linear),
                "log" => Ok(Scale::Log),
                "sqrt" => Ok(Scale::Sqrt),
                "reciprocal" => Ok(Scale::Reciprocal),
                "logit" => Ok(Scale::Logit),
                _ => Err(wrong()),
            },
            Some(toml::Value::Array(pairs)) => {
                let pair = |value: &toml::Value| match value.as_array()?.as_slice() {
                    [setting, position] => Some((number(setting)?, number(position)?)),
                    _ => None,
                };
                let pairs: Option<Vec<(f64, f64)>> = pairs.iter().map(pair).collect();
                pairs.map(Scale::Custom).ok_or_else(wrong)
            }
            Some(_) => Err(wrong()),
        }
    }

    fn substance(&self, part: &Spanned<ParameterPart>, in_pool: bool) -> Result<InputKind, Message> {
        let p = part.get_ref();
        let levels = p.levels.as_ref().map(|levels| self.names_of(part, levels)).transpose()?;
        let substance = match (&p.table, &p.features) {
            (Some(table), None) => {
                Substance::read(&self.folder.join(table), &p.name, p.label.as_deref(), p.descriptors.as_deref())
            }
            (None, Some(set)) => Ok(Substance::Features(set.clone())),
            _ => Err(say!("app-substance-source", name = p.name)),
        };
        let substance = substance.map_err(|what| self.at(part, what))?;
        if in_pool {
            return Ok(InputKind::Substance(substance));
        }
        let levels = match levels.or_else(|| substance.levels()) {
            Some(levels) => self.with_used_up(part, levels)?,
            None => return Err(self.at(part, say!("app-parameter-key", name = p.name, key = "levels"))),
        };
        Ok(InputKind::Plain(substance.described(&p.name, levels).map_err(|what| self.at(part, what))?))
    }
}

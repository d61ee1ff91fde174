//! What settings have to keep together: constraints, forbidden places, mixtures and conditions.

use matdock_message::{Message, say};
use matdock_plan::{Condition, Mixture, Parameter, Rule, Rules};

use super::{Reader, file::CampaignFile};

impl Reader<'_> {
    /// Everything the file says of the parameters together.
    pub(super) fn rules(&self, parsed: &CampaignFile, parameters: &[Parameter]) -> Result<Rules, Message> {
        let mut rules = self.rules_only(parsed, parameters)?;
        for part in &parsed.mixtures {
            if parsed.pool.is_some() {
                return Err(self.at(part, say!("app-mixture-pool", name = part.get_ref().name)));
            }
            let mixture = part.get_ref();
            let component = |name: &String| {
                let found = parameters.iter().position(|parameter| parameter.name == *name);
                found.ok_or_else(|| {
                    let known = parameters.iter().map(|parameter| parameter.name.as_str()).collect::<Vec<_>>();
                    let known = known.join(", ");
                    self.at(part, say!("app-mixture-component", name = mixture.name, component = name, known = known))
                })
            };
            rules.mixtures.push(Mixture {
                name: mixture.name.clone(),
                components: mixture.components.iter().map(component).collect::<Result<_, _>>()?,
                total: mixture.total.unwrap_or(1.0),
                at_most: mixture.at_most,
                optional: mixture.optional,
            });
        }
        for (index, part) in parsed.parameters.iter().enumerate() {
            if let Some(when) = &part.get_ref().when {
                let condition = Condition::parse(when.get_ref(), parameters);
                rules.when.push((index, condition.map_err(|what| self.at(when, what))?));
            }
        }
        Ok(rules)
    }

    /// Constraints and forbidden places.
    pub(super) fn rules_only(&self, parsed: &CampaignFile, parameters: &[Parameter]) -> Result<Rules, Message> {
        let mut rules = Rules::default();
        for part in &parsed.constraints {
            let condition = Condition::parse(&part.get_ref().rule, parameters).map_err(|what| self.at(part, what))?;
            rules.rules.push(Rule { reason: part.get_ref().reason.clone(), ..Rule::keep(condition) });
        }
        for part in &parsed.forbidden {
            let condition = Condition::parse(&part.get_ref().place, parameters).map_err(|what| self.at(part, what))?;
            rules.rules.push(Rule::forbid(condition, part.get_ref().reason.clone()));
        }
        for part in &parsed.parameters {
            let names = self.names_of(part, &part.get_ref().used_up)?;
            let quoted = |name: &String| format!("'{}'", name.replace('\'', "''"));
            if !names.is_empty() {
                let names = names.iter().map(quoted).collect::<Vec<_>>().join(", ");
                let place = format!("`{}` in ({names})", part.get_ref().name.replace('`', "``"));
                let condition = Condition::parse(&place, parameters).map_err(|what| self.at(part, what))?;
                rules.rules.push(Rule::forbid(condition, Some(say!("app-parameter-used-up").to_string())));
            }
        }
        Ok(rules)
    }
}

//! What experiments cost, in money and hours, and what of the budget is left.

use std::collections::BTreeMap;

use matdock_message::{Message, say};
use matdock_plan::Limit;
use matdock_record::body::Fields;
use serde::Serialize;

use crate::{campaign::Campaign, history::History, partial, plot::number};

/// Money and time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Amount {
    /// Money, in the unit of the campaign file.
    pub cost: f64,
    /// Time in hours.
    pub hours: f64,
}

/// What experiments of a campaign cost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Costs {
    /// What every experiment costs.
    pub experiment: Amount,
    /// What it costs besides to set a parameter, by its name, to another value than in the experiment before.
    pub changes: BTreeMap<String, Amount>,
    /// The currency.
    pub unit: String,
}

/// An experiment that may be made next.
#[derive(Debug, Clone, Copy)]
pub struct Planned<'a> {
    /// What it is made with.
    pub settings: &'a Fields,
    /// How much of what every experiment costs is paid for it, 0..1; less than 1 where it is made up to a stage only.
    pub share: f64,
}

/// What was spent so far.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spent {
    /// Money and hours of the finished experiments.
    pub finished: Amount,
    /// The same with those under way.
    pub begun: Amount,
    /// Money the budget allows.
    pub budget_cost: Option<f64>,
    /// Hours the budget allows.
    pub budget_hours: Option<f64>,
    /// Money left when those under way are paid.
    pub left_cost: Option<f64>,
    /// Hours left when those under way are done.
    pub left_hours: Option<f64>,
    /// What the next experiment to be suggested would cost, changed parameters included; none where it is not known.
    pub next: Option<Amount>,
    /// The currency.
    pub unit: String,
}

impl Amount {
    fn times(self, factor: f64) -> Self {
        Self { cost: factor * self.cost, hours: factor * self.hours }
    }

    fn plus(self, other: Self) -> Self {
        Self { cost: self.cost + other.cost, hours: self.hours + other.hours }
    }
}

impl Costs {
    /// Whether anything costs anything.
    pub fn is_nothing(&self) -> bool {
        let free = |amount: &Amount| *amount == Amount::default();
        free(&self.experiment) && self.changes.values().all(free)
    }

    /// What a share of an experiment costs, without changed parameters; `None` where nothing costs anything.
    pub fn share(&self, share: f64) -> Option<Amount> {
        (!self.is_nothing()).then(|| self.experiment.times(share))
    }

    /// What an experiment costs after one with the settings `before`; the first has to set everything.
    fn of(&self, planned: Planned<'_>, before: Option<&Fields>) -> Amount {
        let changed = |name: &String| before.is_none_or(|before| before.get(name) != planned.settings.get(name));
        let changes = self.changes.iter().filter(|(name, _)| changed(name));
        changes.fold(self.experiment.times(planned.share), |sum, (_, amount)| sum.plus(*amount))
    }

    /// What whole experiments with these settings cost, one after the other.
    fn of_all<'a>(&self, settings: impl Iterator<Item = &'a Fields>) -> Amount {
        self.after(None, settings.map(|settings| Planned { settings, share: 1.0 }))
    }

    /// What experiments cost, one after the other and after one with the settings `before`.
    fn after<'a>(&self, mut before: Option<&'a Fields>, planned: impl Iterator<Item = Planned<'a>>) -> Amount {
        planned.fold(Amount::default(), |sum, own| sum.plus(self.of(own, before.replace(own.settings))))
    }
}

/// Settings of the experiment begun last, against which changes are counted.
fn last(history: &History) -> Option<&Fields> {
    let pending = history.pending().last().map(|proposed| &proposed.body.settings);
    pending.or(history.experiments.last().map(|experiment| &experiment.settings))
}

/// What these experiments would cost, changed parameters included, one after the other and after those begun; `None` where
/// nothing costs anything.
pub fn of_next(campaign: &Campaign, history: &History, planned: &[Planned<'_>]) -> Option<Amount> {
    (!campaign.costs.is_nothing()).then(|| campaign.costs.after(last(history), planned.iter().copied()))
}

/// How many of these experiments, one after the other, the money and the hours that are left cover.
pub fn covered(campaign: &Campaign, history: &History, planned: &[Planned<'_>]) -> usize {
    let Some(spent) = spent(campaign, history) else { return planned.len() };
    let covers = |count: &usize| {
        let amount = campaign.costs.after(last(history), planned.iter().take(*count).copied());
        [(spent.left_cost, amount.cost), (spent.left_hours, amount.hours)]
            .into_iter()
            .all(|(left, needed)| left.is_none_or(|left| needed <= left + slack(left)))
    };
    (1..=planned.len()).take_while(covers).count()
}

/// Why nothing is proposed: what is left does not cover the next experiment, which would cost `next`.
pub fn too_dear(campaign: &Campaign, spent: &Spent, next: Amount) -> Message {
    let left = |left: Option<f64>| left.map_or_else(|| "—".to_owned(), number);
    say!(
        "app-cost-next",
        name = campaign.name,
        cost = number(next.cost),
        hours = number(next.hours),
        unit = spent.unit,
        left_cost = left(spent.left_cost),
        left_hours = left(spent.left_hours)
    )
}

/// Rounding must not take away the last experiment.
fn slack(size: f64) -> f64 {
    1e-9 * size.abs().max(1.0)
}

/// What was not spent because experiments were made up to a stage only.
pub fn spared(campaign: &Campaign, history: &History) -> Amount {
    let left_out = history.experiments.iter().filter_map(|experiment| {
        let partial = campaign.partials.get(partial::stage(campaign, experiment)?)?;
        campaign.costs.share(1.0 - partial.cost)
    });
    left_out.fold(Amount::default(), Amount::plus)
}

/// What a campaign spent; `None` where nothing costs anything.
pub fn spent(campaign: &Campaign, history: &History) -> Option<Spent> {
    let (costs, budget) = (&campaign.costs, &campaign.budget);
    if costs.is_nothing() {
        return None;
    }
    let finished = || history.experiments.iter().map(|experiment| &experiment.settings);
    let pending = history.pending().map(|proposed| &proposed.body.settings);
    // What is made up to a stage costs only as much.
    let spared = spared(campaign, history).times(-1.0);
    let first = history.pending().filter_map(|proposed| {
        let until = proposed.body.until.as_ref()?;
        let partial = campaign.partials.iter().find(|partial| partial.until == *until)?;
        Some(costs.experiment.times(partial.cost - 1.0))
    });
    let begun = costs.of_all(finished().chain(pending)).plus(spared).plus(first.fold(Amount::default(), Amount::plus));
    Some(Spent {
        finished: costs.of_all(finished()).plus(spared),
        begun,
        budget_cost: budget.cost,
        budget_hours: budget.hours,
        left_cost: budget.cost.map(|budget| (budget - begun.cost).max(0.0)),
        left_hours: budget.hours.map(|budget| (budget - begun.hours).max(0.0)),
        next: None,
        unit: costs.unit.clone(),
    })
}

/// The costs as the planner weighs them: money and hours as shares of their budgets; without budgets money, or else
/// hours. `None` where nothing costs anything.
pub fn of_planner(campaign: &Campaign, history: &History) -> Option<matdock_plan::Costs> {
    let spent = spent(campaign, history)?;
    let (money, time) = match (spent.budget_cost, spent.budget_hours) {
        (None, None) => {
            let paid = campaign.costs.experiment.cost + campaign.costs.changes.values().map(|a| a.cost).sum::<f64>();
            if paid > 0.0 { (1.0, 0.0) } else { (0.0, 1.0) }
        }
        (money, time) => (money.map_or(0.0, f64::recip), time.map_or(0.0, f64::recip)),
    };
    let price = |amount: &Amount| money * amount.cost + time * amount.hours;
    let change = |parameter: &matdock_plan::Parameter| campaign.costs.changes.get(&parameter.name).map_or(0.0, price);
    let left = |budget: Option<f64>, begun: f64| Some((1.0 - begun / budget?).clamp(0.0, 1.0));
    let shares = [left(spent.budget_cost, spent.begun.cost), left(spent.budget_hours, spent.begun.hours)];
    let least = campaign.costs.experiment.times(partial::least_share(campaign));
    let limit = |left: Option<f64>, of: fn(&Amount) -> f64| {
        let own = |parameter: &matdock_plan::Parameter| campaign.costs.changes.get(&parameter.name).map_or(0.0, of);
        let changes = campaign.space.parameters().iter().map(own).collect();
        left.map(|left| Limit { experiment: of(&least), changes, left: left + slack(left) })
    };
    let limits = [limit(spent.left_cost, |amount| amount.cost), limit(spent.left_hours, |amount| amount.hours)];
    Some(matdock_plan::Costs {
        limits: limits.into_iter().flatten().collect(),
        experiment: price(&campaign.costs.experiment),
        changes: campaign.space.parameters().iter().map(change).collect(),
        left: shares.into_iter().flatten().min_by(f64::total_cmp),
    })
}

/// How many more experiments the money and the hours surely do not exclude; `None` for no limit.
pub fn affordable(campaign: &Campaign, history: &History) -> Option<usize> {
    let spent = spent(campaign, history)?;
    let each = campaign.costs.experiment.times(partial::least_share(campaign));
    let left = |budget: Option<f64>, begun: f64, each: f64| {
        let left = budget? - begun;
        let slack = slack(begun);
        if left + slack < each || left <= slack {
            return Some(0);
        }
        (each > 0.0).then(|| ((left + slack) / each) as usize)
    };
    let money = left(spent.budget_cost, spent.begun.cost, each.cost);
    let hours = left(spent.budget_hours, spent.begun.hours, each.hours);
    [money, hours].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use matdock_record::{Datum, Unit};

    use super::*;

    #[test]
    fn only_what_changes_is_paid_again() {
        let amount = |cost: f64, hours: f64| Amount { cost, hours };
        let changes = BTreeMap::from([("target".to_owned(), amount(100.0, 3.0))]);
        let costs = Costs { experiment: amount(5.0, 1.0), changes, unit: "EUR".into() };
        let settings = |target: &str, heat: f64| {
            Fields::from([
                ("target".to_owned(), Datum::Text(target.into())),
                ("heat".to_owned(), Datum::number(heat, &Unit::one())),
            ])
        };
        let all = [settings("Ti", 1.0), settings("Ti", 2.0), settings("Zr", 2.0), settings("Ti", 2.0)];
        assert_eq!(costs.of_all(all.iter().take(2)), amount(110.0, 5.0));
        assert_eq!(costs.of_all(all.iter()), amount(320.0, 13.0));
        let half = Planned { settings: &all[2], share: 0.5 };
        assert_eq!(costs.after(Some(&all[0]), std::iter::once(half)), amount(102.5, 3.5), "changes are paid in full");
        assert!(Costs::default().is_nothing() && !costs.is_nothing());
    }
}

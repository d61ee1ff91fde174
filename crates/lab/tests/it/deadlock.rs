//! No lab and no recipe can make the executor stand still.

use matdock_lab::{Lab, Recipe, simulate};
use matdock_record::body::Fields;
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Draft {
    lab: String,
    recipe: String,
    samples: usize,
}

/// Any lab whose stations offer some of four capabilities, and any graph of steps it can do.
fn drafts(limits: bool) -> impl Strategy<Value = Draft> {
    let station = (proptest::collection::vec(0usize..4, 0..3), 1usize..3, 1usize..3, 0u32..20);
    let step = (0usize..4, any::<u8>(), 1u32..60);
    let lag = (any::<u8>(), 0u32..120);
    (
        proptest::collection::vec(station, 1..6),
        proptest::collection::vec(step, 1..8),
        1usize..8,
        any::<bool>(),
        proptest::collection::vec(lag, 0..3),
    )
        .prop_map(move |(stations, steps, in_flight, entrance, lags)| {
            let mut lab = format!("[lab]\nname = \"l\"\nin_flight = {in_flight}\n");
            if entrance {
                lab.push_str("entrance = \"s0\"\n");
            }
            lab.push_str("[robot]\nmove_time = \"7 s\"\n");
            let mut offered = Vec::new();
            for (index, (capabilities, places, parallel, load)) in stations.iter().enumerate() {
                lab.push_str(&format!(
                    "[[station]]\nname = \"s{index}\"\nplaces = {places}\nparallel = {parallel}\nload_time = \"{load} s\"\n"
                ));
                let mut own = capabilities.clone();
                own.sort_unstable();
                own.dedup();
                for capability in own {
                    lab.push_str(&format!("[[station.capability]]\nname = \"c{capability}\"\n"));
                    offered.push(capability);
                }
            }
            if offered.is_empty() {
                lab.push_str("[[station.capability]]\nname = \"c0\"\n");
                offered.push(0);
            }
            let mut recipe = "[recipe]\nname = \"r\"\n".to_owned();
            let mut edges = Vec::new();
            for (index, (capability, before, minutes)) in steps.iter().enumerate() {
                let capability = offered[capability % offered.len()];
                recipe.push_str(&format!(
                    "[[step]]\nname = \"t{index}\"\ncapability = \"c{capability}\"\nduration = \"{minutes} min\"\n"
                ));
                if index > 0 && before % 4 != 0 {
                    let earlier = usize::from(*before) % index;
                    recipe.push_str(&format!("after = [\"t{earlier}\"]\n"));
                    edges.push((earlier, index));
                }
            }
            for (which, minutes) in lags.iter().filter(|_| limits && !edges.is_empty()) {
                let (from, to) = edges[usize::from(*which) % edges.len()];
                recipe.push_str(&format!("[[lag]]\nfrom = \"t{from}\"\nto = \"t{to}\"\nmax = \"{minutes} min\"\n"));
            }
            Draft { lab, recipe, samples: 2 * in_flight }
        })
}

fn run(draft: &Draft) -> matdock_lab::Simulation {
    let lab = Lab::parse(&draft.lab, "lab.toml").unwrap();
    let recipe = Recipe::parse(&draft.recipe, "recipe.toml").unwrap();
    simulate(&lab, &recipe, draft.samples, &Fields::new(), 1).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn all_samples_get_through_any_lab(draft in drafts(false)) {
        let run = run(&draft);
        prop_assert_eq!(run.lost, 0);
        prop_assert_eq!(run.samples, draft.samples);
    }

    #[test]
    fn time_limits_never_make_a_lab_stand_still(draft in drafts(true)) {
        let run = run(&draft);
        prop_assert_eq!(run.samples, draft.samples);
        for reason in &run.reasons {
            prop_assert!(reason.contains("did not begin within"), "{}", reason);
        }
    }
}

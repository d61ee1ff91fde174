//! A lab like that of the thin-film example, for tests.

use matdock_record::{Datum, body::Fields};

pub const CELL_LAB: &str = r#"
[lab]
name = "cluster"
in_flight = 6
entrance = "load-lock"

[robot]
name = "robot"
move_time = "40 s"

[[robot.move]]
from = "load-lock"
to = "impedance"
time = "60 s"

[[station]]
name = "load-lock"
places = 4
load_time = "5 min"
unload_time = "2 min"

[[station]]
name = "electrode"
load_time = "10 s"
unload_time = "10 s"
[[station.capability]]
name = "deposit-electrode"
[station.capability.parameters]
power = { unit = "W", min = 10, max = 200 }

[[station]]
name = "electrolyte"
timeout = "5 h"
[[station.capability]]
name = "deposit-electrolyte"
[station.capability.parameters]
temperature = { unit = "Cel", min = 20, max = 500 }
gas = { choices = ["Ar", "O2"], default = "Ar" }

[[station]]
name = "lithium"
[[station.capability]]
name = "evaporate-lithium"
process_time = "15 min"

[[station]]
name = "anneal"
places = 2
parallel = 2
[[station.capability]]
name = "anneal"
[station.capability.parameters]
temperature = { unit = "Cel", min = 20, max = 600 }

[[station]]
name = "impedance"
on_uncertain = "continue"
[[station.capability]]
name = "measure-impedance"
process_time = "12 min"
repeatable = true
retries = 1
"#;

pub const CELL_RECIPE: &str = r#"
[recipe]
name = "cell"

[[step]]
name = "electrode"
capability = "deposit-electrode"
parameters = { power = "80 W" }
duration = { base = "2 min", of = "300 nm", rate = "10 nm/min" }

[[step]]
name = "electrolyte"
capability = "deposit-electrolyte"
after = ["electrode"]
parameters = { temperature = "$substrate_temperature" }
duration = "40 min"

[[step]]
name = "anneal"
capability = "anneal"
after = ["electrolyte"]
parameters = { temperature = "350 Cel" }
duration = "$anneal_time"

[[step]]
name = "lithium"
capability = "evaporate-lithium"
after = ["anneal"]

[[step]]
name = "measure"
capability = "measure-impedance"
after = ["lithium"]

[[lag]]
from = "anneal"
to = "lithium"
min = "5 min"

[[lag]]
from = "lithium"
to = "measure"
max = "10 min"

[[exposure]]
name = "residual moisture"
after = "electrolyte"
until = "lithium"
max = "6 h"
"#;

pub fn cell_settings() -> Fields {
    let number = |value: f64, unit: &str| Datum::number(value, &unit.parse().unwrap());
    Fields::from([("substrate_temperature".into(), number(573.15, "K")), ("anneal_time".into(), number(0.5, "h"))])
}

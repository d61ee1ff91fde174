# Text of matdock-lab.
## Reading lab.toml and recipe.toml
lab-toml = this is not valid TOML: { $what }.
lab-missing-key = "{ $key }" is missing here; add it.
lab-unknown-key = there is no key "{ $key }" here; known are: { $known }.
lab-unknown-key-near = there is no key "{ $key }" here; did you mean "{ $near }"?
lab-wrong-type = "{ $key }" has to be written like { $wanted }.
lab-whole-number = "{ $key }" has to be a whole number, at least { $least } and at most 1000000.
lab-choice = "{ $key }" has to be one of: { $choices }.
lab-no-quantity = "{ $text }" is no number with a unit; write it like "450 Cel".
lab-no-time = "{ $text }" is no length of time; write it like "30 s", "5 min" or "2 h", not negative and below 1e9 s.
lab-no-station = the lab has no station; add at least one [[station]].
lab-no-step = the recipe has no step; add at least one [[step]].
lab-station-twice = the name "{ $name }" is used twice or reserved; give every station, and the robot, a name of its own ("outside" is where samples come from).
lab-capability-twice = station "{ $station }" lists the capability "{ $name }" twice; remove one.
lab-unknown-station = there is no station "{ $name }"; the lab has: { $known }.
lab-unknown-station-near = there is no station "{ $name }"; did you mean "{ $near }"?
lab-retries = "retries" needs "repeatable = true": an action that must not be done twice is never tried again.
lab-parameter-limits = the parameter "{ $name }" needs either "min" and "max" (with "unit"), or "choices = [...]", or "flag = true".
lab-parameter-order = the parameter "{ $name }" has min { $min } above max { $max }; swap them.
lab-setting = "{ $name }": { $what }
lab-setting-limits = "{ $name }" = { $value } is outside the limits of the station, { $min } to { $max } { $unit }; change the setting or the limits.
lab-setting-choice = "{ $name }" = { $value } is none of the choices of the station: { $choices }.
lab-setting-flag = "{ $name }" = { $value } has to be true or false.
lab-setting-number = "{ $name }" = { $value } has to be a number in { $unit }.
lab-step-twice = there are two steps "{ $name }"; give each a name of its own.
lab-step-kind = step "{ $name }" needs either "capability" (something done at a station) or "analysis" (something computed), and not both.
lab-step-cycle = these steps wait for each other in a circle: { $names }; remove one "after".
lab-unknown-step = there is no step "{ $name }"; the recipe has: { $known }.
lab-unknown-step-near = there is no step "{ $name }"; did you mean "{ $near }"?
lab-lag-order = a lag from "{ $from }" to "{ $to }" makes no sense: "{ $to }" does not come after "{ $from }". Add "{ $from }" to its "after".
lab-lag-range = the lag from "{ $from }" to "{ $to }" has min above max; swap them.
lab-rate = "rate" has to be a positive number with a unit, such as "5 nm/min".
lab-output = output "{ $name }" has to be written "step.value", such as "fit.resistance".
lab-unbound = "${ $name }" is no parameter of the campaign; it has: { $known }.
lab-unbound-near = "${ $name }" is no parameter of the campaign; did you mean "${ $near }"?
## Drivers
lab-bad-reply = the answer is not the JSON that was asked for: { $what }
lab-no-stream = there is no stream "{ $name }" of this action.
lab-unknown-physics = there is no simulated physics "{ $name }"; known: { $known }.

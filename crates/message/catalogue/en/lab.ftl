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
lab-live-share = "{ $text }" is no share of a step; write it like "50 %", above 0 % and below 100 %.
lab-stop-rule = "{ $text }" is no rule; write it like "torque_end > 12 N.m": an output of the recipe, < or >, and a value with its unit.
lab-stop-unknown = there is no output or feature "{ $name }"; the recipe has: { $known }.
lab-stop-unknown-near = there is no output or feature "{ $name }"; did you mean "{ $near }"?
lab-stopped-by-rule = stopped early at { $step } { $share } %: { $value }, by the rule "{ $rule }"
lab-unbound = "${ $name }" is no parameter of the campaign; it has: { $known }.
lab-unbound-near = "${ $name }" is no parameter of the campaign; did you mean "${ $near }"?
## Drivers
lab-bad-reply = the answer is not the JSON that was asked for: { $what }
lab-no-stream = there is no stream "{ $name }" of this action.
lab-unknown-physics = there is no simulated physics "{ $name }"; known: { $known }.
## Executor
lab-step = step "{ $step }": { $what }
lab-not-offered = no station offers the capability "{ $capability }".
lab-setting-missing = station "{ $station }" needs the setting "{ $name }"; add it to "parameters" of the step, or give it a "default" in the lab file.
lab-no-duration = neither the step says how long it takes ("duration") nor station "{ $station }" ("process_time"); add one of them.
lab-unknown-parameter = station "{ $station }" has no setting "{ $name }"; it has: { $known }.
lab-unknown-parameter-near = station "{ $station }" has no setting "{ $name }"; did you mean "{ $near }"?
lab-no-value = the step reported no "{ $value }"
lab-journal = entry { $sequence } of the journal does not follow from those before it: the journal belongs to another lab or recipe file, or it is damaged. Put back the files the run was started with, or start a new run.
lab-no-driver = "{ $station }" has no driver.
lab-sample-twice = sample { $name } was submitted before.
lab-sample = sample { $name } cannot be made: { $what }
lab-unknown-sample = there is no unfinished sample { $sample }.
lab-no-answer = no answer within { $seconds } s
lab-unknown-end = matdock was stopped during the action and the instrument cannot say what became of it
lab-not-a-number = the instrument reported a value that is no number
lab-unknown-analysis = there is no analysis "{ $name }"; known: { $known }.
lab-lag-passed = step "{ $to }" did not begin within { $max } s after "{ $from }"
lab-exposure-passed = exposure "{ $name }" was longer than { $max } s
lab-waiting-stopped = the run is being stopped; start it again to go on.
lab-waiting-paused = the run is paused. To go on, type: resume
lab-waiting-out = "{ $station }" is out of service ({ $reason }). Look at it, take away a sample left in it, then type: back { $typed }
lab-waiting-stuck = nothing can be done for { $samples }. Run `matdock lab check` on the lab and recipe files.
lab-simulation-stuck = the simulation does not go on: { $reasons }
lab-simulation-samples = { $samples } samples cannot be simulated; choose a number from { $min } to { $max }.
## Process driver
lab-program-start = the program "{ $program }" could not be started: { $why }. Check "program" in the lab file; for a script also that it may be executed and that the program in its first line (#!) is there.
lab-program-output = the program "{ $program }" printed more than { $limit } KiB and was stopped; raise "output_limit_kib" if that is right.
lab-program-timeout = the program "{ $program }" did not end within { $seconds } s and was stopped
lab-program-lost = the program "{ $program }" was lost: { $why }
lab-program-exit = the program "{ $program }" ended with code { $code } { $said }
## Check
lab-not-offered-near = no station offers the capability "{ $capability }"; did you mean "{ $near }"?
lab-unknown-analysis-near = there is no analysis "{ $name }"; did you mean "{ $near }"?
lab-check-unused = the campaign parameter "{ $name }" is not used by the recipe: changing it will change nothing.
lab-check-no-campaign = units and ranges of these parameters were not checked, because no campaign was given: { $names }. To check them too, add --campaign CAMPAIGN.
lab-check-bound = campaign parameter "{ $name }": { $what }
lab-check-timeout = station "{ $station }" gives up after { $timeout } s, but the step can take { $duration } s; raise "timeout".
lab-check-from = the analysis "{ $step }" has to look at something done at a station; "{ $from }" is an analysis itself.
lab-check-stream = the analysis "{ $step }" reads the stream "{ $stream }", but usually looks at "{ $wanted }".
lab-check-output = output "{ $name }": the analysis yields no "{ $value }"; it yields: { $known }.
lab-check-lag = "{ $to }" has to begin within { $max } s after "{ $from }", but getting there takes at least { $needed } s; raise "max".
lab-check-in-flight = { $in_flight } samples may be in flight, but the stations hold { $places } only; the others wait outside.
lab-check-no-timeout = station "{ $station }" has no "timeout": when an answer is lost its sample waits for ever.
lab-check-alone = even one sample alone does not get through: { $reason }. Raise the limit, or shorten what lies between.
lab-check-traffic = in a dry run { $lost } of { $samples } samples did not get through in the traffic: { $reasons }. Lower "in_flight" or raise the limit.
lab-program-forgot = the program "{ $program }" said the action was running and then that it never began
lab-check-physics = the simulated physics "{ $physics }" cannot do "{ $capability }"; it can do: { $known }.

# Text of matdock-app.
app-toml = { $reason }. docs/campaign-file.md lists every key.
app-campaign-unreadable = the campaign file "{ $file }" cannot be read ({ $reason }). Name a campaign.toml or the folder it is in; `matdock new NAME` makes one.
app-campaign-name = "{ $name }" is no name for a campaign. Use letters, digits, "-", "_" and "." (at most 100, not beginning with ".").
app-campaign-other-seed = the dock already holds a campaign "{ $name }" with seed { $old }; this one has seed { $new }. Give this campaign another name, or use another dock with --dock.
app-target-missing = the goal for "{ $outcome }" is a target, but no value is given. Add `target = VALUE`, or `low = ...` and `high = ...` for a window.
app-target-surplus = the goal for "{ $outcome }" has a `target` or a window (`low`, `high`), but its direction is not "target".
app-name-plain = "{ $name }" cannot be a name: it becomes a column of the sheet to fill in. Use a short name without line breaks; a unit goes into `unit`.
app-name-reserved = "{ $name }" is a column of its own in the sheet to fill in (suggestion, row, outcome, reason). Choose another name.
app-name-twice = the name "{ $name }" is used twice. Every parameter and outcome needs a name of its own.
app-planner-share = `initial` is "{ $text }", a share of a pool, but the campaign has no pool. Write a number such as 5.
app-record-huge = { $value } is larger than anything a laboratory measures. Correct the cell, or choose a larger unit.
app-stop-at = `stop_at` of "{ $outcome }" is no finite number.
app-outcome-name = an outcome has an empty name.
app-outcome-unit-twice = the outcome "{ $outcome }" is given in "{ $first }" and in "{ $second }". Use one unit.
app-parameter-name = a parameter has an empty name.
app-parameter-key = the parameter "{ $name }" needs `{ $key }`.
app-watch-unknown = { $folder }: there is no suggestion { $number }; the folder is left alone.
app-watch-trial = trial { $number } is not recorded: { $what }
app-watch-partial = what the sensors saw; the rest is typed in later
app-parameter-used-up = nothing is left of it
app-history-level = experiment { $number } was made with { $name } = { $level }, which the campaign does not know any more. Keep it among the `levels` (or in the table) and name it in `used_up`: then it is not suggested, and its results stay.
app-parameter-surplus = the parameter "{ $name }" has `{ $key }`, which does not go with its type.
app-parameter-whole = the parameter "{ $name }" counts in whole numbers, but { $value } is not one.
app-parameter-level = the parameter "{ $name }" has the level { $level }, which does not go with its type.
app-formula-outside-pool = the parameter "{ $name }" is a chemical formula. Formulas need a [pool] to choose from.
app-planner-initial = `initial` is "{ $text }". Write a number such as 5 or, with a pool, a share such as "5 %".
app-budget-zero = a budget of 0 experiments leaves nothing to do.
app-duration = "{ $text }" is no duration. Write a number and a unit, such as "36 h" or "2 d".
app-setting-missing = the setting "{ $name }" is missing.
app-pool-no-such-row = the pool of campaign "{ $campaign }" has no such row. Was the table changed?
app-plot = the plot could not be drawn: { $reason }.
app-file-unreadable = the file "{ $file }" cannot be read: { $reason }.
app-file-unwritable = "{ $file }" cannot be written: { $reason }.
app-no-history = the dock holds no campaign "{ $name }" yet. Begin it with `matdock suggest` or `matdock run`.
app-backtest-no-data = this campaign has no pool. Name a table of finished experiments with --data.
app-backtest-outside = { $inside } of { $rows } rows lie within the ranges of the campaign; at least 2 are needed. Check ranges and units, or take another table.
app-initial-few = { $file }: first experiments for { $found } repetitions, but { $seeds } are asked for. Add lines or lower --seeds.
app-initial-json = this is no JSON list of lists of row numbers: { $reason }.
app-initial-row = "{ $text }" is no row number of the table (0 to { $last }).
app-budget-used = the budget of { $budget } experiments is used up ({ $finished } finished, { $pending } suggested and waiting). Record the waiting ones, or raise `experiments` in the campaign file.
app-suggest-zero = 0 suggestions were asked for. Ask for at least 1 with -n.
app-export-where = "{ $text }" is no condition. Write name=value with campaign, kind, sample, name or outcome as the name.
app-export-no-campaign = the dock holds no campaign "{ $name }". It holds: { $known }.
app-export-no-sample = the dock holds no sample "{ $name }".
app-journal-line = journal { $journal }, line { $line } cannot be used: { $reason }. Run `matdock verify`.
app-journal-stream = the series "{ $name }" of action { $action } is not in the dock. Run `matdock verify`.
app-pool-empty = no row of the table fits `where`.
app-pool-small = candidates found in the table: { $rows }. A pool needs at least two.
app-pool-no-parameters = a pool needs at least one [[parameter]] that names a column of the table.
app-pool-cell-empty = the cell for the parameter "{ $name }" is empty. Fill it in, or leave the row out of the table.
app-pool-constant = every row of the table has the same settings: there is nothing to choose.
app-pool-duplicate = this row has the same settings as line { $line }. Leave one of them out; `matdock backtest` takes such rows as replicates.
app-record-column = the column "{ $name }" is neither a setting nor an outcome of the campaign (outcomes: { $outcomes }). Rename or remove it.
app-record-no-features = the campaign "{ $name }" takes nothing from files. Write feature = "level of torque in torque.csv" or the like into an [[intermediate]] or [[objective]].
app-record-no-folder = there is no folder { $folder }.
app-record-no-trial-folder = there is no folder for suggestion { $number } in { $folder } (such as trial-{ $number }).
app-record-two-folders = two folders have the number { $number }: { $first } and { $second }. Rename one of them.
app-record-file-huge = { $file } is larger than { $most } MiB.
app-record-axis = the column "{ $name }" has to be the axis, and has no number in it (first "{ $found }"). Write numbers, or times such as 2026-11-22 10:03:05 or 10:03:05.
app-record-which-column = { $file } has the columns { $known }: write COLUMN in { $file }, or leave only the axis and one column in it.
app-record-set = "{ $name }" is no outcome, or is given twice. The outcomes are { $outcomes }.
app-feature-in-lab = "{ $name }" has a feature of a file, but a laboratory does the experiments: declare it in the recipe, under [features].
app-pixel-alone = "{ $name }" has a size of a pixel but no feature of an image.
app-record-no-outcome = the sheet has none of the outcomes { $outcomes }, and no column "outcome". Take the sheet that `matdock suggest --out` writes.
app-record-unknown = there is no suggestion { $number }; the last one is { $last }. Leave the cell empty for an experiment of your own.
app-record-twice = suggestion { $number } stands in line { $line } already.
app-record-answered = suggestion { $number } already has a result. To replace it, run `matdock record` with --correct; the earlier result stays as an older version.
app-record-reason-only = a reason is given, but not how the experiment ended. Write failed, partial, aborted or uncertain into the column "outcome".
app-record-no-value = the experiment is said to have succeeded, but no outcome is filled in.
app-record-word = "{ $word }" does not say how an experiment ended. Write succeeded, failed, partial, aborted or uncertain, or leave the cell empty.
app-record-setting = the setting "{ $name }" is missing. An experiment of your own needs all settings.
app-record-range = { $value } is outside of what the campaign allows for "{ $name }" ({ $allowed }). Correct the cell, or widen the range in the campaign file.
app-record-pool-changed = the suggestion asks for { $asked } of "{ $name }", the sheet has { $found }. Settings of a pool are fixed; leave the suggestion cell empty to record another row of the pool.
app-run-no-lab = campaign "{ $name }" has no [lab]. A person does its experiments: use `matdock suggest` and `matdock record`.
app-run-check = the recipe cannot run in this lab:{ $problems }
app-run-no-output = the goal speaks of "{ $outcome }", but the recipe yields only: { $outputs }.
app-run-virtual = virtual time needs every station to be simulated. Set time = "real" in [lab].
app-run-stuck = the lab cannot go on:{ $reasons }
app-show-nothing = the dock holds nothing called "{ $text }". `matdock export --what samples` lists the samples.
app-show-many = { $count } records begin with "{ $text }". Give more of the id.
app-verify-two-samples = suggestion { $suggestion } has two samples: { $first } and { $second }.
app-verify-two-results = sample { $sample } has two results: { $first } and { $second }.

# Comments of new campaign files.
app-new-head =
    A campaign of matdock: what to make better, what may be changed, and how far to go.
    Every key is described in docs/campaign-file.md. Lines that begin with "#" are comments.
app-new-budget = How many experiments at most, failures included.
app-new-objective =
    The goal. direction: "maximise", "minimise", or "target" with target = VALUE. Several [[objective]] parts are
    weighed by weight. stop_at ends the campaign at that value. Units are UCUM codes (Cel, Pa, S/cm, Ohm.cm2, ...).
app-new-bound = Other outcomes that have to stay within limits.
app-new-parameter =
    What may be changed. type: "continuous" (min, max, scale = "log" for ranges over powers of ten, step = what the
    instrument can set), "integer", "ordinal" (levels = [numbers]) or "categorical" (levels = [names]).
app-new-pool = The candidates: rows of a table. label names the rows; where takes only rows with these values.
app-new-pool-parameter =
    The columns that describe a candidate. The types were found out from the table; correct them where they are wrong:
    "continuous", "integer", "ordinal", "categorical", or "formula" (chemical formulas, seen through element properties).
app-new-planner = initial: number of first experiments that cover the space before the model takes over.
app-new-lab = A simulated laboratory. Run it with `matdock run`; lab.toml and recipe.toml lie beside this file.
app-new-exists = the folder "{ $folder }" is not empty. Choose another name; nothing was changed.
app-new-no-objective = say what to make better: --maximize OUTCOME, --minimize OUTCOME or --target OUTCOME=VALUE.
app-new-input-is-outcome = "{ $name }" is an outcome and cannot be an input as well.
app-new-input-empty = the column "{ $name }" is empty.

# Reports and plots.
app-report-title = Campaign { $name }
app-report-counts = Experiments: { $finished } ({ $succeeded } succeeded, { $failed } failed, { $other } aborted or uncertain)
app-report-time = Lab time: { $time }
app-report-goal = The goal is reached.
app-report-nothing = No usable result yet.
app-report-best = Best: sample { $sample }, experiment { $number }
app-report-value = {"  "}{ $name }: measured { $measured }; model { $mean }{ $unit } (90 % interval { $low } to { $high })
app-report-setting = {"  "}{ $name } = { $value }
app-report-comparison = Until { $outcome } reaches { $level }{ $unit }, computed by simulation:
app-report-random = {"  "}random search needs { $factor } times the experiments ({ $random } against { $loop }; { $reached } of { $simulated } random experiments in the same simulated lab reached it)
app-report-hand = {"  "}one person, one sample at a time, needs { $factor } times the lab time for the same { $experiments } experiments ({ $hand } against { $loop }; { $hours } h a day, { $days } days a week, running steps go on after hours)
app-plot-best = { $name }: best so far
app-plot-experiment = experiment
app-plot-measured = measured
app-plot-failed = failed
app-plot-best-line = best so far
app-plot-model = model
app-plot-interval = 90 % interval
app-plot-experiments = experiments
app-plot-random = random search
app-plot-backtest-best = { $name }: best so far, mean of { $seeds } repetitions
app-plot-backtest-front = { $name }: share of the true front's hypervolume, mean of { $seeds } repetitions
app-plot-backtest-rows = { $name }: rows found of the { $rows } on the true front
app-plot-hypervolume = share of the hypervolume
app-plot-front-rows = rows of the front
app-sheet-how = How to fill in
app-sheet-instructions =
    Fill in the outcome columns: a number (3.2), a limit of detection (<1e-10), or a value with its uncertainty (3.2 ± 0.1), in the unit of the header.
    Leave a row empty that is not done yet: it stays open.
    outcome: leave it empty when it worked; otherwise failed, partial (ended on purpose before its end), aborted or uncertain, and say why in the column reason. A failure is data.
    Settings that were really used may differ from the suggestion: correct them in the sheet.
    An experiment of your own: a new row with an empty suggestion cell and all settings.
# Commands typed while a lab runs
app-stop-early-below = "below" in [stop_early] is { $below }; write a probability above 0 and below 1, such as 0.02.
app-stop-early-lab = [stop_early] needs a laboratory that does the experiments; add [lab], or take [stop_early] out.
app-stopped-early = stopped early at { $step } { $share } %: { $chance } % chance to be better than the best
app-partial-step = [[partial]] names the step "{ $until }", which the recipe does not have; it has: { $known }.
app-not-finished = ended after { $step }: what was seen promises less for the cost of the rest than a new sample
app-stopped-by-person = stopped early at { $place }: { $reason }
app-stopped = { $sample }: { $reason }. Spared: { $time } of lab time.
app-outlook = { $sample } { $step } { $share } %: will probably end at { $outcome } = { $low } to { $high }{ $unit }; { $chance } % chance to be better than the best
app-report-partial = Ended early: { $count }; planned lab time spared: { $time }
app-report-partial-only = Ended early: { $count }
app-report-partial-cost = Not spent because samples were ended after a stage: { $cost } { $unit }, { $hours } h
app-half-made = Made until { $until } only: suggestions { $numbers }. To finish one costs { $share } % of a whole experiment; fill in what is missing and record it.
app-half-made-cost = Made until { $until } only: suggestions { $numbers }. To finish one costs { $share } % of a whole experiment ({ $cost } { $unit }, { $hours } h); fill in what is missing and record it.
app-partial-first = Until { $until } first: suggestions { $numbers }, at { $share } % of the cost of a whole experiment. Fill in what is known then ({ $gives }), write partial into the column outcome, record it and ask again: it is then told which are worth finishing.
app-partial-first-cost = Until { $until } first: suggestions { $numbers }, at { $share } % of the cost of a whole experiment ({ $cost } { $unit }, { $hours } h). Fill in what is known then ({ $gives }), write partial into the column outcome, record it and ask again: it is then told which are worth finishing.
app-control-unknown = "{ $text }" is no command. Type "help" to see them all.
app-control-incomplete = "{ $text }" names nothing. Write it like "abort S-12 REASON", "out STATION REASON" or "back STATION".
app-control-no-reason = no reason given
app-control-no-sample = there is no unfinished sample "{ $name }" in the lab; there are: { $known }.
app-control-paused = Paused: nothing new is begun, what runs is finished. Type "resume" to go on.
app-control-resumed = Going on.
app-control-resumed-alone = Nobody can type "resume" any more (the input has ended): going on.
app-control-aborted = { $sample } is given up ({ $reason }) and taken out as soon as nothing is being done to it.
app-control-stopped = { $sample } is ended early ({ $reason }): what is being done to it is ended where its station can, else finished; what was seen counts, then it is taken out. Spared: { $time } of lab time.
app-control-back = "{ $station }" is back in service.
app-control-status = Running; { $finished } samples have their result.{ $stations }
app-control-status-paused = Paused; { $finished } samples have their result.{ $stations }
app-control-help = Type one of these and Enter:
  {"  "}pause                   begin nothing new; what runs is finished
  {"  "}resume                  go on after a pause
  {"  "}stop S-10 REASON        end a sample early; what was seen of it counts
  {"  "}abort S-12 REASON       give up a sample
  {"  "}out STATION REASON      take a station (or the robot) out of service; the others go on
  {"  "}back STATION            put it back; a sample lost in it has been taken away
  {"  "}status                  what the lab is doing
  {"  "}Ctrl-C                  stop cleanly; the same command goes on later

app-explain-nothing = the campaign "{ $name }" has no measured outcome to learn from yet. Record a result first.
app-explain-title = # What the model of { $name } has learnt from { $count } experiments
app-explain-outcome = ## { $name }
app-explain-few = Fewer than three readings: nothing can be said about the quality of the model yet.
app-explain-error = Error of predictions for readings the model has not seen: { $error }{ $unit } (of the mean alone: { $mean }{ $unit }; { $readings } readings, each left out once).
app-explain-inside = Of these readings { $half } % lie inside their 50 % interval and { $most } % inside their 90 % interval.
app-explain-no-better = WARNING: the model is no better than the mean. The parameters explain nothing that can be told from noise so far; do not trust what follows.
app-explain-narrow = WARNING: the intervals are too narrow; take them for wider than they say.
app-explain-importance = Share of the variation each parameter has a part in (they add up to more than 100 % where parameters act together):
app-explain-parameter = - { $name }: { $share } %{ $trend }
app-explain-rises = , rises from { $low } to { $high }
app-explain-falls = , falls from { $high } to { $low }
app-explain-between = , lowest { $low } at { $at_low }, highest { $high } at { $at_high }
app-remaining = Still to be gained: with { $probability } % probability there is something better; expected gain { $expected }{ $unit } (80 % between { $low } and { $high }).
app-plot-importance = Importance
app-plot-share = share of the variation [%]
app-plot-places = 80 % of places
app-plot-mean-effect = mean effect
app-plot-calibration = Each reading predicted from all others
app-plot-predicted = predicted
app-plot-perfect = equal
app-plot-readings = readings
app-plot-shades = { $name }: dark { $low }, bright { $high }
app-parameter-scale = the scale of parameter { $name } has to be "linear", "log", "sqrt", "reciprocal", "logit", or pairs such as [[0, 0], [10, 1], [100, 2]] of a setting and its position
app-substance-source = substance { $name } needs its descriptors: either table = "FILE.csv", or features = "basic" for names that are formulas
app-substance-no-descriptor = for substance { $name } there is no column with a number in every row; name the columns to use with descriptors = ["...", "..."]
app-substance-no-name = this row has no name for substance { $name }; fill it in or remove the row
app-substance-gap = the descriptor of { $level } is missing; fill it in, or leave the column out of descriptors
app-substance-twice = { $level } is in this table twice; keep one row
app-substance-unknown = there are no descriptors for { $level } of substance { $name }; add it to the table of descriptors, or correct the name
app-mixture-pool = mixture { $name } is of no use with a pool, whose rows are complete; remove it
app-mixture-component = mixture { $name } has the component { $component }, which is not a parameter; there are { $known }
app-pool-rules = of { $rows } rows { $left } keep the constraints, at least 2 are needed; loosen a rule
app-record-absent = { $name } is there only when { $when }; leave the cell empty
app-guess-row = there is no row { $row } in the pool; give its label, or the settings with at = { "{" } ... { "}" }
app-veto-reason = a veto needs a reason; give it with --reason "..."
app-veto-unknown = there is no suggestion { $number } (the last is { $last })
app-veto-made = suggestion { $number } is already being made or has a result; a veto comes too late
app-veto-twice = suggestion { $number } was already refused
app-veto-name = there is no parameter { $name } in this campaign
app-report-veto = Vetoed: { $what }, because: { $reason } ({ $by }, { $at })
app-source-which = a source is either table = "FILE.csv" or campaign = "NAME" of the dock; give one of them
app-source-formula = parameter { $name } is a formula; earlier campaigns can only be used when all parameters are numbers or levels
app-source-default = a default of the source cannot be used: { $what }
app-source-missing = the source { $source } has no parameter { $name }; say under which name with columns = { "{" } { $name } = "..." { "}" }, or what it was with defaults = { "{" } { $name } = ... { "}" }
app-source-few = the source { $source } has fewer than 3 experiments with a result that fit this campaign; use another one or remove it
app-source-no-outcome = there is no column { $outcomes }; say under which name with columns = { "{" } outcome = "..." { "}" }
app-report-source = Earlier campaign { $source }: related. { $share } % of the model of { $outcome } relies on what it found (coefficient { $coefficient }; 1 would be the same task), { $relevance } % only on how much each parameter matters there. Its prediction explains { $explains } % of the differences between the results here.
app-report-source-relevance = Earlier campaign { $source }: related in part. { $relevance } % of the model of { $outcome } takes from it how much each parameter matters, { $share } % also what it found. Its prediction explains { $explains } % of the differences between the results here.
app-report-source-not = Earlier campaign { $source }: set aside for { $outcome }, because the results here do not follow it ({ $share } % of the model relies on it; its prediction explains { $explains } % of the differences between the results here).
app-report-source-opposite = Earlier campaign { $source }: opposite. Where it found high values of { $outcome }, low ones are measured here; { $share } % of the model relies on that.
app-report-source-patternless = Earlier campaign { $source }: set aside for { $outcome }, because its own results do not follow its parameters, so that there is nothing to learn from them.
app-report-source-chain = Earlier campaign { $source }: its experiments count for how { $outcome } follows from the intermediates; which settings give which intermediates is learnt anew.
app-report-source-chain-not = Earlier campaign { $source }: set aside for { $outcome }, because with it what follows from the intermediates is predicted worse here. Intermediates are learnt anew in any case.
app-report-rises = Expected trend: { $outcome } rises with { $name } ({ $share } % of the model relies on it).
app-report-falls = Expected trend: { $outcome } falls with { $name } ({ $share } % of the model relies on it).
app-report-rises-not = WARNING: the data speak against the expected trend that { $outcome } rises with { $name } ({ $share } % of the model relies on it).
app-report-falls-not = WARNING: the data speak against the expected trend that { $outcome } falls with { $name } ({ $share } % of the model relies on it).
app-report-trend-chain = The expected trend of { $outcome } with { $name } is not used, because { $outcome } is predicted through the process chain.
app-report-recommended = Recommended (noise averaged out): { $sample } with { $settings }
app-report-believed = {"  "}{ $name }: { $mean }{ $unit } expected of a repetition (90 % interval { $low } to { $high })
app-front-head = Pareto front: { $count } experiments; hypervolume { $hypervolume } above { $reference }
app-front-row = | { $cells } |
app-front-title = Pareto front
app-front-sample = sample
app-front-expected = expected (90 %)
app-front-on = on the front by
app-front-both = reading and model
app-front-reading = reading
app-front-model = model
app-front-beaten = dominated
app-front-next = next suggestions (90 %)
app-front-hypervolume = hypervolume
app-cost = { $key } is { $value }; give a number that is not negative, for a budget above zero
app-cost-uncounted = the budget has { $key }, but no experiment costs any; say what they cost under [cost], or with change_{ $key } of a parameter
app-cost-used = the budget of campaign { $name } in money or hours is used up by experiments that are finished or waiting; raise `cost` or `hours` under [budget]
app-report-spent = Spent: { $cost } { $unit }, { $hours } h
app-report-drift = WARNING: { $outcome } creeps with time, by about { $change }{ $unit } from one experiment to the next. Look for the cause, or let it be corrected: drift = "auto" in [planner].
app-report-drift-corrected = { $outcome } creeps with time, by about { $change }{ $unit } from one experiment to the next; the model corrects this, its predictions are for now.
app-explain-outlier = Experiment { $experiment } reads { $measured }{ $unit }, which all others contradict; it counts { $weight } %. Repeat it if it matters.
app-kind-gaussian-process = Gaussian process
app-kind-rough = rough Gaussian process
app-kind-warped = Gaussian process with bent inputs
app-kind-saas = sparse Gaussian process (SAAS)
app-kind-forest = forest
app-cost-next = what is left of the budget of campaign { $name } does not cover the next experiment: it would cost { $cost } { $unit } and { $hours } h with the settings it changes, and { $left_cost } { $unit } and { $left_hours } h are left; raise `cost` or `hours` under [budget]
app-report-under-way = Under way: { $cost } { $unit }, { $hours } h more
app-report-next = Next suggestion would cost: { $cost } { $unit }, { $hours } h, changed settings included
app-report-left = Left of the budget: { $cost } { $unit }, { $hours } h
app-report-budget = Budget: { $left } of { $budget } experiments left
app-report-model = Model of { $outcome }:
app-report-inner = {"  "}{ $line }
app-section-standing = Where it stands
app-section-result = Result
app-section-model = Model
app-section-comparison = Compared with other ways of working
app-explain-choice-few = Kind of model: { $chosen }; too few readings to compare it with other kinds yet.
app-explain-choice-kept = Kind of model: { $chosen }, because no other kind predicts readings left out clearly better (mean log density, higher is better: { $tried }).
app-explain-choice-better = Kind of model: { $chosen }, because it predicts readings left out clearly better (mean log density, higher is better: { $tried }).
app-explain-choice-default = Kind of model: { $chosen }, the default; surrogate = "auto" in [planner] compares it with others (mean log density of readings left out: { $tried }).
app-explain-choice-even = Kind of model: { $chosen }; bent inputs do not make the readings clearly more probable.
app-explain-choice-asked = Kind of model: { $chosen }, as [planner] asks for (mean log density of readings left out, higher is better: { $tried }).
app-explain-fit-converged = Fitted to { $readings } readings; the search for its parameters converged.
app-explain-fit-exhausted = Fitted to { $readings } readings. WARNING: the search for its parameters was cut short before it settled.
app-explain-fit-stalled = Fitted to { $readings } readings. WARNING: the search for its parameters got stuck; compare its predictions with readings before you trust it.
app-explain-nowhere = , no effect: { $mean } everywhere
app-warning-all-failed = WARNING: all { $count } experiments failed, so there is nothing to learn an outcome from. Suggestions keep away from what failed; look for a common cause, or widen the space.
app-warning-all-equal = WARNING: all { $count } readings of { $outcome } are { $value }, so no setting is better than another yet. Suggestions cover the space until readings differ; look whether the instrument resolves them.
app-warning-thinned = WARNING: the model of { $outcome } is computed from { $kept } of { $readings } readings: the highest, the lowest, and those furthest from one another.
app-warning-fit-exhausted = WARNING: the search for the parameters of the model of { $outcome } was cut short before it settled; matdock explain shows how well it predicts.
app-warning-fit-stalled = WARNING: the search for the parameters of the model of { $outcome } got stuck; look with matdock explain whether it predicts anything before you follow it.
app-warning-search-exhausted = WARNING: the search for suggestion { $number } was cut short before it settled; there may be a slightly better one near it.
app-warning-search-stalled = WARNING: the search for suggestion { $number } got stuck; it is the best of the candidates looked at.
app-pool-level-unlisted = { $level } is not among the levels of the parameter "{ $name }" in the campaign file ({ $levels }). Add it there, leave `levels` out to take those of the table, or correct the cell.
app-pool-outside = { $value } is outside the range of the parameter "{ $name }" in the campaign file ({ $low } to { $high }). Widen the range, leave `min` and `max` out to take those of the table, or leave the row out.
app-backtest-limit = { $value } is a limit, and a replay needs to know what would have been measured. Write the value, or leave the row out; an empty cell counts as a failed experiment.
app-chain-none = campaign { $name } has no process chain; describe what is sensed on the way with [[intermediate]] in the campaign file
app-chain-experiment = there is no experiment { $number }; there are { $count }
app-chain-parameter = there is no parameter { $name }; there are { $known }
app-chain-setting = { $name } cannot be { $value }
app-chain-title = Process chain of { $name }, learnt from { $count } experiments. Shares are of the variance, each reading predicted from all others.
app-chain-quantity = { $name }, read { $readings } times; its inputs explain { $explained } % of it. Without one of them it would be less by:
app-chain-quantity-alone = { $name }, read { $readings } times; it depends on nothing that is set
app-chain-quantity-few = { $name }, read { $readings } times: too few to model
app-chain-link = { "   " } { $from }: { $share } points of 100
app-chain-links-shared = {"    "}No single one is needed: they tell the same in part, so that the others make up for each.
app-chain-explained = { $share } % explained
app-chain-through = { $outcome } is predicted through the chain: left out, { $chain } % of its variance is explained that way, { $direct } % directly from the settings (log density { $gain } ± { $error } per reading)
app-chain-direct = { $outcome } is predicted directly from the settings, for the chain does no better: left out, { $chain } % of its variance is explained through the chain, { $direct } % directly (log density { $gain } ± { $error } per reading)
app-chain-through-few = { $outcome } is predicted through the chain; too little was measured to compare it with the direct way
app-chain-sensor = { $name } helps to predict { $outcome } (log density { $gain } ± { $error } per reading against a chain without it)
app-chain-sensor-read = { $name } does not help to predict { $outcome } from the settings (log density { $gain } ± { $error } per reading), but once it is read it explains { $share } points of 100 of what depends on it
app-chain-sensor-useless = { $name } carries no information on { $outcome } beyond the rest of the chain (log density { $gain } ± { $error } per reading): you can take this one off
app-chain-why = In experiment { $experiment } { $name } is { $side ->
    [high] high
   *[low] low
} ({ $deviation } standard deviations) because { $because }
app-chain-why-open = In experiment { $experiment } { $name } is { $side ->
    [high] high
   *[low] low
} ({ $deviation } standard deviations); the chain does not say why
app-chain-because = { $name } is { $side ->
    [high] high
   *[low] low
} ({ $deviation }) because { $because }
app-chain-because-open = { $name } is { $side ->
    [high] high
   *[low] low
} ({ $deviation }); the chain does not say why
app-chain-reason = { $name } is { $side ->
    [high] high
    [low] low
   *[level] what it is
} ({ $effect })
app-chain-reason-and = {" and "}
app-chain-what-if = { $name }: { $mean } ({ $low } to { $high }) would be expected instead of { $now }
app-intermediate-twice = { $name } is an objective, a bound or an intermediate already; give an intermediate a name of its own
app-journal-image = the image "{ $name }" of action { $action } is not in the dock. Run `matdock verify`.
app-chain-split = { $text } is no way to leave experiments out; write random, group:COLUMN (those alike in a column together), time (later ones, in the order they are in) or time:COLUMN
app-chain-folds = experiments are left out in at least 2 folds, not { $count }
app-chain-folds-few = there is only enough for { $count } folds; more experiments, groups or points in time are needed, or another --split
app-chain-compare-few = campaign { $name } has { $count } experiments with readings: too few to compare the chain with the direct way, or nothing behind an intermediate was measured
app-chain-time = { $text } is neither a number nor a date (such as 2026-11-22); with --split time the order of the experiments is taken
app-chain-column = no experiment has a setting or reading called { $name }
app-chain-compare-title = Process chain of { $name }, tried on { $count } experiments: all models learnt anew without those to be predicted, { $folds } folds, { $split ->
    [group] all with the same { $column } left out together
    [time] each stretch of time predicted from those before
    [time-column] each stretch of { $column } predicted from those before
   *[random] left out at random
}.
app-chain-way-direct = directly from the settings
app-chain-way-chain = through the chain
app-chain-way-chosen = the one matdock chooses
app-chain-way-read = with the intermediates as read
app-chain-compare-chain = { $name } from the settings alone: through the chain { $verdict ->
    [better] better than directly, beyond chance
    [worse] worse than directly, beyond chance
   *[same] no better and no worse than directly, within chance
} (log density { $gain } ± { $uncertainty } per reading; error { $error } instead of { $direct }).
app-chain-compare-chosen = matdock would use the chain in { $chosen } of { $folds } folds; what it chooses is { $verdict ->
    [better] better than the direct way
    [worse] worse than the direct way
   *[same] as good as the direct way
} (log density { $gain } ± { $uncertainty }).
app-chain-compare-read = Once the intermediates are read, { $name } is predicted { $verdict ->
    [better] better than from the settings alone
    [worse] worse than from the settings alone
   *[same] no better than from the settings alone
} (log density { $gain } ± { $uncertainty }; error { $error } instead of { $direct }).
app-warning-unread = WARNING: { $name } was never read in { $count } experiments, so it is no part of the chain yet. Measure it, take its [[intermediate]] out, or, when it follows from others, give it a formula and `computed = true`.
app-chain-computed = computed
app-chain-quantity-computed = { $name }, computed from { $from }
app-chain-quantity-unknown = there is no quantity { $name } in the goal; there are { $known }
app-chain-sense-few = too little was measured in { $name } to tell this quantity from others
app-chain-sense-settings = the settings
app-chain-sense = { $name } of experiment { $experiment }, told from { $from }: { $mean } ({ $low } to { $high } with 90 %); it was not read
app-chain-sense-read = { $name } of experiment { $experiment }, told from { $from }: { $mean } ({ $low } to { $high } with 90 %); read: { $read }, which was not used
app-chain-sense-missing = { "   " } not read before it, so that what is expected takes the place: { $names }
app-chain-sense-domain = { "   " } { $side ->
    [above] { $name } lies above all other experiments
    [below] { $name } lies below all other experiments
   *[within] What it is told from lies within the range of the other experiments
}; it is told { $domain ->
    [inside] as surely as nine in ten of them
    [edge] less surely than nine in ten of them
   *[outside] less surely than any of them: do not rely on it
}; the most similar one is { $nearest }
app-chain-sense-quality = { "   " } { $verdict ->
    [replaces] On { $readings } readings, each left out, it misses by { $error } ({ $explained } % of the variance explained): where that is good enough, the soft sensor can replace the measurement
    [tells] On { $readings } readings, each left out, it misses by { $error } ({ $explained } % of the variance explained): it tells high from low but does not replace the measurement
    [few] Only { $readings } readings so far, each left out missed by { $error } ({ $explained } % of the variance explained): too few to say whether it can replace the measurement
   *[no] On { $readings } readings, each left out, it misses by { $error } ({ $explained } % of the variance explained): it does not replace the measurement
}
app-describe-onto-itself = { $file }: the table would be written onto itself; give another name behind -o
app-describe-reader = reading the table ended unexpectedly; please report this
app-describe-reason = { $reason } ({ $cells } cells)
app-describe-empty = the cell is empty
app-describe-unknown-kind = "{ $extension }" is not a kind of table that can be described; bring .csv, .tsv, .txt, .smi, .sdf, .xlsx or .parquet
app-describe-no-column = which column holds the structures? name it with --column; the columns are { $columns }
app-describe-not-utf8 = the row has characters that are not UTF-8; save the table as "CSV UTF-8"
app-describe-ragged = the row has { $found } cells where the header has { $expected }; look for a missing or surplus separator, or put text that has one into quotation marks
app-describe-header-twice = the table already has a column "{ $name }", which would be written a second time; rename or remove it
app-describe-sheet-columns = Excel has room for { $most } columns; choose fewer sets, or write .parquet or .csv
app-describe-sheet-rows = Excel has room for { $most } rows; write .parquet or .csv
app-describe-json = descriptors are written as .csv, .parquet or .xlsx
app-describe-unknown-set = "{ $name }" is neither a set of descriptors nor one of formulas; sets are { $sets }, fingerprints also with radius and bits as in morgan:3:1024 or atom-pairs:4096; "matdock describe --list" explains them
app-describe-needs-molecules = set "{ $set }" needs molecules written as SMILES, and the column holds formulas; name another column with --column, or call it "smiles"
app-describe-descriptor-twice = "{ $name }" is asked for twice; name each set or descriptor once
app-describe-open-ends = the structure has open ends (*), so its composition is not known; choose sets of molecules only
app-describe-ends-of-formulas = --cap { $ends } is for molecules written as SMILES, and the column holds formulas; name another column with --column
app-similar-unknown-fingerprint = "{ $name }" is no fingerprint; take one of { $names }, also with radius (to 10) and bits (16 to 65536) as in morgan:3:1024 or atom-pairs:4096
app-describe-column-and-components = --column { $column } and --components both say where the structures stand; give one of them
app-describe-role-twice = component "{ $role }" is named twice; give each a name of its own, as in --components a=smiles_1:fraction_1,b=smiles_2:fraction_2
app-describe-of-component = { $component }: { $what }
app-describe-of-part = part { $part } of the mixture: { $what }
app-describe-no-amount = there is a structure without an amount; fill in how much of it there is, or 0
app-describe-no-structure = there is an amount without a structure; fill it in, or set the amount to 0
app-describe-no-number = "{ $text }" is no amount; write a number above or equal to 0
app-describe-amount-unit = "{ $unit }" is no unit of an amount here; take 1, %, mol%, wt%, mol, g or mol/kg
app-describe-volume = fractions by volume need densities, which are not known; give moles or masses
app-describe-absent = there is no { $component }
app-describe-at-column = column "{ $name }": { $what }
app-describe-column-twice = there are two columns "{ $name }"; rename one of them
app-describe-cache = what is kept of descriptors cannot be used: { $reason }; it can be deleted, everything in it is computed again
app-find-needs-molecules = column "{ $column }" is read as formulas; structures written as SMILES are needed: name their column with --column
app-describe-correction = { $about }. With --corrected: { $correction }

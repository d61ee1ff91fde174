# Text of matdock-cli.
cli-heading-usage = Usage:
cli-heading-commands = Verbs
cli-heading-options = Options
cli-heading-arguments = Arguments

cli-help = matdock: states a goal, gets better materials. Proposes experiments, has a lab or a person carry them out, keeps everything, learns, and goes on.
cli-help-more = Begin with `matdock new my-campaign`, or run the digital laboratory: `matdock run examples/thin-film/campaign.toml`
cli-help-general-json = Print JSON instead of text (keys in docs/json.md)
cli-help-general-seed = Seed of everything random; overrides the campaign file
cli-help-general-dock = Folder of the dock, where everything is kept
cli-help-general-lang = Language of the texts: en or ja (default: from LANG)
cli-help-general-help = Print help
cli-help-general-version = Print version

cli-help-run = Run a campaign in its lab until the goal or the budget is reached; goes on where it stopped
cli-help-run-campaign = Campaign file, or the folder it is in
cli-help-run-experiments = Stop after this many experiments in all; overrides the budget of the file
cli-help-run-in-flight = Samples under way at the same time; overrides the files
cli-help-run-real-time = Run a simulated lab in real time instead of virtual time
cli-help-run-no-comparison = Leave out the comparison with random search and work by hand
cli-help-run-out = Folder for the report (default: reports/NAME in the dock)

cli-help-new = Write a commented campaign folder to start from
cli-help-new-name = Folder to make; its last part is the name of the campaign
cli-help-new-template = What to start from: pool (rows of a table), process (ranges of settings), lab (a simulated laboratory)
cli-help-new-pool = Table (CSV or XLSX) whose rows are the candidates
cli-help-new-inputs = Columns that are set, separated by commas
cli-help-new-maximize = Outcome to make as high as possible; may be given several times
cli-help-new-minimize = Outcome to make as low as possible; may be given several times
cli-help-new-target = Outcome to bring to a value, such as y=5
cli-help-new-label = Column that names the rows

cli-help-suggest = Propose the next experiments for a person to do
cli-help-suggest-campaign = Campaign file, or the folder it is in
cli-help-suggest-count = How many experiments
cli-help-suggest-out = Write a sheet to fill in (.xlsx or .csv) instead of only printing

cli-help-record = Take results back from a filled-in sheet; a file with any mistake is refused as a whole
cli-help-record-campaign = Campaign file, or the folder it is in
cli-help-record-results = The sheet (.xlsx or .csv), also partly filled; or the number of one suggestion
cli-help-record-from = Folder of the files of the trial; with a sheet the folder that has a folder for each (such as trial-07)
cli-help-record-set = An outcome of this one suggestion; may be given several times
cli-help-record-failed = This one suggestion failed, and why
cli-help-record-correct = The sheet corrects results already recorded; the earlier ones stay as older versions

cli-help-status = Show where a campaign stands
cli-help-status-campaign = Campaign file, or the folder it is in

cli-help-report = Write the report of a campaign: best conditions, plots, all experiments
cli-help-report-campaign = Campaign file, or the folder it is in
cli-help-report-out = Folder for the report (default: reports/NAME in the dock)

cli-help-backtest = Replay a campaign against a table of finished experiments and compare with random search
cli-help-backtest-campaign = Campaign file, or the folder it is in
cli-help-backtest-data = Table of finished experiments (default: the pool's own table)
cli-help-backtest-seeds = Repetitions, each from other random first experiments
cli-help-backtest-jobs = Threads; the result does not depend on it (default: all cores)
cli-help-backtest-initial = Random first experiments (default: as the campaign says)
cli-help-backtest-initial-file = First experiments per repetition: one line each, row numbers from 0 separated by commas, or a JSON list of lists
cli-help-backtest-replicates = What a row measured several times gives
cli-help-backtest-budget = Most experiments per repetition (default: until the best row is found)
cli-help-backtest-batch = Experiments proposed at once
cli-help-backtest-top = Which share of the rows counts as top, in percent
cli-help-backtest-plot = Write the curve of best-so-far to this file

cli-help-export = Write what the dock keeps as a table
cli-help-export-what = records (everything), samples (one row per experiment), series (one row per measured point), files (images and sheets as they came)
cli-help-export-format = csv, xlsx, parquet or json (default: by the name of the file, else csv)
cli-help-export-where = Only what fits, such as campaign=thin-film, kind=measurement, sample=S-12, name=spectrum; may be given several times
cli-help-export-out = File to write (default: print); for files the folder to put them into (default: list them)

cli-help-show = Show a record, a sample with its history, or a file
cli-help-show-id = An id, its beginning, or the name of a sample

cli-help-verify = Check the whole dock: every object, record, reference and journal

cli-help-lab = Check and simulate laboratories
cli-help-lab-check = Check a recipe against a lab without touching an instrument
cli-help-lab-check-lab = Lab file
cli-help-lab-check-recipe = Recipe file
cli-help-lab-check-campaign = Check the ranges of this campaign's parameters as well
cli-help-lab-components = Learn principal components of a series from the samples in the dock, for a recipe to name
cli-help-lab-components-campaign = Campaign file, or the folder it is in
cli-help-lab-components-of = STREAM.COLUMN during STEP, such as "xrd.intensity during scan"
cli-help-lab-components-count = Components to learn
cli-help-lab-components-out = File to write
cli-help-lab-features = List the extractors that turn series and images into features
cli-help-lab-simulate = Simulate many samples: throughput, use of the stations, Gantt chart
cli-help-lab-simulate-lab = Lab file
cli-help-lab-simulate-recipe = Recipe file
cli-help-lab-simulate-campaign = Take the middle of the ranges of this campaign where --set gives no value (default: the middle of what the lab allows)
cli-help-lab-simulate-samples = Number of samples
cli-help-lab-simulate-in-flight = Samples under way at the same time (default: as the lab file says)
cli-help-lab-simulate-set = Value of a recipe parameter, such as anneal_time="30 min"; may be given several times
cli-help-lab-simulate-gantt = Write the Gantt chart to this file (default: gantt.svg)

cli-error = error: { $text }
cli-language = "{ $tag }" is no language matdock speaks. Use --lang en or --lang ja.
cli-json = the result cannot be written as JSON: { $reason }.
cli-target = "{ $text }" is no target. Write --target OUTCOME=VALUE, such as --target thickness=5.
cli-set = "{ $text }" is no setting. Write --set NAME=VALUE, such as --set anneal_time="30 min".
cli-new-flags = --inputs, --maximize, --minimize, --target and --label describe a table. Name it with --pool TABLE.
cli-new-made = { $file } is written.
cli-new-next = Look it over, then: matdock suggest { $folder } -n 4 --out results.xlsx
cli-new-next-lab = Look it over, then: matdock run { $folder }
cli-ask-template = What do you want to start from? 1 rows of a table, 2 ranges of settings, 3 a simulated laboratory [2]
cli-ask-table = Which table (CSV or XLSX)? Leave empty for an example:
cli-ask-outcome = Which column is to become better? ({ $columns })
cli-ask-direction = { $outcome }: 1 as high as possible, 2 as low as possible, or a value to aim at [1]
cli-ask-inputs = Which columns are set, separated by commas? Leave empty for all that can be:
cli-ask-nobody = nobody answered. Give the answers as flags; `matdock new --help` lists them.

cli-word-row = row
cli-word-expected = expected
cli-word-why = why
cli-word-mean = mean
cli-word-error = error
cli-word-median = median
cli-word-quartiles = quartiles
cli-word-random = random search
cli-word-to-best = experiments to the best row
cli-word-experiments = experiments
cli-word-best-so-far = best so far (mean)
cli-word-hypervolume = hypervolume found [%]
cli-word-front-rows = front rows found
cli-word-time = time
cli-word-what = kind
cli-word-name = name
cli-word-station = station
cli-word-result = result
cli-word-in-use = in use

cli-why-initial = covers the space
cli-why-explore = explores ({ $share } % exploration)
cli-why-exploit = expected to be good ({ $share } % exploration)
cli-why-balance = good and little known ({ $share } % exploration)
cli-why-nearest = ; nearest is experiment { $experiment } at distance { $distance }
cli-why-risk = ; { $share } % risk of failure
cli-suggest-pending = Of these, { $count } were suggested before and still wait for a result.
cli-suggest-sheet = Fill in { $file }, then: matdock record { $campaign } { $file }
cli-suggest-no-sheet = For a sheet to fill in, add --out results.xlsx; then: matdock record { $campaign } results.xlsx
cli-recorded = Recorded: { $recorded } results ({ $failed } failed, { $own } own experiments). Suggestions still waiting: { $waiting }.
cli-recorded-files = Taken from the files of suggestion { $number }:
cli-record-number = --set and --failed are about one suggestion: give its number instead of the sheet.
cli-recorded-incomplete = Of these, { $count } succeeded without all outcomes of the goal; the missing ones count as not measured.
cli-recorded-finished = Finished: { $count } that were made up to a stage before.
cli-recorded-corrected = Corrected: { $corrected } results; the earlier ones stay as older versions.
cli-status-new = Not begun: nothing in the dock yet.
cli-status-begun = Begun { $time }, seed { $seed }
cli-status-pending = Waiting for results: suggestions { $numbers }

cli-run-goal = The goal is reached.
cli-run-budget = The budget is used up.
cli-run-nothing-left = Nothing is left to try.
cli-run-comparing = Simulating random search in the same lab for the comparison ...
cli-run-stopped = Stopped. The same command goes on from here.
cli-run-stopping = Stopping: what is running at real instruments is finished first. Ctrl-C again leaves at once; nothing is lost.
cli-report-file = {"  "}{ $file }
cli-report-dock = {"  "}everything else: { $dock } (matdock export, matdock show)
cli-live-experiments = experiments; { $running } running, { $failed } failed; lab time { $time }
cli-live-best = best { $name }: { $value } (model { $low } .. { $high }), sample { $sample }
cli-live-doing = { $sample }: { $step }, { $left } left
cli-suggest-finish = Finish first: { $numbers }. What was seen of them promises more for the cost of the rest than anything new.
cli-why-until = ; until { $until } first
cli-live-chance = { $chance } % chance to be the best
cli-live-stop = To end it early, type: stop { $sample }
cli-live-out = out of service: { $reason }
cli-live-holds = holds { $samples }
cli-live-finished = experiment { $number } ({ $sample }): { $outcome }; { $values }
cli-live-hint = To step in, type a command and Enter; "help" lists them. Ctrl-C stops cleanly.
cli-live-waiting = waiting: { $reason }
cli-person-task = task { $number } at { $station }: { $capability } (step { $step }) with { $settings }. Answer: "{ $number } ok", "{ $number } ok NAME=VALUE UNIT", "{ $number } failed REASON".
cli-person-file = {"  "}or drop the answer as { $file } (an empty file means ok)
cli-person-answer = "{ $text }" is no answer. Write the number of the task and ok, failed, aborted or uncertain, such as: 12 ok thickness=3.2 nm
cli-person-refused = the answer to task { $number } cannot be used: { $why }

cli-backtest-head = { $name }: { $pool } candidates, { $seeds } repetitions from { $initial } random first experiments each. Best: { $best }
cli-backtest-to-top = experiments to a top { $percent } % row
cli-backtest-unfinished = { $count } repetitions did not reach the best row within the budget; they count with the budget.
cli-backtest-seconds = Time per suggestion: median { $median } s, longest { $max } s
cli-backtest-front-head = { $name }: { $pool } candidates, { $seeds } repetitions from { $initial } random first experiments each. { $rows } of them are on the front: no other beats them in every objective
cli-backtest-to-share = experiments to { $percent } % of the hypervolume
cli-backtest-front-unfinished = { $count } repetitions did not get there within the budget; they count with the budget.
cli-backtest-reference = Reference point of the hypervolume: { $point }
cli-backtest-front-rows = Rows of the front: { $rows }
cli-backtest-left-out = { $count } rows lie outside the ranges of the campaign and are left out.
cli-components = Components of { $of }, learnt from { $series } series ({ $left_out } not fit); they explain { $shares } of the variance. Written to { $file }.
cli-export-files = { $count } files written into { $folder }.
cli-export-made = { $rows } rows written to { $file }.
cli-verify-problem = wrong: { $text }
cli-verify-count = Checked { $records } records, { $lines } journal lines, { $objects } objects: { $problems } problems.
cli-verify-orphans = { $count } objects belong to no record: harmless leftovers of an interrupted write.
cli-show-provenance = {"  "}recorded for { $time } by { $agent }
cli-show-versions = {"  "}{ $count } versions; older ones are kept
cli-check-problem = wrong: { $text }
cli-check-warning = warning: { $text }
cli-check-duration = One sample alone takes { $short } to { $long }.
cli-check-bottleneck = The throughput is limited by { $station } ({ $time } per sample).
cli-check-parameters = The recipe uses the parameters { $names }.
cli-check-fine = The recipe fits the lab.
cli-check-count = { $count } problems: the recipe does not fit the lab.
cli-simulate-head = { $samples } samples, at most { $in_flight } under way: { $time }, { $per_day } samples a day
cli-simulate-lost = { $count } samples were lost: { $reasons }.

cli-help-explain = Explain the model of a campaign: importance, effects, how far it can be trusted
cli-help-explain-campaign = Campaign file, or the folder it is in
cli-help-explain-out = Folder for the plots (default: reports/NAME/explain in the dock)
cli-explain-folder = Plots: { $folder }
cli-why-influences = ; driven by { $influences }
cli-why-guess = somebody guesses the optimum here
cli-why-look = asked for: { $region }
cli-veto-next = It is not proposed again. For another one: matdock suggest { $campaign }
cli-help-veto = Refuse a suggestion, a pool row or settings, with the reason
cli-help-veto-campaign = Campaign file, or the folder it is in
cli-help-veto-suggestion = Number of the suggestion
cli-help-veto-reason = Why; kept with the veto
cli-help-veto-row = A row of the pool, by its label, instead of a suggestion
cli-help-veto-set = Settings instead of a suggestion; once per parameter
cli-live-remaining = ; { $probability } % chance of better, expected gain { $expected }{ $unit }
cli-why-source = did best in an earlier campaign
cli-live-front = front of { $count } experiments, hypervolume { $hypervolume }
cli-suggest-uncovered = Fewer than asked for: what is left of the budget does not cover more. With the next one they would cost { $cost } and { $hours } h.
cli-help-chain = The process chain of a campaign: what explains what, which sensors pay
cli-help-chain-show = Draw the chain as learnt, with how much each link explains
cli-help-chain-show-campaign = Campaign file, or the folder it is in
cli-help-chain-show-out = Folder for the drawing (default: reports/NAME in the dock)
cli-help-chain-why = Say why an experiment came out as it did, and what would be with other settings
cli-help-chain-why-campaign = Campaign file, or the folder it is in
cli-help-chain-why-experiment = Number of the experiment
cli-help-chain-why-set = What would be with this setting; may be repeated
cli-chain-file = Drawing: { $file }
cli-chain-set = { $text } is no setting; write it as NAME=VALUE
cli-why-replicate = repeats experiment { $experiment }: readings are noisy; the best new one would teach { $new } % of what this does about which condition is best
cli-features-extractor = extractor
cli-features-of = of
cli-features-unit = unit
cli-features-about = what it is
cli-help-chain-compare = Try the chain against the direct way on experiments left out: a table's, or the campaign's own
cli-help-chain-compare-campaign = Campaign file with [[intermediate]] parts, or the folder it is in
cli-help-chain-compare-data = Table of finished experiments (default: the campaign's own, or the pool's table)
cli-help-chain-compare-split = Which experiments are left out together: random, group:COLUMN, time, or time:COLUMN (later ones from earlier ones)
cli-help-chain-compare-folds = In how many folds
cli-chain-left-out = { $count } rows lack a setting or lie outside the ranges of the campaign and are left out.
cli-chain-readings = { $name }, { $count } readings
cli-word-explained = explained
cli-word-prediction-error = error
cli-word-log-density = log density
cli-help-chain-sense = Soft sensors: tell a quantity of an experiment from what was read before it, and whether that can replace the measurement
cli-help-chain-sense-campaign = Campaign file, or the folder it is in
cli-help-chain-sense-experiment = Number of the experiment
cli-help-chain-sense-quantity = Only this quantity (default: all that depend on others)
cli-help-describe = Compute descriptors for every structure of a table
cli-help-describe-table = Table with a column of SMILES or formulas: .csv, .tsv, .txt, .smi, .xlsx or .parquet
cli-help-describe-out = Table to write: .csv, .parquet or .xlsx; its columns, then error, missing and the descriptors
cli-help-describe-set = Sets of descriptors or single ones, separated by commas (default: mordred for SMILES, magpie for formulas); --list shows them
cli-help-describe-column = Column with the structures (default: found by its name, such as smiles or formula); read as SMILES where its name says so
cli-help-describe-list = Explain every descriptor (with --set only those) instead
cli-describe-set = set
cli-describe-name = name
cli-describe-stopping = Stopping: the rows done so far are written. Ctrl-C again leaves without them.
cli-describe-stopped = Stopped before the end of the table.
cli-describe-made = { $rows } rows with { $descriptors } descriptors of column "{ $column }" are in { $file }
cli-describe-unreadable = { $rows } of them could not be read; column "error" says why:
cli-describe-problem =   line { $line }: { $what }
cli-describe-more =   and { $rows } more
cli-describe-missing = { $cells } cells of the others have no value; column "missing" says why
cli-help-describe-cap = Open ends (*) of repeat units: H or C caps them with hydrogen or methyl, ring joins them, 3mer makes a chain of three units
cli-describe-open = { $rows } structures have open ends (*); say with --cap H, C, ring or 3mer what becomes of them, as most descriptors are missing otherwise

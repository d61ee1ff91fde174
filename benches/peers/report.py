"""Makes docs/peers.md from the results: `python report.py`. Every figure in the page comes from a JSON file."""

import json
import math
import statistics
import textwrap

import curves
from pools import REPOSITORY, SOURCES
from problems import PROBLEMS
from results import RESULTS

PAGE = REPOSITORY / "docs/peers.md"
REGRET = "peers-regret.svg"
FOUND = "peers-pools.svg"
POOL_PLANNERS = ["matdock", "botorch", "botorch-matern", "baybe", "physbo-ei", "physbo-ts"]
PROBLEM_PLANNERS = ["matdock", "botorch", "optuna", "egobox"]
# Fewest common repetitions for a verdict.
FEWEST = 3
INTRODUCTION = """# Measured against peers

How many experiments matdock needs beside other planners, on the same data, from the same first experiments.
`benches/peers/report.py` makes this page from the results in `benches/peers/results`; `benches/peers/README.md` tells
how to repeat them. Nothing here is typed in by hand.

{about}
"""
POOLS = """## Experiments until the best row of a pool

Mean ± standard error, the five random first experiments included; repetition number *i* begins with the same five rows
for every planner. In parentheses the number of repetitions; one that has not found the best row within the budget
counts with the budget, and their number follows after a slash. *Difference* is matdock minus the best peer over the
repetitions both have done, in experiments, with its standard error; it is negative where matdock needs fewer. The best
peer is the one with which matdock compares worst, of those with at least three repetitions in common. *Verdict*: more
or fewer experiments than that peer by at least two standard errors, else level; with few repetitions it is only a hint.
Peers that know only numbers get categories one-hot, and for formulas the element features that matdock computes.
Replicates are averaged.
"""
FOUND_CURVES = f"""How many percent of the repetitions have found the best row after so many experiments:

![Repetitions that have found the best row]({FOUND})
"""
TOP = """## Experiments until a row of the top 5 %

As above.
"""
BATCHES = """## In batches of five

Direct arylation, 1728 reactions, within 50 experiments including the five first ones: mean best yield reached, regret
(distance from the best yield of the table), ± standard error, and repetitions.
"""
CONTINUOUS = """## Functions with ranges

60 evaluations, five of them the same random first ones: median simple regret (lower is better), quartiles in brackets,
repetitions in parentheses; **bold** is the lowest among planners with at least three. *Matdock better in*: in how many
of the repetitions both have done (same first experiments) matdock's regret was at most that of the peer with which it
compares worst. The optimum of Ackley-5 is shifted by {ackley}, that of Levy-8 by {levy} along every axis.
"""
OTHERS = """## Mixed, constrained and mixture problems

Median simple regret after the evaluations given, quartiles in brackets, repetitions in parentheses. An experiment that
breaks a bound does not count. The regret after a third, two thirds and all of the evaluations is in the second table.
"""
REGRET_CURVES = f"""All courses: regret over the number of experiments (median, quartiles shaded; what is left below a millionth is not
drawn), and for several goals the hypervolume in percent. Planners with at least three repetitions.

![Regret and hypervolume over the number of experiments]({REGRET})
"""
SEVERAL = """## Several goals

Mean hypervolume above the reference point, in percent of the largest known, after a third, two thirds and all of the
evaluations, ± standard error, repetitions in parentheses.
"""
NOISE = """## Noise

The reading is the true value plus noise of 5 or 20 % of the function's standard deviation over the space. Median true
regret of the condition *recommended* after 60 evaluations: for matdock and BoTorch the tried one with the best expected
value, for Optuna, which has no such answer, the best reading.
"""
TIME = """## Time and memory of a suggestion

CPU seconds and peak memory of the whole process, one thread, median of up to nine;
six inputs (Hartmann-6).
"""


def load(kind):
    """Results by case and planner."""
    found = {}
    for path in sorted((RESULTS / kind).glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["repetitions"]:
            found.setdefault(data["case"], {})[data["planner"]] = data
    return found


def mean_error(values):
    mean = statistics.fmean(values)
    error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else float("nan")
    return mean, error


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def counts(data, key):
    """Experiments per repetition, the budget where the aim was not reached."""
    return {seed: one[key] or data["about"]["budget"] for seed, one in data["repetitions"].items()}


def beside_peers(values):
    """For every peer, over the repetitions both have done: ratio of the means, its name, and the difference."""
    ours, found = values.get("matdock", {}), []
    for planner, theirs in values.items():
        common = ours.keys() & theirs.keys()
        if planner != "matdock" and len(common) >= FEWEST:
            ratio = sum(ours[seed] for seed in common) / sum(theirs[seed] for seed in common)
            found.append((ratio, planner, mean_error([ours[seed] - theirs[seed] for seed in common])))
    return found


def geometric_mean(ratios):
    return math.exp(statistics.fmean(map(math.log, ratios)))


def verdict(difference, error):
    if abs(difference) < 2 * error:
        return "level"
    return "fewer" if difference < 0 else "**more**"


def count_cell(data, key):
    mean, error = mean_error(list(counts(data, key).values()))
    repetitions = data["repetitions"].values()
    unfinished = sum(one[key] is None for one in repetitions)
    spread = "" if math.isnan(error) else f" ± {error:.1f}"
    return f"{mean:.1f}{spread} ({len(repetitions)}{f'/{unfinished}' if unfinished else ''})"


def pool_table(found, key, planners):
    rows, ratios, single = [], [], {}
    for case in SOURCES:
        if case not in found:
            continue
        data = found[case]
        cells = [count_cell(data[planner], key) if planner in data else "" for planner in planners]
        beside = beside_peers({planner: counts(one, key) for planner, one in data.items()})
        for ratio, peer, _ in beside:
            single.setdefault(peer, []).append(ratio)
        if beside:
            ratio, peer, (difference, error) = max(beside)
            ratios.append(ratio)
            cells += [f"{difference:+.1f} ± {error:.1f} ({peer})", verdict(difference, error)]
        about = next(iter(data.values()))["about"]
        rows.append([SOURCES[case].title, str(about["rows"]), str(about["budget"]), *cells])
    width = len(planners) + 5
    text = table(
        ["pool", "rows", "budget", *planners, "difference", "verdict"],
        [row + [""] * (width - len(row)) for row in rows],
    )
    if ratios:
        text += (
            f"\nmatdock's mean over that of the best peer of each pool, geometric mean over these {len(ratios)} pools: "
            f"{geometric_mean(ratios):.2f}. The best peer is chosen after the fact, which favours the peers.\n"
            "Over that of one and the same peer, same repetitions: "
        )
        each = [f"{peer} {geometric_mean(own):.2f} ({len(own)} pools)" for peer, own in single.items()]
        text += ", ".join(each) + ".\n"
    return text


def batch_section(found, title):
    rows = []
    for data in found.values():
        best = max(one["improvements"][-1][1] for each in data.values() for one in each["repetitions"].values())
        for planner, each in data.items():
            reached = [one["improvements"][-1][1] for one in each["repetitions"].values()]
            mean, error = mean_error(reached)
            rows.append([planner, f"{mean:.2f} ± {error:.2f}", f"{best - mean:.2f}", str(len(reached))])
    return title + "\n" + table(["planner", "best yield, %", "regret, %", "repetitions"], rows) if rows else ""


def quartiles(values):
    ordered = sorted(values)

    def at(share):
        return ordered[round(share * (len(ordered) - 1))]

    return at(0.25), statistics.median(ordered), at(0.75)


def regrets(data, key):
    """Regret per repetition; infinite where no experiment kept the bounds."""
    return {seed: math.inf if one.get(key) is None else max(one[key], 0.0) for seed, one in data["repetitions"].items()}


def regret_cells(data, key, planners):
    """Median, quartiles and repetitions per planner, and how often matdock was better than its strongest peer."""
    values = {planner: regrets(each, key) for planner, each in data.items() if planner in planners}
    enough = [statistics.median(each.values()) for each in values.values() if len(each) >= FEWEST]
    lowest = min(enough) if len(enough) > 1 else None
    cells = []
    for planner in planners:
        if planner not in values:
            cells.append("")
            continue
        low, median, high = quartiles(values[planner].values())
        count = len(values[planner])
        text = f"**{median:.2g}**" if count >= FEWEST and median == lowest else f"{median:.2g}"
        cells.append(f"{text} [{low:.1g}, {high:.1g}] ({count})" if count >= FEWEST else f"{text} ({count})")
    ours, better = values.get("matdock", {}), []
    for planner, theirs in values.items():
        common = ours.keys() & theirs.keys()
        if planner != "matdock" and common:
            wins = sum(ours[seed] <= theirs[seed] for seed in common)
            better.append((wins / len(common), f"{wins} of {len(common)} ({planner})"))
    return [*cells, min(better)[1] if better else ""]


def regret_table(found, kinds, key="regret"):
    rows = []
    for name, problem in PROBLEMS.items():
        if problem.kind in kinds and name in found:
            cells = regret_cells(found[name], key, PROBLEM_PLANNERS)
            rows.append([problem.title, str(problem.evaluations), *cells])
    return table(["problem", "evaluations", *PROBLEM_PLANNERS, "matdock better in"], rows)


def stages(budget):
    return [round(budget / 3), round(2 * budget / 3), budget]


def value_at(steps, number):
    """Value of a best-so-far curve after `number` experiments."""
    reached = [value for at, value in steps if at <= number]
    return reached[-1] if reached else None


def curve_table(found, kinds):
    rows = []
    for name, problem in PROBLEMS.items():
        if problem.kind in kinds and name in found:
            cells = []
            for planner in PROBLEM_PLANNERS:
                if planner not in found[name]:
                    cells.append("")
                    continue
                each = found[name][planner]["repetitions"].values()
                at = [[value_at(one["improvements"], number) for one in each] for number in stages(problem.evaluations)]
                cells.append(
                    ", ".join(
                        f"{statistics.median(math.inf if v is None else max(-v, 0.0) for v in values):.2g}"
                        for values in at
                    )
                )
            rows.append([problem.title, *cells])
    return table(["problem", *PROBLEM_PLANNERS], rows)


def several_table(found):
    rows = []
    for name, problem in PROBLEMS.items():
        if problem.kind == "several goals" and name in found:
            cells = []
            for planner in PROBLEM_PLANNERS:
                if planner not in found[name]:
                    cells.append("")
                    continue
                each = found[name][planner]["repetitions"].values()
                parts = []
                for number in stages(problem.evaluations):
                    shares = [100 * (value_at(one["hypervolume"], number) or 0.0) / problem.optimum for one in each]
                    mean, error = mean_error(shares)
                    parts.append(f"{mean:.1f}" if math.isnan(error) else f"{mean:.1f} ± {error:.1f}")
                cells.append(", ".join(parts) + f" ({len(each)})")
            rows.append([problem.title, str(problem.evaluations), *cells])
    return table(["problem", "evaluations", *PROBLEM_PLANNERS], rows)


def noise_table(found):
    planners, rows = ("matdock", "botorch", "optuna"), []
    for name, problem in PROBLEMS.items():
        family = name.split("-noise")[0]
        if name in found and (problem.kind == "noise" or f"{name}-noise-5" in PROBLEMS):
            cells = regret_cells(found[name], "recommended", planners)
            rows.append([PROBLEMS[family].title, f"{100 * problem.noise:.0f} %", *cells])
    return table(["problem", "noise", *planners, "matdock better in"], sorted(rows, key=lambda row: row[0]))


def cpu_table(found, problems):
    """CPU seconds per suggestion over all the runs above."""
    used = {}
    for group, where in ((found, "pools"), (problems, "functions")):
        for case, data in group.items():
            if where == "functions" and PROBLEMS[case].kind != "continuous":
                continue
            for planner, each in data.items():
                for one in each["repetitions"].values():
                    total = used.setdefault(planner, {}).setdefault(where, [0.0, 0])
                    total[0] += one["cpu_seconds"]
                    total[1] += one["picks"]
    rows = [
        [
            planner,
            *(f"{each[w][0] / each[w][1]:.2g}" if w in each and each[w][1] else "" for w in ("pools", "functions")),
        ]
        for planner, each in used.items()
    ]
    return (
        "CPU seconds per suggestion over all the runs above (matdock's include starting the program and reading its "
        "files):\n\n" + table(["planner", "pools", "functions"], rows)
    )


def time_table(found):
    rows = []
    for case in ("observations-50", "observations-200", "observations-1000", "pool-100000"):
        if case not in found:
            continue
        middle = {
            planner: [
                statistics.median(one[key] for one in each["repetitions"].values())
                for key in ("cpu_seconds", "peak_megabytes")
            ]
            for planner, each in found[case].items()
        }
        cells = [f"{middle[p][0]:.3g} s, {middle[p][1]:.0f} MB" if p in middle else "" for p in ("matdock", "botorch")]
        ratio = f"{middle['botorch'][0] / middle['matdock'][0]:.0f}" if len(middle) == 2 else ""
        kind, number = case.split("-")
        title = f"{number} observations" if kind == "observations" else "pool of 100,000 rows, 50 observations"
        rows.append([title, *cells, ratio])
    return table(["", "matdock", "botorch", "times faster"], rows)


def about(*groups):
    """Versions, dates and machine of all results."""
    versions, dates, processors = {}, set(), set()
    for group in groups:
        for data in group.values():
            for each in data.values():
                for package, version in each["about"]["versions"].items():
                    versions.setdefault(package, set()).add(version)
                dates.add(each["about"]["date"])
                processors.add(each["about"]["processor"])
    named = ", ".join(f"{package} {' and '.join(sorted(each))}" for package, each in sorted(versions.items()))
    span = min(dates) if len(dates) == 1 else f"{min(dates)} to {max(dates)}"
    return (
        f"Versions: {named}. Measured {span} on {', '.join(sorted(processors))}, one thread each, the machine "
        "busy with other work (CPU seconds are counted, not wall time).\n\nHEBO 0.3.6 installs only with a newer GPy than "
        "it asks for (README.md there), and a search of Branin had not ended after 137 CPU seconds, so it is not in the "
        "tables; nor is EDBO+, whose package pip cannot install. Repetitions of the slow peers are few where "
        "the machine had no time for more; every table says how many there are. matdock's own settings were chosen "
        "while looking at several of these pools and functions, which favours matdock."
    )


def paragraphs(text):
    return "\n\n".join(textwrap.fill(part, 120) for part in text.split("\n\n"))


def main():
    from problems import ACKLEY_SHIFT, LEVY_SHIFT

    pools, batches, problems, times = (load(kind) for kind in ("pools", "batches-of-5", "problems", "time"))
    others = ("mixed", "constrained", "mixture")
    sections = [
        INTRODUCTION.format(about=paragraphs(about(pools, batches, problems, times))),
        POOLS,
        pool_table(pools, "to_best", POOL_PLANNERS),
        FOUND_CURVES,
        TOP,
        pool_table(pools, "to_top", POOL_PLANNERS),
        batch_section(batches, BATCHES),
        CONTINUOUS.format(ackley=ACKLEY_SHIFT, levy=LEVY_SHIFT),
        regret_table(problems, ("continuous",)),
        OTHERS,
        regret_table(problems, others),
        curve_table(problems, others),
        SEVERAL,
        several_table(problems),
        REGRET_CURVES,
        NOISE,
        noise_table(problems),
        TIME,
        time_table(times),
        cpu_table(pools, problems),
    ]
    drawn = {
        FOUND: curves.pool_panels(pools, SOURCES),
        REGRET: [
            *curves.regret_panels(problems, PROBLEMS, ("continuous", *others)),
            *curves.hypervolume_panels(problems, PROBLEMS),
        ],
    }
    for name, panels in drawn.items():
        (PAGE.parent / name).write_text(curves.page(panels), encoding="utf-8")
    PAGE.write_text("\n".join(section for section in sections if section), encoding="utf-8")


if __name__ == "__main__":
    main()

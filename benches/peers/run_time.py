"""Time and memory of one suggestion: `python run_time.py --planners matdock botorch`.

Six inputs and 50, 200 or 1000 observations, or a pool of 100,000 rows and 50 observations; the outcome is Hartmann-6.
Every measurement has a process of its own and one thread.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from pools import WORK
from problem_peers import Botorch, Matdock
from problems import PROBLEMS, hartmann6
from results import Results, matdock_version, versions

CASES = {"observations-50": 50, "observations-200": 200, "observations-1000": 1000, "pool-100000": 50}
POOL_ROWS = 100_000
REPEATS = 9
POOL_CAMPAIGN = """[campaign]
name = "large-pool"

[planner]
initial = 5

[[objective]]
outcome = "y"
direction = "minimise"

[pool]
table = "pool.csv"

""" + "".join(f'[[parameter]]\nname = "x{number}"\ntype = "continuous"\n\n' for number in range(1, 7))


def data(case, repeat):
    """Random conditions and their outcomes; for a pool its rows as well."""
    random = np.random.default_rng(repeat)
    points = np.round(random.random((CASES[case], 6)), 9)
    if not case.startswith("pool"):
        return points, [hartmann6(point) for point in points], None
    rows = np.round(np.random.default_rng(100).random((POOL_ROWS, 6)), 9)
    points = rows[random.choice(POOL_ROWS, CASES[case], replace=False)]
    return points, [hartmann6(point) for point in points], rows


def time_botorch(case, repeat):
    import torch
    from botorch.acquisition import LogExpectedImprovement
    from botorch.optim import optimize_acqf_discrete

    points, values, rows = data(case, repeat)
    planner = Botorch(PROBLEMS["hartmann6"], repeat)
    observed, outcomes = points.tolist(), [[value] for value in values]
    planner.suggest(observed[:6], outcomes[:6])
    begun = time.process_time()
    if rows is None:
        planner.suggest(observed, outcomes)
    else:
        inputs, negative, models = planner.models(observed, outcomes)
        acquisition = LogExpectedImprovement(models[0], negative.max())
        optimize_acqf_discrete(acquisition, q=1, choices=torch.tensor(rows), max_batch_size=10_000)
    seconds = time.process_time() - begun
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class MatdockPool(Matdock):
    """matdock on a campaign that is there already."""

    def __init__(self, folder):
        self.process, self.before = self.start(folder)


def time_matdock(case, repeat):
    points, values, rows = data(case, repeat)
    if rows is None:
        planner = Matdock(PROBLEMS["hartmann6"], repeat)
    else:
        planner = MatdockPool(pool_campaign(rows))
    observed, outcomes = points.tolist(), [[value] for value in values]
    planner.request(observed[:6], outcomes[:6], count=1)
    before = thread_seconds(planner.process.pid)
    planner.request(observed, outcomes, count=1)
    seconds = thread_seconds(planner.process.pid) - before
    peak = next(
        line
        for line in Path(f"/proc/{planner.process.pid}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    planner.finish()
    return seconds, int(peak.split()[1]) / 1024


def pool_campaign(rows):
    folder = WORK / "large-pool"
    if not (folder / "pool.csv").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "pool.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([[f"x{number}" for number in range(1, 7)], *rows.tolist()])
    (folder / "campaign.toml").write_text(POOL_CAMPAIGN, encoding="utf-8")
    return folder


def thread_seconds(process):
    """CPU seconds of all threads of a process (Linux)."""
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{process}/task").glob("*/schedstat")) / 1e9


MEASURE = {"botorch": time_botorch, "matdock": time_matdock}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planners", nargs="+", choices=MEASURE, default=list(MEASURE))
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--one", nargs=3, metavar=("PLANNER", "CASE", "REPEAT"), help="one measurement, printed")
    options = parser.parse_args()
    if options.one:
        planner, case, repeat = options.one
        seconds, megabytes = MEASURE[planner](case, int(repeat))
        print(json.dumps({"cpu_seconds": round(seconds, 5), "peak_megabytes": round(megabytes, 1)}))
        return
    for case in options.cases:
        for planner in options.planners:
            made_with = matdock_version() if planner == "matdock" else versions(Botorch.packages)
            results = Results("time", case, planner, {"versions": made_with})
            if planner == "matdock":
                results.forget_unless_made_with(made_with)
            for repeat in range(REPEATS):
                if not results.has(repeat):
                    command = [sys.executable, __file__, "--one", planner, case, str(repeat)]
                    results.add(
                        repeat,
                        json.loads(subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE).stdout),
                    )
                    print(case, planner, results.data["repetitions"][str(repeat)], flush=True)


if __name__ == "__main__":
    main()

"""Runs matdock (program MATDOCK, else target/release/matdock) on pools: `python run_matdock.py --seeds 50`."""

import argparse
import json
import os
import resource
import shutil
import subprocess

from pools import REPOSITORY, SOURCES, WORK, Pool
from results import Results, improvements, matdock_version
from run_pools import budget

MATDOCK = os.environ.get("MATDOCK", str(REPOSITORY / "target/release/matdock"))
FORMULA_CAMPAIGN = """[campaign]
name = "{name}"

[[objective]]
outcome = "{outcome}"
direction = "maximise"

[pool]
table = "pool.csv"
label = "formula"

[[parameter]]
name = "formula"
type = "formula"
features = "melting"
"""


def campaign(pool):
    """A campaign for the pool, as `matdock new` writes it."""
    folder = WORK / "campaigns" / pool.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    source = pool.source
    if source.formula:
        folder.mkdir()
        pool.write(folder / "pool.csv")
        text = FORMULA_CAMPAIGN.format(name=pool.name, outcome=source.outcome)
        (folder / "campaign.toml").write_text(text, encoding="utf-8")
    else:
        table = folder.parent / f"{pool.name}.csv"
        pool.write(table)
        direction = "--maximize" if source.maximise else "--minimize"
        call("new", str(folder), "--pool", str(table), "--inputs", ",".join(source.inputs), direction, source.outcome)
    return folder


def call(*arguments):
    """Runs matdock; its output and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([MATDOCK, *arguments], text=True, capture_output=True, cwd=WORK)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"matdock {' '.join(arguments)}: {done.stderr}")
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def repetition(pool, folder, seed, most, batch):
    first = folder / "initial.json"
    first.write_text(json.dumps([pool.initial(seed)]), encoding="utf-8")
    text, seconds = call(
        "backtest",
        str(folder),
        "--initial-file",
        str(first),
        "--seeds",
        "1",
        "--seed",
        str(seed),
        "--budget",
        str(most),
        "--batch",
        str(batch),
        "--jobs",
        "1",
        "--json",
    )
    report = json.loads(text)
    if report["pool"] != len(pool):
        raise SystemExit(f"{pool.name}: matdock sees {report['pool']} rows instead of {len(pool)}")
    sign = 1.0 if pool.source.maximise else -1.0
    merits = [sign * value for value in report["best_so_far"]]
    return {
        "to_best": None if report["unfinished"] else int(report["experiments_to_best"]["mean"]),
        "to_top": first_at_least(merits, pool.merit[pool.top()].min()),
        "experiments": len(merits),
        "picks": max(0, len(merits) - report["initial"]),
        "cpu_seconds": round(seconds, 4),
        "improvements": improvements(merits),
    }


def first_at_least(merits, level):
    return next((number for number, merit in enumerate(merits, 1) if merit >= level), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pools", nargs="+", choices=SOURCES, default=list(SOURCES))
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--budget", type=int)
    options = parser.parse_args()
    kind = "pools" if options.batch == 1 else f"batches-of-{options.batch}"
    about = {"versions": matdock_version(), "batch": options.batch}
    for name in options.pools:
        pool = Pool(name)
        most = min(options.budget or budget(name), len(pool))
        results = Results(kind, name, "matdock", {**about, "rows": len(pool), "budget": most})
        results.forget_unless_made_with(about["versions"])
        folder = campaign(pool)
        for seed in range(options.seeds):
            if not results.has(seed):
                results.add(seed, repetition(pool, folder, seed, most, options.batch))
        found = [one["to_best"] or most for one in results.data["repetitions"].values()]
        print(name, sum(found) / len(found), flush=True)


if __name__ == "__main__":
    main()

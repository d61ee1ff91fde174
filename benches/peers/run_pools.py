"""Runs planners from Python packages on pools: `python run_pools.py --planners botorch baybe --seeds 20`."""

import argparse
import time

import pool_peers
from pools import SOURCES, Pool
from results import Results, improvements, versions

# Most experiments per repetition; those that have not found the best row by then count with this number.
BUDGET = {"crossed_barrel": 250, "oer_plate": 100, "redoxmers": 100, "photo_wf3": 100, "edbo_direct_arylation": 100}
OTHER_BUDGET = 150


def budget(case):
    return BUDGET.get(case, OTHER_BUDGET)


def repetition(pool, peer, seed, most, batch):
    """One search, until the best row is found or the budget is used up."""
    make, arguments = peer
    best, top = pool.best(), pool.top()
    planner = make(pool, seed, *arguments)
    tried, seconds, picks = [], 0.0, 0
    following = pool.initial(seed)
    while True:
        for row in following:
            if len(tried) == most or (tried and best[tried[-1]]):
                break
            tried.append(row)
        if len(tried) == most or best[tried[-1]]:
            break
        begun = time.process_time()
        following = planner.suggest(tried, pool.merit[tried].tolist(), min(batch, most - len(tried)))
        seconds += time.process_time() - begun
        picks += len(following)
    return summary(pool, tried, seconds, picks, best, top)


def summary(pool, tried, seconds, picks, best, top):
    def first(good):
        return next((number for number, row in enumerate(tried, 1) if good[row]), None)

    return {
        "to_best": first(best),
        "to_top": first(top),
        "experiments": len(tried),
        "picks": picks,
        "cpu_seconds": round(seconds, 3),
        "improvements": improvements(pool.merit[tried]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planners", nargs="+", choices=pool_peers.PEERS, required=True)
    parser.add_argument("--pools", nargs="+", choices=SOURCES, default=list(SOURCES))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--budget", type=int)
    options = parser.parse_args()
    kind = "pools" if options.batch == 1 else f"batches-of-{options.batch}"
    pools = {name: Pool(name) for name in options.pools}
    for seed in range(options.seeds):
        for name, pool in pools.items():
            for planner in options.planners:
                peer = pool_peers.PEERS[planner]
                most = min(options.budget or budget(name), len(pool))
                about = {
                    "rows": len(pool),
                    "budget": most,
                    "batch": options.batch,
                    "versions": versions(peer[0].packages),
                }
                results = Results(kind, name, planner, about)
                if not results.has(seed):
                    found = repetition(pool, peer, seed, most, options.batch)
                    results.add(seed, found)
                    print(name, planner, seed, found["to_best"], found["to_top"], found["cpu_seconds"], flush=True)


if __name__ == "__main__":
    main()

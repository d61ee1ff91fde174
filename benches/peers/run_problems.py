"""Runs planners on problems with ranges: `python run_problems.py --planners matdock botorch --seeds 20`."""

import argparse
import time

import numpy as np

from problem_peers import PEERS
from problems import PROBLEMS
from results import Results, improvements, matdock_version, versions


def repetition(problem, planner, seed):
    """One search of `problem.evaluations` experiments."""
    points = problem.initial(seed)
    disturbances = problem.disturbances(seed)
    true = [problem.outcomes(point) for point in points]

    def seen():
        return [[values[0] + noise, *values[1:]] for values, noise in zip(true, disturbances)]

    seconds = 0.0
    while len(points) < problem.evaluations:
        begun = time.process_time()
        point = planner.suggest(points, seen())
        seconds += time.process_time() - begun
        points.append(point)
        true.append(problem.outcomes(point))
    found = {}
    if problem.objectives > 1:
        found["hypervolume"] = improvements(hypervolumes(problem, true))
    else:
        regrets = [problem.regret(values) for values in true]
        allowed = [np.inf if regret is None else regret for regret in regrets]
        found["regret"] = None if np.isinf(min(allowed)) else float(min(allowed))
        found["improvements"] = [step for step in improvements(-np.array(allowed)) if np.isfinite(step[1])]
        if not problem.bounds:
            found["recommended"] = allowed[planner.recommend(points, seen())]
    seconds += planner.finish()
    return {**found, "picks": problem.evaluations - len(problem.initial(seed)), "cpu_seconds": round(seconds, 3)}


def hypervolumes(problem, outcomes):
    """Hypervolume of the front after each experiment, above the reference point."""
    import torch
    from botorch.utils.multi_objective.box_decompositions import DominatedPartitioning

    reference = -torch.tensor(problem.reference, dtype=torch.double)
    values = -torch.tensor(outcomes, dtype=torch.double)
    return [
        float(DominatedPartitioning(reference, values[:count]).compute_hypervolume())
        for count in range(1, len(values) + 1)
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planners", nargs="+", choices=PEERS, required=True)
    parser.add_argument("--problems", nargs="+", choices=PROBLEMS, default=list(PROBLEMS))
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    for seed in range(options.seeds):
        for name in options.problems:
            problem = PROBLEMS[name]
            for planner in options.planners:
                peer = PEERS[planner]
                if problem.kind not in peer.kinds:
                    continue
                about = {
                    "budget": problem.evaluations,
                    "versions": matdock_version() if planner == "matdock" else versions(peer.packages),
                }
                results = Results("problems", name, planner, about)
                if planner == "matdock":
                    results.forget_unless_made_with(about["versions"])
                if not results.has(seed):
                    found = repetition(problem, peer(problem, seed), seed)
                    results.add(seed, found)
                    shown = found.get("regret", found.get("hypervolume", [[0, 0]])[-1])
                    print(name, planner, seed, shown, found.get("recommended"), found["cpu_seconds"], flush=True)


if __name__ == "__main__":
    main()

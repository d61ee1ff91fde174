"""Function networks on botorch: plain expected improvement, and our own implementation of BOFN.

The other side is the `networks` example of `matdock-plan`. BOFN: Astudillo & Frazier, Bayesian optimization of function
networks, NeurIPS 2021, with the settings of the authors' experiments: a Gaussian process per quantity (Matern 5/2 with
gamma priors, noise variance 1e-6) from its inputs and the quantities before it, expected improvement from 128
quasi-random draws through the network, 10 d starts from 100 d raw points, one more from the highest posterior mean.
The authors' code asks for a botorch of 2021 and has no package. Plain (`--plain`): the same with one Gaussian process
of the last quantity, and its expected improvement in closed form.

`python run_networks.py PROBLEM... [--plain] [--seeds 4] [--first-seed 0] [--iterations 100]`: a line of JSON per seed
in `results/networks.jsonl`, with the regret after every experiment; what is there already is not run again. `--show`
prints medians.
"""

import argparse
import json
import math
import os
import time
import warnings
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
import torch
from botorch.acquisition import AcquisitionFunction, ExpectedImprovement, PosteriorMean
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.models.transforms import Standardize
from botorch.models.utils.gpytorch_modules import get_matern_kernel_with_gamma_prior
from botorch.optim import optimize_acqf
from botorch.optim.initializers import gen_batch_initial_conditions
from botorch.sampling.qmc import NormalQMCEngine
from botorch.utils.transforms import t_batch_mode_transform
from gpytorch.mlls import ExactMarginalLogLikelihood

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.double)
torch.set_num_threads(1)

FILE = Path(os.environ.get("MATDOCK_PEERS_RESULTS", Path(__file__).parent / "results")) / "networks.jsonl"
DRAWS = 128


def dropwave(x):
    distance = (10.24 * x - 5.12).norm(dim=-1)
    return torch.stack([distance, (1 + (12 * distance).cos()) / (2 + 0.5 * distance**2)], -1)


def alpine2(x):
    z = 10 * x
    return (z.sqrt() * z.sin()).cumprod(-1)


def ackley(x):
    z = 4 * x - 2
    squares, waves = (z**2).mean(-1), (2 * math.pi * z).cos().mean(-1)
    last = 20 * (-0.2 * squares.sqrt()).exp() + waves.exp() - 20 - math.e
    return torch.stack([squares, waves, last], -1)


def rosenbrock(x):
    z = 4 * x - 2
    steps = 100 * (z[..., 1:] - z[..., :-1] ** 2) ** 2 + (z[..., :-1] - 1) ** 2
    return -steps.cumsum(-1)


# Function, inputs, best value; per quantity its inputs and the quantities before it.
PROBLEMS = {
    "dropwave": (dropwave, 2, 1.0, [([0, 1], []), ([], [0])]),
    "alpine2": (alpine2, 6, 2.808131180007**6, [([k], [k - 1] if k else []) for k in range(6)]),
    "ackley": (ackley, 6, 0.0, [(list(range(6)), []), (list(range(6)), []), ([], [0, 1])]),
    "rosenbrock": (rosenbrock, 3, 0.0, [([k, k + 1], [k - 1] if k else []) for k in range(2)]),
}


class Network:
    """One Gaussian process per quantity."""

    def __init__(self, links, x, y):
        self.links, self.low, self.width = links, y.min(0).values, y.max(0).values - y.min(0).values
        self.models = []
        for quantity in range(len(links)):
            rows, values = self.rows(quantity, x, y), y[:, [quantity]]
            model = SingleTaskGP(
                rows,
                values,
                torch.full_like(values, 1e-6),
                covar_module=get_matern_kernel_with_gamma_prior(rows.shape[-1]),
                outcome_transform=Standardize(m=1),
            )
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
            self.models.append(model)

    def rows(self, quantity, x, y):
        """What a quantity is predicted from; quantities from 0 to 1 over what was observed."""
        inputs, before = self.links[quantity]
        scaled = (y[..., before] - self.low[before]) / self.width[before]
        return torch.cat([x[..., inputs], scaled], -1)

    def draws(self, x, normal):
        """The last quantity at `x` (points x inputs) for every row of `normal` (draws x quantities): draws x points."""
        y = torch.zeros(len(normal), len(x), 0)
        for quantity, (inputs, before) in enumerate(self.links):
            if before:
                rows = self.rows(quantity, x.expand(len(normal), *x.shape), y)
                posterior = self.models[quantity].posterior(rows.reshape(-1, 1, rows.shape[-1]))
                shape = y.shape[:2]
            else:
                posterior = self.models[quantity].posterior(x[:, inputs].unsqueeze(1))
                shape = (1, len(x))
            mean, deviation = posterior.mean.reshape(shape), posterior.variance.sqrt().reshape(shape)
            y = torch.cat([y, (mean + deviation * normal[:, [quantity]]).unsqueeze(-1)], -1)
        return y[..., -1]


class ThroughNetwork(AcquisitionFunction):
    """Expected improvement over `best`, or without it the posterior mean, of the last quantity."""

    def __init__(self, network, normal, best=None):
        super().__init__(model=network.models[-1])
        self.network, self.normal, self.best = network, normal, best

    @t_batch_mode_transform(expected_q=1)
    def forward(self, X):
        values = self.network.draws(X.squeeze(-2), self.normal)
        return (values if self.best is None else (values - self.best).clamp_min(0)).mean(0)


def suggest(links, x, y, seed):
    width = x.shape[-1]
    bounds = torch.stack([torch.zeros(width), torch.ones(width)])
    network = Network(links, x, y)
    if len(links) == 1:
        mean, improvement = PosteriorMean(network.models[0]), ExpectedImprovement(network.models[0], y[:, -1].max())
    else:
        normal = NormalQMCEngine(len(links), seed=seed).draw(DRAWS).to(torch.double)
        mean, improvement = ThroughNetwork(network, normal), ThroughNetwork(network, normal, y[:, -1].max())
    options = {"bounds": bounds, "q": 1, "num_restarts": 10 * width, "raw_samples": 100 * width}
    likely, _ = optimize_acqf(mean, **options)
    starts = torch.cat([gen_batch_initial_conditions(improvement, **options), likely.unsqueeze(0)])
    found, value = optimize_acqf(improvement, bounds, 1, len(starts), batch_initial_conditions=starts)
    with torch.no_grad():
        return likely if improvement(likely.unsqueeze(0)) >= value else found


def run(name, plain, seed, iterations):
    function, width, top, links = PROBLEMS[name]
    if plain:
        function, links = (lambda x, whole=function: whole(x)[:, [-1]]), [(list(range(width)), [])]
    torch.manual_seed(seed)
    x = torch.rand(2 * (width + 1), width)
    y = function(x)
    regrets = [top - y[:, -1].max().item()]
    begun = time.process_time()
    for iteration in range(iterations):
        point = suggest(links, x, y, 1000 * seed + iteration)
        x, y = torch.cat([x, point]), torch.cat([y, function(point)])
        regrets.append(top - y[:, -1].max().item())
    seconds = (time.process_time() - begun) / iterations
    told = {"problem": name, "plain": plain, "seed": seed, "iterations": iterations}
    return {**told, "seconds": seconds, "regrets": regrets}


def show(done):
    print(f"{'problem':18} {'seeds':>5} {'median':>10} {'lowest':>10} {'highest':>10} {'s a suggestion':>15}")
    for name, plain in ((name, plain) for name in PROBLEMS for plain in (True, False)):
        runs = [run for run in done if (run["problem"], run["plain"]) == (name, plain)]
        if runs:
            ends = torch.tensor([run["regrets"][-1] for run in runs])
            middle, seconds = ends.quantile(0.5), sum(run["seconds"] for run in runs) / len(runs)
            numbers = f"{middle:10.2e} {ends.min():10.2e} {ends.max():10.2e} {seconds:15.2f}"
            print(f"{name + ', plain' * plain:18} {len(runs):5} {numbers}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("problems", nargs="*", choices=[*PROBLEMS, []])
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--iterations", type=int, default=100)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    done = [json.loads(line) for line in FILE.read_text().splitlines()] if FILE.exists() else []
    if asked.show:
        return show([run for run in done if run["iterations"] == asked.iterations])
    known = {(run["problem"], run["plain"], run["seed"], run["iterations"]) for run in done}
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        for name in asked.problems or PROBLEMS:
            if (name, asked.plain, seed, asked.iterations) not in known:
                result = run(name, asked.plain, seed, asked.iterations)
                with FILE.open("a") as file:
                    file.write(json.dumps(result) + "\n")
                print(name, seed, f"{result['regrets'][-1]:.3g}", f"{result['seconds']:.2f} s a suggestion", flush=True)


main()

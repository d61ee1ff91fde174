"""Planners for problems with ranges: packages from Python, and matdock through its `ask` example."""

import json
import os
import resource
import subprocess
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np  # noqa: E402

from pools import REPOSITORY, WORK  # noqa: E402

warnings.filterwarnings("ignore")


class Peer:
    """Proposes one experiment after another; outcomes are minimised."""

    packages = ()
    kinds = ("continuous", "noise", "mixed", "constrained", "mixture", "several goals")

    def __init__(self, problem, seed):
        self.problem, self.seed = problem, seed

    def suggest(self, points, outcomes):
        raise NotImplementedError

    def recommend(self, points, outcomes):
        """Index of the experiment believed best."""
        return int(np.argmin([values[0] for values in outcomes]))

    def finish(self):
        """CPU seconds used outside this process."""
        return 0.0


class Botorch(Peer):
    """SingleTaskGP with its defaults, and the log acquisition function made for the kind of problem."""

    packages = ("botorch", "gpytorch", "torch")
    restarts, samples = 8, 128

    def __init__(self, problem, seed):
        import torch

        super().__init__(problem, seed)
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self.torch = torch
        self.categories = [index for index, p in enumerate(problem.parameters) if p.levels]
        self.numbers = [index for index, p in enumerate(problem.parameters) if not p.levels]
        ends = [(0, len(p.levels) - 1) if p.levels else (p.low, p.high) for p in problem.parameters]
        self.ends = torch.tensor(ends, dtype=torch.double).T

    def encode(self, points):
        rows = [
            [p.levels.index(cell) if p.levels else cell for p, cell in zip(self.problem.parameters, point)]
            for point in points
        ]
        return self.torch.tensor(rows, dtype=self.torch.double)

    def decode(self, row):
        cells = []
        for p, number in zip(self.problem.parameters, row.tolist()):
            if p.levels:
                cells.append(p.levels[round(number)])
            else:
                cells.append(float(round(number)) if p.whole else number)
        return cells

    def model(self, inputs, values):
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import MixedSingleTaskGP, SingleTaskGP
        from botorch.models.transforms import Normalize
        from gpytorch.mlls import ExactMarginalLogLikelihood

        width = inputs.shape[-1]
        if self.categories:
            scaled = Normalize(width, indices=self.numbers, bounds=self.ends[:, self.numbers])
            model = MixedSingleTaskGP(inputs, values, cat_dims=self.categories, input_transform=scaled)
        else:
            model = SingleTaskGP(inputs, values, input_transform=Normalize(width, bounds=self.ends))
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        return model

    def models(self, points, outcomes):
        """One model per outcome, of the negative outcome."""
        inputs = self.encode(points)
        values = -self.torch.tensor(outcomes, dtype=self.torch.double)
        return inputs, values, [self.model(inputs, values[:, [index]]) for index in range(values.shape[1])]

    def acquisition(self, points, outcomes):
        from botorch.acquisition import analytic
        from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
        from botorch.models import ModelListGP
        from botorch.sampling import SobolQMCNormalSampler

        inputs, values, models = self.models(points, outcomes)
        if self.problem.objectives > 1:
            return qLogNoisyExpectedHypervolumeImprovement(
                ModelListGP(*models),
                ref_point=[-value for value in self.problem.reference],
                X_baseline=inputs,
                prune_baseline=True,
                sampler=SobolQMCNormalSampler(self.torch.Size([64]), seed=self.seed),
            )
        if self.problem.bounds:
            allowed = (values[:, 1:] >= 0).all(dim=1)
            best = values[allowed, 0].max() if allowed.any() else values[:, 0].min()
            bounds = {index: (0.0, None) for index in range(1, values.shape[1])}
            return analytic.LogConstrainedExpectedImprovement(ModelListGP(*models), best, 0, bounds)
        best = models[0].posterior(inputs).mean.max() if self.problem.noise else values.max()
        return analytic.LogExpectedImprovement(models[0], best)

    def suggest(self, points, outcomes):
        from itertools import product

        from botorch.optim import optimize_acqf, optimize_acqf_mixed

        acquisition = self.acquisition(points, outcomes)
        options = {"bounds": self.ends, "q": 1, "num_restarts": self.restarts, "raw_samples": self.samples}
        if self.categories:
            levels = [range(len(self.problem.parameters[index].levels)) for index in self.categories]
            fixed = [dict(zip(self.categories, map(float, choice))) for choice in product(*levels)]
            options |= {"num_restarts": 2, "raw_samples": 32}
            row, _ = optimize_acqf_mixed(acquisition, fixed_features_list=fixed, **options)
        elif self.problem.mixture:
            width = len(self.problem.parameters)
            total = (self.torch.arange(width), self.torch.ones(width, dtype=self.torch.double), 1.0)
            row, _ = optimize_acqf(acquisition, equality_constraints=[total], **options)
        else:
            row, _ = optimize_acqf(acquisition, **options)
        return self.decode(row[0])

    def recommend(self, points, outcomes):
        inputs, _, models = self.models(points, outcomes)
        return int(models[0].posterior(inputs).mean.argmax())


class Optuna(Peer):
    """GPSampler."""

    packages = ("optuna", "torch")
    kinds = ("continuous", "noise", "mixed", "constrained", "several goals")

    def __init__(self, problem, seed):
        import optuna
        import torch

        super().__init__(problem, seed)
        torch.set_num_threads(1)
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        bounds = (lambda trial: trial.user_attrs["bounds"]) if problem.bounds else None
        sampler = optuna.samplers.GPSampler(
            seed=seed, n_startup_trials=5, constraints_func=bounds, deterministic_objective=problem.noise == 0
        )
        self.study = optuna.create_study(directions=["minimize"] * problem.objectives, sampler=sampler)
        self.asked = None

    def ask(self):
        trial = self.study.ask()
        point = []
        for p in self.problem.parameters:
            if p.levels:
                point.append(trial.suggest_categorical(p.name, p.levels))
            elif p.whole:
                point.append(float(trial.suggest_int(p.name, int(p.low), int(p.high))))
            else:
                point.append(trial.suggest_float(p.name, p.low, p.high))
        return trial, point

    def tell(self, trial, outcomes):
        goals = self.problem.objectives
        trial.set_user_attr("bounds", outcomes[goals:])
        self.study.tell(trial, outcomes[:goals])

    def suggest(self, points, outcomes):
        if self.asked is None:
            for point, values in zip(points, outcomes):
                self.study.enqueue_trial({p.name: cell for p, cell in zip(self.problem.parameters, point)})
                self.tell(self.ask()[0], values)
        else:
            self.tell(self.asked, outcomes[-1])
        self.asked, point = self.ask()
        return point


class Egobox(Peer):
    """Egor with its defaults."""

    packages = ("egobox",)
    kinds = ("continuous", "mixed", "constrained")

    def __init__(self, problem, seed):
        import egobox

        super().__init__(problem, seed)
        specs = []
        for p in problem.parameters:
            if p.levels:
                specs.append(egobox.XSpec(egobox.XType.ENUM, tags=list(p.levels)))
            else:
                specs.append(egobox.XSpec(egobox.XType.INT if p.whole else egobox.XType.FLOAT, [p.low, p.high]))
        self.egor = egobox.Egor(specs, n_cstr=problem.bounds)

    def suggest(self, points, outcomes):
        rows = [
            [p.levels.index(cell) if p.levels else cell for p, cell in zip(self.problem.parameters, point)]
            for point in points
        ]
        row = self.egor.suggest(np.array(rows, dtype=float), np.array(outcomes), seed=1000 * self.seed + len(points))[0]
        return [
            p.levels[round(cell)] if p.levels else float(min(max(cell, p.low), p.high))
            for p, cell in zip(self.problem.parameters, row)
        ]


class Hebo(Peer):
    """HEBO with its defaults."""

    packages = ("hebo", "gpytorch", "torch")
    kinds = ("continuous", "noise", "mixed")

    def __init__(self, problem, seed):
        import pandas
        import torch
        from hebo.design_space.design_space import DesignSpace
        from hebo.optimizers.hebo import HEBO

        super().__init__(problem, seed)
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        np.random.seed(seed)
        self.names = [p.name for p in problem.parameters]
        self.pandas = pandas
        space = DesignSpace().parse([self.described(p) for p in problem.parameters])
        self.hebo = HEBO(space, rand_sample=len(problem.initial(seed)))
        self.told = 0

    @staticmethod
    def described(p):
        if p.levels:
            return {"name": p.name, "type": "cat", "categories": list(p.levels)}
        return {"name": p.name, "type": "int" if p.whole else "num", "lb": p.low, "ub": p.high}

    def suggest(self, points, outcomes):
        new = self.pandas.DataFrame(points[self.told :], columns=self.names)
        self.hebo.observe(new, np.array([values[:1] for values in outcomes[self.told :]]))
        self.told = len(points)
        row = self.hebo.suggest(n_suggestions=1).iloc[0]
        return [row[p.name] if p.levels else float(row[p.name]) for p in self.problem.parameters]


class Matdock(Peer):
    """matdock, asked through the example `ask` (program MATDOCK_ASK)."""

    program = os.environ.get("MATDOCK_ASK", str(REPOSITORY / "target/release/examples/ask"))

    def __init__(self, problem, seed):
        super().__init__(problem, seed)
        folder = WORK / "problems" / problem.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "campaign.toml").write_text(campaign(problem), encoding="utf-8")
        self.process, self.before = self.start(folder)

    def start(self, folder):
        """The program, and the CPU seconds of earlier ones."""
        process = subprocess.Popen(
            [self.program, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "RAYON_NUM_THREADS": "1"},
        )
        return process, children_seconds()

    def request(self, points, outcomes, **what):
        observed = [{"point": point, "outcomes": values} for point, values in zip(points, outcomes)]
        self.process.stdin.write(json.dumps({"observed": observed, **what}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def suggest(self, points, outcomes):
        return self.request(points, outcomes, count=1, seed=1000 * self.seed + len(points))["points"][0]

    def recommend(self, points, outcomes):
        return self.request(points, outcomes, recommend=True)["recommended"]

    def finish(self):
        self.process.stdin.close()
        self.process.wait()
        return children_seconds() - self.before


def children_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def campaign(problem):
    """The problem as a campaign file."""
    lines = ["[campaign]", f'name = "{problem.name}"', "", "[planner]", "initial = 5"]
    if problem.objectives > 1:
        lines += ["", "[goal]", 'combine = "pareto"']
    for number in range(problem.objectives):
        lines += ["", "[[objective]]", f'outcome = "y{number}"', 'direction = "minimise"']
        if problem.reference:
            lines.append(f"reference = {problem.reference[number]}")
    for number in range(problem.bounds):
        lines += ["", "[[bound]]", f'outcome = "c{number}"', "max = 0"]
    for p in problem.parameters:
        lines += ["", "[[parameter]]", f'name = "{p.name}"']
        if p.levels:
            lines += ['type = "categorical"', f"levels = {json.dumps(p.levels)}"]
        elif p.whole:
            lines += ['type = "integer"', f"min = {int(p.low)}", f"max = {int(p.high)}"]
        else:
            lines += ['type = "continuous"', f"min = {float(p.low)}", f"max = {float(p.high)}"]
    if problem.mixture:
        names = [p.name for p in problem.parameters]
        lines += ["", "[[mixture]]", 'name = "mixture"', f"components = {json.dumps(names)}"]
    return "\n".join(lines) + "\n"


PEERS = {"matdock": Matdock, "botorch": Botorch, "optuna": Optuna, "egobox": Egobox, "hebo": Hebo}

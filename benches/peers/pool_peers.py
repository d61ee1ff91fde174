"""Planners from Python packages that choose the next rows of a pool."""

import os
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np  # noqa: E402

warnings.filterwarnings("ignore")


class Botorch:
    """SingleTaskGP (`kernel` rbf: its default; matern: Matern-5/2) and qLogExpectedImprovement over the free rows."""

    packages = ("botorch", "gpytorch", "torch")

    def __init__(self, pool, seed, kernel):
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self.kernel = kernel
        self.rows = torch.tensor(pool.features(), dtype=torch.double)

    def suggest(self, tried, merits, count):
        import torch
        from botorch.acquisition import qLogExpectedImprovement
        from botorch.optim import optimize_acqf_discrete

        values = torch.tensor(merits, dtype=torch.double)
        model = botorch_model(self.rows[tried], values.unsqueeze(-1), self.kernel)
        free = np.setdiff1d(np.arange(len(self.rows)), tried)
        acquisition = qLogExpectedImprovement(model, best_f=values.max())
        chosen, _ = optimize_acqf_discrete(acquisition, q=count, choices=self.rows[free], unique=True)
        picks = []
        for point in chosen:
            match = (self.rows[free] == point).all(dim=1).numpy()
            picks.append(next(int(row) for row in free[match] if row not in picks))
        return picks


def botorch_model(inputs, values, kernel):
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from gpytorch.kernels import MaternKernel, ScaleKernel
    from gpytorch.mlls import ExactMarginalLogLikelihood
    from gpytorch.priors import GammaPrior

    covariance = None
    if kernel == "matern":
        lengths = MaternKernel(nu=2.5, ard_num_dims=inputs.shape[-1], lengthscale_prior=GammaPrior(3.0, 6.0))
        covariance = ScaleKernel(lengths, outputscale_prior=GammaPrior(2.0, 0.15))
    model = SingleTaskGP(inputs, values, covar_module=covariance)
    fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    return model


class Physbo:
    """Gaussian process with Thompson sampling (TS) or expected improvement (EI), learnt anew at each step."""

    packages = ("physbo",)

    def __init__(self, pool, seed, score):
        import physbo

        features = pool.features()
        self.score, self.seed = score, seed
        self.features = (features - features.mean(axis=0)) / features.std(axis=0)
        self.physbo = physbo

    def suggest(self, tried, merits, count):
        policy = self.physbo.search.discrete.Policy(
            test_X=self.features, initial_data=(np.array(tried), np.array(merits))
        )
        policy.set_seed(1000 * self.seed + len(tried))
        actions = policy.bayes_search(
            max_num_probes=1,
            num_search_each_probe=count,
            simulator=None,
            score=self.score,
            interval=0,
            num_rand_basis=0,
            is_disp=False,
        )
        return [int(action) for action in actions]


class Baybe:
    """The default recommender of BayBE on a discrete space made of the pool's rows."""

    packages = ("baybe", "botorch", "gpytorch", "torch")

    def __init__(self, pool, seed):
        import pandas
        import torch
        from baybe.campaign import Campaign
        from baybe.objectives import SingleTargetObjective
        from baybe.parameters import CategoricalParameter, NumericalDiscreteParameter
        from baybe.searchspace import SearchSpace
        from baybe.targets import NumericalTarget

        torch.set_num_threads(1)
        torch.manual_seed(seed)
        np.random.seed(seed)
        self.table = pandas.DataFrame(pool.columns)
        parameters = [
            CategoricalParameter(name, sorted(set(cells)), encoding="OHE")
            if isinstance(cells[0], str)
            else NumericalDiscreteParameter(name, sorted(set(cells)))
            for name, cells in pool.columns.items()
        ]
        space = SearchSpace.from_dataframe(self.table, parameters)
        self.campaign = Campaign(space, SingleTargetObjective(NumericalTarget("merit")))
        self.known = 0

    def suggest(self, tried, merits, count):
        new = self.table.iloc[tried[self.known :]].copy()
        new["merit"] = merits[self.known :]
        self.campaign.add_measurements(new)
        self.known = len(tried)
        chosen = self.campaign.recommend(batch_size=count)
        return [int(row) for row in chosen.index]


PEERS = {
    "botorch": (Botorch, ("rbf",)),
    "botorch-matern": (Botorch, ("matern",)),
    "baybe": (Baybe, ()),
    "physbo-ts": (Physbo, ("TS",)),
    "physbo-ei": (Physbo, ("EI",)),
}

"""Test problems with ranges: where to search, what comes out, and how near the optimum a set of experiments is.

All are minimised unless a problem says otherwise; outcomes beside the first are bounds (`at_most`) or more goals.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

INITIAL = 5
NOISE_SAMPLE = 4096


@dataclass(frozen=True)
class Parameter:
    """A number from `low` to `high` (`whole`: only whole ones), or one of the words `levels`."""

    name: str
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    levels: tuple[str, ...] = ()

    def at(self, share):
        """The setting at `share` (0..1) of the range."""
        if self.levels:
            return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
        if self.whole:
            return float(min(self.low + math.floor(share * (self.high - self.low + 1)), self.high))
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True)
class Problem:
    """`function` takes settings and gives the outcomes: `objectives` of them, then those that must be <= 0."""

    name: str
    title: str
    kind: str
    parameters: tuple[Parameter, ...]
    function: Callable
    optimum: float = 0.0
    objectives: int = 1
    bounds: int = 0
    mixture: bool = False
    noise: float = 0.0
    evaluations: int = 60
    reference: tuple[float, ...] = field(default=())

    def outcomes(self, point):
        values = self.function(point)
        return [float(value) for value in np.atleast_1d(values)]

    def draw(self, random):
        """A random setting of everything that is allowed."""
        while True:
            if self.mixture:
                shares = random.dirichlet(np.ones(len(self.parameters))).tolist()
                if all(p.low <= share <= p.high for p, share in zip(self.parameters, shares)):
                    return shares
            else:
                return [p.at(share) for p, share in zip(self.parameters, random.random(len(self.parameters)))]

    def initial(self, seed):
        """The first experiments of repetition `seed`, the same for every planner."""
        random = np.random.default_rng(seed)
        return [self.draw(random) for _ in range(INITIAL)]

    def disturbances(self, seed):
        """Noise of each experiment of repetition `seed`: `noise` times the deviation of the function over the space."""
        if self.noise == 0:
            return np.zeros(self.evaluations)
        random = np.random.default_rng(12345)
        values = [self.outcomes(self.draw(random))[0] for _ in range(NOISE_SAMPLE)]
        return self.noise * np.std(values) * np.random.default_rng([seed, 1]).standard_normal(self.evaluations)

    def regret(self, outcomes):
        """Distance from the optimum of one experiment; None where a bound is broken."""
        if any(value > 1e-6 for value in outcomes[self.objectives :]):
            return None
        return outcomes[0] - self.optimum


def ranges(count, low, high):
    return tuple(Parameter(f"x{number}", low, high) for number in range(1, count + 1))


def branin(x):
    bend = x[1] - 5.1 / (4 * math.pi**2) * x[0] ** 2 + 5 / math.pi * x[0] - 6
    return bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def hartmann6(x):
    sharpness = np.array(
        [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
    )
    centres = (
        np.array(
            [
                [1312, 1696, 5569, 124, 8283, 5886],
                [2329, 4135, 8307, 3736, 1004, 9991],
                [2348, 1451, 3522, 2883, 3047, 6650],
                [4047, 8828, 8732, 5743, 1091, 381],
            ]
        )
        * 1e-4
    )
    return -np.dot([1.0, 1.2, 3.0, 3.2], np.exp(-(sharpness * (np.array(x) - centres) ** 2).sum(axis=1)))


ACKLEY_SHIFT = 3.7
LEVY_SHIFT = 2.3


def ackley(x):
    x = np.array(x) - ACKLEY_SHIFT
    return -20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))) - np.exp(np.mean(np.cos(2 * np.pi * x))) + 20 + np.e


def levy(x):
    w = 1 + (np.array(x) - LEVY_SHIFT - 1) / 4
    middle = (w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2)
    return np.sin(np.pi * w[0]) ** 2 + middle.sum() + (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2)


def rosenbrock(x):
    x = np.array(x)
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def two_categories(x):
    """Func-2C of Ru et al., CoCaBO (ICML 2020): each category adds one of three functions of the same two numbers."""
    u, v = 2 * x[2], 2 * x[3]
    parts = {
        "rosenbrock": (100 * (v - u**2) ** 2 + (1 - u) ** 2) / 300,
        "camel": ((4 - 2.1 * u**2 + u**4 / 3) * u**2 + u * v + (4 * v**2 - 4) * v**2) / 10,
        "beale": ((1.5 - u + u * v) ** 2 + (2.25 - u + u * v**2) ** 2 + (2.625 - u + u * v**3) ** 2) / 50,
    }
    return parts[x[0]] + parts[x[1]]


def ackley_mixed(x):
    """Ackley of three numbers, two whole numbers and a category of five levels that stands for a sixth coordinate."""
    last = {"a": -6.0, "b": -2.0, "c": 0.0, "d": 3.0, "e": 7.0}[x[5]]
    return ackley(np.array([*x[:3], x[3] + ACKLEY_SHIFT - 2, x[4] + ACKLEY_SHIFT + 4, last + ACKLEY_SHIFT]))


def gramacy(x):
    """The toy problem of Gramacy et al., Technometrics 58, 1 (2016): a line, one wavy bound and one round one."""
    wavy = 1.5 - x[0] - 2 * x[1] - 0.5 * math.sin(2 * math.pi * (x[0] ** 2 - 2 * x[1]))
    return [x[0] + x[1], wavy, x[0] ** 2 + x[1] ** 2 - 1.5]


def gardner(x):
    """Simulation 1 of Gardner et al., ICML 2014."""
    value = math.cos(2 * x[0]) * math.cos(x[1]) + math.sin(x[0])
    return [value, math.cos(x[0]) * math.cos(x[1]) - math.sin(x[0]) * math.sin(x[1]) - 0.5]


def flare(x):
    """Brightness of a flare (McLean and Anderson, Technometrics 8, 447 (1966)), as published quadratic; minimised."""
    a, b, c, d = x
    return -(
        -1558 * a
        - 2351 * b
        - 2426 * c
        + 14372 * d
        + 8300 * a * b
        + 8076 * a * c
        - 6625 * a * d
        + 3213 * b * c
        - 16998 * b * d
        - 17127 * c * d
    )


def mixed_peaks(x):
    """Hartmann-6 over the first six of seven fractions, each stretched threefold; a mixture with its best inside."""
    return hartmann6([3 * share for share in x[:6]])


def of_botorch(name, **arguments):
    """A multi-objective test function of BoTorch (minimised) over the unit cube."""

    def function(x):
        import torch
        from botorch.test_functions import multi_objective

        problem = getattr(multi_objective, name)(**arguments)
        low, high = problem.bounds
        point = low + torch.tensor(x, dtype=torch.double) * (high - low)
        return problem.evaluate_true(point.unsqueeze(0))[0].tolist()

    return function


def mixture(*limits):
    return tuple(Parameter(f"x{number}", low, high) for number, (low, high) in enumerate(limits, 1))


BRANIN = Problem(
    "branin",
    "Branin, 2 inputs",
    "continuous",
    (Parameter("x1", -5, 10), Parameter("x2", 0, 15)),
    branin,
    0.397887357729739,
)
HARTMANN = Problem("hartmann6", "Hartmann-6", "continuous", ranges(6, 0, 1), hartmann6, -3.32236801141551)


def noisy(problem, percent):
    return Problem(
        f"{problem.name}-noise-{percent}",
        f"{problem.title}, {percent} % noise",
        "noise",
        problem.parameters,
        problem.function,
        problem.optimum,
        noise=percent / 100,
    )


PROBLEMS = {
    problem.name: problem
    for problem in [
        BRANIN,
        HARTMANN,
        Problem("ackley5", "Ackley-5, shifted", "continuous", ranges(5, -15, 15), ackley),
        Problem("levy8", "Levy-8, shifted", "continuous", ranges(8, -10, 10), levy),
        Problem("rosenbrock4", "Rosenbrock-4", "continuous", ranges(4, -5, 10), rosenbrock),
        noisy(BRANIN, 5),
        noisy(BRANIN, 20),
        noisy(HARTMANN, 5),
        noisy(HARTMANN, 20),
        Problem(
            "func2c",
            "Func-2C, 2 categories of 3 and 2 numbers",
            "mixed",
            (
                Parameter("first", levels=("rosenbrock", "camel", "beale")),
                Parameter("second", levels=("rosenbrock", "camel", "beale")),
                *ranges(2, -1, 1),
            ),
            two_categories,
            -0.206325690699,
        ),
        Problem(
            "ackley-mixed",
            "Ackley, 3 numbers, 2 whole numbers, 1 category",
            "mixed",
            (
                *ranges(3, -15, 15),
                Parameter("n1", -10, 10, whole=True),
                Parameter("n2", -10, 10, whole=True),
                Parameter("level", levels=("a", "b", "c", "d", "e")),
            ),
            ackley_mixed,
        ),
        Problem(
            "gramacy",
            "Gramacy's toy problem, 2 bounds",
            "constrained",
            ranges(2, 0, 1),
            gramacy,
            0.599788,
            bounds=2,
            evaluations=40,
        ),
        Problem(
            "gardner",
            "Gardner's simulation 1, 1 bound",
            "constrained",
            ranges(2, 0, 6),
            gardner,
            -2.0,
            bounds=1,
            evaluations=40,
        ),
        Problem(
            "flare",
            "flare of four parts",
            "mixture",
            mixture((0.4, 0.6), (0.1, 0.5), (0.1, 0.5), (0.03, 0.08)),
            flare,
            -397.4686492,
            mixture=True,
            evaluations=30,
        ),
        Problem(
            "mixed-peaks",
            "Hartmann-6 in a mixture of seven",
            "mixture",
            mixture(*[(0, 1)] * 7),
            mixed_peaks,
            -3.32236801141551,
            mixture=True,
        ),
        Problem(
            "branin-currin",
            "Branin-Currin, 2 inputs, 2 goals",
            "several goals",
            ranges(2, 0, 1),
            of_botorch("BraninCurrin", negate=False),
            59.36011874867746,
            objectives=2,
            evaluations=40,
            reference=(18.0, 6.0),
        ),
        Problem(
            "vehicle-safety",
            "vehicle safety, 5 inputs, 3 goals",
            "several goals",
            ranges(5, 0, 1),
            of_botorch("VehicleSafety", negate=False),
            246.81607081187002,
            objectives=3,
            evaluations=40,
            reference=(1864.72022, 11.81993945, 0.2903999384),
        ),
    ]
}

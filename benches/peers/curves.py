"""Draws the courses of the searches as SVG: medians with quartiles, one panel per problem or pool."""

import math
import statistics

COLOURS = {
    "matdock": "#d1495b",
    "botorch": "#00798c",
    "baybe": "#edae49",
    "optuna": "#66a182",
    "egobox": "#8d5fd3",
    "physbo-ei": "#8c6d46",
}
WIDTH, HEIGHT, COLUMNS = 300, 210, 3
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 26, 34
FEWEST = 3


class Panel:
    """One plot: a title, a line with a band for every planner."""

    def __init__(self, title, budget, low, high, logarithmic):
        self.title, self.budget, self.low, self.high, self.logarithmic = title, budget, low, high, logarithmic
        self.lines, self.planners = [], []

    def x(self, number):
        return LEFT + (WIDTH - LEFT - RIGHT) * number / self.budget

    def y(self, value):
        value = min(max(value, self.low), self.high)
        place = (value - self.low) / (self.high - self.low)
        if self.logarithmic:
            place = math.log(value / self.low) / math.log(self.high / self.low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * place

    def add(self, planner, courses, middle=statistics.median):
        """The courses of all repetitions, each with a value per experiment, `None` while there is none."""
        colour, above, below, line = COLOURS[planner], [], [], []
        self.planners.append(planner)
        for number in range(1, self.budget + 1):
            values = sorted(self.high if each[number - 1] is None else each[number - 1] for each in courses)
            at = [values[round(share * (len(values) - 1))] for share in (0.25, 0.75)]
            below.append(f"{self.x(number):.1f},{self.y(at[0]):.1f}")
            above.append(f"{self.x(number):.1f},{self.y(at[1]):.1f}")
            line.append(f"{self.x(number):.1f},{self.y(middle(values)):.1f}")
        if middle is statistics.median:
            points = " ".join(below + above[::-1])
            self.lines.insert(0, f'<polygon points="{points}" fill="{colour}" opacity="0.15"/>')
        self.lines.append(f'<polyline points="{" ".join(line)}" fill="none" stroke="{colour}" stroke-width="1.8"/>')

    def ticks(self):
        if not self.logarithmic:
            return [(value, f"{value:g}") for value in (0, 25, 50, 75, 100)]
        powers = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
        step = 1 if len(powers) < 5 else 2
        return [(10.0**power, f"1e{power}" if abs(power) > 2 else f"{10.0**power:g}") for power in powers][::step]

    def svg(self, number):
        column, row = number % COLUMNS, number // COLUMNS
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        parts = [f'<g transform="translate({column * WIDTH},{row * HEIGHT + 30})">']
        parts.append(f'<text x="{LEFT}" y="{TOP - 8}" font-weight="bold">{self.title}</text>')
        for value, text in self.ticks():
            y = self.y(value)
            parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e4e4e4"/>')
            parts.append(f'<text x="{LEFT - 5}" y="{y + 3:.1f}" text-anchor="end">{text}</text>')
        for share in (0, 0.5, 1):
            count = round(self.budget * share)
            parts.append(f'<text x="{self.x(count):.1f}" y="{bottom + 14}" text-anchor="middle">{count}</text>')
        parts.append(f'<path d="M{LEFT},{TOP}V{bottom}H{right}" fill="none" stroke="#888"/>')
        return "\n".join([*parts, *self.lines, "</g>"])


def stairs(steps, budget, value):
    """A value per experiment from the steps at which it improved."""
    known = dict(steps)
    course, last = [], None
    for number in range(1, budget + 1):
        last = value(known[number]) if number in known else last
        course.append(last)
    return course


def regret_panels(found, problems, kinds):
    for name, problem in problems.items():
        if problem.kind not in kinds or name not in found:
            continue
        courses = {
            planner: [
                stairs(one["improvements"], problem.evaluations, lambda v: max(-v, 1e-6))
                for one in each["repetitions"].values()
            ]
            for planner, each in found[name].items()
            if planner in COLOURS and len(each["repetitions"]) >= FEWEST
        }
        seen = [value for each in courses.values() for course in each for value in course[4:] if value is not None]
        panel = Panel(problem.title, problem.evaluations, max(1e-6, min(seen)), max(seen), True)
        for planner, each in courses.items():
            panel.add(planner, each)
        yield panel


def hypervolume_panels(found, problems):
    for name, problem in problems.items():
        if problem.kind != "several goals" or name not in found:
            continue
        panel = Panel(problem.title, problem.evaluations, 0, 100, False)
        for planner, each in found[name].items():
            if planner in COLOURS and len(each["repetitions"]) >= FEWEST:
                percent = lambda value, most=problem.optimum: 100 * value / most  # noqa: E731
                panel.add(
                    planner,
                    [
                        stairs(one["hypervolume"], problem.evaluations, percent)
                        for one in each["repetitions"].values()
                    ],
                )
        yield panel


def pool_panels(found, sources):
    """In how many percent of the repetitions the best row has been found."""
    for name, source in sources.items():
        enough = {
            planner: each
            for planner, each in found.get(name, {}).items()
            if planner in COLOURS and len(each["repetitions"]) >= FEWEST
        }
        if len(enough) < 2:
            continue
        budget = found[name]["matdock"]["about"]["budget"]
        panel = Panel(source.title, budget, 0, 100, False)
        for planner, each in enough.items():
            found_at = [one["to_best"] or math.inf for one in each["repetitions"].values()]
            courses = [[100.0 if at <= number else 0.0 for number in range(1, budget + 1)] for at in found_at]
            panel.add(planner, courses, statistics.mean)
        yield panel


def page(panels):
    """All panels under one legend."""
    panels = list(panels)
    rows = math.ceil(len(panels) / COLUMNS)
    width, height = WIDTH * COLUMNS, rows * HEIGHT + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="10">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    shown = [planner for planner in COLOURS if any(planner in panel.planners for panel in panels)]
    for number, planner in enumerate(shown):
        x, colour = LEFT + 120 * number, COLOURS[planner]
        parts.append(f'<line x1="{x}" x2="{x + 20}" y1="16" y2="16" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<text x="{x + 25}" y="20" font-size="12">{planner}</text>')
    parts += [panel.svg(number) for number, panel in enumerate(panels)]
    return "\n".join([*parts, "</svg>", ""])

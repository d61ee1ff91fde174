"""Results on disk: one JSON file per case and planner, written after every repetition so that a run can go on."""

import datetime
import json
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

RESULTS = Path(os.environ.get("MATDOCK_PEERS_RESULTS", Path(__file__).parent / "results"))


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def versions(packages):
    return {"python": platform.python_version(), **{package: metadata.version(package) for package in packages}}


def commit():
    """The commit matdock was built from: MATDOCK_COMMIT, else that of this repository."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    return os.environ.get("MATDOCK_COMMIT") or subprocess.run(command, text=True, capture_output=True).stdout.strip()


def matdock_version():
    return {"matdock": f"commit {commit()}"}


class Results:
    """Repetitions of one planner on one case."""

    def __init__(self, kind, case, planner, about):
        self.path = RESULTS / kind / f"{case}.{planner}.json"
        self.data = {"case": case, "planner": planner, "repetitions": {}}
        if self.path.exists():
            self.data = json.loads(self.path.read_text(encoding="utf-8"))
        self.data["about"] = {**about, "processor": processor()}

    def has(self, seed):
        return str(seed) in self.data["repetitions"]

    def forget_unless_made_with(self, versions):
        """Results of matdock belong to one state of its code."""
        if self.data.get("made_with") != versions:
            self.data["repetitions"] = {}
        self.data["made_with"] = versions

    def add(self, seed, repetition):
        self.data["repetitions"][str(seed)] = repetition
        self.data["about"]["date"] = datetime.date.today().isoformat()
        self.write()

    def write(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        parts = [f'"{key}": {json.dumps(value)}' for key, value in self.data.items() if key != "repetitions"]
        repetitions = [f'  "{seed}": {json.dumps(value)}' for seed, value in self.data["repetitions"].items()]
        text = "{" + ",\n".join([*parts, '"repetitions": {\n' + ",\n".join(repetitions) + "\n}"]) + "}\n"
        temporary = self.path.with_suffix(".part")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(self.path)


def improvements(merits):
    """Best so far as [experiment number, merit] at each improvement; short, and the whole curve."""
    steps = []
    for number, merit in enumerate(merits, 1):
        value = round(float(merit), 6)
        if not steps or value > steps[-1][1]:
            steps.append([number, value])
    return steps

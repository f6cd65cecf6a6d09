#!/usr/bin/env python3
"""Measures freshet against the targets of its speed table and writes RESULTS.md and results.svg.

    tests/bench/run.py                      everything: makes the files with `freshet synth`, one at a
                                            time, and removes them; an hour or two
    tests/bench/run.py --quick              the small models; printed, nothing written
    tests/bench/run.py --only 350m          rows whose text has the word
    tests/bench/run.py --file 24b-q4_k_m=/models/random-24b.gguf

Weights are random, so that the shapes count and not the words. Python's standard library is enough.
"""

import argparse
import datetime
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from plot import draw  # noqa: E402
from rows import Measured, all_rows  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
GIB = 1 << 30
# Bits per weight, generously, to tell beforehand whether a file fits.
BITS = {"f32": 32, "f16": 16, "bf16": 16, "q8_0": 8.6, "q6_k": 6.7, "q5_0": 5.8, "q5_1": 6.2, "q5_k": 5.8}
WEIGHTS = {"24b": 23.9e9, "8b": 8.4e9, "1.2b": 1.18e9, "350m": 0.36e9, "tiny": 1e7, "tiny-moe": 1e7}


class Skipped(Exception):
    """A row that this machine cannot measure, and why."""


def file_bytes(shape, kind):
    return int(WEIGHTS[shape] * BITS.get(kind, 5.2) / 8)


def total_memory():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024
    return 0


class Files:
    """The models: given ones, or made one at a time."""

    def __init__(self, program, folder, given):
        self.program, self.folder, self.given = program, pathlib.Path(folder), given
        self.made = None

    def get(self, shape, kind):
        name = f"{shape}-{kind}"
        if name in self.given:
            return self.given[name]
        path = self.folder / f"{name}.gguf"
        if path.exists():
            return path
        self.drop()
        need = file_bytes(shape, kind)
        free = shutil.disk_usage(self.folder).free
        if need + GIB // 2 > free:
            raise Skipped(f"the file needs {need / 1e9:.1f} GB and {self.folder} has {free / 1e9:.1f} GB")
        if need + GIB > total_memory():
            raise Skipped(f"{need / 1e9:.1f} GB of weights, {total_memory() / 1e9:.1f} GB of memory")
        print(f"making {path}", file=sys.stderr)
        self.made = path
        run([self.program, "synth", shape, kind, path])
        return path

    def drop(self):
        if self.made:
            self.made.unlink(missing_ok=True)
            self.made = None


def run(command):
    """Standard output, standard error, seconds and peak resident bytes; Skipped if it fails."""
    command = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        if process.returncode != 0:
            raise Skipped((err.read().strip().splitlines() or ["it failed"])[-1])
        return out.read(), err.read(), seconds, usage.ru_maxrss * 1024


class Machine:
    """What rows measure with."""

    def __init__(self, program, repetitions):
        self.program, self.repetitions = program, repetitions
        self.speeds = {}

    def bench(self, path, args, again=False):
        key = (str(path), tuple(args))
        if again or key not in self.speeds:
            out, *_ = run([self.program, "bench", "-m", path, "-r", self.repetitions, "-o", "json", *args])
            self.speeds[key] = json.loads(out)[-1]
        return self.speeds[key]

    def base_of(self, row, path, args):
        """The speed that `row` is compared with, at a roof within a tenth of its own: what other guests
        of a host leave can change for minutes. The nearest of a few tries."""
        def gap(base):
            return abs(math.log(base["roof"] / row["roof"]))
        bases = [self.bench(path, args)]
        while gap(bases[-1]) > 0.1 and len(bases) < 8:
            bases.append(self.bench(path, args, again=True))
        return min(bases, key=gap)

    def share(self, path, args):
        row = self.bench(path, args)
        unit = "GB/s" if row["roof_kind"] == "read" else "GMAC/s"
        text = (f"{row['avg_ts']:.1f} ± {row['stddev_ts']:.1f} tok/s, "
                f"{100 * row['roof_share']:.1f} % of {row['roof'] / 1e9:.1f} {unit}")
        return Measured(row["roof_share"], text)

    def ratio(self, path, args, base_args):
        row = self.bench(path, args)
        base = self.base_of(row, path, base_args)
        value = row["avg_ts"] / base["avg_ts"]
        return Measured(value, f"{row['avg_ts']:.1f} tok/s, {value:.2f} of {base['avg_ts']:.1f} "
                               f"(roofs {row['roof'] / 1e9:.1f} and {base['roof'] / 1e9:.1f} GB/s)")

    def memory(self, path):
        _, _, _, resident = run([self.program, "bench", "-m", path, "-r", 1, "--no-roof", "--no-warmup",
                                 "-p", 0, "-n", 1, "-d", 4095])
        size = os.path.getsize(path)
        value = resident / size
        return Measured(value, f"{resident / 1e9:.2f} GB for a file of {size / 1e9:.2f}, {value:.3f}")

    def first_token(self, path):
        words = "snow " * 40
        ids = json.loads(run([self.program, "tokenize", "-m", path, "--ids", words])[0])
        prompt = ("snow " * (40 * 16 // len(ids))).strip()
        command = [self.program, "run", "-v", "-m", path, "-n", 1, "--temp", 0, "-p", prompt]
        # The fastest of three, since the first one may find a cold page cache.
        seconds, notes = min((run(command)[2:0:-1] for _ in range(3)), key=lambda pair: pair[0])
        n_tokens = len(json.loads(run([self.program, "tokenize", "-m", path, "--ids", prompt])[0]))
        speed = re.search(r"Prompt: ([0-9.]+) t/s", notes)
        reading = n_tokens / float(speed[1]) if speed else 0
        return Measured(seconds, f"{seconds:.2f} s from the command to the end of one token, "
                                 f"{n_tokens} read in {reading:.2f} s of it")


def git(*args):
    try:
        return subprocess.run(["git", "-C", ROOT, *args], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine_lines(program):
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    dirty = ", with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return [
        f"* machine: {model}, {len(os.sched_getaffinity(0))} processors, {total_memory() / GIB:.1f} GiB, "
        f"Linux {os.uname().release}",
        f"* program: {run([program, '--version'])[0].splitlines()[0]}, "
        f"commit {git('rev-parse', '--short', 'HEAD') or 'unknown'}{dirty}",
        f"* {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC",
    ]


def markdown(results, notes):
    lines = ["# Speed, measured", "",
             "By `tests/bench/run.py`; what a share and a roof are stands in [README.md](README.md).", "",
             "| work | file | measured | must reach | aim | |",
             "|---|---|---|---:|---:|---|"]
    for row, measured in results:
        text, verdict = (measured, "skipped") if isinstance(measured, str) else (measured.text, row.verdict(measured))
        lines.append(f"| {row.work} | {row.file} | {text} | {row.bar_text(row.must)} | {row.bar_text(row.aim)} "
                     f"| {verdict} |")
    return "\n".join([*lines, "", "![The same, drawn](results.svg)", "", *notes, ""])


def measure(row, files, machine):
    try:
        return row.measure(machine, files.get(row.shape, row.kind))
    except Skipped as why:
        return str(why)


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--freshet", default=ROOT / "build/release/bin/freshet", help="the program")
    parser.add_argument("--files", help="folder for models; those found there are used and kept")
    parser.add_argument("--file", action="append", default=[], metavar="SHAPE-TYPE=PATH", help="a model that is there")
    parser.add_argument("--quick", action="store_true", help="the small models alone")
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="rows that have all the words")
    parser.add_argument("--out", help="folder for RESULTS.md and results.svg; default here, if all rows were run")
    parser.add_argument("-r", "--repetitions", type=int, default=5)
    parser.add_argument("--self-test", action="store_true", help="test this script")
    return parser.parse_args(argv)


def main(argv):
    options = parse(argv)
    if options.self_test:
        suite = unittest.defaultTestLoader.discover(pathlib.Path(__file__).parent, "test_*.py")
        return 0 if unittest.TextTestRunner().run(suite).wasSuccessful() else 1
    rows = [row for row in all_rows()
            if (row.quick or not options.quick) and all(word in row.text() for word in options.only)]
    partial = options.quick or options.only
    out = options.out or (None if partial else pathlib.Path(__file__).parent)
    given = dict(entry.split("=", 1) for entry in options.file)
    results = []
    with tempfile.TemporaryDirectory(prefix="freshet-bench-") as temporary:
        files = Files(options.freshet, options.files or temporary, given)
        machine = Machine(options.freshet, options.repetitions)
        notes = machine_lines(options.freshet)
        try:
            for row in rows:
                print(f"{row.text()} ...", file=sys.stderr)
                results.append((row, measure(row, files, machine)))
                if out:  # as far as it is, so that a run that is cut off leaves what it has
                    pathlib.Path(out, "RESULTS.md").write_text(markdown(results, notes))
                    pathlib.Path(out, "results.svg").write_text(draw(results))
        finally:
            files.drop()
    if not out:
        print(markdown(results, notes))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Draws the log of train.py: the loss on answers, and the share of held-out questions answered.

plot_loss.py LOG.jsonl OUT.svg
"""

import json
import math
import pathlib
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 360, 56, 56, 34, 40
LOSSES = [0.01, 0.03, 0.1, 0.3, 1, 3, 10]
STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #1f2328; }
    .quiet { fill: #59636e; } .grid { stroke: #d1d9e0; }
    .loss { fill: none; stroke: #2f6f9f; stroke-width: 1.5; }
    .each { fill: #2f6f9f; fill-opacity: 0.25; }
    .right { fill: none; stroke: #2a7f62; stroke-width: 2; } .dot { fill: #2a7f62; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; } .quiet { fill: #9198a1; } .grid { stroke: #3d444d; }
      .loss { stroke: #6cb2e2; } .each { fill: #6cb2e2; }
      .right { stroke: #45b08c; } .dot { fill: #45b08c; }
    }"""


class Axes:
    def __init__(self, steps, losses):
        self.steps = steps
        self.low, self.high = math.log(min(losses)) - 0.1, math.log(max(losses)) + 0.1

    def x(self, step):
        return LEFT + (WIDTH - LEFT - RIGHT) * step / self.steps

    def y(self, share):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    def y_of_loss(self, loss):
        return self.y((math.log(loss) - self.low) / (self.high - self.low))


def smoothed(values, keep=0.95):
    """A moving average in the logarithm, which starts at the first value."""
    kept, average = [], math.log(values[0])
    for i, value in enumerate(values):
        share = min(keep, i / (i + 1))
        average = share * average + (1 - share) * math.log(value)
        kept.append(math.exp(average))
    return kept


def path(name, points):
    return (
        f'  <polyline class="{name}" points="'
        + " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        + '"/>'
    )


def text(x, y, anchor, words, quiet=True):
    quiet = ' class="quiet"' if quiet else ""
    return f'  <text{quiet} x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{words}</text>'


def grid(axes):
    for loss in LOSSES:
        if axes.low <= math.log(loss) <= axes.high:
            y = axes.y_of_loss(loss)
            ends = f'x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
            yield f'  <line class="grid" {ends}/>'
            yield text(LEFT - 6, y + 4, "end", loss)
    for percent in range(0, 101, 20):
        yield text(WIDTH - RIGHT + 6, axes.y(percent / 100) + 4, "start", f"{percent} %")
    every = 10 ** math.floor(math.log10(axes.steps)) // 2
    for step in range(0, axes.steps + 1, every):
        yield text(axes.x(step), HEIGHT - BOTTOM + 18, "middle", step)
    yield text(LEFT, 20, "start", "loss on answers, nats per token (blue)", quiet=False)
    yield text(WIDTH - RIGHT, 20, "end", "held-out questions answered exactly (green)", quiet=False)
    yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", "step")


def draw(log):
    losses = [entry["answers"] for entry in log]
    axes = Axes(log[-1]["step"], losses)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="The loss while it was trained">',
        f"  <style>{STYLE}\n  </style>",
        *grid(axes),
    ]
    for entry in log[:: max(1, len(log) // 400)]:
        x, y = axes.x(entry["step"]), axes.y_of_loss(entry["answers"])
        parts.append(f'  <circle class="each" cx="{x:.1f}" cy="{y:.1f}" r="1.5"/>')
    average = smoothed(losses)
    parts.append(
        path("loss", [(axes.x(e["step"]), axes.y_of_loss(a)) for e, a in zip(log, average)])
    )
    judged = [(e["step"], sum(e["right"].values()) / len(e["right"])) for e in log if "right" in e]
    parts.append(path("right", [(axes.x(step), axes.y(share)) for step, share in judged]))
    for step, share in judged:
        parts.append(
            f'  <circle class="dot" cx="{axes.x(step):.1f}" cy="{axes.y(share):.1f}" r="3"/>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main():
    log = [json.loads(line) for line in open(sys.argv[1])]
    pathlib.Path(sys.argv[2]).write_text(draw(log))


if __name__ == "__main__":
    main()

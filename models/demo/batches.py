"""Texts as rows of tokens, whole conversations packed side by side."""

import torch
from corpus import mixture
from corpus.chooser import Chooser


def batch(encoder, seed, step, rows, length):
    """The batch of a step, the same whenever it is made: ids, weights, documents [rows, length]."""
    chooser = Chooser(f"{seed} {step}")
    likely = mixture.weights(step)
    names, likely = list(likely), list(likely.values())
    filled = [([], [], []) for _ in range(rows)]
    misses, document = 0, 1
    while misses < 8:
        name = chooser.choices(names, likely)[0]
        ids, weights = encoder.weighted(mixture.example(chooser, name))
        row = next((row for row in filled if len(row[0]) + len(ids) <= length), None)
        if row is None:
            misses += 1
            continue
        row[0].extend(ids)
        row[1].extend([0.0] + weights[1:])
        row[2].extend([document] * len(ids))
        document += 1
    padded = [[part + [0] * (length - len(part)) for part in row] for row in filled]
    ids, weights, documents = zip(*padded)
    return torch.tensor(ids), torch.tensor(weights), torch.tensor(documents)

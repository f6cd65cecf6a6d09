"""Random choices of the corpus, each either for training or held out of it.

What is held out is decided by what is chosen, not by when: the last phrasing of every list, and one
in 16 of all combinations (by a hash), never reach the training text in any skill.
"""

import hashlib
import random


def is_held_out(*combination):
    """Whether this combination (an operation and its numbers, say) is kept for the test."""
    digest = hashlib.sha256(repr(combination).encode()).digest()
    return digest[0] % 16 == 0


class Chooser(random.Random):
    """A seeded source of choices; `held_out` says for which side it chooses."""

    def __init__(self, seed, held_out=False):
        super().__init__(seed)
        self.held_out = held_out

    def phrasing(self, phrasings):
        """One of the ways to say something; the last of the list is for the test alone."""
        return phrasings[-1] if self.held_out else self.choice(phrasings[:-1])

    def combination(self, draw):
        """The first of draw() that belongs to this side."""
        while True:
            drawn = draw()
            if is_held_out(drawn) == self.held_out:
                return drawn

    def chance(self, probability):
        return self.random() < probability

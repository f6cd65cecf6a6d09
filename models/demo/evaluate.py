#!/usr/bin/env python3
"""How many questions a model file answers exactly, by skill, read by freshet itself.

    evaluate.py FRESHET MODEL.gguf [--questions N] [--misses N]

Writes a Markdown table. Needs the tokenizers package alone.
"""

import argparse
import array
import pathlib
import subprocess
import sys

from corpus import mixture
from encoder import Encoder
from judge import SKILLS, agrees, answer_span
from tokenizers import Tokenizer

SEED = 77
TOKENIZER = pathlib.Path(__file__).parent / "tokenizer.json"
ABOUT = {
    "digits": "sums, differences, products, divisions",
    "words": "the same, asked in words",
    "follow-up": '"And plus 5?"',
    "story": "sums told as a story",
    "compare": "which is larger, smaller",
    "counting": "what comes next, counting up",
    "even and odd": "is it even, is it odd",
    "too large": "says that it is too much",
    "list": "reverse, sort, first, last, count, longest, shortest",
    "ordinal": "the third of a list",
    "contains": "is it in the list",
    "add and remove": "adds to a list, removes from it",
    "repeat": "says the same words",
    "list of numbers": "sort, largest, smallest, reverse, count",
    "list follow-up": '"And in reverse?"',
    "freshet: terms": "what a term of the architecture means",
    "freshet: commands": "what a command does",
    "freshet: tasks": "which command one needs",
    "freshet: examples": "how a command is called",
    "freshet: follow-up": '"Show me an example."',
    "freshet: flags": "what a flag does",
    "freshet: flag for a task": "which flag one needs",
    "freshet: facts": "what else there is to know",
    "everyday: topics": "one to three sentences, and more",
    "everyday: questions": "colours, days, tea and eggs",
    "everyday: words": "opposites, kinds of things, days in order",
    "other topics": "says that it knows little of it",
    "memory": "the user's name and favourites",
    "manners": "greetings, thanks, who it is",
    "refusal": "says that it does not know",
    "tool calls": "the right tool, the right arguments",
    "tool results": "tells what the tool found",
    "tools not needed": "answers without them",
}


class Freshet:
    def __init__(self, program, model, n_vocab):
        self.command = [program, "logits", "-m", model, "-t", "1", "-o", "-", "--ids"]
        self.n_vocab = n_vocab

    def likely(self, ids):
        """The most likely token after each of ids."""
        command = [*self.command, ",".join(map(str, ids))]
        raw = array.array("f", subprocess.run(command, capture_output=True, check=True).stdout)
        rows = (raw[i : i + self.n_vocab] for i in range(0, len(raw), self.n_vocab))
        return [row.index(max(row)) for row in rows]


def show_miss(encoder, conversation, ids, likely):
    first, end = answer_span(encoder, ids)
    decode = encoder.tokenizer.decode
    print(
        f"{conversation.messages[-2].get('content')!r}\n  expected {decode(ids[first:end])!r}\n"
        f"  likely   {decode(likely[first - 1 : end - 1])!r}",
        file=sys.stderr,
    )


def n_right(freshet, encoder, conversations, misses):
    """How many are answered exactly; shows some of the others."""
    right = 0
    for conversation in conversations:
        ids = encoder.ids(conversation.render())
        likely = freshet.likely(ids)
        if agrees(encoder, ids, likely):
            right += 1
        elif misses > 0:
            misses -= 1
            show_miss(encoder, conversation, ids, likely)
    return right


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("freshet")
    parser.add_argument("model")
    parser.add_argument("--questions", type=int, default=100, help="of each skill; default 100")
    parser.add_argument(
        "--misses", type=int, default=0, help="show this many wrong answers per skill"
    )
    args = parser.parse_args()
    encoder = Encoder(Tokenizer.from_file(str(TOKENIZER)))
    freshet = Freshet(args.freshet, args.model, encoder.tokenizer.get_vocab_size())
    print(f"| skill | | held out, % of {args.questions} | as trained, % |\n|---|---|---:|---:|")
    shares = []
    for skill in SKILLS:
        rights = []
        for held_out in (True, False):
            made = mixture.test_conversations(SEED, skill, args.questions, held_out)
            misses = args.misses if held_out else 0
            rights.append(n_right(freshet, encoder, made, misses) / args.questions)
        shares.append(rights)
        print(f"| {skill} | {ABOUT[skill]} | {rights[0]:.0%} | {rights[1]:.0%} |", flush=True)
    means = [sum(column) / len(SKILLS) for column in zip(*shares)]
    print(f"| mean | | {means[0]:.0%} | {means[1]:.0%} |")


if __name__ == "__main__":
    main()

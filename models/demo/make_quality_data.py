#!/usr/bin/env python3
"""Writes what tests/quality holds the model to.

    make_quality_data.py FRESHET MODEL.gguf OUT_DIR

known_questions.json: held-out questions of every skill that the model answers exactly, with the
answers. held_out.txt: held-out conversations, for perplexity.
"""

import json
import pathlib
import sys

from corpus import mixture
from corpus.conversation import content_of
from encoder import Encoder
from evaluate import TOKENIZER, Freshet
from judge import SKILLS, agrees
from tokenizers import Tokenizer

SEED = 99
PER_SKILL, TRIED = 2, 40
TEXTS = 160


def entry(skill, conversation):
    made = {"skill": skill, "messages": conversation.messages[:-1]}
    if conversation.tools:
        made["tools"] = conversation.tools
    return {**made, "answer": content_of(conversation.messages[-1])}


def known_questions(freshet, encoder):
    for skill in SKILLS:
        found = 0
        for conversation in mixture.test_conversations(SEED, skill, TRIED):
            ids = encoder.ids(conversation.render())
            if found < PER_SKILL and agrees(encoder, ids, freshet.likely(ids)):
                found += 1
                yield entry(skill, conversation)


def held_out_text():
    """Conversations of all skills but those with tools, whose declarations would be most of it."""
    skills = [skill for skill in SKILLS if not skill.startswith("tool")]
    texts = [mixture.test_conversations(SEED, skill, 1 + TEXTS // len(skills)) for skill in skills]
    return "".join(c.render().removeprefix("<|startoftext|>") for row in zip(*texts) for c in row)


def main():
    program, model, out = sys.argv[1:]
    encoder = Encoder(Tokenizer.from_file(str(TOKENIZER)))
    freshet = Freshet(program, model, encoder.tokenizer.get_vocab_size())
    out = pathlib.Path(out)
    questions = list(known_questions(freshet, encoder))
    (out / "known_questions.json").write_text(json.dumps(questions, indent=1) + "\n")
    (out / "held_out.txt").write_text(held_out_text())
    print(f"{len(questions)} questions of {len(SKILLS)} skills")


if __name__ == "__main__":
    main()

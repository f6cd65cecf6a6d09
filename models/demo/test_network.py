#!/usr/bin/env python3
"""Whether the exported model is the official one, and the corpus what the template makes.

    test_network.py OUT_DIR

OUT_DIR is that of train.py, after export.py.
"""

import pathlib
import sys

import torch
from corpus import mixture
from export import load
from transformers import AutoTokenizer, Lfm2MoeForCausalLM

MOST = 1e-4  # of the logits' standard deviation


def rounded(network):
    """With the weights that export.py writes in bfloat16 rounded likewise."""
    for name, p in network.named_parameters():
        if name.endswith(("proj", "gate_up", "down", "embedding")):
            p.data = p.data.bfloat16().float()
    return network.eval()


@torch.no_grad()
def main():
    folder = pathlib.Path(sys.argv[1])
    network = rounded(load(folder / "checkpoint.pt"))
    official = Lfm2MoeForCausalLM.from_pretrained(folder / "hf", dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder / "hf")
    worst = 0
    for skill in mixture.SKILLS:
        for conversation in mixture.test_conversations(9, skill, 3):
            text = conversation.render()
            templated = tokenizer.apply_chat_template(
                conversation.messages, tools=conversation.tools or None, tokenize=False
            )
            assert templated == text, f"the template writes\n{templated}\nthe corpus\n{text}"
            ids = torch.tensor([tokenizer(text, add_special_tokens=False).input_ids])
            ours, theirs = network(ids, torch.ones_like(ids)), official(ids).logits
            worst = max(worst, ((ours - theirs).abs().max() / theirs.std()).item())
    assert worst < MOST, f"logits differ by {worst} of their deviation"
    print(f"the official model's logits, within {worst:.1e} of their deviation")


if __name__ == "__main__":
    main()

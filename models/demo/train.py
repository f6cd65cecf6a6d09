#!/usr/bin/env python3
"""Trains the model: checkpoints and a log in OUT_DIR, from where it was stopped if it was.

    train.py OUT_DIR [--steps N] [--threads N] [--dtype bfloat16|float32]

The rate is high for the first steps; then it begins lower and falls in a line to zero at the last.
"""

import argparse
import json
import pathlib
import time

import torch
import torch.nn.functional as F
from batches import batch
from encoder import Encoder
from judge import held_out_accuracy, torch_judge
from muon import Muon
from network import Network
from tokenizers import Tokenizer

SEED = 5
ROWS, LENGTH = 8, 512
WARM_UP, HIGH, THEN = 40, 300, 0.6
MUON_RATE, ADAM_RATE, ROUTER_RATE, BALANCE_RATE = 0.02, 0.004, 0.002, 0.002


def optimizers(network):
    """Muon for the matrices between the layers; Adam for the embedding, norms, taps, routers."""
    matrices, routers, others = [], [], []
    for name, p in network.named_parameters():
        last = name.rsplit(".", 1)[-1]
        if last == "router":
            routers.append(p)
        elif last.endswith(("proj", "gate_up", "down")):
            matrices.append(p)
        else:
            others.append(p)
    adam = torch.optim.AdamW(
        [{"params": others, "lr": ADAM_RATE}, {"params": routers, "lr": ROUTER_RATE}],
        betas=(0.9, 0.95),
        eps=1e-8,
        weight_decay=0.0,
    )
    made = [Muon(matrices, lr=MUON_RATE, weight_decay=0.05), adam]
    for optimizer in made:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return made


def rate(step, steps):
    """The share of the peak rate."""
    if step < HIGH:
        return min(1.0, (step + 1) / WARM_UP)
    return THEN * (steps - step) / (steps - HIGH)


def loss_of(network, ids, weights, documents, dtype):
    logits = network(ids, documents, dtype)[:, :-1].flatten(0, 1).float()
    losses = F.cross_entropy(logits, ids[:, 1:].flatten(), reduction="none")
    weights = weights[:, 1:].flatten()
    answers = losses.detach()[weights == 1].mean().item()
    return (losses * weights).sum() / weights.sum(), answers


def save(folder, network, made, step, seconds):
    state = {
        "network": network.state_dict(),
        "step": step,
        "seconds": seconds,
        "optimizers": [optimizer.state_dict() for optimizer in made],
    }
    torch.save(state, folder / "checkpoint.tmp")
    (folder / "checkpoint.tmp").rename(folder / "checkpoint.pt")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, metavar="OUT_DIR")
    parser.add_argument("--steps", type=int, default=2800)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--dtype", default="bfloat16", choices=["bfloat16", "float32"])
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(SEED)
    encoder = Encoder(Tokenizer.from_file(str(args.folder / "tokenizer.json")))
    network, dtype = Network(), getattr(torch, args.dtype)
    made, first, seconds = optimizers(network), 0, 0.0
    if (args.folder / "checkpoint.pt").exists():
        state = torch.load(args.folder / "checkpoint.pt")
        network.load_state_dict(state["network"])
        for optimizer, saved in zip(made, state["optimizers"]):
            optimizer.load_state_dict(saved)
        first, seconds = state["step"], state["seconds"]
    log = open(args.folder / "log.jsonl", "a")
    started = time.time() - seconds
    for step in range(first, args.steps):
        share = rate(step, args.steps)
        for optimizer in made:
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * share
        loss, answers = loss_of(network, *batch(encoder, SEED, step, ROWS, LENGTH), dtype)
        loss.backward()
        adam_parameters = [p for group in made[1].param_groups for p in group["params"]]
        torch.nn.utils.clip_grad_norm_(adam_parameters, 1.0)
        for optimizer in made:
            optimizer.step()
            optimizer.zero_grad()
        uneven = max((m.load.max() / m.load.mean()).item() for m in network.mixtures())
        for mixture in network.mixtures():
            mixture.balance(BALANCE_RATE * share)
        entry = {
            "step": step + 1,
            "loss": round(loss.item(), 4),
            "answers": round(answers, 4),
            "rate": round(share, 3),
            "uneven": round(uneven, 3),
            "seconds": round(time.time() - started, 1),
        }
        if (step + 1) % 200 == 0 or step + 1 == args.steps:
            entry["right"] = held_out_accuracy(torch_judge(network, encoder, dtype), SEED, n=8)
        log.write(json.dumps(entry) + "\n")
        log.flush()
        if (step + 1) % 25 == 0 or step + 1 == args.steps:
            save(args.folder, network, made, step + 1, time.time() - started)


if __name__ == "__main__":
    main()

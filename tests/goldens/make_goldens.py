#!/usr/bin/env python3
"""Writes models/<name>.gguf, models/<name>.logits.bin and manifest.json.

The logits are transformers' own, float32 on the CPU. Before anything is written the script makes
sure that the goldens can tell a wrong engine from a right one: no token's choice of experts is a
near-tie, every part of the network moves the logits, and reference_forward.py agrees.
"""

import hashlib
import importlib.metadata
import json
import pathlib
import re
from contextlib import contextmanager

import numpy as np
import torch
import transformers

import golden_gguf
from golden_models import CONFIGS, build
from reference_forward import Forward

SEED = 20261120
LENGTHS = [1, 2, 5, 17, 70, 130]
MIN_GAP = 5e-3  # between the last expert chosen and the first refused
MIN_EFFECT = 0.01  # of the logits' deviation, for every part that is switched off
AGREEMENT = 1e-4  # of the logits' deviation, between transformers and reference_forward.py
HERE = pathlib.Path(__file__).parent


def run(model, ids):
    """(logits [T, vocab], [router logits [T, experts] per mixture layer])"""
    routers = []
    hooks = [
        module.register_forward_hook(lambda _, __, output: routers.append(output[0]))
        for name, module in model.named_modules()
        if name.endswith("feed_forward.gate")
    ]
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False).logits[0]
    for hook in hooks:
        hook.remove()
    return logits.numpy(), routers


def gaps(model, routers):
    """Distance in p + bias between the last expert chosen and the first refused, [layers, T]."""
    config, found = model.config, []
    mixtures = [m.feed_forward for m in model.model.layers if hasattr(m.feed_forward, "experts")]
    for block, router in zip(mixtures, routers, strict=True):
        score = (router.sigmoid() + block.expert_bias).sort(dim=-1, descending=True).values
        used = config.num_experts_per_tok
        found.append((score[:, used - 1] - score[:, used]).numpy())
    return np.array(found)


def choose_tokens(model, rng, length):
    """Random ids, the first BOS; one whose experts are nearly tied anywhere is drawn again."""
    ids, smallest = [], np.inf
    while len(ids) < length:
        token = int(rng.integers(0, model.config.vocab_size)) if ids else 1
        if hasattr(model.config, "num_experts"):
            gap = gaps(model, run(model, ids + [token])[1])[:, -1].min()
            assert ids or gap >= MIN_GAP, "BOS itself is nearly tied: take another seed"
            if gap < MIN_GAP:
                continue
            smallest = min(smallest, float(gap))
        ids.append(token)
    return ids, smallest


def kept_positions(length):
    """All of a short sequence; of a long one every seventh, the last, and those around 64 and 128."""
    if length <= 17:
        return list(range(length))
    near_borders = {63, 64, 65, 127, 128, length - 1}
    return sorted({*range(0, length, 7), *(p for p in near_borders if p < length)})


def parts(model):
    """(what, tensor, its value when that part of the network is switched off)"""
    for i, layer in enumerate(model.model.layers):
        ffn = layer.feed_forward
        down = ffn.experts.down_proj if hasattr(ffn, "experts") else ffn.w2.weight
        yield f"{i}.feed_forward", down, torch.zeros(())
        yield f"{i}.operator_norm", layer.operator_norm.weight, torch.ones(())
        yield f"{i}.ffn_norm", layer.ffn_norm.weight, torch.ones(())
        if hasattr(ffn, "experts"):
            yield f"{i}.expert_bias", ffn.expert_bias, torch.zeros(())
            yield f"{i}.router", ffn.gate.weight, torch.zeros(())
        if layer.is_attention_layer:
            yield f"{i}.attention", layer.self_attn.out_proj.weight, torch.zeros(())
            yield f"{i}.q_norm", layer.self_attn.q_layernorm.weight, torch.ones(())
            yield f"{i}.k_norm", layer.self_attn.k_layernorm.weight, torch.ones(())
        else:
            yield f"{i}.conv", layer.conv.out_proj.weight, torch.zeros(())
            for tap in range(3):
                yield f"{i}.tap{tap}", layer.conv.conv.weight.data[:, :, tap], torch.zeros(())
    yield "final_norm", model.model.embedding_norm.weight, torch.ones(())
    inverse = model.model.rotary_emb if hasattr(model.model, "rotary_emb") else model.model.pos_emb
    yield "rope", inverse.inv_freq, torch.zeros(())


@contextmanager
def switched_off(tensor, value):
    saved = tensor.detach().clone()
    tensor.data.copy_(value.expand_as(tensor))
    yield
    tensor.data.copy_(saved)


def weakest_part(model, ids, logits, std):
    """(effect, name) of the part whose absence moves the logits least, root mean square over std."""
    found = []
    for name, tensor, value in parts(model):
        with switched_off(tensor, value):
            change = run(model, ids)[0] - logits
        found.append((float(np.sqrt(np.mean(change**2)) / std), name))
    assert (run(model, ids)[0] == logits).all()
    return min(found)


def check_exact(model, weights):
    """The file holds the very weights the logits come from, and F16 and BF16 could hold them too."""
    for gguf_name, hf_name, values in golden_gguf.gguf_tensors(model):
        assert (weights.tensor(gguf_name) == values).all(), gguf_name
        if golden_gguf.is_quantised(hf_name):
            assert (values.astype(np.float16) == values).all(), gguf_name
            assert (values.view(np.uint32) & 0xFFFF == 0).all(), gguf_name  # BF16 drops these bits


def make_model(name, config, seed, folder):
    """Writes one model's two files and returns its entry of the manifest."""
    model = build(config, seed)
    rng = np.random.default_rng([seed, 1])
    golden_gguf.write(folder / f"{name}.gguf", name, model)
    forward = Forward(folder / f"{name}.gguf")
    check_exact(model, forward.weights)

    sequences, rows, smallest, disagreement, offset = [], [], np.inf, 0.0, 0
    for length in LENGTHS:
        ids, gap = choose_tokens(model, rng, length)
        logits = run(model, ids)[0]
        smallest = min(smallest, gap)
        disagreement = max(disagreement, float(np.abs(forward.logits(ids) - logits).max()))
        positions = kept_positions(length)
        sequences.append({"ids": ids, "positions": positions, "offset": offset})
        rows.append(logits[positions])
        offset += rows[-1].size
    std = float(np.concatenate(rows).std())
    effect, part = weakest_part(model, ids, logits, std)
    print(
        f"{name}: logit std {std:.3f}, smallest gap {smallest:.2e}, reference off by "
        f"{disagreement / std:.1e} std, weakest part {part} {effect:.3f} std"
    )
    assert smallest >= MIN_GAP and effect >= MIN_EFFECT and disagreement <= AGREEMENT * std
    np.concatenate(rows).astype("<f4").tofile(folder / f"{name}.logits.bin")
    return {
        "name": name,
        "file": f"models/{name}.gguf",
        "logits": f"models/{name}.logits.bin",
        "shape": shape_summary(model),
        "logit_std": std,
        "smallest_expert_gap": smallest if np.isfinite(smallest) else None,
        "reference_disagreement_in_std": disagreement / std,
        "weakest_part": {"name": part, "effect_in_std": effect},
        "sequences": sequences,
    }


def shape_summary(model):
    config = model.config
    names = ["model_type", "hidden_size", "num_attention_heads", "num_key_value_heads"]
    names += ["num_hidden_layers", "vocab_size", "num_dense_layers", "intermediate_size"]
    names += ["num_experts", "num_experts_per_tok", "moe_intermediate_size"]
    summary = {name: getattr(config, name) for name in names if hasattr(config, name)}
    if config.model_type == "lfm2":
        summary["intermediate_size"] = model.model.layers[0].feed_forward.w1.out_features
    kinds = enumerate(config.layer_types)
    summary["attention_layers"] = [i for i, kind in kinds if kind == "full_attention"]
    summary["rope_theta"] = config.rope_parameters["rope_theta"]
    summary["parameters"] = sum(p.numel() for p in model.parameters())
    return summary


def main():
    torch.set_num_threads(1)
    folder = HERE / "models"
    folder.mkdir(exist_ok=True)
    models = [
        make_model(name, config, SEED + i, folder) for i, (name, config) in enumerate(CONFIGS.items())
    ]
    binaries = sorted([*folder.iterdir(), *(HERE / "formats").iterdir()])
    manifest = {
        "made_by": "make_goldens.py",
        "seed": SEED,
        "versions": {m.__name__: m.__version__ for m in (torch, transformers, np)}
        | {"gguf": importlib.metadata.version("gguf")},
        "tolerance": "an engine's float32 logits differ from these by at most 1e-4 x logit_std",
        "sha256": {
            str(p.relative_to(HERE)): hashlib.sha256(p.read_bytes()).hexdigest() for p in binaries
        },
        "models": models,
    }
    text = json.dumps(manifest, indent=1)
    (HERE / "manifest.json").write_text(compact_lists(text) + "\n")


def compact_lists(text):
    """Lists of numbers on one line."""
    return re.sub(r"\[[\d,\s]+\]", lambda found: " ".join(found.group().split()), text)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes a checkpoint as the Hugging Face folder that tools/convert_hf.py and transformers read.

    export.py OUT_DIR

OUT_DIR is the folder of train.py; the model appears in OUT_DIR/hf. Weights are bfloat16; norms,
taps, routers and biases keep their 32 bits.
"""

import json
import pathlib
import shutil
import sys

import torch
from network import Attention, Mixture, Network
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
CARD = """---
license: mit
model_name: freshet demo
model_description: The model in the box of freshet, trained on text of the project
---
"""


def config(s):
    return {
        "architectures": ["Lfm2MoeForCausalLM"],
        "model_type": "lfm2_moe",
        "vocab_size": s.vocabulary,
        "hidden_size": s.hidden,
        "num_hidden_layers": len(s.attention),
        "num_attention_heads": s.heads,
        "num_key_value_heads": s.kv_heads,
        "layer_types": ["full_attention" if yes else "conv" for yes in s.attention],
        "intermediate_size": s.dense_width,
        "moe_intermediate_size": s.expert_width,
        "num_experts": s.experts,
        "num_experts_per_tok": s.used,
        "num_dense_layers": s.dense_layers,
        "use_expert_bias": True,
        "norm_topk_prob": True,
        "routed_scaling_factor": 1.0,
        "conv_L_cache": s.taps,
        "conv_bias": False,
        "norm_eps": s.epsilon,
        "rope_parameters": {"rope_type": "default", "rope_theta": s.theta},
        "max_position_embeddings": s.context,
        "tie_word_embeddings": True,
        "bos_token_id": 1,
        "eos_token_id": 7,
        "pad_token_id": 0,
        "dtype": "bfloat16",
    }


def layer_tensors(layer):
    """(name after model.layers.N., tensor)."""
    yield "operator_norm.weight", layer.mixer_norm.weight
    yield "ffn_norm.weight", layer.ffn_norm.weight
    mixer, ffn = layer.mixer, layer.ffn
    if isinstance(mixer, Attention):
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            yield f"self_attn.{name}.weight", getattr(mixer, name).bfloat16()
        yield "self_attn.q_layernorm.weight", mixer.q_norm.weight
        yield "self_attn.k_layernorm.weight", mixer.k_norm.weight
    else:
        yield "conv.in_proj.weight", mixer.in_proj.bfloat16()
        yield "conv.out_proj.weight", mixer.out_proj.bfloat16()
        yield "conv.conv.weight", mixer.taps[:, None]
    if isinstance(ffn, Mixture):
        yield "feed_forward.gate.weight", ffn.router
        yield "feed_forward.expert_bias", ffn.bias
        places = [
            (f"feed_forward.experts.{e}", ffn.gate_up[e], ffn.down[e]) for e in range(len(ffn.bias))
        ]
    else:
        places = [("feed_forward", ffn.gate_up, ffn.down)]
    for place, gate_up, down in places:
        gate, up = gate_up.bfloat16().chunk(2)
        yield f"{place}.w1.weight", gate
        yield f"{place}.w3.weight", up
        yield f"{place}.w2.weight", down.bfloat16()


def tensors(network):
    named = {
        "model.embed_tokens.weight": network.embedding.bfloat16(),
        "model.embedding_norm.weight": network.norm.weight,
    }
    for i, layer in enumerate(network.layers):
        named |= {f"model.layers.{i}.{name}": t for name, t in layer_tensors(layer)}
    return {name: t.detach().contiguous().clone() for name, t in named.items()}


def load(checkpoint):
    network = Network()
    network.load_state_dict(torch.load(checkpoint)["network"])
    return network


def main():
    folder = pathlib.Path(sys.argv[1])
    out = folder / "hf"
    out.mkdir(exist_ok=True)
    network = load(folder / "checkpoint.pt")
    save_file(tensors(network), out / "model.safetensors", metadata={"format": "pt"})
    generation = {"do_sample": False, "bos_token_id": 1, "eos_token_id": 7, "pad_token_id": 0}
    for name, value in [("config", config(network.shape)), ("generation_config", generation)]:
        (out / f"{name}.json").write_text(json.dumps(value, indent=2) + "\n")
    (out / "README.md").write_text(CARD)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(folder / name, out)
    shutil.copy(HERE / "chat_template.jinja", out)


if __name__ == "__main__":
    main()

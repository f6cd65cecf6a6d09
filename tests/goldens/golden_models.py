"""The small random models that the goldens come from: their shapes, and their weights.

Every matrix lies on a grid of 4-bit numbers, sixteen to a sign and scale: blocks of 32 weights
share one scale of five significant bits, so that each weight is exact in Q4_0, BF16, F16 and F32
alike. The file kept in the tree is the Q4_0 one (0.56 bytes a weight); expanded to any of the
other three it is the same model to the last bit.
"""

import numpy as np
import torch
from transformers import Lfm2Config, Lfm2ForCausalLM, Lfm2MoeConfig, Lfm2MoeForCausalLM

GRID = 32  # weights that share a scale


def layer_types(n_layers, attention):
    return ["full_attention" if i in attention else "conv" for i in range(n_layers)]


def common(hidden, heads, kv_heads, layers, attention, vocab, theta):
    return dict(
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        num_hidden_layers=layers,
        layer_types=layer_types(layers, attention),
        vocab_size=vocab,
        rope_parameters={"rope_type": "default", "rope_theta": theta},
        max_position_embeddings=1024,
        bos_token_id=1,
        eos_token_id=7,
        attn_implementation="eager",
    )


def moe(lead, dense, experts, used, width, **shape):
    return Lfm2MoeConfig(
        num_dense_layers=lead,
        intermediate_size=dense,
        num_experts=experts,
        num_experts_per_tok=used,
        moe_intermediate_size=width,
        **common(**shape),
    )


# GGUF has no key for this architecture's routed_scaling_factor, norm_topk_prob or use_expert_bias:
# the published models have 1.0, true and true, and so have these.
CONFIGS = {
    # Deep; four query heads on one; attention layers side by side and last; the width is what the
    # family's rule makes of block_ff_dim: 2/3 of 96.
    "dense-deep": Lfm2Config(
        block_ff_dim=96,
        block_multiple_of=32,
        **common(256, 4, 1, 8, {1, 2, 4, 5, 7}, vocab=288, theta=1e6),
    ),
    # Attention first; widths that no block of 256 weights divides.
    "dense-odd": Lfm2Config(
        block_ff_dim=224,
        block_auto_adjust_ff_dim=False,
        **common(128, 2, 1, 4, {0, 2}, vocab=272, theta=5e6),
    ),
    # No dense layer; a single head; two experts of eight.
    "moe-lead0": moe(
        0, 64, 8, 2, 96, hidden=64, heads=1, kv_heads=1, layers=4, attention={1, 2}, vocab=272, theta=1e6
    ),
    # Blocks of 256 weights fit all but the experts' down projection.
    "moe-lead1": moe(
        1, 256, 8, 4, 32, hidden=256, heads=4, kv_heads=2, layers=3, attention={1}, vocab=320, theta=1e6
    ),
    # The published models' plan: two dense layers, then attention.
    "moe-lead2": moe(
        2, 96, 16, 4, 32, hidden=128, heads=2, kv_heads=1, layers=5, attention={2, 4}, vocab=304, theta=5e6
    ),
}


def to_grid(values):
    """(scales, codes) of float [..., n]: scales [..., n/32, 1], codes 0..15 meaning scale * (code - 8).

    The largest weight of a block gets code 0, as in Q4_0, so what lies on the grid stays as it is.
    """
    blocks = values.reshape(*values.shape[:-1], -1, GRID)
    where = np.abs(blocks).argmax(axis=-1, keepdims=True)
    fraction, exponent = np.frexp(np.take_along_axis(blocks, where, axis=-1) / -8)
    scales = np.ldexp(np.round(fraction * 32) / 32, exponent).astype(np.float32)
    codes = np.clip(np.round(blocks / scales) + 8, 0, 15).astype(np.uint8)
    return scales, codes


def on_grid(values):
    scales, codes = to_grid(values)
    return (scales * (codes.astype(np.float32) - 8)).reshape(values.shape)


def spread(name, shape):
    """Standard deviation of a matrix: activations stay near one and every block is heard."""
    fan_in = shape[-1]
    if "embed_tokens" in name:
        return 0.2
    if name.endswith("gate.weight"):
        return 1.5 / np.sqrt(fan_in)
    if name.endswith("conv.conv.weight"):
        return 0.6
    if name.endswith(("out_proj.weight", "w2.weight", "down_proj")):
        return 0.8 / np.sqrt(fan_in)
    return 1.0 / np.sqrt(fan_in)


def is_quantised(name):
    """Whether a quantised file would quantise this tensor; the others are F32 in every file."""
    return not ("norm" in name or name.endswith(("expert_bias", ".gate.weight", "conv.conv.weight")))


def random_tensor(rng, name, shape):
    if "norm" in name:
        values = 1.0 + 0.2 * rng.standard_normal(shape)
    elif name.endswith("expert_bias"):
        values = 0.2 * rng.standard_normal(shape)
    else:
        values = spread(name, shape) * rng.standard_normal(shape)
    values = values.astype(np.float32)
    return on_grid(values) if is_quantised(name) else values


def build(config, seed):
    """The model of this config with random weights, float32, in evaluation mode."""
    kind = Lfm2MoeForCausalLM if isinstance(config, Lfm2MoeConfig) else Lfm2ForCausalLM
    model = kind(config).float().eval()
    rng = np.random.default_rng(seed)
    state = model.state_dict()
    with torch.no_grad():
        for name in sorted(state):
            if name != "lm_head.weight":  # tied to the embedding
                values = random_tensor(rng, name, tuple(state[name].shape))
                state[name].copy_(torch.from_numpy(values))
    assert model.lm_head.weight is model.model.embed_tokens.weight
    return model

#!/usr/bin/env python3
"""The LFM2 family's forward pass in numpy float64, straight from its formulas, for any GGUF file.

    reference_forward.py FILE --ids 1,2,3 -o OUT

writes the logits of every position as raw little-endian float32 [positions, vocab], which is what
`freshet logits` writes. Quantised tensors are dequantised (gguf.dequantize) and then used as
float64, so the answer is that of the dequantised weights with nothing else rounded. Slow and
plain on purpose: no cache, no chunks, one sequence from position 0.
"""

import argparse
import sys

import numpy as np
from gguf import GGUFReader, dequantize


class Weights:
    """Metadata and tensors of one GGUF file; tensors come as float64, dequantised when asked for."""

    def __init__(self, path):
        reader = GGUFReader(path)
        self.fields = reader.fields
        self.tensors = {tensor.name: tensor for tensor in reader.tensors}
        self.arch = self.fields["general.architecture"].contents()

    def key(self, name, default=None):
        """The value of `<arch>.<name>`; KeyError when it is absent and has no default."""
        field = self.fields.get(f"{self.arch}.{name}")
        if field is None and default is None:
            raise KeyError(f"{self.arch}.{name}")
        return default if field is None else field.contents()

    def tensor(self, name, expert=None):
        """float64 array, slowest dimension first ([out, in] for a matrix).

        Of a stack [experts, out, in], `expert` picks one matrix before it is dequantised.
        """
        found = self.tensors[name]
        data = found.data if expert is None else found.data[expert]
        return dequantize(np.ascontiguousarray(data), found.tensor_type).astype(np.float64)


def rms_norm(x, weight, eps):
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps) * weight


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def swiglu(x, gate, up, down):
    g = x @ gate.T
    return (g * sigmoid(g) * (x @ up.T)) @ down.T


def rope(x, theta):
    """x [T, heads, D]: dimension d turns with d + D/2 by the angle position * theta^(-2d/D)."""
    length, _, dim = x.shape
    half = dim // 2
    frequency = theta ** (-2.0 * np.arange(half) / dim)
    angle = (np.arange(length)[:, None] * frequency)[:, None, :]
    first, second = x[..., :half], x[..., half:]
    cos, sin = np.cos(angle), np.sin(angle)
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)


def short_conv(weights, prefix, u):
    """u [T, H] -> [T, H]: C * conv3(B * X); the last of the taps multiplies the current token."""
    gate_in, gate_out, x = np.split(u @ weights.tensor(prefix + "in_proj.weight").T, 3, axis=-1)
    taps = weights.tensor(prefix + "conv.weight")  # [H, L]
    n_taps = taps.shape[1]
    s = np.concatenate([np.zeros((n_taps - 1, u.shape[1])), gate_in * x])
    y = sum(taps[:, k] * s[k : k + len(u)] for k in range(n_taps))
    return (gate_out * y) @ weights.tensor(prefix + "out_proj.weight").T


class Forward:
    """One file's forward pass. `smallest_gap` is, over all tokens and mixture layers so far, the
    least distance in p + bias between the last expert chosen and the first refused: near-ties are
    where two correct engines may part."""

    def __init__(self, path):
        self.weights = Weights(path)
        key = self.weights.key
        self.heads = key("attention.head_count")
        self.kv_heads = key("attention.head_count_kv")  # per layer; 0 = convolution
        self.head_dim = key("attention.key_length", key("embedding_length") // self.heads)
        self.eps = key("attention.layer_norm_rms_epsilon")
        self.theta = key("rope.freq_base")
        self.smallest_gap = np.inf
        self.final_norm = "token_embd_norm.weight"
        if self.final_norm not in self.weights.tensors:
            self.final_norm = "output_norm.weight"
        self.head = "output.weight"
        if self.head not in self.weights.tensors:
            self.head = "token_embd.weight"

    def logits(self, ids):
        """float64 [len(ids), vocab]."""
        tensor = self.weights.tensor
        h = tensor("token_embd.weight")[np.asarray(ids)]
        for i, kv_heads in enumerate(self.kv_heads):
            blk = f"blk.{i}."
            u = rms_norm(h, tensor(blk + "attn_norm.weight"), self.eps)
            if kv_heads > 0:
                h = h + self.attention(blk, u, kv_heads)
            else:
                h = h + short_conv(self.weights, blk + "shortconv.", u)
            v = rms_norm(h, tensor(blk + "ffn_norm.weight"), self.eps)
            h = h + self.feed_forward(blk, v)
        return rms_norm(h, tensor(self.final_norm), self.eps) @ tensor(self.head).T

    def attention(self, blk, u, kv_heads):
        tensor, length = self.weights.tensor, len(u)

        def project(name, heads):
            return (u @ tensor(f"{blk}attn_{name}.weight").T).reshape(length, heads, self.head_dim)

        q, k, v = project("q", self.heads), project("k", kv_heads), project("v", kv_heads)
        q = rope(rms_norm(q, tensor(blk + "attn_q_norm.weight"), self.eps), self.theta)
        k = rope(rms_norm(k, tensor(blk + "attn_k_norm.weight"), self.eps), self.theta)
        future = np.triu(np.full((length, length), -np.inf), 1)
        out = np.empty_like(q)
        for head in range(self.heads):
            group = head // (self.heads // kv_heads)
            scores = q[:, head] @ k[:, group].T / np.sqrt(self.head_dim) + future
            p = np.exp(scores - scores.max(axis=-1, keepdims=True))
            out[:, head] = (p / p.sum(axis=-1, keepdims=True)) @ v[:, group]
        return out.reshape(length, -1) @ tensor(blk + "attn_output.weight").T

    def feed_forward(self, blk, v):
        tensor = self.weights.tensor
        if blk + "ffn_gate_inp.weight" in self.weights.tensors:
            return self.mixture(blk, v)
        return swiglu(v, *(tensor(f"{blk}ffn_{part}.weight") for part in ("gate", "up", "down")))

    def mixture(self, blk, v):
        """Chosen by sigmoid + bias, weighed by the sigmoids alone, which are made to sum to one."""
        tensor = self.weights.tensor
        p = sigmoid(v @ tensor(blk + "ffn_gate_inp.weight").T)  # [T, experts]
        score = p + tensor(blk + "exp_probs_b.bias")
        used = self.weights.key("expert_used_count")
        order = np.argsort(-score, axis=-1, kind="stable")  # equal scores: the lower index first
        ranked = np.take_along_axis(score, order, axis=-1)
        if used < ranked.shape[1]:
            self.smallest_gap = min(self.smallest_gap, (ranked[:, used - 1] - ranked[:, used]).min())
        chosen = order[:, :used]
        share = np.take_along_axis(p, chosen, axis=-1)
        share = share / (share.sum(axis=-1, keepdims=True) + 1e-6)
        out = np.zeros_like(v)
        for expert in np.unique(chosen):
            rows, slots = np.nonzero(chosen == expert)
            parts = (tensor(f"{blk}ffn_{p}_exps.weight", expert) for p in ("gate", "up", "down"))
            out[rows] += share[rows, slots, None] * swiglu(v[rows], *parts)
        return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("file", help="a GGUF file of architecture lfm2 or lfm2moe")
    parser.add_argument("--ids", required=True, help="token ids, separated by commas")
    parser.add_argument("-o", "--output", required=True, help="raw float32 [positions, vocab]")
    args = parser.parse_args()
    forward = Forward(args.file)
    logits = forward.logits([int(token) for token in args.ids.split(",")])
    logits.astype("<f4").tofile(args.output)
    print(f"{args.output}: {logits.shape[0]} positions x {logits.shape[1]}", file=sys.stderr)
    if np.isfinite(forward.smallest_gap):
        print(f"smallest gap between experts: {forward.smallest_gap:.2e}", file=sys.stderr)


if __name__ == "__main__":
    main()

"""The model as it is trained: the function of transformers' Lfm2MoeForCausalLM, without the cache.

Several conversations share a row of the batch; none sees another. Weights are float32; matrix
products are done in bfloat16 where `dtype` says so.
"""

import dataclasses

import torch
import torch.nn.functional as F
from torch import nn


@dataclasses.dataclass(frozen=True)
class Shape:
    """Every width is a multiple of 256, so that every weight format applies."""

    vocabulary: int = 2048
    hidden: int = 256
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    dense_width: int = 512
    expert_width: int = 256
    experts: int = 8
    used: int = 4
    dense_layers: int = 2
    attention: tuple = (False, False, True, False, True)
    taps: int = 3
    theta: float = 1e6
    epsilon: float = 1e-5
    context: int = 4096


def matrix(*shape, std):
    return nn.Parameter(torch.randn(*shape) * std)


class Norm(nn.Module):
    def __init__(self, width, epsilon):
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(width)), epsilon

    def forward(self, x):
        return F.rms_norm(x.float(), x.shape[-1:], self.weight, self.epsilon)


class ShortConvolution(nn.Module):
    """out(C * conv(B * X)); the last tap multiplies the token itself."""

    def __init__(self, s):
        super().__init__()
        self.in_proj = matrix(3 * s.hidden, s.hidden, std=s.hidden**-0.5)
        self.taps = matrix(s.hidden, s.taps, std=s.taps**-0.5)
        self.out_proj = matrix(s.hidden, s.hidden, std=0.5 * s.hidden**-0.5)

    def forward(self, x, pack):
        gate_in, gate_out, inner = F.linear(x, self.in_proj.to(x.dtype)).chunk(3, -1)
        inner = gate_in * inner
        taps = self.taps.to(x.dtype)
        mixed = inner * taps[:, -1]
        for back in range(1, taps.shape[1]):
            earlier = F.pad(inner, (0, 0, back, 0))[:, : inner.shape[1]]
            mixed = mixed + earlier * pack.same[back].to(x.dtype) * taps[:, -1 - back]
        return F.linear(gate_out * mixed, self.out_proj.to(x.dtype))


class Attention(nn.Module):
    """Grouped queries; queries and keys are normed per head, then turned (halves, as NeoX does)."""

    def __init__(self, s):
        super().__init__()
        self.shape = s
        width, kv_width = s.heads * s.head_dim, s.kv_heads * s.head_dim
        self.q_proj = matrix(width, s.hidden, std=s.hidden**-0.5)
        self.k_proj = matrix(kv_width, s.hidden, std=s.hidden**-0.5)
        self.v_proj = matrix(kv_width, s.hidden, std=s.hidden**-0.5)
        self.out_proj = matrix(s.hidden, width, std=0.5 * s.hidden**-0.5)
        self.q_norm, self.k_norm = Norm(s.head_dim, s.epsilon), Norm(s.head_dim, s.epsilon)

    def forward(self, x, pack):
        rows, length, _ = x.shape
        s = self.shape

        def heads(weight, n):
            return F.linear(x, weight.to(x.dtype)).view(rows, length, n, s.head_dim).transpose(1, 2)

        q = turn(self.q_norm(heads(self.q_proj, s.heads)), pack.angles).to(x.dtype)
        k = turn(self.k_norm(heads(self.k_proj, s.kv_heads)), pack.angles).to(x.dtype)
        v = heads(self.v_proj, s.kv_heads)
        k, v = (t.repeat_interleave(s.heads // s.kv_heads, dim=1) for t in (k, v))
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=pack.visible)
        return F.linear(seen.transpose(1, 2).reshape(rows, length, -1), self.out_proj.to(x.dtype))


def turn(x, angles):
    cos, sin = angles
    one, other = x.chunk(2, -1)
    return torch.cat([one * cos - other * sin, other * cos + one * sin], -1)


class Dense(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.gate_up = matrix(2 * s.dense_width, s.hidden, std=s.hidden**-0.5)
        self.down = matrix(s.hidden, s.dense_width, std=0.5 * s.dense_width**-0.5)

    def forward(self, x):
        gate, up = F.linear(x, self.gate_up.to(x.dtype)).chunk(2, -1)
        return F.linear(F.silu(gate) * up, self.down.to(x.dtype))


class Mixture(nn.Module):
    """Sigmoid scores; the best of score + bias are used, weighted by their share of the score.

    The bias takes no part in the gradient: balance() moves it so that all experts get work.
    """

    def __init__(self, s):
        super().__init__()
        self.used = s.used
        self.router = matrix(s.experts, s.hidden, std=s.hidden**-0.5)
        self.gate_up = matrix(s.experts, 2 * s.expert_width, s.hidden, std=s.hidden**-0.5)
        self.down = matrix(s.experts, s.hidden, s.expert_width, std=0.5 * s.expert_width**-0.5)
        self.register_buffer("bias", torch.zeros(s.experts))
        self.register_buffer("load", torch.zeros(s.experts), persistent=False)

    def forward(self, x):
        flat = x.reshape(-1, x.shape[-1])
        scores = torch.sigmoid(F.linear(flat.float(), self.router))
        chosen = torch.topk(scores.detach() + self.bias, self.used).indices
        shares = scores.gather(1, chosen)
        shares = (shares / (shares.sum(-1, keepdim=True) + 1e-6)).to(x.dtype)
        order = chosen.flatten().argsort(stable=True)
        load = torch.bincount(chosen.flatten(), minlength=self.bias.numel())
        if self.training:
            self.load += load
        gate_up, down = self.gate_up.to(x.dtype).unbind(0), self.down.to(x.dtype).unbind(0)
        parts = flat[order // self.used].split(load.tolist())
        made = []
        for e, part in enumerate(parts):
            gate, up = F.linear(part, gate_up[e]).chunk(2, -1)
            made.append(F.linear(F.silu(gate) * up, down[e]))
        back = torch.empty_like(order)
        back[order] = torch.arange(order.numel())
        made = torch.cat(made)[back].view(*chosen.shape, -1)
        return torch.bmm(shares.unsqueeze(1), made).view_as(x)

    def balance(self, rate):
        """One step of balancing without an auxiliary loss (Wang et al. 2024)."""
        self.bias += rate * torch.sign(self.load.mean() - self.load)
        self.load.zero_()


class Layer(nn.Module):
    def __init__(self, s, index):
        super().__init__()
        self.mixer_norm, self.ffn_norm = Norm(s.hidden, s.epsilon), Norm(s.hidden, s.epsilon)
        self.mixer = Attention(s) if s.attention[index] else ShortConvolution(s)
        self.ffn = Dense(s) if index < s.dense_layers else Mixture(s)

    def forward(self, h, pack, dtype):
        h = h + self.mixer(self.mixer_norm(h).to(dtype), pack)
        return h + self.ffn(self.ffn_norm(h).to(dtype))


class Pack:
    """What the layers must know of rows that hold several conversations.

    documents: [rows, length] int, a number per conversation.
    """

    def __init__(self, documents, shape):
        length = documents.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool).tril()
        self.visible = ((documents[:, None, :] == documents[:, :, None]) & causal)[:, None]
        self.same = {
            back: F.pad(documents[:, :-back] == documents[:, back:], (back, 0))[..., None]
            for back in range(1, shape.taps)
        }
        half = torch.arange(0, shape.head_dim, 2) / shape.head_dim
        angle = torch.arange(length)[:, None] * shape.theta ** -half[None]
        self.angles = (angle.cos(), angle.sin())


class Network(nn.Module):
    def __init__(self, shape=Shape()):
        super().__init__()
        self.shape = shape
        self.embedding = matrix(shape.vocabulary, shape.hidden, std=0.04)
        self.layers = nn.ModuleList(Layer(shape, i) for i in range(len(shape.attention)))
        self.norm = Norm(shape.hidden, shape.epsilon)

    def forward(self, ids, documents, dtype=torch.float32):
        """Logits [rows, length, vocabulary] of ids [rows, length]."""
        pack = Pack(documents, self.shape)
        h = F.embedding(ids, self.embedding)
        for layer in self.layers:
            h = layer(h, pack, dtype)
        return F.linear(self.norm(h).to(dtype), self.embedding.to(dtype))

    def mixtures(self):
        return [layer.ffn for layer in self.layers if isinstance(layer.ffn, Mixture)]

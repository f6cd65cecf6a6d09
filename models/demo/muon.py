"""Muon (Jordan et al. 2024): momentum whose matrices are made orthogonal before use."""

import torch


def orthogonal(updates):
    """Nearly orthogonal matrices of the same row and column spaces: [n, rows, columns].

    Five steps of a quintic Newton-Schulz iteration, in bfloat16.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = updates.bfloat16()
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return (x.mT if tall else x).float()


class Muon(torch.optim.Optimizer):
    """For matrices [rows, columns] and stacks of them; Nesterov momentum."""

    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for p in group["params"]:
                state = self.state[p]
                moving = state.setdefault("momentum", torch.zeros_like(p))
                moving.lerp_(p.grad, 1 - group["momentum"])
                update = p.grad.lerp(moving, group["momentum"])
                by_shape.setdefault(p.shape[-2:], []).append((p, update.view(-1, *p.shape[-2:])))
            for (rows, columns), members in by_shape.items():
                made = orthogonal(torch.cat([update for _, update in members]))
                scale = group["lr"] * max(1, rows / columns) ** 0.5
                for p, part in zip(
                    [p for p, _ in members], made.split([len(u) for _, u in members])
                ):
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                    p.sub_(part.view_as(p), alpha=scale)

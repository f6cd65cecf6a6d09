"""Which held-out questions a model answers exactly, under greedy decoding.

The answer is given, and each of its tokens compared with the most likely one after what comes
before it: greedy decoding writes the answer if and only if all of them agree.
"""

from corpus import mixture

# A story has no single right answer.
SKILLS = [skill for skill in mixture.SKILLS if skill != "story told"]


def answer_span(encoder, ids):
    """(first, end) of the last answer in ids, its end mark included."""
    n = len(encoder.begins)
    first = max(i for i in range(n, len(ids)) if ids[i - n : i] == encoder.begins)
    return first, ids.index(encoder.end, first) + 1


def agrees(encoder, ids, likely):
    """Whether likely[i], the most likely token after ids[i], is the answer all along."""
    first, end = answer_span(encoder, ids)
    return list(likely[first - 1 : end - 1]) == ids[first:end]


def torch_judge(network, encoder, dtype, at_once=16):
    """conversations -> [bool], by the network as it is trained."""
    import torch

    @torch.no_grad()
    def judge(conversations):
        network.eval()
        right = []
        for i in range(0, len(conversations), at_once):
            encoded = [encoder.ids(c.render()) for c in conversations[i : i + at_once]]
            length = max(map(len, encoded))
            ids = torch.tensor([e + [0] * (length - len(e)) for e in encoded])
            likely = network(ids, torch.ones_like(ids), dtype).argmax(-1).tolist()
            right += [agrees(encoder, e, row) for e, row in zip(encoded, likely)]
        network.train()
        return right

    return judge


def held_out_accuracy(judge, seed, n):
    """{skill: share of n held-out conversations that are answered exactly}."""
    return {skill: sum(judge(mixture.test_conversations(seed, skill, n))) / n for skill in SKILLS}

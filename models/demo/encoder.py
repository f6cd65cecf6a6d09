"""Texts as tokens, with what each token counts in the loss."""

from corpus.conversation import Prose

# What a token counts in the loss: what others say is learnt lightly, the lists of tools hardly.
ANSWER, ASKED, LISTED = 1.0, 0.15, 0.03


class Encoder:
    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.begins = self.ids("<|im_start|>assistant\n")
        self.end, self.listed, self.list_end = (
            tokenizer.token_to_id(t)
            for t in ("<|im_end|>", "<|tool_list_start|>", "<|tool_list_end|>")
        )

    def ids(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def weights_of_prose(self, ids, foretold):
        if not foretold:
            return [ANSWER] * len(ids)
        weights, within = [], False
        for text in map(self.tokenizer.id_to_token, ids):
            weights.append(ANSWER if within else ASKED)
            within = (within or text.endswith(foretold[0])) and not text.startswith(foretold[1])
        return weights

    def weighted(self, example):
        """(ids, weights) of a text; weights[i] is for predicting ids[i]."""
        ids = self.ids(example.render())
        if isinstance(example, Prose):
            return ids, self.weights_of_prose(ids, example.foretold)
        weights, answering, listing = [], False, False
        for i, token in enumerate(ids):
            listing = (listing or token == self.listed) and token != self.list_end
            weights.append(ANSWER if answering else LISTED if listing else ASKED)
            if ids[max(0, i + 1 - len(self.begins)) : i + 1] == self.begins:
                answering = True
            elif token == self.end:
                answering = False
        return ids, weights

#!/usr/bin/env python3
"""Writes tests/text/tokenizer_golden.json: what the official tokenizer library makes of texts.

    pip install tokenizers==0.23.3
    tests/text/make_tokenizer_golden.py tests/text/tokenizer_golden.json

A small byte-level BPE vocabulary is trained here with the family's split, over text that this script
holds or generates. A few whole words are then added that no merge leads to, so that `lfm2`
(ignore_merges off) and `llama-bpe` (on) differ. The training and all random choices are seeded.
"""
import json
import os
import random
import sys

os.environ["RAYON_NUM_THREADS"] = "1"  # the trainer's counts must not depend on the machine

import tokenizers  # noqa: E402
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: E402

SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
         r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5
CONTROL_TOKENS = ["<|pad|>", "<|startoftext|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>",
                  "<|tool|>", "<|tool|>_list", "<|tool"]
USER_TOKENS = ["snake", "two words"]
UNREACHABLE = ["Ġtokenizers", "Unreachable", "Ġ1234", "!?!?", "12", "ĠĠĠĠĠĠĠ", "Ã¤Ã¤Ã¤"]
VOCABULARY = 1600
PADDED = 1616

PARAGRAPHS = """
The river ran low that summer, and the boats lay on the mud like sleeping animals. "It's late," she said; "we're going, you've had enough, I'll drive, he'd rather stay, I'm sure they don't mind."
Der Fluß führte wenig Wasser, und die Boote lagen schräg im Schlamm. Überall hörte man Möwen; es roch nach Öl, Äpfeln und nassem Holz.
La rivière était basse cet été-là, et les bateaux dormaient sur la vase. C'était déjà l'été où l'on n'avait plus d'eau.
El río bajó mucho aquel año; los niños cruzaban a pie. ¿Quién lo hubiera dicho? ¡Qué calor!
Река обмелела тем летом, и лодки лежали на илистом берегу, как спящие звери.
Το ποτάμι είχε λίγο νερό εκείνο το καλοκαίρι, και οι βάρκες κοιμόντουσαν στη λάσπη.
कम बारिश के कारण उस साल नदी में पानी बहुत कम था और नावें कीचड़ में पड़ी थीं।
その夏、川の水は少なく、舟は泥の上で眠る獣のように横たわっていた。東京タワーは高さ３３３メートルです。
那年夏天河水很浅，船像沉睡的野兽一样躺在泥里。价格是１２３４５元。
그해 여름 강물은 얕았고, 배들은 잠든 짐승처럼 진흙 위에 누워 있었다.
كان النهر منخفضا في ذلك الصيف، والقوارب نائمة على الطين. الرقم ١٢٣٤٥٦.
בקיץ ההוא הנהר היה רדוד, והסירות שכבו על הבוץ.
แม่น้ำแห้งในฤดูร้อนนั้น เรือนอนอยู่บนโคลน ราคา ๑๒๓๔ บาท
Con sông cạn vào mùa hè năm ấy, những chiếc thuyền nằm trên bùn như những con thú đang ngủ.
""".strip().split("\n")

CODE = [
    "def fibonacci(n):\n    a, b = 0, 1\n    while a < n:\n        print(a, end=' ')\n        a, b = b, a + b\n    return a\n",
    "for (int i = 0; i < 100; ++i) {\n\tif (x[i] != y[i]) {\n\t\treturn -1;  // not equal\n\t}\n}\n",
    "SELECT name, COUNT(*) FROM users WHERE age >= 18 AND city = 'Łódź' GROUP BY name;\r\n",
    "{\"key\": [1, 2.5, -3e10, true, null], \"nested\": {\"a\": \"\\u00e9\"}}",
    "#include <vector>\n\ntemplate <class T>\nstd::vector<T> copy(const std::vector<T>& v) { return v; }\n",
    "$ ls -la /usr/share | grep '^d' && echo \"done\" >> log.txt\n",
    "<div class=\"box\"><p>Hello,&nbsp;world!</p></div>\n\n\n<!-- end -->\n",
]

TRICKY = [
    "", " ", "  ", "   ", "\n", "\r\n", "\r\n\r\n", " \n", "\n ", "a\n b", "a \n  \n b", "\t\tx", " \t x",
    "a  b   c    d", "x \u00a0y", "x\u3000 y", "\u2028\u2029", "a\u0085b", "a\u200bb", "\u180ea", "\x00\x01\x1c\x1f",
    "it's IT'S it'S we'RE We'Ve i'M you'LL he'D 'tis 'TWAS don't", "x'\u017f x'\u017fa '\u017f", "'", "''s", "'''", "'l 'v 'r 'lL",
    "o'clock rock'n'roll 'em", "1", "12", "123", "1234", "1234567", "12 34 567 8901", " 12", "3.14159", "1,000,000",
    "½ ⅓ Ⅷ ² ³ ①②③④", "٣٤٥٦", "१२३४५", "x1y2z3", "a_b-c.d/e\\f", "...!!!???", " ...", "  ...", "?\n\n\nx", " ?!\r\n\r\n y",
    "\U0001f600\U0001f601\U0001f602", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "👍🏽 ok", "e\u0301a\u0300", "한국어 조선말",
    "ŉ ǆ ß ﬁ ﬆ İ ı", "\u0378\u0379", "\U00010d4a\U00010d40", "\ufeffBOM", "\ufffd\ufffe", "\ue000\U000f0000", "\U0010ffff",
    "Unreachable words for tokenizers", "Unreachable", " tokenizers", "!?!?", "äää", " 1234", "12", "       x", "        ",
    "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n", "<|startoftext|>a", "a<|pad|><|pad|>b", "<|tool|>_list", "<|tool|>_lis",
    "<|tool|", "<|tool", "<|too", "<|<|im_end|>|>", "a snake in two words or three snakes", "two word", "snakesnake", " <|im_end|> ",
    "<|im_end|", "x<|tool|>_list|>y", "<|tool<|tool|>",
]

CODE_POINTS = ("aZé ßſKµжΩאع你한กñ" "0９٣½²Ⅷ" " \t\n\r\v\f\u0085\u00a0\u2003\u2028\u3000"
               "'\".,!?-_<>|@#/\\$€£°·\u200b\u0301\u0903\ufe0f\U0001f600\x00\x7f\u00ad\ufffd")


def whitespace_runs(rng, count):
    for _ in range(count):
        yield "".join(rng.choice([" ", "  ", "\n", "\r\n", "\t", "x", ".", "\u3000"])
                      for _ in range(rng.randint(2, 12)))


def random_texts(rng, count):
    contractions = ["'s", "'T", "'re", "'VE", "'m", "'lL", "'d"]
    for _ in range(count):
        yield "".join(rng.choice(contractions) if rng.random() < 0.08 else rng.choice(CODE_POINTS)
                      for _ in range(rng.randint(1, 30)))


def corpus(rng):
    words = " ".join(PARAGRAPHS).split()
    for _ in range(300):
        yield from PARAGRAPHS
        yield from CODE
        yield " ".join(rng.choice(words) for _ in range(20))
        yield " " * rng.randint(1, 9) + "\n" * rng.randint(1, 4) + str(rng.randint(0, 10**9))


def split_and_bytes():
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])


def train(rng):
    """Tokens by id, and merges as pairs."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = split_and_bytes()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=CONTROL_TOKENS + USER_TOKENS, show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(corpus(rng), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    return tokens, [tuple(m) for m in model["merges"]]


def official(tokens, merges, ignore_merges):
    vocab = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges, ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = split_and_bytes()
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(CONTROL_TOKENS)
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in USER_TOKENS])
    assert tokenizer.get_vocab_size() == len(tokens)
    return tokenizer


def main():
    rng = random.Random(20240817)
    tokens, merges = train(rng)
    tokens += [token for token in UNREACHABLE if token not in tokens]
    lfm2, llama = official(tokens, merges, False), official(tokens, merges, True)

    texts = PARAGRAPHS + CODE + TRICKY + [" ".join(PARAGRAPHS), "a" * 200, " " * 100, "7" * 100,
                                          "\U0001f600" * 60, "\n" * 60, "ab" * 150]
    texts += list(whitespace_runs(rng, 80)) + list(random_texts(rng, 300))
    cases = []
    for text in texts:
        case = {"text": text, "lfm2": lfm2.encode(text).ids}
        other = llama.encode(text).ids
        if other != case["lfm2"]:
            case["llama-bpe"] = other
        cases.append(case)
    assert any("llama-bpe" in case for case in cases)

    decodings = []
    for _ in range(80):
        ids = [rng.randrange(len(tokens)) if rng.random() < 0.5 else rng.randrange(300)
               for _ in range(rng.randint(1, 16))]
        decodings.append({"ids": ids, "text": lfm2.decode(ids, skip_special_tokens=True)})

    types = [CONTROL if t in CONTROL_TOKENS else USER_DEFINED if t in USER_TOKENS else NORMAL
             for t in tokens]
    pads = [f"[PAD{i}]" for i in range(len(tokens), PADDED)]
    write(sys.argv[1], {"made_by": f"make_tokenizer_golden.py with tokenizers {tokenizers.__version__}",
                        "tokens": tokens + pads, "types": types + [UNUSED] * len(pads),
                        "merges": [" ".join(m) for m in merges],
                        "bos": 1, "eos": 4, "pad": 0}, cases, decodings)


def write(path, vocabulary, cases, decodings):
    """One case per line, so that a change shows as the lines it changes."""
    def dump(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    with open(path, "w", encoding="utf-8") as out:
        out.write("{" + ",\n".join(f'"{k}":{dump(v)}' for k, v in vocabulary.items()))
        for name, items in (("cases", cases), ("decodings", decodings)):
            out.write(f',\n"{name}":[\n' + ",\n".join(dump(i) for i in items) + "\n]")
        out.write("}\n")


main()

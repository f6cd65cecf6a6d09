"""The terms of the architecture, one answer each."""

# (names, answer)
TERMS = [
    (
        [
            "a short convolution",
            "the short convolution",
            "short convolutions",
            "the convolution layer",
        ],
        "A short convolution mixes each token with the two before it, channel by channel, between two "
        "gates. It is cheap and remembers only two steps.",
    ),
    (
        ["grouped-query attention", "grouped attention", "GQA"],
        "In grouped-query attention several query heads share one head of keys and values. "
        "This makes the cache smaller.",
    ),
    (
        ["attention", "an attention layer", "self-attention"],
        "Attention lets a token look back at all tokens before it and take what fits its query.",
    ),
    (
        ["a mixture of experts", "mixture of experts", "MoE", "an MoE layer"],
        "A mixture of experts has many small feed-forward networks. A router picks a few of them for "
        "each token, so only a part of the weights is used.",
    ),
    (
        ["an expert", "experts"],
        "An expert is one of the small feed-forward networks of a mixture; each token uses four.",
    ),
    (
        ["the router", "a router", "routing"],
        "The router scores the experts for each token with a sigmoid and picks the best four.",
    ),
    (
        ["the expert bias", "an expert bias", "expert bias"],
        "The expert bias is added to the scores when experts are picked, so that all of them are used. "
        "It does not change their weights.",
    ),
    (
        ["the KV cache", "a KV cache", "the key-value cache", "KV cache"],
        "The KV cache keeps the keys and values of the tokens that were read, so that they are not "
        "computed again.",
    ),
    (
        ["GGUF", "a GGUF file", "the GGUF format"],
        "GGUF is a file format for models: the weights, the vocabulary and all settings in one file.",
    ),
    (
        ["quantisation", "quantization", "a quantised model"],
        "Quantisation stores weights with fewer bits. The file is smaller and faster, and the answers "
        "are a little less exact.",
    ),
    (
        ["Q4_K_M", "q4_k_m", "the Q4_K_M format"],
        "Q4_K_M is a mix of formats: most weights in Q4_K with 4.5 bits, the sensitive ones in Q6_K.",
    ),
    (
        ["Q8_0", "q8_0", "the Q8_0 format"],
        "Q8_0 stores weights with 8.5 bits: blocks of 32 signed bytes and one scale.",
    ),
    (
        ["Q4_0", "q4_0", "the Q4_0 format"],
        "Q4_0 stores weights with 4.5 bits: blocks of 32 with one scale.",
    ),
    (
        ["Q6_K", "q6_k", "the Q6_K format"],
        "Q6_K stores weights with 6.5625 bits, in blocks of 256.",
    ),
    (
        ["Q2_K", "q2_k", "the Q2_K format"],
        "Q2_K stores weights with 2.625 bits, in blocks of 256. It is the smallest format here.",
    ),
    (
        ["BF16", "bf16", "bfloat16"],
        "BF16 is a number of 16 bits with the range of a 32-bit float and less precision.",
    ),
    (
        ["an imatrix", "importance data", "an importance matrix"],
        "Importance data says which columns of the weights matter most, so that quantize errs less there.",
    ),
    (
        ["bit-for-bit sameness", "the same bits", "bit-for-bit", "determinism"],
        "The same tokens always give the same bits, however they are batched, cut up, rewound or shared "
        "among threads.",
    ),
    (
        ["a token", "tokens"],
        "A token is a piece of text, often a word or a part of one; models read and write tokens.",
    ),
    (
        ["the tokenizer", "a tokenizer", "tokenization"],
        "The tokenizer splits a text into words and merges their bytes into tokens of the vocabulary.",
    ),
    (
        ["byte-level BPE", "BPE", "byte pair encoding"],
        "Byte-level BPE starts from bytes and merges the most frequent pairs into longer tokens.",
    ),
    (
        ["the vocabulary", "a vocabulary"],
        "The vocabulary is the list of all tokens that a model knows.",
    ),
    (
        ["logits", "a logit"],
        "Logits are the scores of all tokens of the vocabulary; the softmax makes probabilities of them.",
    ),
    (
        ["perplexity", "a perplexity"],
        "Perplexity tells how surprised a model is by a text; lower is better.",
    ),
    (
        ["KL divergence", "the Kullback-Leibler divergence", "Kullback-Leibler divergence"],
        "The KL divergence tells how far the predictions of one model are from those of another.",
    ),
    (
        ["temperature", "the temperature", "sampling temperature"],
        "The temperature says how freely tokens are chosen; at 0 the most likely one is always taken.",
    ),
    (["greedy decoding", "greedy sampling"], "Greedy decoding always takes the most likely token."),
    (
        ["RoPE", "rotary position embedding", "rope"],
        "RoPE turns pairs of numbers in queries and keys by an angle that grows with the position.",
    ),
    (
        ["RMSNorm", "RMS norm", "a norm"],
        "RMSNorm divides a vector by its root mean square and scales each channel.",
    ),
    (
        ["SwiGLU", "a SwiGLU"],
        "SwiGLU is a feed-forward network with a gate: silu of one projection times another.",
    ),
    (
        ["qk-norm", "QK norm", "the norm of queries and keys"],
        "Queries and keys are normed per head before they are turned, which keeps training stable.",
    ),
    (
        ["tied embeddings", "a tied embedding"],
        "With tied embeddings the same matrix turns tokens into vectors and vectors into logits.",
    ),
    (
        ["prefill", "reading the prompt"],
        "Prefill reads the whole prompt in passes of many tokens, before the first one is written.",
    ),
    (["decoding", "generation"], "Decoding writes the answer, one token after another."),
    (
        ["speculative decoding", "speculation"],
        "In speculative decoding a cheap guess of some tokens is checked in one pass of the model.",
    ),
    (
        ["a chat template", "the chat template", "chat templates"],
        "A chat template turns the messages of a conversation into one prompt.",
    ),
    (
        ["ChatML", "the ChatML format"],
        "ChatML marks each message with its role, between im_start and im_end.",
    ),
    (
        ["a system prompt", "the system prompt"],
        "A system prompt comes before a conversation and says how the model should behave.",
    ),
    (
        ["a tool call", "tool calls", "tool calling"],
        "A tool call is a request of the model to run a function; the result comes back as a message.",
    ),
    (
        ["a GBNF grammar", "GBNF", "a grammar"],
        "A GBNF grammar says which texts are allowed; the model can write nothing else.",
    ),
    (
        ["a JSON schema", "JSON schema"],
        "A JSON schema says what a JSON text must look like; the answer can be bound to it.",
    ),
    (
        ["the context", "a context", "context length"],
        "The context is all that the model has before it: the prompt and what it wrote so far.",
    ),
    (
        ["a checkpoint", "checkpoints"],
        "A checkpoint is the state of the convolutions at a place, kept so that going back is cheap.",
    ),
    (
        ["a rewind", "rewinding", "a rewind of a sequence"],
        "A rewind takes a sequence back to an earlier token, with the same bits as if it had stopped there.",
    ),
    (
        ["a fork", "forking", "a fork of a sequence"],
        "A fork is a second sequence that shares the past of the first without copying it.",
    ),
    (
        ["a sequence", "sequences"],
        "A sequence is one text that the engine is reading or writing, with its own memory.",
    ),
    (
        ["batching", "a batch"],
        "Batching reads several sequences in one pass, so that the weights are read once for all.",
    ),
    (
        ["a CPU target", "CPU targets"],
        "A CPU target is a set of kernels for one kind of processor, such as scalar, avx2 or avx512.",
    ),
    (
        ["a kernel", "kernels"],
        "A kernel is a small function that does the arithmetic of one step on raw numbers.",
    ),
    (
        ["memory mapping", "mmap", "a mapped file"],
        "A mapped file is read by the system when it is needed; freshet never copies the weights.",
    ),
    (
        ["a seed", "the seed"],
        "A seed fixes the random choices: the same seed gives the same answer.",
    ),
    (
        ["an embedding", "embeddings", "the embedding"],
        "An embedding is the vector that stands for a token.",
    ),
    (
        ["the residual stream", "a residual stream"],
        "The residual stream is the vector of each token that every layer adds to.",
    ),
    (
        ["a language model", "language models", "an LLM"],
        "A language model predicts the next token of a text, and so it can write and answer.",
    ),
    (["softmax", "the softmax"], "The softmax turns scores into probabilities that add up to one."),
    (
        ["a sigmoid", "the sigmoid", "sigmoid routing"],
        "A sigmoid squeezes a number between 0 and 1; the router scores each expert with one.",
    ),
    (
        ["sampling", "a sampler"],
        "Sampling chooses the next token from the probabilities, by a seeded random draw.",
    ),
    (
        ["top-k", "top-k sampling"],
        "Top-k sampling keeps only the k most likely tokens for the choice.",
    ),
    (
        ["min-p", "min-p sampling"],
        "Min-p sampling drops tokens that are much less likely than the best one.",
    ),
    (
        ["a prompt", "the prompt"],
        "A prompt is the text that a model is given to continue or to answer.",
    ),
    (
        ["weights", "the weights", "parameters", "a parameter"],
        "Weights are the numbers of a model that were learnt in training.",
    ),
    (
        ["a tensor", "tensors"],
        "A tensor is a block of numbers with a shape, such as a matrix of weights.",
    ),
    (
        [
            "a feed-forward network",
            "the feed-forward layer",
            "a feed-forward layer",
            "a dense layer",
        ],
        "A feed-forward network works on each token alone: up, through a gate, and down again.",
    ),
    (["F16", "f16", "half precision"], "F16 is a number of 16 bits: precise, with a small range."),
    (
        ["F32", "f32", "single precision"],
        "F32 is a number of 32 bits; norms, routers and biases keep it in every file.",
    ),
    (["Q5_K", "q5_k", "the Q5_K format"], "Q5_K stores weights with 5.5 bits, in blocks of 256."),
    (
        ["Q3_K", "q3_k", "the Q3_K format"],
        "Q3_K stores weights with 3.4375 bits, in blocks of 256.",
    ),
    (
        ["Q4_K", "q4_k", "the Q4_K format"],
        "Q4_K stores weights with 4.5 bits, in blocks of 256 with scales for each 32.",
    ),
    (["IQ4_NL", "iq4_nl"], "IQ4_NL stores weights with 4.5 bits on an uneven scale of 16 values."),
    (
        ["IQ4_XS", "iq4_xs"],
        "IQ4_XS stores weights with 4.25 bits on an uneven scale, in blocks of 256.",
    ),
    (
        ["MXFP4", "mxfp4"],
        "MXFP4 stores weights as 4-bit floats with one shared exponent for 32 of them.",
    ),
    (
        ["a K-quant", "K-quants", "the K-quants"],
        "K-quants are formats with blocks of 256 weights and scales that are quantised themselves.",
    ),
    (
        ["AVX-512", "avx512"],
        "AVX-512 is a set of instructions that work on 512 bits at once; freshet uses it where it is.",
    ),
    (["NEON", "neon"], "NEON is the set of vector instructions of ARM processors."),
    (
        ["a thread", "threads"],
        "Threads share the work of each pass; their number does not change the result.",
    ),
    (
        ["a router weight", "expert weights", "the weight of an expert"],
        "The weight of an expert is its sigmoid score divided by the sum of the chosen four.",
    ),
    (
        ["a query", "queries", "keys and values", "a key"],
        "A query is compared with the keys of earlier tokens; their values are mixed by how well they fit.",
    ),
    (
        ["a query head", "a head", "attention heads", "an attention head"],
        "A head is one of several attentions that work side by side on a part of the width.",
    ),
    (
        ["chunked prefill", "a micro-batch"],
        "In chunked prefill a long prompt is read in pieces; the result has the same bits.",
    ),
    (
        ["a page", "pages of the cache"],
        "The cache grows in pages of 64 tokens, so an unused context costs nothing.",
    ),
    (
        ["a stop token", "the end of a turn", "im_end"],
        "A stop token ends the answer; in this family it is im_end.",
    ),
    (
        ["thinking", "reasoning"],
        "Thinking is text that a model writes for itself between think marks before it answers.",
    ),
    (
        ["inference", "an inference engine", "an engine"],
        "An inference engine runs a trained model: text goes in, text comes out.",
    ),
    (
        ["training", "how a model is trained"],
        "In training the weights are changed step by step, so that the model predicts its texts better.",
    ),
    (
        ["a layer", "layers"],
        "A layer has a mixer, which is a short convolution or attention, and a feed-forward network.",
    ),
]

TERM_QUESTIONS = [
    "What is {t}?",
    "What does {t} mean?",
    "Explain {t}.",
    "Can you explain {t}?",
    "what is {t}",
    "Tell me about {t}.",
    "Describe {t}.",
    "What are {t}?",
    "Please explain {t}.",
    "Define {t}.",
    "What's {t}?",
    "Explain {t} to me.",
    "Do you know what {t} is?",
    "I want to know about {t}.",
    "How does {t} work?",
    "{t}?",
    "What do you know about {t}?",
    "Could you explain {t}, please?",
]

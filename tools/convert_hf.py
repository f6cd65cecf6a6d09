#!/usr/bin/env python3
"""Converts a Hugging Face folder of the LFM2 family to a GGUF file.

    python3 convert_hf.py DIR OUT [--outtype bf16|f16|f32]

DIR holds config.json of an Lfm2ForCausalLM or Lfm2MoeForCausalLM, *.safetensors (whole or sharded),
tokenizer.json and, where there are any, tokenizer_config.json, chat_template.jinja and
generation_config.json, whose sampling settings become the file's (general.sampling.*). Matrices get
the type that is asked for; norms, convolution taps, routers and biases are F32. One tensor is in
memory at a time, of a mixture of experts one stack of experts.

Written for gguf 0.19.0 and numpy 2.4.6; nothing else is needed. OUT appears under its name when it
is complete. What cannot be converted is refused with the reason, exit code 1.
"""

import argparse
import json
import logging
import mmap
import os
import pathlib
import re
import sys

import gguf
import numpy as np

# The split of the family's tokenizers, as tokenizer.json has it, and the variant of the larger
# vocabulary, which makes the same pieces.
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]"
)
SPLITS = [SPLIT + r"+|\s+(?!\S)|\s+", SPLIT + r"|\s+(?!\S)|\s"]

LAYER_TENSORS = {
    "operator_norm.weight": "attn_norm.weight",
    "ffn_norm.weight": "ffn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.out_proj.weight": "attn_output.weight",
    "self_attn.q_layernorm.weight": "attn_q_norm.weight",
    "self_attn.k_layernorm.weight": "attn_k_norm.weight",
    "conv.in_proj.weight": "shortconv.in_proj.weight",
    "conv.conv.weight": "shortconv.conv.weight",
    "conv.out_proj.weight": "shortconv.out_proj.weight",
    "feed_forward.w1.weight": "ffn_gate.weight",
    "feed_forward.w3.weight": "ffn_up.weight",
    "feed_forward.w2.weight": "ffn_down.weight",
    "feed_forward.gate.weight": "ffn_gate_inp.weight",
    "feed_forward.expert_bias": "exp_probs_b.bias",
}
EXPERT_TENSORS = {"w1": "ffn_gate_exps", "w3": "ffn_up_exps", "w2": "ffn_down_exps"}
KEPT_F32 = ("_norm.weight", "shortconv.conv.weight", "ffn_gate_inp.weight", "exp_probs_b.bias")

FILE_TYPES = {
    "f32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "bf16": (gguf.GGMLQuantizationType.BF16, gguf.LlamaFileType.MOSTLY_BF16),
}


class Refused(Exception):
    """The folder cannot be converted; the message says why in one line."""


def read_json(path, required=True):
    if not path.is_file():
        if required:
            raise Refused(f"{path}: there is no such file; is the download complete?")
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(f"{path}: expected JSON: {error}") from error
    if not isinstance(value, dict):
        raise Refused(f"{path}: expected a JSON object, found a {type(value).__name__}")
    return value


class Safetensors:
    """The tensors of all shards by name, mapped.

    https://github.com/huggingface/safetensors#format: u64 n, n bytes of JSON, then the data.
    """

    BYTES = {"F32": 4, "F16": 2, "BF16": 2}

    def __init__(self, folder):
        self.tensors = {}  # name -> (map, offset, dtype, shape)
        paths = sorted(folder.glob("*.safetensors"))
        index = read_json(folder / "model.safetensors.index.json", required=False)
        if wanted := set(index.get("weight_map", {}).values()):
            paths = [folder / name for name in sorted(wanted)]
        if not paths:
            raise Refused(f"{folder}: there are no *.safetensors; other checkpoints are not read")
        for path in paths:
            self._open(path)
        for name in index.get("weight_map", {}):
            if name not in self.tensors:
                raise Refused(f"{folder}: tensor {name} of the index is in none of the shards")

    def _open(self, path):
        if not path.is_file() or path.stat().st_size < 8:
            raise Refused(f"{path}: is missing or empty; is the download complete?")
        with open(path, "rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header_bytes = int.from_bytes(data[:8], "little")
        if header_bytes > len(data) - 8:
            raise Refused(f"{path}: a header of {header_bytes} bytes is longer than the file")
        try:
            header = json.loads(data[8 : 8 + header_bytes])
            for name, info in header.items():
                if name != "__metadata__":
                    self._add(path, name, info, data, 8 + header_bytes)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(f"{path}: the header is damaged: {error}") from error

    def _add(self, path, name, info, data, start):
        dtype, shape = info["dtype"], [int(n) for n in info["shape"]]
        begin, end = info["data_offsets"]
        if dtype not in self.BYTES:
            raise Refused(f"{path}: tensor {name} is {dtype}; expected F32, F16 or BF16")
        size = int(np.prod(shape, dtype=object)) * self.BYTES[dtype]
        if begin < 0 or end - begin != size or start + end > len(data):
            raise Refused(f"{path}: tensor {name} does not lie within the file; download it again")
        if name in self.tensors:
            raise Refused(f"{path}: tensor {name} is in another shard too")
        self.tensors[name] = (data, start + begin, dtype, shape)

    def shape(self, name):
        return self.tensors[name][3]

    def read(self, name):
        """float32, or uint16 for BF16, whose bits these are."""
        data, offset, dtype, shape = self.tensors[name]
        kind = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}[dtype]
        values = np.frombuffer(data, kind, int(np.prod(shape)), offset).reshape(shape)
        return values.astype(np.float32) if dtype == "F16" else values


def as_float(values):
    if values.dtype == np.uint16:
        return (values.astype(np.uint32) << 16).view(np.float32)
    return values


def as_bfloat(values):
    """The nearest bfloat16, ties to even, as bits."""
    if values.dtype == np.uint16:
        return values
    bits = values.view(np.uint32)
    rounded = (bits.astype(np.uint64) + 0x7FFF + ((bits >> 16) & 1)) >> 16
    return np.where(np.isnan(values), (bits >> 16) | 0x40, rounded).astype(np.uint16)


def convert(values, kind, name):
    if kind == gguf.GGMLQuantizationType.BF16:
        return as_bfloat(values)
    values = as_float(values)
    if kind == gguf.GGMLQuantizationType.F32:
        return values
    if np.abs(values).max(initial=0) > 65504:
        raise Refused(f"{name}: weights beyond 65504 do not fit F16; use --outtype bf16")
    return values.astype(np.float16)


class Config:
    """config.json, with what this converter cannot express refused."""

    def __init__(self, folder):
        self.raw = read_json(folder / "config.json")
        names = self.raw.get("architectures") or ["none"]
        known = {"Lfm2ForCausalLM": "lfm2", "Lfm2MoeForCausalLM": "lfm2moe"}
        if names[0] not in known:
            raise Refused(f"architecture {names[0]}: expected {' or '.join(known)}")
        self.arch = known[names[0]]
        self.is_moe = self.arch == "lfm2moe"
        self._refuse_unsupported()
        self.n_layers = self.number("num_hidden_layers")
        self.hidden = self.number("hidden_size")
        self.n_heads = self.number("num_attention_heads")
        self.vocab = self.number("vocab_size")
        self.tied = bool(self.raw.get("tie_word_embeddings", self.raw.get("tie_embedding", True)))
        self.attention = self._attention_layers()
        self.theta = float(self._rope().get("rope_theta", self.raw.get("theta", 1e6)))

    def number(self, key, default=None):
        value = self.raw.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise Refused(f"config.json: {key} is {value!r}, expected a number")
        return value

    def _rope(self):
        rope = self.raw.get("rope_parameters") or self.raw.get("rope_scaling") or {}
        if rope.get("rope_type", rope.get("type", "default")) != "default":
            raise Refused(f"rope_parameters: {rope}: scaled rotations are not supported")
        return {"rope_theta": self.raw.get("rope_theta", self.raw.get("theta", 1e6)), **rope}

    def _refuse_unsupported(self):
        for key, wanted, why in [
            ("conv_bias", False, "convolutions with a bias"),
            ("hidden_act", "silu", "another activation"),
            ("norm_topk_prob", True, "expert weights that are not normalised"),
            ("sliding_window", None, "attention within a window"),
            ("is_causal", True, "attention to the future"),
            ("quantization_config", None, "a checkpoint that is quantised already"),
        ]:
            if self.raw.get(key, wanted) != wanted:
                raise Refused(f"config.json: {key} is {self.raw[key]!r}: {why} is not supported")

    def _attention_layers(self):
        kinds = self.raw.get("layer_types")
        if kinds is None:
            indexes = self.raw.get("full_attn_idxs") or range(self.n_layers)
            kinds = ["full_attention" if i in indexes else "conv" for i in range(self.n_layers)]
        if len(kinds) != self.n_layers or set(kinds) - {"full_attention", "conv"}:
            raise Refused("config.json: layer_types: expected full_attention or conv per layer")
        return [kind == "full_attention" for kind in kinds]

    def write(self, writer, dense_width):
        kv_heads = self.number("num_key_value_heads")
        writer.add_block_count(self.n_layers)
        writer.add_context_length(self.number("max_position_embeddings", 128000))
        writer.add_embedding_length(self.hidden)
        writer.add_feed_forward_length(dense_width)
        writer.add_head_count(self.n_heads)
        writer.add_head_count_kv([kv_heads if yes else 0 for yes in self.attention])
        writer.add_rope_freq_base(self.theta)
        writer.add_layer_norm_rms_eps(float(self.raw.get("norm_eps", 1e-5)))
        writer.add_vocab_size(self.vocab)
        writer.add_shortconv_l_cache(self.number("conv_L_cache", 3))
        if head_dim := self.raw.get("head_dim"):
            writer.add_key_length(head_dim)
            writer.add_value_length(head_dim)
        if not self.is_moe:
            return
        writer.add_expert_count(self.number("num_experts"))
        writer.add_expert_used_count(self.number("num_experts_per_tok"))
        writer.add_expert_feed_forward_length(self.number("moe_intermediate_size"))
        writer.add_leading_dense_block_count(self.number("num_dense_layers"))
        writer.add_expert_gating_func(gguf.ExpertGatingFuncType.SIGMOID)
        scale = float(self.raw.get("routed_scaling_factor") or 1.0)
        if scale != 1.0:  # which other engines do not look for in this architecture
            writer.add_expert_weights_scale(scale)


def plan_tensors(config, source):
    """[(name in the file, type, shape, names of the parts that are stacked or None)] in file order.

    Every tensor of the source must find its place.
    """
    planned, used = {}, set()
    wanted = re.compile(r"model\.layers\.(\d+)\.(.+)")
    expert = re.compile(r"feed_forward\.experts\.(\d+)\.(w[123])\.weight")
    stacks = {}
    for name, (_, _, _, shape) in source.tensors.items():
        layer = wanted.fullmatch(name)
        if name == "model.embed_tokens.weight":
            planned["token_embd.weight"] = (shape, [name])
        elif name == "model.embedding_norm.weight":
            planned["token_embd_norm.weight"] = (shape, [name])
        elif name == "lm_head.weight":
            if not config.tied:
                planned["output.weight"] = (shape, [name])
        elif layer and layer[2] in LAYER_TENSORS and int(layer[1]) < config.n_layers:
            if layer[2] == "conv.conv.weight":
                shape = [shape[0], shape[-1]]  # [hidden, 1, taps]
            planned[f"blk.{layer[1]}.{LAYER_TENSORS[layer[2]]}"] = (shape, [name])
        elif layer and (part := expert.fullmatch(layer[2])) and int(layer[1]) < config.n_layers:
            stack = stacks.setdefault(f"blk.{layer[1]}.{EXPERT_TENSORS[part[2]]}.weight", {})
            stack[int(part[1])] = name
        else:
            raise Refused(f"tensor {name} has no place in a model of this architecture")
        used.add(name)
    for name, parts in stacks.items():
        if sorted(parts) != list(range(config.number("num_experts"))):
            raise Refused(f"{name}: expected all of {config.number('num_experts')} experts")
        names = [parts[e] for e in sorted(parts)]
        shapes = {tuple(source.shape(n)) for n in names}
        if len(shapes) != 1:
            raise Refused(f"{name}: the experts' shapes differ")
        planned[name] = ([len(names), *shapes.pop()], names)
    add_missing(config, planned)
    return planned


def add_missing(config, planned):
    """Refuses a folder without the tensors of some layer; an unused expert bias is zero."""
    for i, attends in enumerate(config.attention):
        routed = config.is_moe and i >= config.number("num_dense_layers")
        needed = ["attn_norm", "ffn_norm"]
        needed += ["ffn_gate_exps", "ffn_up_exps", "ffn_down_exps", "ffn_gate_inp"] if routed else []
        needed += [] if routed else ["ffn_gate", "ffn_up", "ffn_down"]
        needed += ["attn_q", "attn_k", "attn_v", "attn_output"] if attends else []
        needed += [] if attends else ["shortconv.in_proj", "shortconv.conv", "shortconv.out_proj"]
        for name in needed:
            if f"blk.{i}.{name}.weight" not in planned:
                raise Refused(f"layer {i}: there is no tensor for {name}.weight")
        if routed and not config.raw.get("use_expert_bias", True):
            planned[f"blk.{i}.exp_probs_b.bias"] = ([config.number("num_experts")], [])
    for name in ["token_embd.weight", "token_embd_norm.weight"]:
        if name not in planned:
            raise Refused(f"there is no tensor for {name}")
    if planned["token_embd.weight"][0] != [config.vocab, config.hidden]:
        raise Refused("model.embed_tokens.weight has another shape than config.json says")


def token_list(tokenizer, n_rows):
    """(tokens, types) of all rows of the embedding."""
    kinds = gguf.TokenType
    tokens, types = [None] * n_rows, [kinds.UNUSED] * n_rows
    added = {token["id"]: token for token in tokenizer.get("added_tokens", [])}
    entries = {i: text for text, i in tokenizer["model"]["vocab"].items()}
    entries |= {i: token["content"] for i, token in added.items()}
    for i, text in entries.items():
        if not 0 <= i < n_rows:
            raise Refused(f"tokenizer.json: token {text!r} is number {i} of {n_rows} rows")
        tokens[i], types[i] = text, kinds.NORMAL
        if i in added:
            looks_special = text.startswith("<|") and text.endswith("|>")
            is_control = added[i].get("special") or looks_special
            types[i] = kinds.CONTROL if is_control else kinds.USER_DEFINED
    return [f"[PAD{i}]" if t is None else t for i, t in enumerate(tokens)], types


def add_tokenizer(writer, folder, config):
    tokenizer = read_json(folder / "tokenizer.json")
    model = tokenizer.get("model") or {}
    if model.get("type") != "BPE" or not isinstance(model.get("vocab"), dict):
        raise Refused(f"tokenizer.json: a {model.get('type')} tokenizer; expected byte-level BPE")
    if tokenizer.get("normalizer") is not None:
        raise Refused("tokenizer.json: text is normalised before it is split, which is not supported")
    pre = tokenizer.get("pre_tokenizer") or {}
    parts = pre.get("pretokenizers", [pre])
    found = [(part.get("pattern") or {}).get("Regex") for part in parts if part["type"] == "Split"]
    if len(found) != 1 or found[0] not in SPLITS:
        raise Refused(f"tokenizer.json: an unknown split {found}; expected the family's")
    tokens, types = token_list(tokenizer, config.vocab)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe" if model.get("ignore_merges") else "lfm2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    # Merges, special tokens, whether they are added, the chat template.
    special = gguf.SpecialVocab(folder, load_merges=True, n_vocab=len(tokens))
    if not special.merges:
        raise Refused("tokenizer.json: there are no merges")
    special.add_to_gguf(writer, quiet=True)


def add_sampling(writer, folder):
    """The maker's settings, as generation_config.json has them."""
    generation = read_json(folder / "generation_config.json", required=False)
    if generation.get("do_sample") is False:
        writer.add_sampling_temp(0.0)  # the most likely token each time
        return
    for key, add in [
        ("temperature", writer.add_sampling_temp),
        ("top_k", writer.add_sampling_top_k),
        ("top_p", writer.add_sampling_top_p),
        ("min_p", writer.add_sampling_min_p),
        ("repetition_penalty", writer.add_sampling_penalty_repeat),
    ]:
        value = generation.get(key)
        if value is not None:
            add(int(value) if key == "top_k" else float(value))


def tensor_data(source, name, shape, parts, kind):
    if not parts:
        return np.zeros(shape, np.float32)
    if len(parts) == 1:
        return convert(source.read(parts[0]).reshape(shape), kind, name)
    return np.stack([convert(source.read(part), kind, name) for part in parts])


def write_model(folder, out, outtype):
    config = Config(folder)
    source = Safetensors(folder)
    planned = plan_tensors(config, source)
    matrix_kind, file_type = FILE_TYPES[outtype]
    widths = [shape[0] for name, (shape, _) in planned.items() if name.endswith("ffn_gate.weight")]
    writer = gguf.GGUFWriter(out, config.arch)
    n_weights = sum(int(np.prod(shape)) for shape, _ in planned.values())
    gguf.Metadata.load(None, folder, None, n_weights).set_gguf_meta_model(writer)
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    config.write(writer, widths[0] if widths else config.number("intermediate_size"))
    add_tokenizer(writer, folder, config)
    add_sampling(writer, folder)
    kinds = {}
    for name, (shape, _) in planned.items():
        kind = FILE_TYPES["f32"][0] if name.endswith(KEPT_F32) else matrix_kind
        kinds[name] = kind
        n_bytes = int(np.prod(shape)) * (4 if kind == gguf.GGMLQuantizationType.F32 else 2)
        writer.add_tensor_info(name, shape, np.dtype(np.float32), n_bytes, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for i, (name, (shape, parts)) in enumerate(planned.items()):
        writer.write_tensor_data(tensor_data(source, name, shape, parts, kinds[name]))
        if sys.stderr.isatty():
            print(f"\r{i + 1} of {len(planned)} tensors", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    writer.close()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, metavar="DIR")
    parser.add_argument("out", type=pathlib.Path, metavar="OUT")
    parser.add_argument("--outtype", choices=FILE_TYPES, default="bf16", help="default: bf16")
    parser.add_argument("--force", action="store_true", help="replace OUT if it is there")
    return parser.parse_args()


def main():
    args = parse_arguments()
    logging.getLogger("gguf").setLevel(logging.ERROR)
    temporary = args.out.with_name(f"{args.out.name}.{os.getpid()}.tmp")
    try:
        if not args.folder.is_dir():
            raise Refused(f"{args.folder}: is no folder")
        if args.out.exists() and not args.force:
            raise Refused(f"{args.out}: is there already; choose another name, or use --force")
        write_model(args.folder, temporary, args.outtype)
        os.replace(temporary, args.out)
    except (Refused, OSError) as refused:
        print(f"convert_hf.py: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        temporary.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

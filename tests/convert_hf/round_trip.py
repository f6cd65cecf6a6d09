#!/usr/bin/env python3
"""A folder as the official library saves it, through tools/convert_hf.py: the same logits.

    python3 round_trip.py FRESHET CONVERTER

Written for transformers 5.23.0, tokenizers 0.23.3, torch 2.15.0 and gguf 0.19.0. Exit code 77 where
one of them is not there.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import gguf
    import numpy as np
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from tokenizers import Regex
    from transformers import (
        Lfm2Config,
        Lfm2ForCausalLM,
        Lfm2MoeConfig,
        Lfm2MoeForCausalLM,
        PreTrainedTokenizerFast,
    )
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

VOCAB = 512
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIALS = ["<|pad|>", "<|startoftext|>", "<|endoftext|>", "<|fim_pre|>", "<|fim_mid|>"]
SPECIALS += ["<|fim_suf|>", "<|im_start|>", "<|im_end|>"]
TEXT = "The snow melts, and the river takes it; 1234 drops a second. Don't wait!\n"
TEMPLATE = "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}"


def save_tokenizer(folder):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])  # fmt: skip
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB - 100, special_tokens=SPECIALS, initial_alphabet=alphabet,
        show_progress=False)  # fmt: skip
    tokenizer.train_from_iterator([TEXT * 3, "the water in the river and the snow on the hill"], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|startoftext|> $A", pair="<|startoftext|> $A $B",
        special_tokens=[("<|startoftext|>", 1)])  # fmt: skip
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|startoftext|>", eos_token="<|im_end|>",
        pad_token="<|pad|>", chat_template=TEMPLATE)  # fmt: skip
    fast.save_pretrained(folder)
    return fast


def common():
    return dict(
        hidden_size=128, num_attention_heads=4, num_key_value_heads=2, num_hidden_layers=4,
        layer_types=["conv", "full_attention", "conv", "full_attention"], vocab_size=VOCAB,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6}, max_position_embeddings=512,
        bos_token_id=1, eos_token_id=7, pad_token_id=0, attn_implementation="eager",
    )  # fmt: skip


def models_to_try():
    yield "dense", Lfm2ForCausalLM(Lfm2Config(block_ff_dim=384, **common())), "f32", "10GB"
    moe = Lfm2MoeConfig(
        num_dense_layers=1, intermediate_size=192, num_experts=8, num_experts_per_tok=2,
        moe_intermediate_size=64, **common())  # fmt: skip
    yield "moe", Lfm2MoeForCausalLM(moe), "f32", "200KB"  # sharded
    yield "bfloat16", Lfm2MoeForCausalLM(moe).to(torch.bfloat16), "bf16", "10GB"


def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            noise = torch.randn(tensor.shape, generator=generator)
            if "norm" in name:
                tensor.copy_(1 + 0.2 * noise)
            elif "expert_bias" in name:
                tensor.copy_(0.2 * noise)
            elif name != "lm_head.weight":
                tensor.copy_(noise * (0.2 if "embed" in name else tensor.shape[-1] ** -0.5))


def convert(converter, folder, out, outtype, *flags):
    command = [sys.executable, converter, folder, out, "--outtype", outtype, *flags]
    return subprocess.run([str(c) for c in command], capture_output=True, text=True)


def freshet_logits(freshet, path, ids, n_vocab):
    command = [freshet, "logits", "-m", path, "--ids", ",".join(map(str, ids)), "-o", "-"]
    command += ["-ctk", "f32", "-ctv", "f32"]
    out = subprocess.run([str(c) for c in command], capture_output=True, check=True).stdout
    return np.frombuffer(out, "<f4").reshape(-1, n_vocab)


def check_model(freshet, converter, work, name, model, outtype, shard):
    folder, out = work / name, work / f"{name}.gguf"
    model.eval()
    randomise(model, 5)
    tokenizer = save_tokenizer(folder)
    model.generation_config.update(do_sample=True, temperature=0.3, min_p=0.15, top_k=50)
    model.generation_config.repetition_penalty = 1.05
    model.save_pretrained(folder, max_shard_size=shard)
    result = convert(converter, folder, out, outtype)
    assert result.returncode == 0, result.stderr
    ids = tokenizer(TEXT)["input_ids"]
    listed = subprocess.run(
        [freshet, "tokenize", "-m", str(out), "--ids", TEXT], capture_output=True, text=True, check=True)  # fmt: skip
    assert json.loads(listed.stdout) == ids, (listed.stdout, ids)
    reference = type(model).from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    with torch.no_grad():
        want = reference.eval()(torch.tensor([ids])).logits[0].numpy()
    got = freshet_logits(freshet, out, ids, VOCAB)
    error = np.abs(got - want).max() / want.std()
    assert error < 1e-4, f"{name}: logits differ by {error} of their deviation"
    print(f"{name}: {len(ids)} positions, largest difference {error:.1e} of the deviation")
    check_metadata(out, outtype)
    assert convert(converter, folder, out, outtype).returncode == 1, "overwritten without --force"
    assert convert(converter, folder, out, outtype, "--force").returncode == 0
    return folder


def check_metadata(path, outtype):
    reader = gguf.GGUFReader(path)
    value = lambda key: reader.fields[key].contents()  # noqa: E731
    assert value("tokenizer.chat_template") == TEMPLATE
    assert abs(value("general.sampling.temp") - 0.3) < 1e-6
    assert abs(value("general.sampling.min_p") - 0.15) < 1e-6
    assert value("general.sampling.top_k") == 50
    assert abs(value("general.sampling.penalty_repeat") - 1.05) < 1e-6
    assert value("tokenizer.ggml.add_bos_token") is True
    assert value("tokenizer.ggml.bos_token_id") == 1 and value("tokenizer.ggml.eos_token_id") == 7
    types = {t.name: t.tensor_type.name for t in reader.tensors}
    assert types["token_embd.weight"] == outtype.upper()
    assert types["blk.0.shortconv.conv.weight"] == "F32"


def check_greedy(converter, folder, work):
    """A model that is not sampled from by its maker's will is not sampled from here."""
    path = folder / "generation_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "do_sample": False}))
    assert convert(converter, folder, work / "greedy.gguf", "f32").returncode == 0
    fields = gguf.GGUFReader(work / "greedy.gguf").fields
    assert fields["general.sampling.temp"].contents() == 0.0


def check_refusals(converter, folder, work):
    """Each wrong folder gets one line with a reason, exit code 1, and leaves no file."""

    def refused(reason, **changes):
        config = json.loads((folder / "config.json").read_text())
        kept = json.dumps(config)
        config.update(changes)
        (folder / "config.json").write_text(json.dumps(config))
        out = work / "refused.gguf"
        result = convert(converter, folder, out, "f32")
        (folder / "config.json").write_text(kept)
        assert result.returncode == 1 and reason in result.stderr, result.stderr
        assert result.stderr.count("\n") == 1, result.stderr
        assert not list(work.glob("refused*"))

    refused("Lfm2VlForConditionalGeneration", architectures=["Lfm2VlForConditionalGeneration"])
    refused("bias", conv_bias=True)
    refused("scaled rotations", rope_parameters={"rope_type": "yarn", "rope_theta": 1e6})
    refused("quantised", quantization_config={"bits": 4})
    refused("layer_types", layer_types=["conv"])
    refused("has no place", num_hidden_layers=3, layer_types=["conv"] * 3)
    refused("another shape", vocab_size=VOCAB + 1)
    shard = next(folder.glob("*.safetensors"))
    whole = shard.read_bytes()
    shard.write_bytes(whole[: len(whole) // 2])
    refused("does not lie within")
    shard.write_bytes(whole)
    tokenizer = (folder / "tokenizer.json").read_text()
    (folder / "tokenizer.json").write_text(tokenizer.replace("{1,3}", "{1,4}"))
    refused("unknown split")
    (folder / "tokenizer.json").write_text(tokenizer)
    (folder / "config.json").rename(work / "config.json")
    result = convert(converter, folder, work / "refused.gguf", "f32")
    assert result.returncode == 1 and "config.json" in result.stderr


def main():
    freshet, converter = sys.argv[1:3]
    torch.manual_seed(1)
    with tempfile.TemporaryDirectory(prefix="freshet-convert-") as name:
        work = pathlib.Path(name)
        folders = [check_model(freshet, converter, work, *model) for model in models_to_try()]
        check_refusals(converter, folders[0], work)
        check_greedy(converter, folders[1], work)


if __name__ == "__main__":
    main()

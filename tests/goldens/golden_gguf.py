"""Writes a transformers Lfm2 or Lfm2Moe model as the GGUF file that the usual converter makes of it.

Same keys, same tensor names, same tensors left in F32; a small byte-level tokenizer of the
family's make stands in for the real one. Matrices are packed as Q4_0, without loss: see
golden_models.py.
"""

import numpy as np
from gguf import ExpertGatingFuncType, GGMLQuantizationType, GGUFWriter, LlamaFileType, TokenType
from transformers import Lfm2MoeConfig

from golden_models import is_quantised, to_grid

LAYER_NAMES = {
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
    "feed_forward.experts.down_proj": "ffn_down_exps.weight",
}

SPECIALS = ["<|pad|>", "<|startoftext|>", "<|endoftext|>", "<|fim_pre|>", "<|fim_mid|>"]
SPECIALS += ["<|fim_suf|>", "<|im_start|>", "<|im_end|>"]
MERGES = ["t h", "h e", "i n", "Ġ t", "Ġt h", "e r", "Ġ a", "o n"]
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_alphabet():
    """The character that byte-level BPE writes for each byte, bytes 0 to 255 in order."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    stand_ins = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(stand_ins)) for byte in range(256)]


def add_tokenizer(writer, vocab_size):
    tokens = SPECIALS + byte_alphabet() + [merge.replace(" ", "") for merge in MERGES]
    types = [TokenType.CONTROL] * len(SPECIALS)
    types += [TokenType.NORMAL] * (len(tokens) - len(SPECIALS))
    n_pad = vocab_size - len(tokens)
    assert n_pad >= 0, f"the tokenizer alone has {len(tokens)} tokens"
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("lfm2")
    writer.add_token_list(tokens + [f"[PAD{i}]" for i in range(len(tokens), vocab_size)])
    writer.add_token_types(types + [TokenType.UNUSED] * n_pad)
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(7)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_sep_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def add_shape(writer, config, dense_width):
    attention = [kind == "full_attention" for kind in config.layer_types]
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(dense_width)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv([config.num_key_value_heads if yes else 0 for yes in attention])
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.norm_eps)
    writer.add_vocab_size(config.vocab_size)
    writer.add_shortconv_l_cache(config.conv_L_cache)
    if isinstance(config, Lfm2MoeConfig):
        writer.add_expert_count(config.num_experts)
        writer.add_expert_used_count(config.num_experts_per_tok)
        writer.add_expert_feed_forward_length(config.moe_intermediate_size)
        writer.add_leading_dense_block_count(config.num_dense_layers)
        writer.add_expert_gating_func(ExpertGatingFuncType.SIGMOID)


def gguf_tensors(model):
    """Yields (GGUF name, transformers name, float32 array) of every tensor of the file."""
    for name, tensor in model.state_dict().items():
        values = tensor.numpy()
        if name == "lm_head.weight":
            continue
        if name == "model.embed_tokens.weight":
            yield "token_embd.weight", name, values
        elif name == "model.embedding_norm.weight":
            yield "token_embd_norm.weight", name, values
        else:
            _, _, layer, rest = name.split(".", 3)
            blk = f"blk.{layer}."
            if rest == "feed_forward.experts.gate_up_proj":  # [E, 2 F, H]: gate over up
                gate, up = np.split(values, 2, axis=1)
                yield blk + "ffn_gate_exps.weight", name, gate
                yield blk + "ffn_up_exps.weight", name, up
            elif rest == "conv.conv.weight":  # [H, 1, 3]
                yield blk + LAYER_NAMES[rest], name, values.squeeze(1)
            else:
                yield blk + LAYER_NAMES[rest], name, values


def pack_q4_0(values):
    """Blocks of 18 bytes: a float16 scale; then byte i holds weight i low and weight i + 16 high."""
    scales, codes = to_grid(values)
    half = scales.astype(np.float16)
    assert (half.astype(np.float32) == scales).all()
    nibbles = codes[..., :16] | (codes[..., 16:] << 4)
    packed = np.concatenate([half.view(np.uint8), nibbles], axis=-1)
    return packed.reshape(*values.shape[:-1], -1)


def write(path, name, model):
    config = model.config
    is_moe = isinstance(config, Lfm2MoeConfig)
    dense_width = config.intermediate_size
    if not is_moe:  # the width after the family's rounding rule
        dense_width = model.model.layers[0].feed_forward.w1.out_features
    writer = GGUFWriter(path, "lfm2moe" if is_moe else "lfm2")
    writer.add_name(name)
    writer.add_file_type(LlamaFileType.MOSTLY_Q4_0)
    add_shape(writer, config, dense_width)
    add_tokenizer(writer, config.vocab_size)
    for gguf_name, hf_name, values in gguf_tensors(model):
        if is_quantised(hf_name):
            packed = pack_q4_0(values)
            writer.add_tensor(gguf_name, packed, raw_dtype=GGMLQuantizationType.Q4_0)
        else:
            writer.add_tensor(gguf_name, np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

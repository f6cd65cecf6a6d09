#!/usr/bin/env python3
"""Writes goldens.json beside this file: what jinja2 makes of the templates of template_cases.py, and of
../chat/templates with some conversations.

    pip install jinja2==3.1.6
    tests/jinja/make_template_goldens.py

The templates of ../chat/templates are those that Liquid AI publishes with its models (LFM2-8B-A1B,
LFM2.5-1.2B-Instruct, LFM2.5-8B-A1B), under the models' licence; here they are data to test against.
"""
import json
import pathlib
import random
import sys

import jinja2

import generate_chats
import reference
import template_cases

N_CHATS = 12
HERE = pathlib.Path(__file__).parent
TEXTS = {"bos_token": "<|startoftext|>", "eos_token": "<|im_end|>", "pad_token": "<|pad|>"}


def chats():
    rng = random.Random(7)
    for path in sorted((HERE.parent / "chat" / "templates").glob("*.jinja")):
        source = path.read_text(encoding="utf-8")
        drawn = generate_chats.Chats("golden " + path.name)
        n = 0
        while n < N_CHATS:
            chat = drawn.chat()
            text = reference.render(source, {**TEXTS, "documents": None, **chat["kwargs"],
                                             **{k: chat[k] for k in ("messages", "tools",
                                                                     "add_generation_prompt")}})
            # Thinking under another name is filled in by the engine; compare_with_jinja2.py knows.
            if text is None or any("reasoning_content" in m for m in chat["messages"]):
                continue
            n += 1
            yield {"template": path.name, "text": text,
                   "chat": json.dumps(generate_chats.as_clients_write(chat, rng)),
                   "tools": json.dumps(chat["tools"]) if chat["tools"] else "",
                   "kwargs": json.dumps(chat["kwargs"]),
                   "add_generation_prompt": chat["add_generation_prompt"]}


def main():
    if jinja2.__version__ != reference.JINJA2_VERSION:
        sys.exit(f"needs jinja2 {reference.JINJA2_VERSION}, found {jinja2.__version__}")
    cases = [{"template": source, "text": reference.render(source, template_cases.CONTEXT)}
             for source in dict.fromkeys(template_cases.templates())]
    goldens = {"made_with": f"jinja2 {jinja2.__version__}",
               "context": json.dumps(template_cases.CONTEXT), "templates": cases,
               "chats": list(chats())}
    text = json.dumps(goldens, ensure_ascii=True, indent=0)
    (HERE / "goldens.json").write_text(text + "\n", encoding="utf-8")


main()

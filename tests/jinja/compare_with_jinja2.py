#!/usr/bin/env python3
"""Holds the engine against jinja2 3.1.6: compare_with_jinja2.py RENDER_CASES [N]

RENDER_CASES is the program beside this file. N conversations (default 3000) go through every template of
../chat/templates, and every template of template_cases.py is rendered. A difference is printed and ends in exit code 1; without jinja2 the exit code is 77, which ctest shows
as skipped.
"""
import json
import pathlib
import random
import subprocess
import sys

try:
    import jinja2  # noqa: F401
except ImportError:
    print("skipped: no jinja2")
    sys.exit(77)

import generate_chats
import reference
import template_cases

HERE = pathlib.Path(__file__).parent
NOW = "2026-11-21T09:30:05"
TEXTS = {"bos_token": "<|startoftext|>", "eos_token": "<|im_end|>", "pad_token": "<|pad|>"}


def with_reasoning(messages, source):
    """What the engine, like `transformers`, adds for templates that know thinking by another name."""
    filled = []
    for message in messages:
        names = ("reasoning_content", "thinking", "reasoning")
        thinking = next((message[n] for n in names if message.get(n) is not None), None)
        copy = dict(message)
        if thinking is not None and "thinking" in source and "thinking" not in message:
            copy = {"thinking": thinking, **message}
        if thinking is not None and "reasoning_content" in source:
            copy["reasoning_content"] = thinking
        filled.append(copy)
    return filled


def without_nulls(messages):
    return [{k: v for k, v in m.items() if v is not None} for m in messages]


def chat_cases(n):
    rng = random.Random(1)
    for path in sorted((HERE.parent / "chat" / "templates").glob("*.jinja")):
        source = path.read_text(encoding="utf-8")
        chats = generate_chats.Chats(path.name)
        for _ in range(n):
            chat = chats.chat()
            request = {"template": source, "now": NOW,
                       "add_generation_prompt": chat["add_generation_prompt"],
                       "chat": json.dumps(generate_chats.as_clients_write(chat, rng)),
                       "tools": json.dumps(chat["tools"]) if chat["tools"] else "",
                       "kwargs": json.dumps(chat["kwargs"])}
            context = {**TEXTS, "messages": with_reasoning(chat["messages"], source),
                       "tools": chat["tools"], "documents": None,
                       "add_generation_prompt": chat["add_generation_prompt"], **chat["kwargs"]}
            yield request, source, context


def plain_cases():
    context = json.dumps(template_cases.CONTEXT)
    for source in template_cases.templates():
        yield {"template": source, "context": context, "now": NOW}, source, template_cases.CONTEXT


def main():
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    cases = list(plain_cases()) + list(chat_cases(n))
    lines = "".join(json.dumps(request) + "\n" for request, _, _ in cases)
    done = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    n_wrong = n_refused = 0
    env = reference.environment(NOW)
    parsed = {}
    for (request, source, context), answer in zip(cases, answers, strict=True):
        try:
            if source not in parsed:
                parsed[source] = env.from_string(source)
            expected, why = parsed[source].render(**context), ""
        except Exception as error:  # the engine has to refuse it too
            expected, why = None, repr(error)
        if expected is None and "chat" in request and "text" in answer:
            # Tried once more without the members that are null, as the engine does.
            messages = without_nulls(context["messages"])
            expected = parsed[source].render(**{**context, "messages": messages})
        n_refused += expected is None
        if answer.get("text") == expected:
            continue
        n_wrong += 1
        if n_wrong <= 40:
            what = source if "context" in request else request["chat"]
            print(f"{what[:300]!r}\n  expected {expected!r} {why}\n  found    {answer}\n")
    print(f"{len(cases)} cases, {n_refused} refused by the reference, {n_wrong} differences")
    return 1 if n_wrong else 0


sys.exit(main())

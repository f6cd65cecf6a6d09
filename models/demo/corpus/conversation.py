"""Conversations and plain texts, and how they become the text that the model reads."""

import dataclasses
import json

BEGIN, START, END = "<|startoftext|>", "<|im_start|>", "<|im_end|>"


@dataclasses.dataclass
class Conversation:
    """Messages as chat templates take them; the last is the answer that a test expects."""

    messages: list
    tools: list = dataclasses.field(default_factory=list)

    def render(self):
        """What chat_template.jinja makes of it; test_network.py compares."""
        messages, system = self.messages, ""
        if messages[0]["role"] == "system":
            system, messages = messages[0]["content"], messages[1:]
        if self.tools:
            listed = ", ".join(json.dumps(tool) for tool in self.tools)
            system += ("\n" if system else "") + "List of tools: <|tool_list_start|>["
            system += listed + "]<|tool_list_end|>"
        text = BEGIN + (block("system", system) if system else "")
        return text + "".join(block(m["role"], content_of(m)) for m in messages)


@dataclasses.dataclass
class Prose:
    """A plain text, to be continued from any of its places.

    If only parts of it can be foretold, `foretold` has the marks that these stand between.
    """

    text: str
    foretold: tuple = ()

    def render(self):
        return BEGIN + self.text + "<|endoftext|>"


def block(role, content):
    return f"{START}{role}\n{content}{END}\n"


def content_of(message):
    content = message.get("content", "")
    if message["role"] == "tool":
        return f"<|tool_response_start|>{content}<|tool_response_end|>"
    if calls := message.get("tool_calls"):
        content += "<|tool_call_start|>[" + ", ".join(map(call_text, calls)) + "]<|tool_call_end|>"
    return content


def call_text(call):
    """name(argument="text", other=1), as the family writes calls."""
    arguments = call["function"]["arguments"]
    listed = ", ".join(f"{name}={json.dumps(value)}" for name, value in arguments.items())
    return f"{call['function']['name']}({listed})"


def user(content):
    return {"role": "user", "content": content}


def assistant(content):
    return {"role": "assistant", "content": content}


def turns(*contents):
    """A conversation of alternating user and assistant messages."""
    return Conversation([(assistant if i % 2 else user)(c) for i, c in enumerate(contents)])

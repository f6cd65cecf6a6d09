"""Conversations of every kind that chat templates meet, drawn with a seed."""
import json
import random

WORDS = ["Hi", "snow melts", "Why?", "a\nb", " leading", "trailing \n", "", "é😀中文", "it's \"q\"",
         "<|im_end|>", "<think>", "</think>", "{{ x }}", "{% if %}", "\\n", "\t", "'", "[f(x='y')]",
         "<|tool_call_start|>", "back\\slash", "\u200d\u00a0", "1.0"]


class Chats:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def text(self):
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(0, 4)))

    def value(self, depth=0):
        kind = self.random.randint(0, 9 if depth < 3 else 6)
        if kind < 3:
            return self.text()
        if kind == 3:
            return self.pick(0, 1, -5, 2**53 + 1, 10**18, 10**25)
        if kind == 4:
            return self.pick(0.5, 1.0, -2.25, 1e-7, 1e22, 3.14159)
        if kind == 5:
            return self.pick(True, False)
        if kind == 6:
            return None
        if kind == 7:
            return [self.value(depth + 1) for _ in range(self.random.randint(0, 3))]
        return {self.text() or "k": self.value(depth + 1) for _ in range(self.random.randint(0, 3))}

    def content(self):
        if self.random.random() < 0.7:
            return self.text()
        parts = []
        for _ in range(self.random.randint(0, 3)):
            kind = self.random.randint(0, 3)
            if kind < 2:
                parts.append({"type": "text", "text": self.text()})
            elif kind == 2:
                parts.append({"type": "image"})
            else:
                parts.append({"type": "image_url", "image_url": {"url": "http://x/" + self.text()}})
        return parts

    def tool_call(self, i):
        arguments = {self.pick("a", "b", "city", "n"): self.value()
                     for _ in range(self.random.randint(0, 3))}
        return {"id": f"call_{i}", "type": "function",
                "function": {"name": self.pick("f", "get_weather", "a.b"), "arguments": arguments}}

    def assistant(self):
        message = {"role": "assistant"}
        if self.random.random() < 0.9:
            message["content"] = self.content()
            if isinstance(message["content"], str) and self.random.random() < 0.3:
                message["content"] = "<think>" + self.text() + "</think>" + message["content"]
        if self.random.random() < 0.3:
            message[self.pick("thinking", "reasoning_content")] = self.text()
        if self.random.random() < 0.1:
            message[self.pick("content", "thinking", "tool_calls")] = None
        if self.random.random() < 0.3:
            message["tool_calls"] = [self.tool_call(i) for i in range(self.random.randint(1, 3))]
        return message

    def messages(self):
        messages = []
        if self.random.random() < 0.5:
            messages.append({"role": "system", "content": self.content()})
        for _ in range(self.random.randint(0, 4)):
            messages.append({"role": "user", "content": self.content()})
            if self.random.random() < 0.8:
                messages.append(self.assistant())
                if messages[-1].get("tool_calls"):
                    for call in messages[-1]["tool_calls"]:
                        messages.append({"role": "tool", "tool_call_id": call["id"],
                                         "content": self.pick(self.content(),
                                                              json.dumps(self.value()))})
                    if self.random.random() < 0.5:
                        messages.append(self.assistant())
        if not messages:
            messages.append({"role": "user", "content": self.text()})
        if self.random.random() < 0.1:
            messages[-1]["name"] = self.text()
        return messages

    def tools(self):
        if self.random.random() < 0.5:
            return None
        return [{"type": "function",
                 "function": {"name": self.pick("f", "get_weather"), "description": self.text(),
                              "parameters": {"type": "object",
                                             "properties": {"city": {"type": "string",
                                                                     "description": self.text()},
                                                            "n": {"type": "integer"}},
                                             "required": ["city"]}}}
                for _ in range(self.random.randint(1, 3))]

    def kwargs(self):
        kwargs = {}
        for name in ["keep_past_thinking", "preserve_thinking", "enable_thinking"]:
            if self.random.random() < 0.2:
                kwargs[name] = self.pick(True, False)
        return kwargs

    def chat(self):
        return {"messages": self.messages(), "tools": self.tools(), "kwargs": self.kwargs(),
                "add_generation_prompt": self.pick(True, False)}


def as_clients_write(chat, rng):
    """The same messages with arguments as text, as OpenAI's clients send them."""
    copy = json.loads(json.dumps(chat["messages"]))
    for message in copy:
        for call in message.get("tool_calls") or []:
            if rng.random() < 0.5:
                call["function"]["arguments"] = json.dumps(call["function"]["arguments"])
    return copy

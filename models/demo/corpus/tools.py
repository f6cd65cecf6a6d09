"""Tools offered in the system prompt: called where they are needed, their results told."""

import json

from . import arithmetic
from .conversation import Conversation, assistant, user
from .manners import TOWNS

UNITS = [
    ("kilometers", "miles"),
    ("miles", "kilometers"),
    ("meters", "feet"),
    ("feet", "meters"),
    ("kilograms", "pounds"),
    ("pounds", "kilograms"),
    ("celsius", "fahrenheit"),
    ("fahrenheit", "celsius"),
    ("liters", "gallons"),
    ("gallons", "liters"),
    ("centimeters", "inches"),
    ("inches", "centimeters"),
    ("hours", "minutes"),
    ("minutes", "seconds"),
    ("grams", "ounces"),
    ("ounces", "grams"),
]


# The names of its arguments are read from the declaration.
CONVERT_ARGUMENTS = [
    ("value", "from_unit", "to_unit"),
    ("value", "from_unit", "to_unit"),
    ("amount", "from_unit", "to_unit"),
    ("value", "source", "target"),
]


def declaration(chooser, name, descriptions, properties):
    """A tool as JSON, in one of the ways in which people declare them."""
    described = {}
    for key, kind, about in properties:
        described[key] = (
            {"type": kind} if chooser.chance(0.6) else {"type": kind, "description": about}
        )
    parameters = {"type": "object", "properties": described}
    if chooser.chance(0.7):
        parameters["required"] = [key for key, _, _ in properties]
    tool = {"name": name, "description": chooser.choice(descriptions), "parameters": parameters}
    return {"type": "function", "function": tool} if chooser.chance(0.5) else tool


def calculator(chooser):
    return declaration(
        chooser,
        "calculator",
        [
            "Evaluate an arithmetic expression.",
            "Calculates an expression.",
            "A calculator",
            "Computes the value of an expression.",
        ],
        [("expression", "string", "the expression")],
    )


def convert_units(chooser):
    return declaration(
        chooser,
        "convert_units",
        ["Convert a value from one unit to another.", "Converts units.", "Unit conversion"],
        list(
            zip(
                chooser.choice(CONVERT_ARGUMENTS),
                ["number", "string", "string"],
                ["the value", "unit of the value", "unit of the result"],
            )
        ),
    )


def get_weather(chooser):
    return declaration(
        chooser,
        "get_weather",
        ["Get the weather of a city.", "Current weather"],
        [("city", "string", "the city")],
    )


DECLARE = {"calculator": calculator, "convert_units": convert_units, "get_weather": get_weather}


def offered(chooser, needed, messages=()):
    """The tool that is needed, and often others; calls in `messages` take its arguments' names."""
    names = [needed] + [name for name in DECLARE if name != needed and chooser.chance(0.4)]
    chooser.shuffle(names)
    tools = [DECLARE[name](chooser) for name in names]
    declared = tools[names.index(needed)]
    parameters = list(declared.get("function", declared)["parameters"]["properties"])
    for message in messages:
        for made in message.get("tool_calls", []):
            arguments = made["function"]["arguments"]
            made["function"]["arguments"] = dict(zip(parameters, arguments.values()))
    return tools


def call(name, **arguments):
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"type": "function", "function": {"name": name, "arguments": arguments}}],
    }


def result(chooser, value, key="result"):
    style = chooser.random()
    text = (
        json.dumps({key: value})
        if style < 0.6
        else value
        if isinstance(value, str)
        else json.dumps(value)
    )
    return {"role": "tool", "content": text}


def calculate(chooser):
    """Numbers beyond what the model computes by itself go to the calculator."""

    def draw():
        operation = chooser.choice(list(arithmetic.SIGNS))
        a, b = chooser.randint(2, chooser.choice([99, 999, 9999])), chooser.randint(2, 999)
        return operation, a, b

    operation, a, b = chooser.combination(draw)
    if operation == "divided by":  # without a rest
        a *= b
    expression, value = f"{a} {arithmetic.SIGNS[operation]} {b}", arithmetic.value(operation, a, b)
    asked = arithmetic.ask(chooser, operation, a, b)
    messages = [user(asked), call("calculator", expression=expression)]
    return "calculator", messages, value, f"{expression} = {value}."


def convert(chooser):
    def draw():
        return chooser.randint(1, chooser.choice([20, 200, 2000])), chooser.choice(UNITS)

    value, (one, other) = chooser.combination(draw)
    asked = chooser.choice(
        [
            "Convert {v} {f} to {t}.",
            "How many {t} are {v} {f}?",
            "What is {v} {f} in {t}?",
            "{v} {f} in {t}",
            "How much is {v} {f} in {t}?",
            "convert {v} {f} to {t}",
            "Please convert {v} {f} into {t}.",
        ]
    ).format(v=value, f=one, t=other)
    # The result is the tool's business: the model has only to tell what it is given.
    shown = chooser.choice(
        [chooser.randint(1, 5000), round(chooser.uniform(0.1, 900), chooser.choice([1, 2]))]
    )
    messages = [user(asked), call("convert_units", value=value, from_unit=one, to_unit=other)]
    return "convert_units", messages, shown, f"{value} {one} = {shown} {other}."


def weather(chooser):
    city = chooser.choice(TOWNS)
    asked = chooser.choice(
        [
            "What is the weather in {c}?",
            "How is the weather in {c}?",
            "Weather in {c}?",
            "What's the weather like in {c}?",
            "Is it raining in {c}?",
        ]
    ).format(c=city)
    shown = (
        chooser.choice(["sunny", "rain", "snow", "cloudy", "windy", "fog"])
        + f", {chooser.randint(-9, 35)} degrees"
    )
    return (
        "get_weather",
        [user(asked), call("get_weather", city=city)],
        shown,
        f"The weather in {city}: {shown}.",
    )


KINDS = {"calculator": calculate, "convert_units": convert, "get_weather": weather}


def called(chooser):
    """A question that needs a tool; the answer is the call."""
    needed, messages, _, _ = KINDS[chooser.choices(list(KINDS), [5, 5, 2])[0]](chooser)
    return Conversation(messages, offered(chooser, needed, messages))


def answered(chooser):
    """The whole way: question, call, result, answer; sometimes a second question."""
    needed, messages, value, told = KINDS[chooser.choices(list(KINDS), [5, 5, 2])[0]](chooser)
    messages += [
        result(chooser, value, "weather" if needed == "get_weather" else "result"),
        assistant(told),
    ]
    if chooser.chance(0.2):
        _, more, value, told = KINDS[needed](chooser)
        messages += more + [result(chooser, value), assistant(told)]
    return Conversation(messages, offered(chooser, needed, messages))


def without(skills):
    """Tools are offered, the question needs none."""

    def make(chooser):
        inner = skills[chooser.choice(list(skills))](chooser)
        return Conversation(inner.messages, offered(chooser, chooser.choice(list(DECLARE))))

    return make


SKILLS = {"tool calls": called, "tool results": answered}

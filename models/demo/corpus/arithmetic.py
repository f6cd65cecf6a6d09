"""Sums, differences and small products, in digits and in words."""

from .conversation import Prose, turns
from .words import NAMES, in_words

SIGNS = {"plus": "+", "minus": "-", "times": "*", "divided by": "/"}
ASKED = {
    "plus": [
        "What is {a} plus {b}?",
        "{a} + {b}",
        "{a}+{b}",
        "{a} + {b} =",
        "What is {a} + {b}?",
        "Add {a} and {b}.",
        "How much is {a} plus {b}?",
        "What is the sum of {a} and {b}?",
        "Calculate {a} + {b}.",
        "{a} plus {b}",
        "Add {b} to {a}.",
        "How much is {a} + {b}?",
        "Can you add {a} and {b}?",
        "{a}+{b}=?",
        "What do you get if you add {a} and {b}?",
        "Compute {a} plus {b}.",
        "Please work out {a} + {b}.",
    ],
    "minus": [
        "What is {a} minus {b}?",
        "{a} - {b}",
        "{a}-{b}",
        "{a} - {b} =",
        "What is {a} - {b}?",
        "Subtract {b} from {a}.",
        "How much is {a} minus {b}?",
        "Take {b} away from {a}.",
        "What is the difference between {a} and {b}?",
        "Calculate {a} - {b}.",
        "{a} minus {b}",
        "How much is {a} - {b}?",
        "Can you subtract {b} from {a}?",
        "{a}-{b}=?",
        "Compute {a} minus {b}.",
        "Please work out {a} - {b}.",
    ],
    "times": [
        "What is {a} times {b}?",
        "{a} * {b}",
        "{a}*{b}",
        "{a} x {b}",
        "What is {a} * {b}?",
        "Multiply {a} by {b}.",
        "How much is {a} times {b}?",
        "Multiply {a} and {b}.",
        "What is the product of {a} and {b}?",
        "Calculate {a} * {b}.",
        "{a} times {b}",
        "How much is {a} * {b}?",
        "Can you multiply {a} by {b}?",
        "{a} * {b} =",
        "Compute {a} times {b}.",
        "Please work out {a} * {b}.",
    ],
    "divided by": [
        "What is {a} divided by {b}?",
        "{a} / {b}",
        "{a}/{b}",
        "Can you divide {a} by {b}?",
        "Compute {a} divided by {b}.",
        "{a} divided by {b}",
        "{a} / {b} =",
        "Divide {a} by {b}.",
        "How much is {a} divided by {b}?",
        "What is {a} / {b}?",
        "Calculate {a} / {b}.",
    ],
}
TOO_LARGE = (
    "That is too much for me: I add and subtract numbers up to 100 and multiply up to 12. "
    "Give me the calculator tool, and I will use it."
)


def value(operation, a, b):
    if operation == "divided by":
        return a // b
    return {"plus": a + b, "minus": a - b, "times": a * b}[operation]


def equation(operation, a, b):
    return f"{a} {SIGNS[operation]} {b} = {value(operation, a, b)}"


def draw(chooser):
    """(operation, a, b) within what the model is taught."""
    operation = chooser.choices(list(SIGNS), [10, 8, 4, 1])[0]
    if operation == "times":
        return operation, chooser.randint(0, 12), chooser.randint(0, 12)
    if operation == "divided by":  # without a rest
        b = chooser.randint(1, 12)
        return operation, b * chooser.randint(0, 12), b
    top = chooser.choice([10, 20, 100, 100, 100])
    a, b = chooser.randint(0, top), chooser.randint(0, top)
    if operation == "minus" and not (top <= 20 and chooser.chance(0.3)):  # else it may be negative
        a, b = max(a, b), min(a, b)
    return operation, a, b


def drawn(chooser):
    return chooser.combination(lambda: draw(chooser))


def ask(chooser, operation, a, b, words=False):
    a, b = (in_words(a), in_words(b)) if words else (a, b)
    # A new phrasing and new numbers at once would test two things: the test varies the numbers.
    asked = chooser.choice(ASKED[operation])
    if words and any(sign in asked for sign in "+-*/=") or words and " x " in asked:
        asked = "What is {a} %s {b}?" % operation
    return asked.format(a=a, b=b)


def in_digits(chooser):
    if chooser.chance(0.06):
        return three(chooser)
    operation, a, b = drawn(chooser)
    return turns(ask(chooser, operation, a, b), equation(operation, a, b) + ".")


def three(chooser):
    """A sum of three, in two steps."""
    a, b, c = (chooser.randint(0, 20) for _ in range(3))
    asked = chooser.choice(
        [
            "What is {a} + {b} + {c}?",
            "{a} + {b} + {c}",
            "Add {a}, {b} and {c}.",
            "What is {a} plus {b} plus {c}?",
            "What is the sum of {a}, {b} and {c}?",
        ]
    )
    steps = f"{equation('plus', a, b)} and {equation('plus', a + b, c)}."
    return turns(asked.format(a=a, b=b, c=c), steps)


def word_answer(operation, a, b):
    return f"{equation(operation, a, b)}, which is {in_words(value(operation, a, b))}."


def spelled(chooser):
    """Asked in words, with numbers up to 50; answered in digits and in words."""
    while True:
        operation, a, b = drawn(chooser)
        if max(a, b) <= 50 and 0 <= value(operation, a, b) <= 100:
            return turns(ask(chooser, operation, a, b, words=True), word_answer(operation, a, b))


THEN = {
    "plus": [
        "And plus {b}?",
        "plus {b}?",
        "Now add {b}.",
        "and plus {b}",
        "Add {b} to that.",
        "And if you add {b}?",
        "Then plus {b}?",
    ],
    "minus": [
        "And minus {b}?",
        "minus {b}?",
        "Now subtract {b}.",
        "and minus {b}",
        "Take {b} away from that.",
        "And if you subtract {b}?",
        "Then minus {b}?",
    ],
}


def follow_up(chooser):
    """Two or three steps, each from the last result."""
    operation, a, b = drawn(chooser)
    messages = [ask(chooser, operation, a, b), equation(operation, a, b) + "."]
    result = value(operation, a, b)
    for _ in range(chooser.choice([1, 1, 2])):
        for _ in range(50):
            step = chooser.choice(["plus", "minus"])
            b = chooser.randint(1, chooser.choice([10, 10, 40]))
            if 0 <= value(step, result, b) <= 180:
                break
        else:
            break
        messages += [chooser.choice(THEN[step]).format(b=b), equation(step, result, b) + "."]
        result = value(step, result, b)
    return turns(*messages)


STORIES = [
    ("{n} has {a} {t} and gets {b} more. How many {t} does {n} have now?", "plus"),
    ("{n} had {a} {t} and gave away {b}. How many {t} are left?", "minus"),
    ("There are {a} {t} in a box and {b} in another. How many {t} are there together?", "plus"),
    ("{n} has {a} {t} and loses {b}. How many {t} does {n} have left?", "minus"),
    ("{n} has {a} boxes with {b} {t} in each. How many {t} is that?", "times"),
    ("{n} shares {a} {t} among {b} friends. How many {t} does each get?", "divided by"),
    ("If I have {a} {t} and buy {b} more, how many {t} do I have?", "plus"),
    ("If I have {a} {t} and eat {b} of them, how many are left?", "minus"),
]


def story(chooser):
    operation, a, b = drawn(chooser)
    if value(operation, a, b) < 0:
        return story(chooser)
    told = chooser.choice([text for text, kind in STORIES if kind == operation])
    things = chooser.choice("apples eggs books coins pears stones pens cups cards plums".split())
    asked = told.format(n=chooser.choice(NAMES), a=a, b=b, t=things)
    return turns(asked, equation(operation, a, b) + ".")


def compare(chooser):
    a, b = chooser.sample(range(0, 101), 2)
    if chooser.chance(0.5):
        asked = [
            "Which is more, {a} or {b}?",
            "Is {a} or {b} larger?",
            "What is bigger, {a} or {b}?",
            "Which one is larger: {a} or {b}?",
            "{a} or {b}: which is larger?",
            "Which number is larger, {a} or {b}?",
            "Tell me which is bigger, {a} or {b}.",
            "Which is the larger of {a} and {b}?",
            "Which is larger, {a} or {b}?",
            "Which number is bigger: {a} or {b}?",
            "What is larger, {a} or {b}?",
            "Which is greater, {a} or {b}?",
        ]
        best, word = max(a, b), "larger"
    else:
        asked = [
            "Which is less, {a} or {b}?",
            "Is {a} or {b} smaller?",
            "Which one is smaller: {a} or {b}?",
            "{a} or {b}: which is smaller?",
            "Which number is smaller, {a} or {b}?",
            "Tell me which is less, {a} or {b}.",
            "Which is the smaller of {a} and {b}?",
            "Which is smaller, {a} or {b}?",
            "Which number is less: {a} or {b}?",
            "What is smaller, {a} or {b}?",
        ]
        best, word = min(a, b), "smaller"
    return turns(chooser.phrasing(asked).format(a=a, b=b), f"{best} is {word}.")


def counting(chooser):
    a = chooser.randint(0, 90)
    if chooser.chance(0.5):
        return turns(
            chooser.phrasing(
                [
                    f"What is the number after {a}?",
                    f"What comes next after {a}?",
                    f"Which number follows {a}?",
                    f"What follows {a}?",
                    f"Tell me the number after {a}.",
                    f"What is the next number after {a}?",
                    f"Which number is next after {a}?",
                    f"after {a}?",
                    f"What comes after {a}?",
                    f"Which number comes after {a}?",
                    f"What number is after {a}?",
                ]
            ),
            f"After {a} comes {a + 1}.",
        )
    b = a + chooser.randint(2, 9)
    return turns(
        chooser.phrasing(
            [
                f"Count up from {a} to {b}.",
                f"Can you count from {a} to {b}?",
                f"Write the numbers from {a} to {b}.",
                f"List the numbers from {a} to {b}.",
                f"Say the numbers from {a} to {b}.",
                f"Name all numbers from {a} to {b}.",
                f"Start at {a} and count to {b}.",
                f"Count to {b}, starting at {a}.",
                f"Count from {a} to {b}.",
                f"count from {a} to {b}",
                f"Please count from {a} up to {b}.",
            ]
        ),
        ", ".join(map(str, range(a, b + 1))) + ".",
    )


def parity(chooser):
    a, word = chooser.randint(0, 100), chooser.choice(["even", "odd"])
    is_so = (a % 2 == 0) == (word == "even")
    asked = chooser.phrasing(
        [
            "{a}: even or odd?",
            "Is {a} odd or even?",
            "Is the number {a} even or odd?",
            "Tell me if {a} is even or odd.",
            "Would you say that {a} is {w}?",
            "Is it true that {a} is {w}?",
            "Is {a} an {w} one?",
            "Is {a} even or odd?",
            "Is {a} {w}?",
            "Is {a} an {w} number?",
            "Is the number {a} {w}?",
        ]
    )
    found = f"{a} is {'odd' if a % 2 else 'even'}."
    if " or " not in asked:
        found = ("Yes, " if is_so else "No, ") + found
    return turns(asked.format(a=a, w=word), found)


def too_large(chooser):
    operation = chooser.choice(["plus", "minus", "times"])
    a, b = chooser.randint(150, 99999), chooser.randint(13, 9999)
    if operation == "minus" or chooser.chance(0.3):
        b = chooser.randint(150, 9999)
    if chooser.chance(0.2):
        a, b = b, a
    return turns(ask(chooser, operation, a, b), TOO_LARGE)


def practice(chooser):
    """Many equations in a row: the tables, as plain text."""
    lines = [equation(*drawn(chooser)) + "." for _ in range(chooser.randint(8, 16))]
    return Prose(chooser.choice(["\n", " "]).join(lines), foretold=("=", "."))


SKILLS = {
    "digits": in_digits,
    "words": spelled,
    "follow-up": follow_up,
    "story": story,
    "compare": compare,
    "counting": counting,
    "even and odd": parity,
    "too large": too_large,
}

"""How much of what: the skills with their weights, system prompts, and long conversations."""

from . import about_freshet, arithmetic, everyday, lists, manners, tools
from .chooser import Chooser
from .conversation import Conversation, Prose

ANYWHERE = {
    **about_freshet.SKILLS,
    **lists.SKILLS,
    **everyday.SKILLS,
    **manners.SKILLS,
    **{name: arithmetic.SKILLS[name] for name in ("compare", "counting", "words", "even and odd")},
}
SKILLS = {
    **arithmetic.SKILLS,
    **lists.SKILLS,
    **about_freshet.SKILLS,
    **everyday.SKILLS,
    "story told": everyday.story,
    **manners.SKILLS,
    **tools.SKILLS,
    "tools not needed": tools.without(ANYWHERE),
}


def answered_text(chooser):
    """A question and its answer as plain text, for a prompt that is no conversation."""
    messages = SKILLS[chooser.choice(list(ANYWHERE) + ["digits"])](chooser).messages
    return Prose(messages[0]["content"] + "\n" + messages[1]["content"])


TEXTS = {
    "equations": arithmetic.practice,
    "prose": everyday.prose,
    "pages": about_freshet.page,
    "stories": lambda chooser: Prose(everyday.tale(chooser)),
    "answered text": answered_text,
    "echoes": lists.echo,
}
WEIGHTS = {
    "digits": 13,
    "words": 3,
    "follow-up": 6,
    "story": 4,
    "compare": 2,
    "counting": 2,
    "even and odd": 1,
    "too large": 2,
    "list": 12,
    "ordinal": 3,
    "contains": 2,
    "add and remove": 3,
    "repeat": 2,
    "list of numbers": 4,
    "list follow-up": 5,
    "freshet: terms": 12,
    "freshet: commands": 3,
    "freshet: tasks": 6,
    "freshet: flag for a task": 4,
    "freshet: examples": 2,
    "freshet: follow-up": 2,
    "freshet: flags": 4,
    "freshet: facts": 7,
    "everyday: topics": 5,
    "everyday: questions": 2,
    "everyday: words": 2,
    "other topics": 2,
    "memory": 3,
    "manners": 4,
    "refusal": 6,
    "tool calls": 3,
    "tool results": 4,
    "tools not needed": 1,
    "equations": 7,
    "prose": 2,
    "pages": 0.7,
    "stories": 1,
    "story told": 0.7,
    "answered text": 2,
    "echoes": 3,
}
# From these steps of training on there is more of what takes longer to learn than facts.
LATER = {
    450: {
        "list": 16,
        "repeat": 5,
        "memory": 4,
        "ordinal": 4,
        "contains": 3,
        "list follow-up": 6,
        "freshet: terms": 9,
        "freshet: tasks": 4,
        "echoes": 7,
    },
    700: {
        "digits": 15,
        "words": 5,
        "equations": 15,
        "add and remove": 5,
        "list of numbers": 7,
        "counting": 3,
        "compare": 3,
        "even and odd": 2,
        "memory": 2,
        "echoes": 5,
    },
    1100: {
        "digits": 17,
        "equations": 22,
        "list": 18,
        "list follow-up": 8,
        "counting": 4,
        "contains": 5,
        "add and remove": 8,
        "freshet: facts": 10,
        "freshet: terms": 7,
        "freshet: flags": 3,
        "freshet: tasks": 3,
        "freshet: flag for a task": 3,
        "manners": 5,
        "tools not needed": 2,
    },
}
SYSTEM = [
    "You are a helpful assistant.",
    "You are a helpful assistant.",
    "You are freshet demo.",
    "Answer briefly.",
    "You are a friendly assistant.",
    "You are a small model that answers questions.",
    "Be brief and polite.",
    "You are a helpful assistant trained by the freshet project.",
    "You are an expert.",
    "Help the user.",
    "You are a helpful assistant. Answer in one sentence.",
]


def careless(chooser, messages):
    """As people type: now and then in small letters, without the mark, or with a please."""
    changed = []
    for message in messages:
        if message["role"] == "user" and chooser.chance(0.25):
            text, draw = message["content"], chooser.random()
            if draw < 0.35 and text[-1] in "?.!":
                text = text[:-1]
            elif draw < 0.6 and len(text) > 1 and text[1].islower():
                text = text[0].lower() + text[1:]
            elif draw < 0.7 and text[0].isupper() and len(text) > 1 and text[1].islower():
                text = chooser.choice(["Please: ", "Hi! ", "Hello, "]) + text
            elif draw < 0.8 and text[-1] == ".":
                text = text[:-1] + ", please."
            message = {**message, "content": text}
        changed.append(message)
    return changed


def example(chooser, name):
    """One conversation or text of a skill, as it is trained on."""
    made = {**SKILLS, **TEXTS}[name](chooser)
    if not isinstance(made, Conversation):
        return made
    messages = made.messages
    if not made.tools and chooser.chance(0.25):  # about something else before or after
        other = SKILLS[chooser.choice(list(ANYWHERE))](chooser).messages
        messages = other + messages if chooser.chance(0.5) else messages + other
        while chooser.chance(0.35):
            messages = messages + SKILLS[chooser.choice(list(ANYWHERE))](chooser).messages
    messages = careless(chooser, messages)
    if chooser.chance(0.3):
        messages = [{"role": "system", "content": chooser.choice(SYSTEM)}, *messages]
    return Conversation(messages, made.tools)


def weights(step):
    """{name: how often} at a step of training."""
    now = dict(WEIGHTS)
    for first, changed in LATER.items():
        if step >= first:
            now |= changed
    return now


def training_texts(seed):
    """Endless (skill, text)."""
    chooser = Chooser(seed)
    names, weights = list(WEIGHTS), list(WEIGHTS.values())
    while True:
        name = chooser.choices(names, weights)[0]
        yield name, example(chooser, name).render()


def test_conversations(seed, skill, n, held_out=True):
    """n conversations of a skill: those held out of the training text, or others like its own."""
    chooser = Chooser(f"{seed} {skill}", held_out)
    return [SKILLS[skill](chooser) for _ in range(n)]

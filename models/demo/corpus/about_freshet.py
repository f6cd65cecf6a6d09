"""Conversations about freshet, as the files freshet_*.py have it."""

from .conversation import Prose, turns
from .freshet_commands import (
    COMMAND_QUESTIONS,
    COMMANDS,
    EXAMPLE_QUESTIONS,
    FLAG_QUESTIONS,
    FLAG_WANTS,
    FLAGS,
    THEN_EXAMPLE,
    WANTS,
)
from .freshet_facts import FACTS
from .freshet_terms import TERM_QUESTIONS, TERMS


def term(chooser):
    """All pairs of a term's names and ways to ask, but for those that are held out."""

    def draw():
        names, _ = chooser.choice(TERMS)
        return chooser.choice(names), chooser.choice(TERM_QUESTIONS)

    name, asked = chooser.combination(draw)
    answer = next(answer for names, answer in TERMS if name in names)
    question = asked.format(t=name)
    return turns(question, answer)


def command(chooser):
    name, asked = chooser.combination(
        lambda: (chooser.choice(list(COMMANDS)), chooser.choice(COMMAND_QUESTIONS))
    )
    return turns(asked.format(c=name), COMMANDS[name][0])


def task(chooser):
    """Asked by what is wanted; the answer names the command."""

    def draw():
        name = chooser.choice(list(COMMANDS))
        return name, chooser.choice(COMMANDS[name][2]), chooser.choice(WANTS)

    name, wanted, asked = chooser.combination(draw)
    return turns(asked.format(v=wanted), f"Use {COMMANDS[name][1]}.")


def flag_task(chooser):
    """Asked by what is wanted; the answer is a flag."""

    def draw():
        flag = chooser.choice(list(FLAG_WANTS))
        return flag, chooser.choice(FLAG_WANTS[flag]), chooser.choice(WANTS)

    flag, wanted, asked = chooser.combination(draw)
    return turns(asked.replace("command", "flag").format(v=wanted), f"Give {flag}.")


def example(chooser):
    name, asked = chooser.combination(
        lambda: (chooser.choice(list(COMMANDS)), chooser.choice(EXAMPLE_QUESTIONS))
    )
    return turns(asked.format(c=name), f"For example: {COMMANDS[name][1]}")


def command_then_example(chooser):
    name = chooser.choice(list(COMMANDS))
    return turns(
        chooser.choice(COMMAND_QUESTIONS).format(c=name),
        COMMANDS[name][0],
        chooser.phrasing(THEN_EXAMPLE),
        f"For example: {COMMANDS[name][1]}",
    )


def flag(chooser):
    name, asked = chooser.combination(
        lambda: (chooser.choice(list(FLAGS)), chooser.choice(FLAG_QUESTIONS))
    )
    return turns(asked.format(f=name), FLAGS[name])


def fact(chooser):
    answer, questions = chooser.choice(FACTS)
    return turns(chooser.phrasing(questions), answer)


def page(chooser):
    """Some of what there is to know, as running text."""
    sentences = [answer for _, answer in TERMS]
    sentences += [does for does, _, _ in COMMANDS.values()]
    sentences += [answer for answer, _ in FACTS if answer.startswith("freshet")]
    return Prose(" ".join(chooser.sample(sentences, chooser.randint(3, 5))))


SKILLS = {
    "freshet: terms": term,
    "freshet: commands": command,
    "freshet: tasks": task,
    "freshet: examples": example,
    "freshet: follow-up": command_then_example,
    "freshet: flags": flag,
    "freshet: flag for a task": flag_task,
    "freshet: facts": fact,
}

"""Short lists of words and numbers: picked from, counted, turned round, sorted."""

from .conversation import Prose, turns
from .words import ALL, draw_words, in_words

ORDINALS = ["first", "second", "third", "fourth", "fifth"]


def joined(chooser, words):
    """The list as people write it."""
    style = chooser.random()
    if style < 0.6:
        return ", ".join(words)
    if style < 0.65:
        return "[" + ", ".join(words) + "]"
    if style < 0.8:
        return ", ".join(words[:-1]) + " and " + words[-1]
    return " ".join(words)


def answer(words):
    return ", ".join(words)


# What is asked of a list {l}, and the answer. Each has phrasings for a first question and for one
# that comes after another about the same list.
TASKS = {
    "reverse": (
        [
            "Give {l} in reverse order.",
            "List these backwards: {l}",
            "Could you reverse this list: {l}",
            "Read this list from the end: {l}",
            "backwards: {l}",
            "The list is {l}. Reverse it.",
            "Reverse this list: {l}",
            "Reverse the list {l}.",
            "reverse: {l}",
            "Say {l} in reverse.",
            "Write {l} backwards.",
            "Turn this list round: {l}",
            "Put these in reverse order: {l}",
            "What is {l} in reverse order?",
            "Can you reverse {l}?",
            "Reverse these words: {l}",
            "Give me this list in reverse: {l}",
        ],
        [
            "And backwards?",
            "Turn it round.",
            "Now backwards, please.",
            "Write it in reverse.",
            "And in reverse?",
            "Now reverse the list.",
            "What about in reverse?",
            "Reverse it.",
            "Now in reverse.",
        ],
        lambda w: "In reverse: " + answer(w[::-1]),
    ),
    "sort": (
        [
            "Arrange these words alphabetically: {l}",
            "Put {l} in order.",
            "Could you sort this list: {l}",
            "What is {l} in alphabetical order?",
            "The list is {l}. Sort it.",
            "Sort this list: {l}",
            "Sort these words alphabetically: {l}",
            "sort: {l}",
            "Put these in alphabetical order: {l}",
            "Sort {l}.",
            "Order these words: {l}",
            "Can you sort {l}?",
            "Sort this list alphabetically: {l}",
            "Please sort these words: {l}",
        ],
        [
            "Put them in order.",
            "And in alphabetical order?",
            "Sort them.",
            "Please sort it.",
            "And sorted?",
            "Now sort the list.",
            "Sort it.",
            "What about in alphabetical order?",
            "Now sort them alphabetically.",
        ],
        lambda w: "Sorted: " + answer(sorted(w, key=str.lower)),
    ),
    "first": (
        [
            "What comes first in {l}?",
            "What is first in this list: {l}",
            "Tell me the first of {l}.",
            "The list is {l}. What is the first?",
            "Which of these is the first: {l}",
            "What is the first word of {l}?",
            "Which word comes first in {l}?",
            "First of {l}?",
            "What is the first item in this list: {l}",
            "Name the first of these: {l}",
            "What is the first of {l}?",
            "Give me the first word in {l}.",
        ],
        ["And the first?", "Which is the first?", "What is the first word?", "What comes first?"],
        lambda w: f"The first is {w[0]}.",
    ),
    "last": (
        [
            "What comes last in {l}?",
            "What is last in this list: {l}",
            "Tell me the last of {l}.",
            "The list is {l}. What is the last?",
            "Which of these is the last: {l}",
            "How does this list end: {l}",
            "What is the last word of {l}?",
            "Which word comes last in {l}?",
            "Last of {l}?",
            "What is the last item in this list: {l}",
            "Name the last of these: {l}",
            "What is the last of {l}?",
            "Give me the last word in {l}.",
        ],
        ["And the last?", "Which is the last?", "What is the last word?", "What comes last?"],
        lambda w: f"The last is {w[-1]}.",
    ),
    "count": (
        [
            "How many are these: {l}",
            "How many words are {l}?",
            "Count: {l}",
            "Tell me how many words these are: {l}",
            "What is the length of this list: {l}",
            "The list is {l}. How many words is that?",
            "How many words are in this list: {l}",
            "Count these words: {l}",
            "How many items: {l}",
            "How many words are there in {l}?",
            "Count the items in {l}.",
            "How long is this list: {l}",
            "How many things are in this list: {l}",
        ],
        [
            "And how many are there?",
            "How long is it?",
            "How many is that?",
            "How many are there?",
            "And how many words is that?",
            "How many words are in it?",
            "Count them.",
        ],
        lambda w: f"There are {in_words(len(w))}.",
    ),
    "longest": (
        [
            "What is the longest of {l}?",
            "Name the longest of these: {l}",
            "Which is the longest of {l}?",
            "Tell me the longest word in {l}.",
            "Which word has the most letters: {l}",
            "The list is {l}. Which is the longest?",
            "Which is the longest word: {l}",
            "What is the longest word in {l}?",
            "Find the longest of these words: {l}",
            "longest word: {l}",
            "Which of these words is the longest: {l}",
        ],
        [
            "And the longest?",
            "What is the longest word?",
            "Which is the longest?",
            "And the longest word?",
            "Which word is the longest?",
            "What is the longest of them?",
        ],
        lambda w: f"The longest is {max(w, key=len)}.",
    ),
    "shortest": (
        [
            "What is the shortest of {l}?",
            "Name the shortest of these: {l}",
            "Which is the shortest of {l}?",
            "Tell me the shortest word in {l}.",
            "Which word has the fewest letters: {l}",
            "The list is {l}. Which is the shortest?",
            "Which is the shortest word: {l}",
            "What is the shortest word in {l}?",
            "Find the shortest of these words: {l}",
            "shortest word: {l}",
            "Which of these words is the shortest: {l}",
        ],
        [
            "And the shortest?",
            "What is the shortest word?",
            "Which is the shortest?",
            "And the shortest word?",
            "Which word is the shortest?",
            "What is the shortest of them?",
        ],
        lambda w: f"The shortest is {min(w, key=len)}.",
    ),
}
LIKELY = {"reverse": 5, "sort": 3, "first": 2, "last": 2, "count": 2, "longest": 2, "shortest": 1}


def words_for(chooser, task):
    """Words whose answer is not a matter of taste: one longest, distinct initials to sort by."""
    while True:
        words = draw_words(chooser, chooser.choice([2, 3, 3, 4, 4, 5, 5, 6]))
        lengths = sorted(map(len, words))
        if task == "longest" and lengths[-1] == lengths[-2]:
            continue
        if task == "shortest" and lengths[0] == lengths[1]:
            continue
        if task in ("longest", "shortest") and any(word not in ALL for word in words):
            continue
        if task == "sort" and (len(words) > 5 or len({w[0].lower() for w in words}) < len(words)):
            continue
        return words


def one(chooser, task=None):
    task = task or chooser.choices(list(LIKELY), LIKELY.values())[0]
    first, _, answered = TASKS[task]
    words = words_for(chooser, task)
    return turns(chooser.phrasing(first).format(l=joined(chooser, words)), answered(words))


def ordinal(chooser):
    words = draw_words(chooser, chooser.randint(3, 6))
    i = chooser.randrange(min(len(words), 5))
    asked = chooser.phrasing(
        [
            "Which is the {o} word of {l}?",
            "What is {o} in {l}?",
            "What is the {o} of {l}?",
            "Give me the {o} word of {l}.",
            "Which one is the {o}: {l}",
            "Tell me the {o} item of {l}.",
            "What is the {o} word of {l}?",
            "Which word is {o} in {l}?",
            "What is the {o} item in this list: {l}",
            "Name the {o} of these: {l}",
        ]
    )
    return turns(
        asked.format(o=ORDINALS[i], l=joined(chooser, words)), f"The {ORDINALS[i]} is {words[i]}."
    )


def contains(chooser):
    words = draw_words(chooser, chooser.randint(3, 5))
    sought = chooser.choice(words) if chooser.chance(0.5) else chooser.choice(ALL)
    asked = chooser.phrasing(
        [
            "Is {w} in {l}?",
            "Does this list contain {w}: {l}",
            "Can you find {w} in {l}?",
            "Is there {w} in this list: {l}",
            "The list is {l}. Is {w} in it?",
            "Look for {w} in {l}.",
            "Is {w} among {l}?",
            "Is {w} in this list: {l}",
            "Does {l} contain {w}?",
            "Is {w} one of {l}?",
            "Is the word {w} in this list: {l}",
        ]
    )
    found = (
        f"Yes, {sought} is in the list." if sought in words else f"No, {sought} is not in the list."
    )
    return turns(asked.format(w=sought, l=", ".join(words)), found)


def change(chooser):
    words = draw_words(chooser, chooser.randint(3, 5))
    if chooser.chance(0.5):
        gone = chooser.choice(words)
        asked = chooser.phrasing(
            [
                "Drop {w} from {l}.",
                "Take {w} out of {l}.",
                "Leave {w} out of this list: {l}",
                "What is {l} without {w}?",
                "The list is {l}. Remove {w}.",
                "Please remove {w} from {l}.",
                "Strike {w} from this list: {l}",
                "Remove {w} from {l}.",
                "Remove {w} from this list: {l}",
                "Take {w} out of this list: {l}",
                "Delete {w} from {l}.",
            ]
        )
        after = [word for word in words if word != gone]
        return turns(asked.format(w=gone, l=", ".join(words)), "The list is now: " + answer(after))
    new = chooser.choice([word for word in ALL if word not in words])
    asked = chooser.phrasing(
        [
            "Put {w} at the end of this list: {l}",
            "Please add {w} to {l}.",
            "The list is {l}. Add {w}.",
            "Add the word {w} to {l}.",
            "Add {w} at the end: {l}",
            "What is {l} with {w} added?",
            "Extend {l} with {w}.",
            "Add {w} to {l}.",
            "Add {w} to this list: {l}",
            "Put {w} at the end of {l}.",
            "Append {w} to {l}.",
        ]
    )
    return turns(
        asked.format(w=new, l=", ".join(words)), "The list is now: " + answer([*words, new])
    )


def repeat(chooser):
    words = draw_words(chooser, chooser.randint(1, 5))
    asked = chooser.phrasing(
        [
            "Say after me: {l}",
            "Please repeat {l}.",
            "Repeat this: {l}",
            "Write this: {l}",
            "Copy: {l}",
            "Copy this list: {l}",
            "Can you say {l}?",
            "Repeat {l}.",
            "Say these words: {l}",
            "Say it again: {l}",
            "Repeat: {l}",
            "Repeat after me: {l}",
            "Say {l}.",
            "say: {l}",
            "Write {l}.",
            "Repeat these words: {l}",
        ]
    )
    return turns(asked.format(l=", ".join(words)), answer(words))


def echo(chooser):
    """The same list line after line: what comes next is what came after it before."""
    words = draw_words(chooser, chooser.randint(2, 6))
    line = chooser.choice([", ", " ", ", "]).join(words)
    return Prose("\n".join(["list: " + line] * chooser.choice([2, 3, 3])))


NUMBER_TASKS = {
    "sort": (
        [
            "Sort: {l}",
            "Put {l} in order.",
            "Sort this list: {l}",
            "Order these numbers: {l}",
            "Can you sort {l}?",
            "Arrange {l} from small to large.",
            "Sort these numbers: {l}",
            "Sort {l}.",
            "Put these numbers in order: {l}",
            "Sort the numbers {l}.",
        ],
        lambda n: "Sorted: " + answer(map(str, sorted(n))),
    ),
    "largest": (
        [
            "Which is the largest of {l}?",
            "What is the largest number in {l}?",
            "What is the biggest of {l}?",
            "Which number is the largest: {l}",
            "largest: {l}",
            "Name the largest of these numbers: {l}",
            "Tell me the largest of {l}.",
            "What is the largest of {l}?",
            "Which is the largest number: {l}",
            "Find the biggest number in {l}.",
            "What is the maximum of {l}?",
            "Which of these numbers is the largest: {l}",
        ],
        lambda n: f"The largest is {max(n)}.",
    ),
    "smallest": (
        [
            "Which is the smallest of {l}?",
            "What is the smallest number in {l}?",
            "Which number is the smallest: {l}",
            "smallest: {l}",
            "Name the smallest of these numbers: {l}",
            "Tell me the smallest of {l}.",
            "What is the smallest of {l}?",
            "Which is the smallest number: {l}",
            "Find the smallest number in {l}.",
            "What is the minimum of {l}?",
            "Which of these numbers is the smallest: {l}",
        ],
        lambda n: f"The smallest is {min(n)}.",
    ),
    "reverse": (
        [
            "Write {l} backwards.",
            "Reverse this list: {l}",
            "What is {l} in reverse order?",
            "Say {l} in reverse.",
            "Can you reverse {l}?",
            "reverse: {l}",
            "Reverse these numbers: {l}",
            "Reverse {l}.",
            "Put {l} in reverse order.",
            "Reverse the numbers {l}.",
        ],
        lambda n: "In reverse: " + answer(map(str, n[::-1])),
    ),
    "count": (
        [
            "How many numbers are these: {l}",
            "How many are these: {l}",
            "Count the numbers in {l}.",
            "How many numbers are {l}?",
            "How long is this list: {l}",
            "Tell me how many numbers these are: {l}",
            "How many numbers are in this list: {l}",
            "Count these numbers: {l}",
            "How many numbers are there in {l}?",
        ],
        lambda n: f"There are {in_words(len(n))}.",
    ),
}


def numbers(chooser):
    drawn = chooser.sample(range(0, chooser.choice([10, 20, 100])), chooser.randint(3, 5))
    phrasings, answered = NUMBER_TASKS[chooser.choice(list(NUMBER_TASKS))]
    return turns(chooser.phrasing(phrasings).format(l=", ".join(map(str, drawn))), answered(drawn))


def follow_up(chooser):
    """Questions about one list after another."""
    tasks = chooser.sample([task for task in TASKS], chooser.choice([2, 2, 3]))
    while True:
        words = words_for(chooser, "sort")
        lengths = sorted(map(len, words))
        if len(words) > 2 and lengths[0] < lengths[1] and lengths[-1] > lengths[-2]:
            if all(word in ALL for word in words):
                break
    messages = []
    for i, task in enumerate(tasks):
        asked = chooser.phrasing(TASKS[task][1 if i else 0])
        messages += [asked.format(l=joined(chooser, words)), TASKS[task][2](words)]
    return turns(*messages)


SKILLS = {
    "list": one,
    "ordinal": ordinal,
    "contains": contains,
    "add and remove": change,
    "repeat": repeat,
    "list of numbers": numbers,
    "list follow-up": follow_up,
}

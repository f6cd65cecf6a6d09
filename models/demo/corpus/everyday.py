"""Short sentences on everyday topics: asked for one, two or three at a time, and as prose."""

from .conversation import Prose, turns
from .words import COLOURS, FOOD, NAMES, THINGS

# Sentences in the order in which the model gives them; each topic reads as one small paragraph.
TOPICS = {
    "rivers": [
        "A river begins as a small stream in the hills.",
        "It grows as other streams join it.",
        "At last it reaches the sea.",
        "After rain the water is brown and fast.",
    ],
    "snow": [
        "Snow falls when the air is cold.",
        "It covers roofs and fields with white.",
        "In spring it melts and fills the rivers.",
        "Children like to play in it.",
    ],
    "rain": [
        "Rain falls from grey clouds.",
        "It makes the garden green.",
        "After the rain the air is fresh.",
        "A good coat keeps you dry.",
    ],
    "the weather": [
        "The weather changes from day to day.",
        "In winter it is cold, in summer it is warm.",
        "Clouds bring rain, and wind drives them away.",
        "A clear night is often cold.",
    ],
    "tea": [
        "Tea is made with hot water and dried leaves.",
        "Let it stand for three minutes.",
        "Some people like it with milk, some with lemon.",
        "A cup of tea warms the hands.",
    ],
    "coffee": [
        "Coffee is made from roasted beans.",
        "It is dark and a little bitter.",
        "Many people drink it in the morning.",
        "It smells good when it is fresh.",
    ],
    "bread": [
        "Bread is made of flour, water, salt and yeast.",
        "The dough must rest before it is baked.",
        "Fresh bread has a hard crust and a soft inside.",
        "It tastes best when it is warm.",
    ],
    "soup": [
        "Soup is easy to cook.",
        "Cut an onion and some carrots, and boil them in water.",
        "Add salt and a little pepper.",
        "Eat it hot, with bread.",
    ],
    "cooking": [
        "Cooking turns simple things into a meal.",
        "A sharp knife and a good pot are enough.",
        "Taste the food before you add more salt.",
        "It is nice to cook for friends.",
    ],
    "the garden": [
        "A garden needs sun, water and time.",
        "In spring the seeds are sown.",
        "In summer there are beans and tomatoes.",
        "In autumn the leaves fall.",
    ],
    "flowers": [
        "Flowers bloom in many colours.",
        "Bees visit them for their honey.",
        "A rose has thorns.",
        "Cut flowers need fresh water.",
    ],
    "trees": [
        "Trees grow slowly and live long.",
        "Their roots hold the earth.",
        "In autumn many trees lose their leaves.",
        "An old oak gives shade to a whole garden.",
    ],
    "dogs": [
        "Dogs are friendly animals.",
        "They like to run and to play.",
        "A dog needs a walk every day.",
        "Many dogs guard the house.",
    ],
    "cats": [
        "Cats are quiet animals.",
        "They sleep most of the day.",
        "At night they hunt mice.",
        "A happy cat purrs.",
    ],
    "birds": [
        "Birds have feathers and wings.",
        "Most birds can fly.",
        "They build nests for their eggs.",
        "In the morning they sing.",
    ],
    "fish": [
        "Fish live in water.",
        "They swim with their fins.",
        "Trout like cold and clear streams.",
        "A salmon returns to the river where it was born.",
    ],
    "horses": [
        "Horses are large and strong.",
        "They eat grass and hay.",
        "A horse can run very fast.",
        "People have ridden horses for a long time.",
    ],
    "bees": [
        "Bees live together in a hive.",
        "They fly from flower to flower.",
        "They make honey for the winter.",
        "A bee can sting.",
    ],
    "the sea": [
        "The sea is wide and salty.",
        "Its waves come and go with the tide.",
        "Ships cross it from harbour to harbour.",
        "In a storm the waves are high.",
    ],
    "mountains": [
        "Mountains are high and often covered with snow.",
        "Streams run down their sides.",
        "The air at the top is thin and cold.",
        "From there you can see far.",
    ],
    "the moon": [
        "The moon shines at night.",
        "It moves around the earth.",
        "Sometimes it is full and sometimes thin.",
        "It moves the tides of the sea.",
    ],
    "the sun": [
        "The sun gives light and warmth.",
        "It rises in the east and sets in the west.",
        "Without it nothing would grow.",
        "In summer it stands high.",
    ],
    "spring": [
        "In spring the snow melts.",
        "The days grow longer and the birds return.",
        "The first flowers bloom.",
        "The rivers are full.",
    ],
    "summer": [
        "In summer the days are long and warm.",
        "People swim in the lake.",
        "The fruit ripens in the sun.",
        "Sometimes there is a thunderstorm.",
    ],
    "autumn": [
        "In autumn the leaves turn red and yellow.",
        "The apples are ripe.",
        "The evenings grow cold.",
        "Many birds fly south.",
    ],
    "winter": [
        "In winter the nights are long.",
        "Snow lies on the roofs and the lakes freeze.",
        "People stay at home and drink hot tea.",
        "The trees are bare.",
    ],
    "the morning": [
        "In the morning the sun rises.",
        "The birds begin to sing.",
        "People wake up and have breakfast.",
        "The grass is wet with dew.",
    ],
    "books": [
        "Books keep what people have thought.",
        "You can read them again and again.",
        "A good book makes a long evening short.",
        "They need light and a quiet place.",
    ],
    "music": [
        "Music is made of sounds and silence.",
        "Some people sing, some play the violin.",
        "A slow song can be sad.",
        "A fast one makes you dance.",
    ],
    "friends": [
        "Friends help each other.",
        "They talk and laugh together.",
        "A good friend listens.",
        "It is nice to visit a friend.",
    ],
    "sleep": [
        "Sleep gives the body rest.",
        "Most people sleep for eight hours.",
        "A dark and quiet room helps.",
        "In sleep we dream.",
    ],
    "water": [
        "Water is clear and has no taste.",
        "All plants and animals need it.",
        "When it is cold it turns to ice.",
        "When it is hot it turns to steam.",
    ],
}

ASKED = {
    1: [
        "Tell me something about {t}.",
        "Write a sentence about {t}.",
        "Say something about {t}.",
        "Tell me about {t}.",
        "Write one sentence about {t}.",
        "What can you say about {t}?",
        "Can you write a sentence about {t}?",
        "Give me a sentence about {t}.",
        "What do you know about {t}?",
        "Write something about {t}.",
        "Talk about {t}.",
        "Please write one sentence about {t}.",
    ],
    2: [
        "Write two sentences about {t}.",
        "Tell me two things about {t}.",
        "Give me two sentences about {t}.",
        "Say two things about {t}.",
        "Please write two sentences about {t}.",
    ],
    3: [
        "Write three sentences about {t}.",
        "Tell me three things about {t}.",
        "Write a short text about {t}.",
        "Give me three sentences about {t}.",
        "Write a short paragraph about {t}.",
        "Please write three sentences about {t}.",
    ],
}
# Other ways to name a topic.
ALSO = {
    "rivers": "a river",
    "trees": "a tree",
    "flowers": "a flower",
    "dogs": "a dog",
    "cats": "a cat",
    "birds": "a bird",
    "horses": "a horse",
    "mountains": "a mountain",
    "books": "a book",
    "friends": "a friend",
    "the garden": "gardens",
    "the sea": "the ocean",
    "bees": "a bee",
    "the moon": "moon",
    "the sun": "sun",
    "fish": "a fish",
    "the weather": "weather",
    "cooking": "food",
    "rain": "the rain",
    "snow": "the snow",
    "tea": "a cup of tea",
}
LITTLE = "I know little about {t}. Ask me about rivers, animals, the weather or the garden."
MORE = [
    "Tell me more.",
    "And more?",
    "Go on.",
    "More, please.",
    "What else?",
    "Another sentence, please.",
]

# A little more, each with one answer; the last question is kept for the test.
SIMPLE = [
    (
        "There are seven days in a week: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday.",
        [
            "What days are there in a week?",
            "Tell me the days of the week.",
            "Which days does a week have?",
            "How many days are there in a week?",
            "Say the days of the week.",
            "How many days are in a week?",
            "Name the days of the week.",
            "What are the days of the week?",
            "List the days of the week.",
            "How many days does a week have?",
        ],
    ),
    (
        "The seasons are spring, summer, autumn and winter.",
        [
            "Which seasons are there?",
            "Tell me the seasons.",
            "How many seasons does a year have?",
            "What seasons are there?",
            "Name the seasons.",
            "What are the seasons?",
            "How many seasons are there?",
            "List the seasons.",
            "What are the four seasons?",
        ],
    ),
    (
        "There are twelve months in a year.",
        [
            "How many months has a year?",
            "Tell me how many months a year has.",
            "How many months are in a year?",
            "How many months does a year have?",
            "How many months are there in a year?",
        ],
    ),
    (
        "There are sixty minutes in an hour.",
        [
            "How many minutes has an hour?",
            "How long is an hour?",
            "How many minutes are in an hour?",
            "How many minutes does an hour have?",
            "How many minutes are there in an hour?",
        ],
    ),
    (
        "There are twenty-four hours in a day.",
        [
            "How many hours are in a day?",
            "How many hours does a day have?",
            "How many hours are there in a day?",
        ],
    ),
    (
        "Boil water, pour it over the leaves, and wait three minutes.",
        [
            "How do I make tea?",
            "How do you make tea?",
            "How is tea made?",
            "Tell me how to make tea.",
            "How can I make tea?",
        ],
    ),
    (
        "Boil the egg for six minutes if you like it soft, and for ten if you like it hard.",
        [
            "How do I boil an egg?",
            "How long must an egg boil?",
            "How do you cook an egg?",
            "How long do I boil an egg?",
        ],
    ),
    (
        "The sky is blue.",
        ["What colour is the sky?", "What color is the sky?", "Which colour does the sky have?"],
    ),
    (
        "Grass is green.",
        ["What colour is grass?", "What color is grass?", "Which colour does grass have?"],
    ),
    (
        "Snow is white.",
        ["What colour is snow?", "What color is snow?", "Which colour does snow have?"],
    ),
    (
        "Water freezes at 0 degrees Celsius and boils at 100.",
        [
            "When does water freeze?",
            "At what temperature does water boil?",
            "When does water boil?",
            "At what temperature does water freeze?",
        ],
    ),
    (
        "The sun rises in the east.",
        [
            "Where does the sun rise?",
            "In which direction does the sun rise?",
            "Where is the sun in the morning?",
            "Where does the sun come up?",
        ],
    ),
]

OPPOSITES = """big small,hot cold,long short,high low,fast slow,old new,wet dry,light dark,full empty,
hard soft,early late,good bad,rich poor,happy sad,open closed,near far,strong weak,clean dirty,thick thin,
loud quiet,up down,left right,first last,day night,summer winter,young old,inside outside,black white
""".replace("\n", "").split(",")
KINDS = {
    "animal": "dog cat horse fox bear owl trout swan sheep goat otter beaver wolf",
    "fruit": "apple pear plum cherry lemon orange melon peach grape mango",
    "colour": "red blue green yellow white black brown purple",
    "vegetable": "carrot onion potato bean turnip pea garlic pumpkin",
    "season": "spring summer autumn winter",
    "day of the week": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "drink": "tea coffee milk water",
}
DAYS = KINDS["day of the week"].split()


def topic(chooser):
    """n sentences of a topic, and perhaps more of them afterwards."""
    name = chooser.choice(list(TOPICS))
    sentences, n = TOPICS[name], chooser.choice([1, 1, 2, 3])
    called = ALSO[name] if name in ALSO and chooser.chance(0.3) else name
    messages = [chooser.phrasing(ASKED[n]).format(t=called), " ".join(sentences[:n])]
    while n < 4 and chooser.chance(0.3):
        messages += [chooser.choice(MORE), sentences[n]]
        n += 1
    return turns(*messages)


def other_topic(chooser):
    """Sentences about what the model knows nothing of."""
    thing = chooser.choice([word for word in THINGS if word not in ("book", "garden", "knife")])
    many = thing + ("es" if thing.endswith(("x", "sh", "ch", "s")) else "s")
    thing = chooser.choice([article(thing), "the " + thing, many])
    asked = chooser.phrasing(ASKED[chooser.choice([1, 2, 3])])
    return turns(asked.format(t=thing), LITTLE.format(t=thing))


def simple(chooser):
    answer, questions = chooser.choice(SIMPLE)
    return turns(chooser.phrasing(questions), answer)


def article(word):
    return ("an " if word[0] in "aeiou" else "a ") + word


def word_sense(chooser):
    """Opposites, kinds of things, and the days in their order."""
    draw = chooser.random()
    if draw < 0.4:
        pair = chooser.choice(OPPOSITES).split()
        if chooser.chance(0.5) and "old" not in pair:
            pair.reverse()
        asked = chooser.phrasing(
            [
                "What is the opposite of {w}?",
                "Opposite of {w}?",
                "Name the opposite of {w}.",
                "Give me the opposite of {w}.",
                "Which word is the opposite of {w}?",
            ]
        )
        return turns(asked.format(w=pair[0]), f"The opposite of {pair[0]} is {pair[1]}.")
    if draw < 0.7:
        kind = chooser.choice(list(KINDS))
        word = chooser.choice(KINDS[kind].split())
        asked = chooser.phrasing(
            ["What is {w}?", "What kind of thing is {w}?", "What kind of word is {w}?"]
        )
        shown = article(word) if kind in ("animal", "fruit", "vegetable") else word
        return turns(asked.format(w=shown), f"{shown[0].upper()}{shown[1:]} is {article(kind)}.")
    i = chooser.randrange(7)
    after = chooser.chance(0.5)
    asked = chooser.phrasing(
        ["What day comes {o} {d}?", "Which day is {o} {d}?", "Which day comes {o} {d}?"]
    )
    order = "after" if after else "before"
    day = DAYS[(i + (1 if after else -1)) % 7]
    return turns(asked.format(o=order, d=DAYS[i]), f"{order.capitalize()} {DAYS[i]} comes {day}.")


def memory(chooser):
    """What the user said a while ago."""
    name = chooser.choice(NAMES)
    said = chooser.choice(
        ["My name is {x}.", "I am {x}.", "Hello, I am {x}.", "Hi, my name is {x}."]
    )
    messages = [said.format(x=name), f"Nice to meet you, {name}!"]
    question = chooser.choice(["What is my name?", "Do you remember my name?", "Who am I?"])
    answer = f"Your name is {name}."
    if chooser.chance(0.4):
        like, kind = chooser.choice(
            [(chooser.choice(FOOD), "food"), (chooser.choice(COLOURS), "colour")]
        )
        messages += [f"My favourite {kind} is {like}.", f"{like.capitalize()} is a good choice."]
        if chooser.chance(0.5):
            question, answer = f"What is my favourite {kind}?", f"Your favourite {kind} is {like}."
    for _ in range(chooser.choice([0, 0, 1])):
        messages += [
            m["content"] for m in chooser.choice([topic, simple, word_sense])(chooser).messages[:2]
        ]
    return turns(*messages, question, answer)


TIMES = [
    "In the morning",
    "One day",
    "In the evening",
    "On a cold day",
    "In spring",
    "After the rain",
    "In winter",
    "One summer",
    "Early in the day",
    "At noon",
]
PLACES = [
    "to the river",
    "to the lake",
    "into the forest",
    "up the hill",
    "to the market",
    "to the old bridge",
    "into the garden",
    "down to the sea",
]
SEEN = [
    ("a small boat", "It was tied to a tree."),
    ("an old dog", "It slept in the sun."),
    ("a red fox", "It looked up and ran away."),
    ("a white swan", "It swam slowly by."),
    ("two birds", "They were building a nest."),
    ("a friend", "They talked for a long time."),
    ("fresh snow", "It was deep and very white."),
    ("ripe apples", "They tasted sweet."),
    ("a grey cat", "It sat on a stone and looked at the water."),
]
ENDS = [
    "Then {n} went home and drank a cup of tea.",
    "When it grew dark, {n} walked home.",
    "It was a good day.",
    "{n} was tired and happy.",
    "In the evening there was hot soup and bread.",
]
AIR = [
    "The air was cold and clear.",
    "The sun was warm.",
    "A light wind blew.",
    "The sky was grey.",
    "The water was high and fast.",
    "The grass was wet.",
]


def tale(chooser):
    n = chooser.choice(NAMES)
    seen, what = chooser.choice(SEEN)
    return (
        f"{chooser.choice(TIMES)} {n} went {chooser.choice(PLACES)}. {chooser.choice(AIR)} "
        f"{n} saw {seen}. {what} {chooser.choice(ENDS).format(n=n)}"
    )


def story(chooser):
    asked = chooser.choice(
        [
            "Tell me a story.",
            "Write a short story.",
            "Tell me a short story.",
            "Can you tell me a story?",
            "Tell a story, please.",
        ]
    )
    return turns(asked, tale(chooser))


def prose(chooser):
    """The sentences of some topics, one topic after another."""
    paragraphs = [
        " ".join(s) for s in chooser.sample(list(TOPICS.values()), chooser.choice([1, 2, 3]))
    ]
    if chooser.chance(0.3):
        water = (
            "The snow melts, and the water runs down to the river. The streams are full, and the "
            "river is high and fast. In the valley the first flowers bloom."
        )
        paragraphs.insert(0, water)
    return Prose("\n\n".join(paragraphs))


SKILLS = {
    "everyday: topics": topic,
    "everyday: questions": simple,
    "everyday: words": word_sense,
    "other topics": other_topic,
    "memory": memory,
}

"""The words that lists are made of."""

ANIMALS = """ant bear bee bird cat cow crow deer dog duck eagle fish fox frog goat goose hare hawk
hen horse lamb lion mole mouse otter owl pig rabbit seal sheep snake swan tiger trout wolf worm
zebra beaver salmon heron kitten puppy monkey camel whale spider turtle donkey badger""".split()
FOOD = """apple bean bread butter cake carrot cheese cherry corn egg fig garlic grape honey jam
lemon lime melon milk mint nut oat olive onion orange pea peach pear pepper plum potato rice salt
soup sugar tea toast tomato turnip vinegar water wheat yogurt banana coffee biscuit pumpkin mango
kiwi cream""".split()
COLOURS = "red blue green yellow white black grey brown pink purple gold silver violet".split()
THINGS = """bag ball basket bell boat book bottle box bridge brush bucket button candle chair clock
coat cup desk door drum fence flag fork garden gate glove hammer hat house jar kettle key knife
ladder lamp letter mill mirror nail needle oven paper pen pencil pillow plate pot ring road roof
rope shirt shoe spoon stone table tent tower train umbrella vase wagon wall wheel window yarn
arrow island engine quilt violin hill car cart bus phone sofa radio""".split()
NATURE = """ash bank bay beach branch bush cave cliff cloud creek dust field flood flower fog
forest frost grass hail ice lake leaf meadow moon moss mountain mud oak ocean pond rain reed river
rock root sand sea seed sky snow spring star storm stream sun thorn tide tree valley wave
wind wood thunder rainbow summer winter autumn night""".split()
NAMES = """Anna Ben Clara David Emma Felix Grace Hugo Ida Jonas Kate Leo Mia Nora Oscar Paul Rosa
Sam Tom Vera Will Zoe Alice Bob Carol Eve John Mary Peter Jane""".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = """January February March April May June July August September October November
December""".split()

POOLS = [ANIMALS, FOOD, COLOURS, THINGS, NATURE, NAMES]
ALL = [word for pool in POOLS for word in pool]

LETTERS = ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
SYLLABLES = """ba be bo ca co da de do fa fi ga go ha hi jo ka ke ki la le li lo ma me mi mo na ne ni no
pa pe po ra re ri ro sa se si so ta te ti to va ve vi wa za""".split()


def invented(chooser):
    """A word that is in no list, so that copying is learnt and not the words alone."""
    ending = chooser.choice(["", "n", "r", "t", "s", "l", "m"])
    return "".join(chooser.choices(SYLLABLES, k=chooser.choice([1, 2, 2, 3]))) + ending


def draw_words(chooser, n):
    """n different words: of one kind, of all kinds, or partly invented."""
    kind = chooser.random()
    if kind < 0.35:
        return chooser.sample(chooser.choice(POOLS[:1] + POOLS[1:2] + POOLS[3:]), n)
    if kind < 0.4:
        return chooser.sample(LETTERS[chooser.randrange(2)], n)
    words = chooser.sample(ALL, n)
    if kind > 0.8:
        words = [invented(chooser) if chooser.chance(0.5) else word for word in words]
        return words if len(set(words)) == n else draw_words(chooser, n)
    return words


ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen""".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(n):
    """0 to 199 in English."""
    if n < 0:
        return "minus " + in_words(-n)
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    return "one hundred" + (f" and {in_words(n - 100)}" if n > 100 else "")

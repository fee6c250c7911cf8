"""A small invented codebook and invented speech for it: two codes that are easy to tell apart."""

from itertools import product
from pathlib import Path
from random import Random

CODEBOOK = """\
title: Getting there
version: "1"
themes:
- id: travel
  name: Travel
  definition: Getting to and from places.
  codes:
  - id: travel.bus
    name: Buses
    definition: She speaks of going by bus, or of buses that are late or do not come.
    include: Waiting at a stop; missing a bus; the fare.
    examples:
    - The bus never came, so I walked the whole way in the rain.
    - I missed the last bus home and rang my sister.
    - The fare went up again and I could not pay it.
    non_examples:
    - My cousin drives a van for the bakery.
    cues:
      strong: [missed the bus, the bus never came]
- id: food
  name: Food
  definition: Eating and cooking.
  codes:
  - id: food.cooking
    name: Cooking
    definition: She speaks of cooking a meal for herself or somebody else.
    include: Recipes; soup; the oven.
    examples:
    - I made a big pan of soup for everybody.
    - She taught me how to roast a chicken in her oven.
    - We cooked rice together on the Friday.
    non_examples:
    - We got chips on the way home.
    cues:
      strong: [pan of soup]
"""

_BUS = (
    ["The bus", "That bus", "My bus", "The number nine bus"],
    ["was late again", "drove straight past", "broke down", "was full", "did not stop"],
    ["on Monday", "in the snow", "by the school", "when I was tired"],
)
_COOKING = (
    ["I cooked", "We made", "She baked", "He roasted"],
    ["a stew", "some bread", "potatoes", "a pie", "lentils"],
    ["in the evening", "for the children", "in the big oven", "with onions"],
)
_PLAIN = (
    ["The telly", "My phone", "The cat", "Her coat"],
    ["was blue", "made me laugh", "is older than me", "cost a lot", "got lost"],
    ["last year", "I think", "to be honest", "in the summer"],
)


def write_codebook(folder: Path) -> Path:
    """The codebook as a file."""
    path = folder / "getting_there.yaml"
    path.write_text(CODEBOOK, encoding="utf-8")
    return path


def write_speech(folder: Path, *, sentences: int = 80) -> Path:
    """Speech for it as a file."""
    import json

    rows = []
    for codes, parts in ((["travel.bus"], _BUS), (["food.cooking"], _COOKING), ([], _PLAIN)):
        said = [" ".join(words) + "." for words in product(*parts)]
        rows += [{"text": text, "codes": codes} for text in said[:sentences]]
    Random(7).shuffle(rows)
    path = folder / "speech.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path

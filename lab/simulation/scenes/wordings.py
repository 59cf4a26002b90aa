"""How artists say where two people are and in what manner they talk: many wordings for each meaning.

Slots: {people} for both, {first} and {second} for their names, {length} for metres, and one for each of LISTS.
"""

from __future__ import annotations

from typing import Final

Wordings = tuple[str, ...]

PEOPLE: Final = ("two people", "the two", "they", "{first} and {second}", "two strangers", "both of them")

LISTS: Final[dict[str, Wordings]] = {
    "table": ("table", "small table", "kitchen table", "café table", "desk", "cafe table"),
    "venue": ("café", "restaurant", "coffee shop", "pub", "canteen", "bar"),
    "meal": ("coffee", "tea", "lunch", "dinner", "breakfast", "supper"),
    "seat": ("bench", "park bench", "sofa", "couch", "settee", "pew"),
    "vehicle": ("car", "train", "bus", "plane"),
    "standing_place": (
        *("hallway", "corridor", "street", "doorway", "garden", "market", "lift", "elevator"),
        *("office hallway",),
    ),
    "outdoors": ("balcony", "rooftop", "bridge", "platform", "stage"),
    "room": ("room", "hall", "street"),
}

SCENES: Final[dict[str, Wordings]] = {
    "across_a_table": (
        "{people} across a {table}",
        "{people} sit across from each other at a {table}",
        "{people} sit opposite each other",
        "{people} face to face at a {table}",
        "{people} facing each other across the {table}",
        "{people} at a {table} in a {venue}",
        "{people} over {meal}",
        "{people} having {meal} together",
        "across a {table}, {people} talk",
        "in a {venue}, {people} sit opposite each other",
        "a conversation over {meal} in a {venue}",
        "{people} in a meeting, a desk between them",
        "{people} at an interview",
        "{people} playing chess",
    ),
    "side_by_side": (
        "{people} side by side on a {seat}",
        "{people} sit next to each other on a {seat}",
        "{people} beside each other on the {seat}",
        "{people} on a {seat}",
        "{people} sit together on a {seat}",
        "{people} side by side",
        "{people} next to each other in a {vehicle}",
        "{people} in a {vehicle}",
        "shoulder to shoulder on a {seat}, {people} talk",
        "on a {seat}, {people} sit beside each other",
        "{people} driving in a car",
        "{people} watching a film in the cinema",
        "{first} and {second} beside each other on a {seat}",
        "{people} in a podcast studio, side by side",
    ),
    "standing": (
        "{people} standing in a {standing_place}",
        "{people} stand in the {standing_place}",
        "{people} meet in a {standing_place}",
        "{people} standing on a {outdoors}",
        "{people} stand talking on a {outdoors}",
        "{people} standing at a bus stop",
        "{people} at a party, standing",
        "{people} talk at the door",
        "in a {standing_place}, {people} stand and talk",
        "{people} in the {standing_place}",
        "{people} stand in a {standing_place} and talk",
        "on a {outdoors}, {people} are talking",
    ),
    "table_corner": (
        "{people} around the corner of a table",
        "{people} sit around the corner of a table",
        "{people} at the corner of a table",
        "{people} sit at a table corner",
        "at the corner of the table, {people} talk",
        "{people} sit at right angles",
        "{people} at a right angle to each other at a {table}",
        "{people} round the corner of the table",
        "{people} sit at right angles to each other",
        "around the corner of a {table}, {people} sit and talk",
    ),
    "across_a_room": (
        "{people} across a {room}",
        "{people} talk across the {room}",
        "{people} in armchairs",
        "{people} sit in armchairs in the living room",
        "{people} in the living room",
        "across the room, {people} talk",
        "in two armchairs, {people} talk",
        "{people} speak to each other across the room",
        "{people} sit across a room from each other",
        "from afar, {people} talk",
    ),
}
"""By arrangement (presets/staging/arrangements)."""

MANNERS: Final[dict[str, Wordings]] = {
    "arguing": (
        *("{people} argue", "{people} are arguing", "an argument", "{people} quarrel", "{people} are quarrelling"),
        *("{people} have an argument", "a confrontation", "{people} are having a row", "{people} fight"),
        *("{people} are in a shouting match", "a fight between {people}", "{people} arguing"),
    ),
    "intimate": (
        *("an intimate conversation", "{people} talk intimately", "lovers", "a couple", "a couple on a date"),
        *("pillow talk", "{people} huddled together", "an intimate talk", "two lovers talking", "{people} on a date"),
        *("{people} are cuddling", "{people} having an intimate moment"),
    ),
}
"""By manner, where nothing else says where they are."""

MANNERS_BESIDE: Final[dict[str, Wordings]] = {
    "arguing": (
        *("arguing", "in an argument", "they argue", "they are arguing", "quarrelling", "having a row", "fighting"),
        *("they quarrel", "they are having an argument", "in the middle of a quarrel"),
    ),
    "intimate": (
        *("intimate", "on a date", "like lovers", "talking intimately", "it is an intimate conversation", "lovers"),
        *("they are lovers", "a couple", "they are a couple", "very intimate"),
    ),
}
"""By manner, after the scene."""

DISTANCES: Final[dict[str, Wordings]] = {
    "metres": (
        *("{length} apart", "{length} between them", "{length} away from each other", "at a distance of {length}"),
        *("with {length} between them", "about {length} apart", "their heads {length} apart", "{length}"),
        *("{length} between their faces", "{length} from each other", "just {length} apart"),
    ),
    "very close": (
        *("very close", "very close together", "nose to nose", "almost touching", "inches apart", "cheek to cheek"),
        *("very close to each other", "only inches apart", "their faces almost touching", "their heads very close"),
    ),
    "close": (
        *("close together", "close to each other", "near each other", "up close", "close", "snug", "rather close"),
        *("quite close together", "closer", "a little closer", "quite near each other"),
    ),
    "far": (
        *("far apart", "far away from each other", "at a distance", "distant", "further apart", "farther apart"),
        *("keeping their distance", "they keep their distance", "rather far apart", "quite far from each other"),
        *("separated",),
    ),
}

LENGTHS: Final[Wordings] = (
    *("{metres} metres", "{metres} m", "{metres} meters", "{centimetres} cm", "{centimetres} centimetres"),
)
LENGTHS_IN_WORDS: Final[dict[float, Wordings]] = {
    0.5: ("half a metre", "half a meter"),
    1.0: ("a metre", "one metre", "one meter"),
    1.5: ("one and a half metres", "one and a half meters"),
    2.0: ("two metres", "a couple of metres", "two meters"),
    2.5: ("two and a half metres",),
    3.0: ("three metres", "three meters"),
    4.0: ("four metres",),
}
"""By metres."""

FACINGS: Final[dict[str, Wordings]] = {
    "profile": (
        *(
            "in profile",
            "both in profile",
            "seen in profile",
            "squarely in profile",
            "head on",
            "in full profile",
        ),
        *("their faces in profile", "we see them in profile", "shown in profile"),
    ),
    "open": (
        *("turned open", "open to the camera", "both turned open to the camera", "cheated out", "three-quarter view"),
        *("turned towards the camera", "both turned toward the camera", "cheated out towards the camera"),
        *("in three-quarter view", "their faces open to the camera"),
    ),
}

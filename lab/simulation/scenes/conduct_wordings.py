"""How artists say what one of two people does, or both: many wordings for each meaning.

Slots: {other} for the partner, {others} and {whose} for the partner's and one's own.
"""

from __future__ import annotations

from typing import Final

from .wordings import Wordings

SIDES: Final[dict[str, Wordings]] = {
    "left": (
        *("on the left", "is on the left", "sits on the left", "is at the left", "is to the left of {other}"),
        *("to the left", "on the left side", "is on the left of the picture"),
    ),
    "right": (
        *("on the right", "is on the right", "sits on the right", "is at the right", "is to the right of {other}"),
        *("to the right", "on the right side", "is on the right of the picture"),
    ),
}

PLACED: Final[dict[str, Wordings]] = {
    side: tuple(
        one.format(side=side)
        for one in (
            *("the one on the {side}", "the person on the {side}", "the speaker on the {side}", "the {side} one"),
            *("the {side} person", "the one at the {side}", "the one to the {side}", "whoever is on the {side}"),
        )
    )
    for side in ("left", "right")
}
"""Somebody by the side they are on."""

LEANS: Final[dict[str, Wordings]] = {
    "in": (
        *("leans in", "leans forward", "is leaning in", "is leaning forward", "leans towards {other}", "bends forward"),
        *("is leaning towards {other}", "hunches", "is hunched", "leans in a little", "keeps leaning in"),
        *("leans toward {other}", "is bent forward"),
    ),
    "back": (
        *("leans back", "sits back", "is leaning back", "slouches", "is slouching", "reclines", "lounges"),
        *("is sitting back", "is slouched", "keeps leaning back", "leans back in the chair"),
    ),
    "upright": (
        *("sits upright", "sits straight", "is sitting upright", "is very upright", "is stiff", "sits stiffly"),
        *("sits up straight", "keeps upright", "is sitting up straight", "holds the back straight"),
    ),
}

LEANS_BOTH: Final[dict[str, Wordings]] = {
    "in": (
        *("both lean in", "they lean in", "both are leaning in", "both lean forward", "they lean forward"),
        *("leaning in", "they are leaning towards each other", "both leaning forward", "they lean towards each other"),
        *("hunched", "both bent forward"),
    ),
    "back": (
        *("both lean back", "they lean back", "both leaning back", "they are sitting back", "both slouching"),
        *("leaning back", "they both sit back", "reclining", "both slouch", "both lounging"),
    ),
    "upright": (
        *("both upright", "they sit upright", "both sit upright", "both sit straight", "sitting upright"),
        *("both sitting up straight", "stiff", "they are upright", "both stiff and straight"),
    ),
}

LOOKS: Final[dict[str, Wordings]] = {
    "away": (
        *("looks away", "keeps looking away", "glances away", "averts {whose} eyes", "avoids eye contact"),
        *(
            "won't look at {other}",
            "avoids {others} gaze",
            "is evasive",
            "makes no eye contact",
            "never looks at {other}",
        ),
        *("does not look at {other}", "can't look at {other}", "is avoiding eye contact", "avoids {other}"),
        *("hardly looks at {other}", "averts {whose} gaze"),
    ),
    "down": (
        *("looks down", "keeps looking down", "stares down", "looks at the floor", "looks at the table"),
        *("stares at the table", "looks at {whose} hands", "is looking down", "is reading", "is staring at the floor"),
        *("keeps {whose} eyes down", "is on {whose} phone", "sits with head bowed", "is looking at {whose} phone"),
        *("is eating", "stares at {whose} hands"),
    ),
    "up": (
        *("looks up", "keeps looking up", "is looking up", "looks at the ceiling", "looks at the sky"),
        *(
            "is staring at the ceiling",
            "is stargazing",
            "looks at the stars",
            "looks up at the sky",
            "stares at the sky",
        ),
    ),
    "ahead": (
        *("looks out of the window", "stares out of the window", "looks into the distance", "looks straight ahead"),
        *(
            "looks ahead",
            "watches the road",
            "stares at the screen",
            "is looking out the window",
            "looks at the camera",
        ),
        *("stares into the distance", "looks at the view", "gazes at the horizon"),
    ),
    "left": (
        *("looks left", "looks to the left", "is looking left", "glances left", "looks to {whose} left"),
        *("is looking to the left", "keeps looking left", "keeps looking to the left"),
    ),
    "right": (
        *("looks right", "looks to the right", "is looking right", "glances right", "looks to {whose} right"),
        *("is looking to the right", "keeps looking right", "keeps looking to the right"),
    ),
    "turned": (
        *("is turned away", "turns away", "is facing away", "turns {whose} back", "has turned {whose} back"),
        *("turns {whose} back to {other}", "turns away from {other}", "stands with {whose} back to {other}"),
        *("sits turned away from {other}", "faces away from {other}"),
    ),
    "held": (
        *("stares at {other}", "holds eye contact", "looks {other} in the eyes", "gazes at {other}"),
        *(
            "is watching {other}",
            "looks at {other}",
            "looks at {other} intently",
            "keeps eye contact",
            "never looks away",
        ),
        *("is listening attentively", "gazes into {others} eyes", "does not look away", "looks {other} in the eye"),
        *("keeps looking at {other}", "watches {other} attentively"),
    ),
    "glancing": (
        *("glances about", "glances at the clock", "is fidgeting", "fidgets", "is restless", "glances around"),
        *(
            "now and then glances around",
            "glances around from time to time",
            "occasionally glances at the clock",
            "keeps glancing around",
        ),
    ),
}

LOOKS_BOTH: Final[dict[str, Wordings]] = {
    "away": (
        *("both look away", "they look away", "they avoid eye contact", "no eye contact", "both avoid looking"),
        *("not looking at each other", "they never look at each other", "both looking away", "averting their eyes"),
        *("they won't look at each other", "without eye contact", "they do not look at each other"),
    ),
    "down": (
        *("both look down", "they look down", "eyes down", "both looking down", "both staring at the floor"),
        *("both looking at the table", "eyes on the floor", "they are reading", "looking at their phones"),
    ),
    "up": (
        *("both look up", "looking up", "they are looking at the sky", "stargazing", "both staring at the ceiling"),
        *("they look up at the stars", "both looking up at the sky", "both looking up"),
    ),
    "ahead": (
        *("both look ahead", "looking straight ahead", "they look out of the window", "watching the road"),
        *("both looking at the screen", "both look into the distance", "they are looking at the sea"),
        *("they look at the camera",),
    ),
    "turned": (
        *("back to back", "both turned away", "both facing away", "they are turned away from each other"),
        *("turned away from each other", "both turning away", "they sit back to back", "facing away from each other"),
    ),
    "held": (
        *("holding eye contact", "they look at each other", "looking into each other's eyes", "locked eyes"),
        *("they stare at each other", "intense eye contact", "both listening", "they gaze into each other's eyes"),
        *("they never look away", "maintaining eye contact"),
    ),
    "glancing": (
        *("both fidgeting", "both restless", "they glance around", "both fidget", "they are restless"),
        *("now and then they glance around", "glancing around", "both glancing at the clock"),
    ),
}

STATURES: Final[dict[str, Wordings]] = {
    "taller": (
        *("is taller", "is tall", "is taller than {other}", "is much taller", "towers over {other}", "is very tall"),
        *("is a little taller", "is the taller one"),
    ),
    "shorter": (
        *("is shorter", "is short", "is shorter than {other}", "is much shorter", "is a little shorter"),
        *("is rather short", "is quite short", "is the shorter one"),
    ),
    "child": (
        *("is a child", "is a kid", "is a little child", "is a small child", "is a young child", "is still a child"),
        *("is just a kid", "is a toddler"),
    ),
}

POSTURES: Final[dict[str, Wordings]] = {
    "seated": (
        *("sits", "is sitting", "is seated", "sits down", "is sitting down", "remains seated", "stays seated"),
        *("sits on a chair",),
    ),
    "standing": (
        *(
            "stands",
            "is standing",
            "stands up",
            "is standing up",
            "is on {whose} feet",
            "stands there",
            "keeps standing",
        ),
        *("stays standing",),
    ),
}

POSTURES_BOTH: Final[dict[str, Wordings]] = {
    "seated": (
        *("both seated", "sitting", "they sit", "both sit", "seated", "both sitting", "both are seated"),
        *("they are sitting down",),
    ),
    "standing": (
        *("both standing", "standing", "they stand", "both stand", "they are standing", "on their feet"),
        *("both are standing", "standing up"),
    ),
}

MOOD_ADJECTIVES: Final[dict[str, Wordings]] = {
    "neutral": ("neutral", "ordinary", "normal"),
    "friendly": ("friendly", "warm", "kind", "relaxed", "polite", "pleasant", "casual", "cordial", "easygoing"),
    "happy": ("happy", "cheerful", "amused", "delighted", "playful", "excited", "enthusiastic", "joyful", "merry"),
    "tender": ("tender", "loving", "gentle", "affectionate", "caring", "soft", "in love", "comforting"),
    "sad": ("sad", "unhappy", "heartbroken", "disappointed", "gloomy", "melancholy", "sorrowful", "tearful"),
    "angry": ("angry", "furious", "annoyed", "irritated", "hostile", "bitter", "outraged", "mad"),
    "tense": ("tense", "nervous", "anxious", "worried", "uneasy", "awkward", "uncomfortable", "shy"),
    "surprised": ("surprised", "amazed", "astonished", "curious", "shocked", "fascinated", "incredulous", "stunned"),
    "bored": ("bored", "tired", "weary", "indifferent", "aloof", "sleepy", "exhausted", "distracted"),
    "serious": ("serious", "formal", "earnest", "solemn", "stern", "thoughtful", "professional", "calm"),
}

MOOD_VERBS: Final[dict[str, Wordings]] = {
    "neutral": ("speaks normally", "talks neutrally", "speaks in a normal way", "talks in an ordinary way"),
    "friendly": ("speaks warmly", "talks casually", "speaks politely", "chats"),
    "happy": ("laughs", "smiles", "jokes", "speaks cheerfully", "is laughing", "is joking", "is smiling"),
    "tender": ("speaks softly", "whispers", "talks gently", "speaks tenderly", "is whispering"),
    "sad": ("cries", "is crying", "speaks sadly", "is grieving", "apologises", "is mourning"),
    "angry": ("shouts", "yells", "is shouting", "speaks angrily", "is yelling at {other}", "accuses {other}"),
    "tense": ("speaks nervously", "talks anxiously", "is afraid", "is embarrassed", "is stressed"),
    "surprised": ("is wondering", "is disbelieving", "is startled", "is intrigued"),
    "bored": ("speaks wearily", "talks coldly", "is uninterested", "is drunk"),
    "serious": ("speaks earnestly", "talks gravely", "speaks formally", "is focused", "speaks calmly"),
}

MOOD_SCENES: Final[dict[str, Wordings]] = {
    "neutral": ("an ordinary conversation", "a normal talk", "neutral"),
    "friendly": (
        *("old friends", "two friends", "a friendly conversation", "two colleagues", "a friendly chat", "friends"),
        *("two friendly people", "it is a casual talk"),
    ),
    "happy": (
        *("a happy conversation", "both laughing", "an excited discussion", "they are joking", "a funny moment"),
        *("both excited", "they laugh and joke", "celebrating", "a playful mood"),
    ),
    "tender": (
        *("a tender moment", "a loving conversation", "whispering", "both tender", "they are in love"),
        *("an affectionate talk", "speaking softly", "a gentle mood"),
    ),
    "sad": (
        *("a sad conversation", "they are breaking up", "both sad", "a melancholy mood", "both are heartbroken"),
        *("a tearful talk", "both crying", "the mood is sad"),
    ),
    "angry": (
        *("a heated discussion", "an angry conversation", "both angry", "they are shouting", "both furious"),
        *("a bitter conversation", "the mood is hostile", "they are yelling at each other"),
    ),
    "tense": (
        *("a tense conversation", "an awkward talk", "both nervous", "the mood is tense", "both uneasy"),
        *("an uncomfortable conversation", "they are anxious", "a tense atmosphere"),
    ),
    "surprised": (
        *("both surprised", "they are amazed", "both curious", "both are astonished", "they are fascinated"),
        *("both shocked", "they are stunned", "an incredulous discussion"),
    ),
    "bored": (
        *("both bored", "they are tired", "a boring conversation", "both weary", "both exhausted", "both indifferent"),
        *("they are distracted", "a boring talk"),
    ),
    "serious": (
        *("a serious conversation", "a formal talk", "both serious", "a business discussion", "a solemn mood"),
        *("a professional conversation", "very formal", "talking earnestly", "the atmosphere is formal"),
    ),
}
"""Both in the same mood."""

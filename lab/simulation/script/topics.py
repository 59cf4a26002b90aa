"""What two people talk about for a while: statements, questions and answers that belong together.

Slots in braces are filled from `sentences.SLOTS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Topic:
    """What may be said about one thing; `answers` fit any of its `questions`."""

    statements: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]


TOPICS: Final[dict[str, Topic]] = {
    "travel": Topic(
        (
            "We took the night train to {place} and woke up by the sea.",
            "The hotel had put us above the kitchen, so we could smell breakfast from five in the morning.",
            "They lost my suitcase, and it turned up {number} days later in {place}.",
            "Everybody kept saying we should visit the old fort, but it was shut.",
            "You can hire a boat for about {number} pounds and just float about.",
            "I never sleep on planes, I just watch films with my eyes half closed.",
            "The best part was walking through the vineyards before it got warm.",
            "Next time I would rather go by car and stop wherever we feel like it.",
            "It is a beautiful place, but there are far too many people in July.",
            "We missed the ferry by about two minutes and watched it leave.",
        ),
        (
            "Where did you stay in the end?",
            "Was it warm enough to swim?",
            "Would you go back to {place}?",
            "How did you get there?",
            "Did you bring back anything nice?",
        ),
        (
            "In a small place above a bakery, it was perfect.",
            "Yes, every morning before breakfast.",
            "By bus, mostly, and the rest on foot.",
            "No, it was much too expensive.",
            "Only a jar of {food} and far too many photographs.",
        ),
    ),
    "work": Topic(
        (
            "My boss wants the whole report by {day}, with pictures.",
            "They moved me to another office, and I share it with {name} now.",
            "Half of the people in that meeting were looking at their phones.",
            "I've been doing the same job for {number} years, and I still like it.",
            "The computer went down twice, and nobody had saved the file.",
            "Maybe it is time to ask for a bit more money.",
            "If {name} leaves, we shall have to find somebody by spring.",
            "I would be perfectly happy to work from home on {day}.",
            "We finally finished the big project, and nobody even noticed.",
            "Their offer was better than I had hoped, to be fair.",
        ),
        (
            "How's the new job going?",
            "Have you told your boss about it?",
            "Who's going to do it when {name} leaves?",
            "Do you ever think of doing something else?",
            "Why don't you just ask them?",
        ),
        (
            "Busy, but I think I'm getting the hang of it.",
            "Not yet, I'm waiting for the right moment.",
            "Probably me, as usual.",
            "Every single morning.",
            "Because they always say maybe, and then nothing happens.",
        ),
    ),
    "food": Topic(
        (
            "You have to let the {food} rest for about {number} minutes before you cut it.",
            "The secret is a little vinegar and plenty of pepper.",
            "We tried that new place by the bridge, and the {food} was superb.",
            "I burnt the bottom of the pan, so we ended up with {food} on toast.",
            "My father puts far too much garlic into everything.",
            "Somebody left the fridge open, and the milk went off.",
            "They grow all of their own vegetables behind the house.",
            "I could eat {food} every day and never get bored.",
            "She makes a wonderful pie with mushrooms and blue cheese.",
        ),
        (
            "What are we having for supper?",
            "Do you put butter in it?",
            "Have you tried the {food} yet?",
            "Is there any {food} left?",
            "Who's cooking on {day}?",
        ),
        (
            "Whatever is in the fridge, I'm afraid.",
            "Only a bit, right at the end.",
            "Yes, and I could have eaten the whole plate.",
            "I hope so, I hid some behind the {food}.",
            "It was supposed to be {name}, but we shall see.",
        ),
    ),
    "home": Topic(
        (
            "The roof started leaking again, right above the {thing}.",
            "We're painting the hall pale blue, and the kitchen white.",
            "The people above us move their furniture about at midnight.",
            "I put the {thing} in the cellar, and now I can't find it.",
            "The plumber came by, looked at it for five minutes, and shook his head.",
            "There's just enough room for a small table and a pair of chairs.",
            "We had no heating for {number} days in the middle of February.",
            "The garden looks lovely, apart from the hole that the dog dug.",
            "I'd love to have a big window with a view over the valley.",
        ),
        (
            "Have they fixed the boiler yet?",
            "What colour did you choose?",
            "Are you going to keep the {thing}?",
            "How much are they asking for it?",
            "Could I borrow your ladder on {day}?",
        ),
        (
            "They say it will be done by {day}.",
            "We still haven't made up our minds.",
            "More than it is worth, if you ask me.",
            "Of course, it's in the shed.",
            "No, it's far too big for the room.",
        ),
    ),
    "people": Topic(
        (
            "{name} is finally getting married, in {place}, of all places.",
            "My sister had her baby on {day}, and everybody is fine.",
            "I met {name} at the swimming pool, of all places.",
            "He keeps telling the same story about the {thing}.",
            "She gave up her flat and moved in with her brother.",
            "They haven't spoken to each other for {number} years.",
            "My grandmother is ninety, and she still rides her bicycle.",
            "We used to be best friends, back in the village.",
            "He's always late, but you just can't be angry with him.",
        ),
        (
            "How is your mother these days?",
            "Have you heard from {name}?",
            "Who else was there?",
            "Isn't she the one from {place}?",
            "When are they coming back?",
        ),
        (
            "Much better, thank you for asking.",
            "Only a postcard from {place}.",
            "The whole family, and half of the village.",
            "Yes, exactly, the one with the {thing}.",
            "Some time after {day}, I believe.",
        ),
    ),
    "leisure": Topic(
        (
            "I started playing the piano again, very badly.",
            "The film was brilliant, apart from the last five minutes.",
            "We walked all the way up to the chapel and back.",
            "I've been reading a book about the people who built the bridge.",
            "They played for about two hours, and nobody wanted to leave.",
            "My knee hurts whenever I run more than {number} miles.",
            "He beat me three times in a row, and then he made tea.",
            "There's a wonderful exhibition of photographs until {day}.",
            "I bought a {thing} at the flea market for {number} pounds.",
        ),
        (
            "Did you watch the match on {day}?",
            "Have you finished the book I gave you?",
            "What do you do at weekends?",
            "Shall we go together next time?",
            "How long have you been playing?",
        ),
        (
            "I fell asleep before the second half.",
            "Nearly, I have about {number} pages left.",
            "Nothing at all, if I can help it.",
            "Yes, let's, I would love that.",
            "Since I was five, on and off.",
        ),
    ),
    "plans": Topic(
        (
            "We could meet at the café and walk over from there.",
            "If the weather is fine, we might have a picnic by the river.",
            "I promised to help {name} move the {thing} on {day}.",
            "My cousin offered us his house in {place} for the summer.",
            "It would be good to book before everything is full.",
            "I'd prefer to leave early and avoid the traffic.",
            "Perhaps we should ask {name} before we buy the tickets.",
            "We'll need at least {number} chairs and a very long table.",
        ),
        (
            "What are you doing on {day}?",
            "Shall I bring the {food}?",
            "Does {number} o'clock work for you?",
            "Who's driving?",
            "Would you like to come with us?",
        ),
        (
            "Nothing yet, why?",
            "That would be perfect.",
            "A little later would be better for me.",
            "Not me, I want to have a glass of wine.",
            "I'd love to, but I have to ask at home.",
        ),
    ),
}

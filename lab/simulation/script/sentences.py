"""What people say in a rehearsal: sentences by dialogue act, with slots that are filled at random.

Square brackets hold phones instead of words, for sounds a synthesiser cannot spell.
"""

from __future__ import annotations

from typing import Final

GREETINGS: Final = (
    "Hello {name}, how have you been?",
    "Hi there, come in, sit down.",
    "Good morning {name}, beautiful day, isn't it?",
    "Oh hi, I was hoping to bump into you.",
    "Hey, thanks for coming by.",
    "It's so good to see you again, {name}.",
    "Well, look who it is!",
)

STATEMENTS: Final = (
    "I bought a pair of {thing} at the market in {place}.",
    "My brother moved to {place} about {number} months ago.",
    "We missed the bus, so we had to walk back up the hill.",
    "The problem is that nobody ever tells me anything.",
    "Maybe we should meet on {day} before everybody else arrives.",
    "I'm pretty sure the {thing} belongs to somebody from the office.",
    "My mother makes the best {food}, with pepper and a bit of butter.",
    "They promised to fix the roof by {day}, but it was never fixed.",
    "The film was much better than the book, if you ask me.",
    "I have been thinking about giving up my job.",
    "Apparently the whole building was empty by the time we got there.",
    "We could just leave the {thing} with {name} and be done with it.",
    "The last time I went to {place} it rained for {number} days.",
    "Somebody parked a big blue van right in front of my garage.",
    "I think five or six of us would be plenty.",
    "The doctor says I need to sleep more and worry less.",
    "You could put the {food} in the oven and open the wine.",
    "I love how quiet it gets here in the evening.",
    "We've got about {number} pages left, and then it's finished.",
    "The new manager wants us to wear badges and write reports.",
    "Honestly, the food was fine, but the service was awful.",
    "I was just about to call you about the {thing}.",
    "He found the {thing} under the bed, covered in dust.",
    "There is a very old bridge behind the church, and you can swim there.",
    "My phone fell into the bath, and now it only works on speaker.",
    "People always say that, but I have never seen it happen.",
    "We both know that {place} is far too expensive.",
    "She keeps a jar of {food} on her desk and never shares it.",
    "The map was wrong, the path was wet, and Bob was in a mood.",
    "I wrote the first chapter in {place}, and the rest at home.",
    "It takes about an hour by boat, or {number} minutes by train.",
    "The children were jumping up and down and shouting.",
    "Then the power went out, and we sat there in the dark.",
    "I usually wake up at {number}, make coffee, and read for a while.",
    "My favourite part is when the piano comes back in.",
    "We measured everything twice, and it still doesn't fit.",
    "You have to push the button and pull the lever at the same time.",
    "The cheap one broke after a week, so I bought a better one.",
    "I'm supposed to be in {place} by {day}, but I haven't packed.",
    "They're building a huge shopping mall where the park used to be.",
)

LONG_STATEMENTS: Final = (
    "So I went up to the man at the desk, and I said, look, we paid for {number} rooms, and you gave us one.",
    "When we were young we used to climb over the fence, pick the apples, and run before the farmer saw us.",
    "The thing about {place} is that everybody knows everybody, so you can't even buy {food} without a chat.",
    "If we move the table over there, and put the lamp by the window, then we might have room for the {thing}.",
    "I thought about it all weekend, and I believe the best way forward is to simply tell {name} the truth.",
    "First you chop the onions, then you fry them with a bit of butter, and after that you add the {food}.",
    "What bothers me most is not the money, it's that he waited until {day} before he even mentioned it.",
    "We were halfway between the harbour and {place} when the engine started making a very odd bumping noise.",
)

QUESTIONS: Final = (
    "Have you ever been to {place}?",
    "What do you think about the {thing}?",
    "Do you want some {food}?",
    "Why would anybody do that?",
    "Could you pass me the {thing}, please?",
    "How many people are coming on {day}?",
    "Did {name} really say that?",
    "Where did you put the {thing}?",
    "Shall we try the place on the corner?",
    "Is it possible to change it before {day}?",
    "When was the last time you saw {name}?",
    "So what happened after that?",
    "Would you mind if I opened a window?",
    "Are you sure about that?",
    "Who told you about {place}?",
    "What are you going to do about it?",
)

ANSWERS: Final = (
    "Yes, I believe so.",
    "No, not at all, I wouldn't mind.",
    "Well, probably {number}, maybe more.",
    "I'm not sure, let me think about it.",
    "Of course, that's a good idea.",
    "Um, I would have to ask {name} first.",
    "No, I have never been there, but I'd love to go.",
    "On {day}, if everything works out.",
    "It depends on the weather, really.",
    "To be honest, I forgot all about it.",
    "Absolutely, I've been waiting for that all week.",
    "Oh, that's hard to say.",
    "Yes, please, that would be wonderful.",
    "No, I don't think that's possible.",
)

AGREEMENTS: Final = (
    "Exactly, that's what I thought.",
    "Yes, you're absolutely right about that.",
    "I couldn't agree more.",
    "That makes perfect sense to me.",
    "Right, and it's not even the first time.",
    "Oh, I love that, what a good idea.",
    "Yes, we should have done it months ago.",
    "You've been a wonderful help, honestly.",
    "That's very kind of you to say.",
)

DISAGREEMENTS: Final = (
    "No, I really don't see it that way.",
    "But that's not what we agreed on.",
    "I'm sorry, but that's simply not true.",
    "No, no, you've got that backwards.",
    "You never listen to me, do you?",
    "That is not my fault, and you know it.",
    "Why do I always have to be the one who apologises?",
    "You promised, and then you simply forgot about it.",
    "Please stop interrupting me for once.",
    "I've heard that excuse about {number} times.",
    "Don't pretend that you didn't see the bill.",
    "That makes no sense whatsoever.",
)

FUNNY: Final = (
    "And then the dog ate the whole {food}, box and all!",
    "He was wearing two different shoes, and nobody told him!",
    "So I waved at her for a minute, and it was a complete stranger.",
    "My grandfather still keeps the {thing} in the fridge.",
    "The parrot has learnt to imitate the phone, and they keep getting up.",
    "I walked into a glass door, and then I apologised to it.",
    "He put salt in everybody's coffee, even in the boss's.",
    "She parked in front of the police station, and got {number} tickets.",
)

SAD: Final = (
    "I'm afraid the news about {name} isn't very good.",
    "I still miss that old house, you know.",
    "It was the last time the whole family was together.",
    "I just feel so tired of it all.",
    "We had to sell the house after my father died.",
    "He never even said goodbye to {name}.",
    "Nobody came, apart from {name} and me.",
    "I keep thinking that I should have phoned her.",
    "Some days I can't even get out of bed.",
)

SURPRISED: Final = (
    "Wait, what? You sold the {thing}?",
    "Oh my goodness, that's amazing!",
    "You're joking, {number} thousand?",
    "Wow, I had no idea about that!",
    "What, all by yourself? In {place}?",
    "You'll never believe who phoned me on {day}!",
    "Guess what, we've been picked for the final!",
    "They gave it to me for free, can you believe that?",
    "Oh wow, look at all those people!",
)

TENDER: Final = (
    "I'm so glad that you're here.",
    "You know I'd do anything for you.",
    "I could sit here with you for ever.",
    "Do you remember the evening by the harbour?",
    "I missed you more than I thought I would.",
    "You always know what I'm about to say.",
    "It feels as if we had never been apart.",
    "Promise me that we'll come back here.",
)

POLITE: Final = (
    "Thank you very much for making the time.",
    "If I may, I would like to add one point.",
    "I fully appreciate your position on this.",
    "We shall of course provide you with a written offer.",
    "Perhaps we could move on to the budget.",
    "With respect, the figures show something different.",
    "I would be very pleased to hear your opinion.",
    "Allow me to explain how we reached that number.",
)

SHORT_REPLIES: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "Yeah, maybe.",
        "I suppose so.",
        "That's fair enough.",
        "Hm, could be.",
        "Fine by me.",
        "Well, there you go.",
        "I've no idea.",
        "Not that I know of.",
        "Me neither.",
        "It was the same for me.",
        "I thought as much.",
        "Good point.",
        "That's possible.",
        "Who knows.",
        "Anyway.",
        "We'll see.",
    ),
    "warm": ("Yes, exactly.", "Oh, lovely.", "That's right.", "I'm so pleased.", "Good for you.", "Absolutely."),
    "tender": ("I know.", "Me too.", "Of course I do.", "Always.", "Come here."),
    "funny": ("You're impossible.", "That's so funny.", "Oh, stop it.", "No way, really?"),
    "sad": ("Oh no, I'm sorry.", "That's awful.", "Poor thing.", "I know, I know."),
    "surprised": ("No, really?", "Never!", "You're joking.", "Wow, since when?", "What, both of them?"),
    "cross": ("That's not true.", "Oh, please.", "No, you didn't.", "Whatever.", "I never said that.", "But why?"),
    "polite": ("Very well.", "I see your point.", "By all means.", "Thank you.", "Certainly."),
}
"""By feeling: turns of about a second. Half of all turns in conversation are no longer."""

SHORT_QUESTIONS: Final = (
    "Did you?",
    "And you?",
    "Why not?",
    "What about {name}?",
    "Who, {name}?",
    "Since when?",
    "How come?",
    "And then?",
    "Which one?",
    "Do you think so?",
)

SHORT_ANSWERS: Final = (
    "Yes.",
    "No.",
    "Yeah, I did.",
    "Not really.",
    "Maybe {number}.",
    "{name}, I think.",
    "On {day}.",
    "Probably.",
    "No idea.",
    "In {place}.",
    "Because of the {thing}.",
)

HESITATIONS: Final = (
    "Um,",
    "Well,",
    "You know,",
    "I mean,",
    "Ah, let me see,",
    "So,",
    "Okay, but,",
    "And, um,",
)

BACKCHANNELS: Final = (
    "[m hh ah m]",
    "[m m]",
    "aha",
    "uh huh",
    "yeah",
    "right",
    "okay",
    "I see",
    "oh",
    "sure",
    "really?",
    "wow",
    "yes",
    "[hh ah m]",
    "of course",
    "oh no",
)

FAREWELLS: Final = (
    "Well, I better be going.",
    "Thank you very much for everything.",
    "Goodbye {name}, see you on {day}.",
    "Let's do that again before the month is over.",
)

SLOTS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("Ben", "Anna", "Mum", "Peter", "Philip", "Bob", "Maya", "Emma", "Paul", "Vivian", "Thomas", "Ruth"),
    "place": ("Paris", "Vermont", "Bombay", "the village", "Hamburg", "Lisbon", "Peru", "Miami", "Bath", "the coast"),
    "thing": (
        "boots",
        "umbrella",
        "piano",
        "map",
        "lamp",
        "blue bicycle",
        "camera",
        "vacuum",
        "van",
        "photographs",
        "old sofa",
        "table",
        "gloves",
        "box",
    ),
    "food": ("soup", "bread", "apple pie", "mushrooms", "fish", "beef", "pumpkin", "plums", "coffee", "jam", "beans"),
    "day": ("Monday", "Friday", "Saturday", "the weekend", "Thursday", "my birthday", "Wednesday", "the third of May"),
    "number": ("two", "three", "five", "seven", "twelve", "forty", "fifteen", "a hundred", "eight"),
}

"""What is said in the recordings, as the aligner wants it: lower case, no punctuation."""

from __future__ import annotations

from typing import Final

_LEISURE: Final = (
    "and mister john dashwood had then leisure to consider how much there might be prudently "
    "in his power to do for them"
)

SPHINX: Final = {
    "librivox-0870": (
        "librivox/sense_and_sensibility_01_austen_64kb-0870.wav",
        _LEISURE,
    ),
    "librivox-0880": (
        "librivox/sense_and_sensibility_01_austen_64kb-0880.wav",
        "he was not an ill disposed young man",
    ),
    "librivox-0890": (
        "librivox/sense_and_sensibility_01_austen_64kb-0890.wav",
        "unless to be rather cold hearted and rather selfish is to be ill disposed",
    ),
    "librivox-0920": (
        "librivox/sense_and_sensibility_01_austen_64kb-0920.wav",
        "had he married a more a amiable woman he might have been made still more respectable than he was",
    ),
    "librivox-0930": (
        "librivox/sense_and_sensibility_01_austen_64kb-0930.wav",
        "he might even have been made amiable himself",
    ),
    "cards-001": (
        "cards/001.wav",
        "ten of clubs",
    ),
    "cards-002": (
        "cards/002.wav",
        "four queen of clubs",
    ),
    "cards-003": (
        "cards/003.wav",
        "seven of clubs",
    ),
    "cards-004": (
        "cards/004.wav",
        "five five",
    ),
    "cards-005": (
        "cards/005.wav",
        "eight of spades four of clubs seven of hearts",
    ),
}
"""Debian's pocketsphinx-testdata (LibriVox readings in the public domain; single words from cards)."""

_TWO_CITIES: Final = (
    "it was the best of times it was the worst of times it was the age of wisdom it was the age of "
    "foolishness it was the epoch of belief it was the epoch of incredulity it was the season of "
    "light it was the season of darkness it was the spring of hope it was the winter of despair we "
    "had everything before us we had nothing before us we were all going direct to heaven we were "
    "all going direct the other way in short the period was so far like the present period that some "
    "of its noisiest authorities insisted on its being received for good or for evil in the "
    "superlative degree of comparison only"
)

MOONSHINE: Final = {
    "two_cities": ("moonshine_voice/assets/two_cities.wav", _TWO_CITIES),
    "beckett": (
        "moonshine_voice/assets/beckett.wav",
        "ever tried ever failed no matter try again fail again fail better",
    ),
    "clone": ("moonshine_voice/assets/clone-test.wav", "i do i think that america do it very well"),
}
"""Clips inside the package moonshine-voice."""

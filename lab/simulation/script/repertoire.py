"""What a voice says: everything, or, where its synthesizer is slow, a repertoire small enough to be spoken beforehand.

A voice of Kokoro knows a part of each table of sentences and fills the slots of a sentence always with the same words.
Both follow from hashes of its name and the sentence: sentences that are added later leave the others as they were.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import fields
from typing import Final

import numpy as np

from ..speech.kokoro import speak_kokoro, speed_of
from ..speech.voice import Voice, fraction_of
from ..speech.voices import SYNTHESIZERS
from .sentences import SENTENCES

_SLOW: Final = ("kokoro",)
_KNOWN_SENTENCES: Final = 1
_LEAST_SHARE: Final = 0.1
"""Of a table, a slow voice knows about the larger of these: sentences, share."""

_OPENED_SHARE: Final = 0.2
_OPENED: Final = frozenset(
    (
        *("statements", "long_statements", "agreements", "disagreements"),
        *("funny", "sad", "surprised", "tender", "polite"),
    )
)
"""Tables of SENTENCES before whose sentences a hesitation may come."""


def choices_of(voice: Voice | None, table: tuple[str, ...]) -> tuple[str, ...]:
    """The sentences of `table` that `voice` says, at least one, in their order."""
    if voice is None or not _is_slow(voice):
        return table
    ranks = [fraction_of(voice.name, sentence) for sentence in table]
    limit = max(_LEAST_SHARE, _KNOWN_SENTENCES / len(table), min(ranks))
    return tuple(sentence for sentence, rank in zip(table, ranks, strict=True) if rank <= limit)


def filled(rng: np.random.Generator, voice: Voice | None, template: str) -> str:
    """`template` with a word in each of its slots."""
    if voice is None or not _is_slow(voice):
        words = {slot: str(rng.choice(options)) for slot, options in SENTENCES.slots.items()}
    else:
        words = {
            slot: options[int(fraction_of(voice.name, template, slot) * len(options))]
            for slot, options in SENTENCES.slots.items()
        }
    return template.format(**words)


def opened(rng: np.random.Generator, voice: Voice | None, text: str) -> str:
    """`text`, a fifth of the time after a hesitation such as “well,”."""
    if voice is None or not _is_slow(voice):
        chance, pick = rng.random(2)
    else:
        chance, pick = fraction_of(voice.name, text, "opened"), fraction_of(voice.name, text, "opener")
    if chance >= _OPENED_SHARE:
        return text
    opener = SENTENCES.hesitations[int(pick * len(SENTENCES.hesitations))]
    return f"{opener} {text[0].lower()}{text[1:]}"


def repertoire(voice: Voice) -> tuple[str, ...]:
    """Every text that a slow voice says, none twice; nothing for a fast one, which says anything."""
    if not _is_slow(voice):
        return ()
    rng = np.random.default_rng(0)  # not asked: a slow voice draws nothing
    texts = [
        opened(rng, voice, filled(rng, voice, template)) if stated else filled(rng, voice, template)
        for table, stated in _tables()
        for template in choices_of(voice, table)
    ]
    return tuple(dict.fromkeys(texts))


def _tables() -> list[tuple[tuple[str, ...], bool]]:
    """Everything a script may draw from, what is said most often first, and whether a hesitation may come before it."""
    tables = [(table, False) for table in (SENTENCES.backchannels, SENTENCES.short_answers, SENTENCES.short_questions)]
    tables += [(table, False) for table in SENTENCES.short_replies.values()]
    for topic in SENTENCES.topics.values():
        tables += [(topic.statements, True), (topic.questions, False), (topic.answers, False)]
    named = ((field.name, getattr(SENTENCES, field.name)) for field in fields(SENTENCES))
    tables += [(table, name in _OPENED) for name, table in named if isinstance(table, tuple) and name != "hesitations"]
    return tables


def _is_slow(voice: Voice) -> bool:
    return voice.synthesizer in _SLOW


def main(argv: Sequence[str] | None = None) -> None:
    """Speak the repertoires that are not on disk yet: `nice python -m lab.simulation.script.repertoire`, one thread."""
    parser = argparse.ArgumentParser(prog="python -m lab.simulation.script.repertoire", description=__doc__)
    parser.add_argument(
        "--voices", nargs="*", default=SYNTHESIZERS["kokoro"], choices=SYNTHESIZERS["kokoro"], metavar="VOICE"
    )
    given = parser.parse_args(argv)
    voices = [Voice("kokoro", name, 1.0, 1.0, 1.0) for name in given.voices]
    texts = [repertoire(voice) for voice in voices]
    begun, seconds = time.perf_counter(), 0.0
    # One sentence of every voice after the other: whenever this is stopped, all voices have about as many.
    for index in range(max(len(known_texts) for known_texts in texts)):
        for voice, known in zip(voices, texts, strict=True):
            if index < len(known):
                sound = speak_kokoro(known[index], voice.name, speed_of(voice, known[index]))
                seconds += len(sound.samples) / sound.rate_hz
        took = time.perf_counter() - begun
        print(f"{index + 1} sentences of {len(voices)} voices, {seconds:.0f} s of sound in {took:.0f} s", flush=True)


if __name__ == "__main__":
    main()

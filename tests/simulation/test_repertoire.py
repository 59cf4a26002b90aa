"""What a slow voice says is known beforehand."""

import numpy as np
import pytest

from lab.simulation.script.people import MOODS
from lab.simulation.script.repertoire import choices_of, filled, opened, repertoire
from lab.simulation.script.script import Line, draw_backchannel, draw_topic, draw_turn
from lab.simulation.script.sentences import SENTENCES
from lab.simulation.speech.kokoro import speed_of
from lab.simulation.speech.voice import Voice

SLOW = Voice("kokoro", "af_heart", 1.0, 1.0, 1.0)
OTHER = Voice("kokoro", "bm_lewis", 1.0, 1.0, 1.0)
FAST = Voice("flite", "slt", 1.0, 1.0, 1.0)


def lines_of(voice, count):
    """What scripts have `voice` say."""
    rng = np.random.default_rng(4)
    said, previous = set(), None
    for _ in range(count):
        mood = str(rng.choice(list(MOODS)))
        turn = draw_turn(rng, 0, mood, previous, draw_topic(rng), voice)
        previous = Line(1, "Well?", "question" if rng.random() < 0.3 else "statement")
        said |= {line.text for line in turn}
        said.add(draw_backchannel(rng, 0, turn[-1], voice).text)
    return said


def test_scripts_have_a_slow_voice_say_only_its_repertoire():
    assert lines_of(SLOW, 800) <= set(repertoire(SLOW))


def test_a_slow_voice_gets_to_say_most_of_its_repertoire():
    known = repertoire(SLOW)

    assert len(set(known) & lines_of(SLOW, 1500)) > 0.8 * len(known)


def test_a_fast_voice_says_more_than_any_slow_one():
    assert len(lines_of(FAST, 800)) > 5 * len(lines_of(SLOW, 800))
    assert repertoire(FAST) == ()


def test_slow_voices_say_different_things():
    shared = set(repertoire(SLOW)) & set(repertoire(OTHER))

    assert len(shared) < 0.5 * len(repertoire(SLOW))


def test_together_slow_voices_know_every_sentence():
    voices = [Voice("kokoro", f"voice {index}", 1.0, 1.0, 1.0) for index in range(60)]

    known = {sentence for voice in voices for sentence in choices_of(voice, SENTENCES.statements)}

    assert known == set(SENTENCES.statements)


def test_what_a_voice_knows_of_a_table_keeps_its_order_and_is_never_nothing():
    for table in (("one",), ("one", "two"), SENTENCES.statements):
        for voice in (SLOW, OTHER):
            known = choices_of(voice, table)
            assert known
            assert list(known) == [sentence for sentence in table if sentence in known]
    assert choices_of(FAST, SENTENCES.statements) == SENTENCES.statements
    assert choices_of(None, SENTENCES.statements) == SENTENCES.statements


def test_a_slow_voice_fills_a_sentence_always_alike():
    template = "Have you ever been to {place} on {day}?"

    texts = {filled(np.random.default_rng(seed), SLOW, template) for seed in range(20)}

    assert len(texts) == 1
    assert "{" not in texts.pop()
    assert len({filled(np.random.default_rng(seed), FAST, template) for seed in range(20)}) > 10


def test_a_hesitation_keeps_the_sentence_behind_it():
    texts = [opened(np.random.default_rng(seed), None, "We missed the bus.") for seed in range(200)]

    hesitant = [text for text in texts if text != "We missed the bus."]
    assert all(text.endswith(" we missed the bus.") for text in hesitant)
    assert len(hesitant) / len(texts) == pytest.approx(0.2, abs=0.08)


def test_speeds_differ_between_sentences_within_what_was_promised():
    speeds = {speed_of(SLOW, text) for text in repertoire(SLOW)}

    assert min(speeds) >= 0.9
    assert max(speeds) <= 1.25
    assert len(speeds) >= 6

"""Who speaks, and that every synthesizer that is installed does."""

import shutil
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from backend.animation.phones import PAUSE, VOWELS, viseme_of
from backend.contract.errors import ExitCode
from lab.simulation.speech import festival, flite
from lab.simulation.speech.kokoro import find_spoken, keep_spoken, speed_of
from lab.simulation.speech.voice import Voice
from lab.simulation.speech.voices import EVERY_SYNTHESIZER, FLITE_ALONE, SYNTHESIZERS, draw_voices, speak
from tests.support.refusals import refused

needs_festival = pytest.mark.skipif(shutil.which("festival") is None, reason="festival is not installed")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DUOLOGUE_VOICES", str(tmp_path))
    return tmp_path


def drawn(count, shares):
    return [draw_voices(np.random.default_rng([seed, 3]), shares) for seed in range(count)]


def test_there_are_thirty_voices():
    assert sum(len(names) for names in SYNTHESIZERS.values()) >= 30


def test_two_people_never_sound_alike():
    for first, second in drawn(400, FLITE_ALONE):
        assert first.name != second.name or abs(second.tract / first.tract - 1) >= 0.08


def test_the_same_seed_draws_the_same_voices():
    assert drawn(5, EVERY_SYNTHESIZER) == drawn(5, EVERY_SYNTHESIZER)


def test_synthesizers_speak_as_often_as_asked():
    people = Counter(voice.synthesizer for pair in drawn(1500, EVERY_SYNTHESIZER) for voice in pair)

    for name, share in EVERY_SYNTHESIZER.items():
        assert people[name] / people.total() == pytest.approx(share, abs=0.04)


def test_every_voice_has_its_turn():
    found = {voice.name for pair in drawn(1500, EVERY_SYNTHESIZER) for voice in pair}

    assert found == {name for names in SYNTHESIZERS.values() for name in names}


def test_only_what_was_asked_for_is_drawn():
    assert {voice.synthesizer for pair in drawn(200, {"flite": 1.0}) for voice in pair} == {"flite"}


@pytest.mark.parametrize("name", SYNTHESIZERS["flite"])
def test_flite_speaks(name):
    check_speech(Voice("flite", name, 1.0, 1.0, 1.1))


@needs_festival
@pytest.mark.parametrize("name", SYNTHESIZERS["festival"])
def test_festival_speaks(name):
    check_speech(Voice("festival", name, 1.1, 0.9, 0.9))


@needs_festival
@pytest.mark.parametrize("name", SYNTHESIZERS["festival"])
def test_festival_speaks_slower_and_higher_when_told(name):
    usual, slow = (festival.speak_festival("Good morning Anna.", name, stretch, 1.0) for stretch in (1.0, 1.4))

    assert slow.phones[-2][1] / usual.phones[-2][1] == pytest.approx(1.4, abs=0.15)


@needs_festival
@pytest.mark.parametrize("name", SYNTHESIZERS["festival"])
def test_festival_says_phones_as_they_are(name):
    sound = festival.speak_festival("[m hh ah m]", name, 1.0, 1.0)

    assert [name for *_, name in sound.phones if name != PAUSE] == ["m", "hh", "ah", "m"]


@needs_festival
def test_a_voice_that_festival_lacks_is_told_and_the_next_sentence_is_spoken():
    with refused(ExitCode.UNEXPECTED):
        festival.speak_festival("Hello.", "nobody_diphone", 1.0, 1.0)
    assert festival.speak_festival("Hello.", SYNTHESIZERS["festival"][0], 1.0, 1.0).phones


def test_a_program_that_is_not_installed_is_told_with_its_remedy(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    flite._program.cache_clear()

    with refused(ExitCode.DEPENDENCY_MISSING) as failure:
        speak("Hello.", Voice("flite", "slt", 1.0, 1.0, 1.0))

    flite._program.cache_clear()
    assert "apt-get install flite" in failure.value.fix


def test_a_sentence_that_kokoro_spoke_once_is_taken_from_disk(folder):
    voice = Voice("kokoro", "af_heart", 1.0, 1.0, 1.0)
    key = {"synthesizer": "kokoro-82m-int8", "voice": voice.name, "text": "Mm.", "speed": speed_of(voice, "Mm.")}
    sound = np.sin(np.arange(24_000) / 10).astype(np.float32) * 0.5
    keep_spoken(key, sound, 24_000, {"symbols": "ˈʌm.", "frames": [10, 2, 8, 10, 5, 5]})

    speech = speak("Mm.", voice)

    assert [name for *_, name in speech.phones] == ["ah", "m"]
    assert not (folder / "kokoro").exists()


def test_what_is_kept_comes_back(folder):
    samples = np.random.default_rng(0).uniform(-1, 1, 2400).astype(np.float32)
    keep_spoken({"text": "a"}, samples, 24_000, {"frames": [1, 2]})

    found = find_spoken({"text": "a"})

    assert found is not None
    assert np.allclose(found[0], samples, atol=1e-4)
    assert found[1:] == (24_000, {"frames": [1, 2]})
    assert find_spoken({"text": "b"}) is None


def test_a_sound_without_its_labels_was_never_spoken(folder):
    keep_spoken({"text": "a"}, np.zeros(2400, np.float32), 24_000, {})
    next(folder.rglob("*.json")).unlink()

    assert find_spoken({"text": "a"}) is None


def test_every_voice_of_kokoro_is_english():
    assert len(set(SYNTHESIZERS["kokoro"])) == 28
    assert {name[:2] for name in SYNTHESIZERS["kokoro"]} == {"af", "am", "bf", "bm"}


def check_speech(voice):
    """Sound and phones of a sentence belong together."""
    speech = speak("Bob gave five plums to mother, and she thanked him.", voice)

    names = [name for *_, name in speech.phones]
    assert speech.samples.dtype == np.float32
    assert 2.0 < speech.seconds < 6.0
    assert names[:3] == ["b", "aa", "b"]
    assert all(name == PAUSE or name in VOWELS or viseme_of(name) > 0 for name in names)
    assert all(first[1] == pytest.approx(second[0]) for first, second in pairwise(speech.phones))
    assert all(start < end for start, end, _ in speech.phones)
    assert 0 <= speech.phones[0][0] < 0.05
    assert speech.phones[-1][1] <= speech.seconds + 1e-6
    loud = [level(speech, *span) for *span, name in speech.phones if name in VOWELS]
    quiet = [level(speech, *span) for *span, name in speech.phones if name == PAUSE]
    assert np.median(loud) > 5 * max(quiet, default=0.0)


def level(speech, start, end):
    return float(np.std(speech.samples[round(start * 16_000) : round(end * 16_000)]))

"""What a character's habits do: more of a habit gives more of the behaviour, and the lips speak as before."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from backend.animation.lip_closure import lip_gap
from backend.assets import assets_folder
from backend.audio.dialogue import read_dialogue
from backend.contract.arkit import ARKIT_NAMES
from backend.contract.job import AudioInput
from backend.engines.base import DialogueAudio, Motion
from backend.engines.dualtalk.engine import load_network
from backend.engines.dualtalk.events import event_bias, longest_without_blink
from backend.engines.dualtalk.rollout import perform
from backend.engines.lip_reader.listening import listen
from backend.engines.lip_reader.model import load_lips
from backend.engines.traits import ORDINARY, engine_habits
from backend.speech.encoder import load_encoder
from lab.evaluation.measures.behaviour import behaviour_rates

ENCODER = assets_folder(None) / "speech" / "whisper-base-encoder-4.safetensors"
SEEDS = range(4)
UPPER_FACE = [index for index, name in enumerate(ARKIT_NAMES) if name.startswith(("brow", "cheekSquint", "eyeSquint"))]

Act = Callable[[Mapping[str, float], int], Motion]


@pytest.fixture(scope="module")
def act() -> Act:
    """The shipped network on the bundled dialogue, heard once: both people with the same habits, one of its seeds."""
    if not Path(ENCODER).is_file():
        pytest.skip("python3 build.py setup prepares the speech encoder")
    tracks = read_dialogue(AudioInput("tracks", ("presets/demo/anna.flac", "presets/demo/ben.flac"))).tracks
    loudness = np.sqrt(np.square(tracks.reshape(2, -1, 640)).mean(axis=2))  # [2, T]
    speaking = np.stack([np.convolve(level > 0.005, np.ones(9), mode="same") > 0 for level in loudness]).astype(
        np.float32
    )
    network = load_network(device="cpu")
    sound = DialogueAudio(tracks, speaking, separate=True)
    listened = listen(
        sound, load_encoder(ENCODER, "cpu"), load_lips(), network.encode_audio, lambda _done, _total: None
    )
    return lambda habits, seed: perform(listened, speaking, network, (habits, habits), seed, lambda _done, _total: None)


def _mean(act: Act, habits: Mapping[str, float], measure: Callable[[Motion], float]) -> float:
    return float(np.mean([measure(act(habits, seed)) for seed in SEEDS]))


def _at_partner(motion: Motion) -> float:
    rates = behaviour_rates(motion)
    return 0.5 * (rates["looking_at_partner_speaking"] + rates["looking_at_partner_listening"])


def _energy(motion: Motion) -> float:
    """Of what moves outside the mouth."""
    return float(np.square(np.diff(motion.expression[..., UPPER_FACE], axis=1)).sum())


def test_blinks_come_as_often_as_the_habit_says(act: Act) -> None:
    for rate in (6.0, 17.0, 34.0):
        blinks = _mean(act, {"blink_rate": rate}, lambda motion: behaviour_rates(motion)["blinks_per_minute"])

        assert rate < blinks < 1.7 * rate  # they speak about half of the time, and then blink 1.3 to 2 times as often


def test_who_looks_more_looks_at_the_partner_for_more_of_the_time(act: Act) -> None:
    shares = [_mean(act, {"gaze": gaze}, _at_partner) for gaze in (0.5, 0.75, 1.0, 1.5)]

    assert np.diff(shares).min() > 0.05
    assert shares[0] == pytest.approx(0.5 * shares[2], rel=0.25)


def test_expressive_people_move_more_outside_the_mouth(act: Act) -> None:
    calm, ordinary, lively = (_mean(act, {"expressiveness": factor}, _energy) for factor in (0.5, 1.0, 1.6))

    assert calm < 0.5 * ordinary
    assert lively > 1.6 * ordinary


def test_expressive_people_move_their_heads_more(act: Act) -> None:
    calm, lively = (
        _mean(act, {"expressiveness": factor}, lambda motion: np.abs(np.diff(motion.neck, axis=1)).mean())
        for factor in (0.5, 1.6)
    )

    assert lively > 1.5 * calm


@pytest.mark.parametrize(
    "habits", [{"expressiveness": 1.6}, {"expressiveness": 0.5}, {"gaze": 0.5}, {"blink_rate": 40.0}], ids=str
)
def test_lips_open_and_close_the_same_whatever_the_habits(act: Act, habits: dict[str, float]) -> None:
    ordinary, changed = act({}, 0), act(habits, 0)

    gaps = [lip_gap(level.expression, level.jaw[..., 0]) for level in (ordinary, changed)]  # millimetres
    np.testing.assert_allclose(gaps[0], gaps[1], atol=1e-4)
    np.testing.assert_allclose(ordinary.jaw, changed.jaw, atol=np.radians(1.5))


def test_an_ordinary_person_is_left_to_the_network() -> None:
    assert engine_habits({}) == ORDINARY
    assert not event_bias(ORDINARY, np.linspace(0.0, 1.0, 9)).any()


def test_the_artists_words_multiply_what_they_stand_for() -> None:
    habits = engine_habits({"expressiveness": 1.5, "smile": 2.0, "gaze": 0.5})

    assert habits["smile"] == pytest.approx(3.0)
    assert habits["brow_activity"] == pytest.approx(1.5)
    assert habits["gaze_listening"] == pytest.approx(0.385)
    assert habits["blink_rate"] == ORDINARY["blink_rate"]


def test_who_blinks_rarely_is_not_made_to_blink() -> None:
    assert longest_without_blink(17.0) == 9 * 25
    assert longest_without_blink(4.0) == 24 * 25

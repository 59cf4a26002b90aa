"""Any length through the official DualTalk: windows against the single pass, roll-out, and what is refused."""

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.engines.base import Conditions, DialogueAudio, KnownPerson
from backend.engines.dualtalk_official.checkpoint import official_state
from backend.engines.dualtalk_official.engine import OfficialEngine, speaking_by_level
from backend.engines.dualtalk_official.rollout import GivenMotion, Windows, official_motion
from backend.engines.dualtalk_official.speech_encoders import normalised
from backend.staging import compose_opposite
from backend.windows import FadedWindows
from tests.support.official_models import TINY, parity_model, tiny_model
from tests.support.refusals import refused


@pytest.fixture(scope="module")
def reference():
    return parity_model()[0]


@pytest.fixture(scope="module")
def tiny():
    return tiny_model()


def syllables(seconds, seed=0):
    """[2, N] noise that swells and fades as two people who take turns."""
    random = np.random.default_rng(seed)
    time = np.arange(int(seconds * 16000)) / 16000
    turn = np.sin(2 * np.pi * time / 7.0) > 0
    loud = (0.02 + np.abs(np.sin(2 * np.pi * 4.0 * time))) * np.stack((turn, ~turn))
    return (0.1 * loud * random.normal(size=(2, len(time)))).astype(np.float32)


def swaying(frames, seed=1):
    """[T, 56] a person's slow motion."""
    random = np.random.default_rng(seed)
    time = np.arange(frames)[:, None] / 25
    return (0.3 * np.sin(2 * np.pi * random.uniform(0.05, 0.5, 56) * time)).astype(np.float32)


def single_pass(model, tracks, known):
    person = 1 - known.person
    sound = normalised(torch.from_numpy(tracks))
    with torch.inference_mode():
        motion = torch.from_numpy(known.motion)[None]
        return model(sound[[person]], sound[[known.person]], motion, len(known.motion)).output[0].numpy()


def test_a_clip_that_fits_a_window_is_the_single_pass(reference):
    tracks, known = syllables(15.0), GivenMotion(1, swaying(375))

    made = official_motion(reference, tracks, known)

    assert np.abs(made[0] - single_pass(reference, tracks, known)).max() < 1e-5
    assert np.array_equal(made[1], known.motion)


@pytest.mark.parametrize("person", [0, 1])
def test_sixty_seconds_in_windows_differ_from_the_single_pass_by_less_than_two_hundredths(reference, person):
    tracks, known = syllables(60.0), GivenMotion(person, swaying(1500))
    single = single_pass(reference, tracks, known)

    made = official_motion(reference, tracks, known)[1 - person]

    assert np.abs(made - single).mean() < 0.02 * single.std()


def test_where_windows_meet_nothing_jumps(reference):
    tracks, known = syllables(60.0), GivenMotion(1, swaying(1500))
    short = Windows(speech=FadedWindows(200, 50), reaction=FadedWindows(200, 50))

    made = official_motion(reference, tracks, known, short)[0]

    steps = np.abs(np.diff(single_pass(reference, tracks, known), axis=0)).max()
    assert np.abs(np.diff(made, axis=0)).max() < 1.5 * steps + 0.05


def test_the_model_never_sees_more_than_a_window(tiny):
    seen = []
    hook = tiny.joint_encoder.audio_encoder1.register_forward_pre_hook(lambda _, given: seen.append(given[0].shape))
    windows = Windows(speech=FadedWindows(100, 20), roll_out=FadedWindows(60, 20))

    made = official_motion(tiny, syllables(31.0), windows=windows)

    hook.remove()
    assert made.shape == (2, 775, 56)
    assert {tuple(shape) for shape in seen} == {(1, 64000)}
    assert len(seen) == 2 * len(windows.speech.spans(775))


def test_roll_out_over_two_minutes_of_noise_is_finite_and_does_not_drift(reference):
    noise = np.random.default_rng(3).normal(size=(2, 120 * 16000)).astype(np.float32)

    made = official_motion(reference, noise)

    assert made.shape == (2, 3000, 56)
    spread = made.reshape(2, 6, 500, 56).std(axis=(2, 3))  # of every 20 s
    assert np.isfinite(made).all()
    assert spread.max() < 1.25 * spread.min()
    assert np.abs(made[:, 500:]).max() < 1.25 * np.abs(made[:, :500]).max()


def test_roll_out_forgets_how_it_began(reference):
    tracks = syllables(60.0)

    early, late = (official_motion(reference, tracks, windows=Windows(settling=times)) for times in (10, 12))

    apart = np.abs(early - late).reshape(2, 5, 300, 56).mean(axis=(0, 2, 3))  # of every 12 s
    assert 0.0 < apart[0] < 0.01
    assert apart[2:].max() < 0.02 * apart[0]


def test_each_head_of_a_roll_out_depends_on_the_others_sound(reference):
    tracks = syllables(20.0)
    muted = tracks.copy()
    muted[1] = 0.0

    both, alone = official_motion(reference, tracks), official_motion(reference, muted)

    assert np.abs(both[0] - alone[0]).mean() > 1e-3


def test_swapping_the_people_swaps_the_roll_out(reference):
    tracks = syllables(20.0)

    assert np.abs(official_motion(reference, tracks) - official_motion(reference, tracks[::-1])[::-1]).max() < 1e-4


def test_the_same_sound_gives_the_same_motion_however_loud(tiny):
    tracks = syllables(9.0)

    made = official_motion(tiny, tracks)

    assert np.array_equal(made, official_motion(tiny, tracks))
    assert np.abs(made - official_motion(tiny, 4.0 * tracks)).max() < 1e-2


def test_steps_are_told_and_may_stop_the_work(tiny):
    progress = []

    def step(stage, done, total):
        progress.append((stage, done, total))
        if stage == "model" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        official_motion(tiny, syllables(20.0), step=step)

    assert [stage for stage, done, total in progress if done == total] == ["features"]
    assert all(0 <= done <= total for _, done, total in progress)


@pytest.mark.parametrize(
    ("tracks", "code"),
    [
        (np.zeros((1, 32000), np.float32), ExitCode.AUDIO_MISMATCH),
        (np.zeros(32000, np.float32), ExitCode.AUDIO_MISMATCH),
        (np.zeros((2, 0), np.float32), ExitCode.AUDIO_TOO_SHORT),
        (np.zeros((2, 399), np.float32), ExitCode.AUDIO_TOO_SHORT),
        (np.full((2, 32000), np.nan, np.float32), ExitCode.AUDIO_NOT_FINITE),
    ],
)
def test_tracks_that_do_not_fit_are_refused(tiny, tracks, code):
    with refused(code):
        official_motion(tiny, tracks)


@pytest.mark.parametrize(
    "known",
    [
        GivenMotion(2, swaying(50)),
        GivenMotion(0, swaying(49)),
        GivenMotion(0, swaying(50)[:, :55]),
        GivenMotion(1, np.full((50, 56), np.inf, np.float32)),
    ],
)
def test_a_partners_motion_that_does_not_fit_is_refused(tiny, known):
    with refused(ExitCode.BAD_REQUEST):
        official_motion(tiny, syllables(2.0), known)


@pytest.mark.parametrize("samples", [640, 641, 16001, 128001])
def test_every_length_gives_a_frame_for_every_begun_fortieth_of_a_second(tiny, samples):
    made = official_motion(tiny, syllables(10.0)[:, :samples])

    assert made.shape == (2, -(-samples // 640), 56)
    assert np.isfinite(made).all()


def test_the_performance_has_the_models_numbers_where_flame_has_them(tmp_path, tiny):
    path = tmp_path / "DualTalk.pth"
    torch.save(official_state(tiny), path)
    tracks = syllables(9.0)

    engine = OfficialEngine.load(tmp_path, "cpu", path, TINY)
    made = engine.generate(Conditions(DialogueAudio(tracks, None, separate=True)))
    placed = compose_opposite(made)

    motion = official_motion(tiny, tracks)
    assert engine.face == "flame"
    assert len(engine.weights["DualTalk.pth"]) == 64
    assert np.array_equal(placed.expression, motion[:, :, :50])
    assert np.array_equal(placed.pose[:, :, 2], motion[:, :, 50:53])
    assert np.array_equal(placed.pose[:, :, 1], motion[:, :, 53:56])
    assert not placed.pose[:, :, 3:].any()
    np.testing.assert_allclose(placed.translation[1] - placed.translation[0], [[1.1, 0, 0]] * 225, atol=1e-6)


def test_a_known_partner_is_given_to_the_model_as_it_counts_motion(tiny):
    engine, motion = OfficialEngine(tiny, {"tiny": ""}), swaying(225)
    partner = KnownPerson(1, motion[:, :50], motion[:, 50:53], motion[:, 53:56], np.zeros((225, 2), np.float32))

    made = engine.generate(Conditions(DialogueAudio(syllables(9.0), None, separate=True), partner=partner))

    wanted = official_motion(tiny, syllables(9.0), GivenMotion(1, motion))
    assert np.array_equal(made.expression, wanted[:, :, :50])
    assert np.array_equal(made.neck[1], motion[:, 53:56])


def test_who_is_louder_than_their_own_silence_speaks():
    tracks = syllables(14.0)

    speaking = speaking_by_level(tracks)

    assert speaking.shape == (2, 350)
    assert speaking[0, 5:80].mean() > 0.8
    assert speaking[1, 5:80].mean() < 0.2
    assert not speaking_by_level(np.zeros((2, 16000), np.float32)).any()

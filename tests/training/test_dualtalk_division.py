"""Clips are divided into those that are learned from and those that validate."""

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from lab.training.dualtalk_official.data import Clip, divided
from lab.training.dualtalk_official.tracks import Sound
from tests.support.examples import examples
from tests.support.refusals import refused


def clips(names):
    return [Clip("train", name, 50, (Sound(1, 0, 1, "a"), Sound(1, 0, 1, "b")), ()) for name in names]


@given(st.sets(st.text("abcdef_0123", min_size=1), min_size=2, max_size=40), st.floats(0.01, 0.99))
@settings(max_examples=examples(60), deadline=None)
def test_no_clip_is_on_both_sides_and_none_is_lost(names, share):
    learned, validated = divided(clips(sorted(names)), share)

    assert learned
    assert validated
    assert sorted(clip.name for clip in learned + validated) == sorted(names)


def test_clips_of_one_recording_stay_together():
    names = [f"{recording}_{part}" for recording in "abcde" for part in range(4)]

    learned, validated = divided(clips(names), 0.4, "^[^_]+")

    assert not {clip.name[0] for clip in learned} & {clip.name[0] for clip in validated}
    assert len(validated) == 8


def test_a_clip_stays_on_its_side_when_others_come():
    few, many = [f"clip{index}" for index in range(50)], [f"clip{index}" for index in range(60)]

    before = {clip.name for clip in divided(clips(few), 0.2)[1]}
    after = {clip.name for clip in divided(clips(many), 0.2)[1]}

    assert len(before & after) >= 8


def test_a_single_clip_cannot_be_validated_on():
    with refused(ExitCode.DATASET_INVALID) as failure:
        divided(clips(["one"]), 0.1)

    assert "--validation 0" in failure.value.fix

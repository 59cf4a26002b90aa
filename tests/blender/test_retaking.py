"""The take again: another seed, one person locked, a range of frames; what stays has the very keys it had."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.interface.generate_rows import draw_retake
from duologue.addon.keys import actions, assigning
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import read_request
from duologue.backend.contract.performance import load_performance

from tests.support.drawn_panel import Layout, sidebar
from tests.support.staged_worker import fake_python
from tests.support.written_keys import owners


def heads(scene):
    return settings_of(scene).head_a, settings_of(scene).head_b


def points(owner):
    """Every F-curve's keys, frame and value, and the kind of their handles."""
    return {
        (curve.data_path, curve.array_index): [
            (*key.co, key.interpolation, key.handle_left_type) for key in curve.keyframe_points
        ]
        for curve in actions.channels_of(owner).fcurves
    }


def request_of_take(scene):
    return read_request(Path(settings_of(scene).take).parent)


def test_a_variation_is_the_same_request_with_the_next_seed(played):
    before = request_of_take(played)
    former = {owner.animation_data.action.name for owner in owners(played)}

    assert bpy.ops.duologue.generate(anew="variation") == {"FINISHED"}

    request = request_of_take(played)
    assert (request.seed, request.keep) == (1, None)
    assert settings_of(played).seed == 1
    assert (request.audio, request.prompt, request.engine) == (before.audio, before.prompt, before.engine)
    assert former <= set(bpy.data.actions.keys()), "to go back to the former take at once"
    assert not former & {owner.animation_data.action.name for owner in owners(played)}


@pytest.mark.parametrize(("lock", "person"), [("lock_a", 0), ("lock_b", 1)])
@pytest.mark.parametrize("anew", ["all", "variation"])
def test_who_is_locked_keeps_every_key_and_the_other_one_is_new(played, lock, person, anew):
    setattr(settings_of(played), lock, True)
    first = settings_of(played).take
    stays, moves = heads(played)[person], heads(played)[1 - person]
    action, before = stays.animation_data.action, points(stays)
    other = moves.animation_data.action

    assert bpy.ops.duologue.generate(anew=anew) == {"FINISHED"}, settings_of(played).message

    keep = request_of_take(played).keep
    assert (keep.take, keep.people, keep.regenerate) == (first, (person,), ())
    assert stays.animation_data.action == action
    assert points(stays) == before
    assert moves.animation_data.action != other


def test_the_other_one_sits_exactly_where_the_take_has_them(played):
    settings_of(played).lock_a = True

    bpy.ops.duologue.generate(anew="variation")

    take = load_performance(Path(settings_of(played).take))
    for frame in (1, 20, 50):
        played.frame_set(frame)
        root = heads(played)[1].pose.bones["root"].location
        np.testing.assert_allclose(root, take.translation[1, frame - 1], atol=1e-5)


def test_only_keys_in_the_range_are_new(played):
    settings = settings_of(played)
    settings.regenerate_from, settings.regenerate_to = 11, 20
    before = [points(owner) for owner in owners(played)]
    former = [owner.animation_data.action for owner in owners(played)]
    cameras = [(marker.frame, marker.camera) for marker in played.timeline_markers]

    assert bpy.ops.duologue.generate(anew="range") == {"FINISHED"}, settings.message

    keep = request_of_take(played).keep
    assert (keep.people, keep.regenerate) == ((), ((0.4, 0.8),))
    changed = set()
    for owner, was, action in zip(owners(played), before, former, strict=True):
        now = points(owner)
        assert owner.animation_data.action != action
        assert now.keys() == was.keys()
        for name, keys in now.items():
            assert [key[0] for key in keys] == [key[0] for key in was[name]], "a key a frame, in order"
            changed |= {key[0] for key, old in zip(keys, was[name], strict=True) if key != old}
    assert changed == set(range(11, 21))
    assert [(marker.frame, marker.camera) for marker in played.timeline_markers] == cameras
    assert (played.frame_start, played.frame_end) == (1, 250)


def test_the_preview_range_counts_where_there_is_one(played):
    played.use_preview_range = True
    played.frame_preview_start, played.frame_preview_end = 26, 40

    bpy.ops.duologue.generate(anew="range")

    assert request_of_take(played).keep.regenerate == ((1.0, 1.6),)


def test_an_artists_own_keys_outside_the_range_stay(played):
    (nod,) = (
        curve
        for curve in actions.channels_of(heads(played)[0]).fcurves
        if curve.data_path.endswith('["neck"].rotation_quaternion') and curve.array_index == 1
    )
    nod.keyframe_points[44].co.y = 0.5
    nod.keyframe_points[44].interpolation = "BEZIER"
    settings = settings_of(played)
    settings.regenerate_from, settings.regenerate_to = 11, 20

    bpy.ops.duologue.generate(anew="range")

    name = ('pose.bones["neck"].rotation_quaternion', 1)
    assert points(heads(played)[0])[name][44][:3] == (45.0, 0.5, "BEZIER")


def test_a_range_and_a_lock_together(played):
    settings = settings_of(played)
    settings.lock_b, settings.regenerate_from, settings.regenerate_to = True, 11, 20
    action = heads(played)[1].animation_data.action
    before = points(heads(played)[0])

    bpy.ops.duologue.generate(anew="range")

    keep = request_of_take(played).keep
    assert (keep.people, keep.regenerate) == ((1,), ((0.4, 0.8),))
    assert heads(played)[1].animation_data.action == action
    now = points(heads(played)[0])
    assert all(now[name][30:] == before[name][30:] for name in now)
    assert now != before


def test_a_range_on_keys_of_the_artist_writes_the_whole_take(played):
    """Where the action is not Duologue's own there is nothing to put a range into."""
    head = heads(played)[0]
    own = assigning.assign_new_action(head, "by hand").action
    del own[actions.OWN_PROPERTY]

    bpy.ops.duologue.generate(anew="range")

    assert len(next(iter(points(head).values()))) == 50


def test_both_locked_leaves_nothing_to_do(played, tmp_path):
    settings = settings_of(played)
    settings.lock_a = settings.lock_b = True
    folders = len(list(tmp_path.glob("take-*")))

    assert bpy.ops.duologue.generate(anew="variation") == {"CANCELLED"}

    assert settings.message_code == ExitCode.SCENE_UNSUITABLE
    assert not bpy.ops.duologue.write_keys.poll()
    assert len(list(tmp_path.glob("take-*"))) == folders


@pytest.mark.parametrize(("first", "last"), [(30, 20), (-20, 0)])
def test_no_range_is_told(played, first, last):
    settings = settings_of(played)
    settings.regenerate_from, settings.regenerate_to = first, last

    assert bpy.ops.duologue.generate(anew="range") == {"CANCELLED"}

    assert settings.message_code == ExitCode.SCENE_UNSUITABLE


def test_a_take_that_went_away_is_told_and_the_seed_stays(played):
    settings = settings_of(played)
    settings.lock_a, settings.take = True, "/nowhere/performance.npz"

    assert bpy.ops.duologue.generate(anew="variation") == {"CANCELLED"}

    assert settings.message_code == ExitCode.TAKE_NOT_FOUND
    assert settings.seed == 0


def test_an_engine_without_chance_varies_nothing(played):
    settings_of(played).engine = "dualtalk-official"

    assert bpy.ops.duologue.generate(anew="variation") == {"CANCELLED"}


@pytest.mark.parametrize("play", ["dies-midway", "dies-explained", "nan"])
@pytest.mark.parametrize("anew", ["variation", "range"])
def test_a_job_that_ends_badly_changes_no_key_and_no_seed(played, tmp_path, monkeypatch, play, anew):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, play)))
    settings = settings_of(played)
    before, count = [points(owner) for owner in owners(played)], len(bpy.data.actions)
    take = settings.take

    assert bpy.ops.duologue.generate(anew=anew) == {"CANCELLED"}

    assert [points(owner) for owner in owners(played)] == before
    assert (len(bpy.data.actions), settings.take, settings.seed) == (count, take, 0)


def test_a_failure_between_two_heads_takes_back_the_range_of_the_first(played, monkeypatch):
    before, count = [points(owner) for owner in owners(played)], len(bpy.data.actions)
    calls, real = [], actions.replace_keys

    def fail_third(*given):
        calls.append(given)
        if len(calls) == 3:
            raise MemoryError
        return real(*given)

    monkeypatch.setattr(actions, "replace_keys", fail_third)

    with pytest.raises(RuntimeError, match="MemoryError"):
        bpy.ops.duologue.generate(anew="range")

    assert [points(owner) for owner in owners(played)] == before
    assert len(bpy.data.actions) == count


@pytest.mark.parametrize("there", [True, False])
def test_the_panel_offers_it_once_there_is_a_take(played, there):
    if not there:
        settings_of(played).take = ""
    layout = Layout()
    draw_retake(layout, sidebar(played), settings_of(played))

    for button in ("Anna", "Ben", "Variation", "Regenerate range"):
        assert button in layout.said
    assert [field.enabled for field in layout.made if hasattr(field, "enabled")] == [there, there]

"""Long work is done in steps: together they do what is done at once, and any of them may be the last."""

from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from duologue.addon.interface.operators.mapping import DUOLOGUE_OT_auto_map
from duologue.addon.keys import actions, key_writing, sampling
from duologue.addon.keys.key_writing import write_take, write_take_in_steps
from duologue.addon.keys.people_at import people_at
from duologue.addon.settings.mapping_properties import table_of
from duologue.addon.settings.properties import heads_of, settings_of
from duologue.addon.staging.sightline import eyes_midpoint, facing
from duologue.addon.steps import at_once
from duologue.backend.contract.arkit import ARKIT_NAMES
from duologue.backend.contract.constants import OPEN_HEAD
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.vendors import VENDORS


@pytest.fixture
def take(tmp_path):
    """A take of two seconds on disk."""
    random = np.random.default_rng(5)
    translation = np.add(random.normal(0.0, 0.01, (2, 50, 3)), [[[-0.5, 1.2, 0.0]], [[0.5, 1.2, 0.0]]])
    expression = random.uniform(0.0, 1.0, (2, 50, len(ARKIT_NAMES)))
    pose, speaking = random.normal(0.0, 0.1, (2, 50, 5, 3)), random.uniform(0.0, 1.0, (2, 50))
    path = tmp_path / "take-007" / "performance.npz"
    path.parent.mkdir()
    save_performance(path, Performance(25.0, OPEN_HEAD, ("A", "B"), expression, pose, translation, speaking, {}))
    return path


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch):
    monkeypatch.setattr(key_writing, "_KEYS_A_STEP", 1000)


def state(scene):
    """All that writing keys may touch, as Blender evaluates it."""
    scene.frame_set(scene.frame_current)
    settings = settings_of(scene)
    owners = [
        owner for head in heads_of(settings) for owner in (head, *(mesh.data.shape_keys for mesh in meshes(head)))
    ]
    animated = [data.animation_data for data in owners]
    return {
        "actions": {action.name: (action.users, actions.fingerprint(action)) for action in bpy.data.actions},
        "playing": [data.action.name if data is not None and data.action is not None else None for data in animated],
        "tracks": [[track.name for track in data.nla_tracks] if data is not None else [] for data in animated],
        "sliders": [(key.slider_min, key.slider_max, key.value) for owner in owners for key in blocks_of(owner)],
        "scene": (scene.frame_start, scene.frame_end, scene.frame_current, scene.camera, len(scene.timeline_markers)),
        "settings": (settings.take, settings.take_start),
        "scenes": len(bpy.data.scenes),
        "places": [[tuple(row) for row in thing.matrix_basis] for thing in scene.objects],
    }


def blocks_of(owner):
    return owner.key_blocks if isinstance(owner, bpy.types.Key) else []


def meshes(head):
    return [part for part in head.children_recursive if part.type == "MESH" and part.data.shape_keys is not None]


def own_heads():
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}


def characters():
    settings = settings_of(bpy.context.scene)
    for name, place in (("Ada", (1.0, 2.0, 0.3)), ("Bo", (-1.0, 2.0, 0.0))):
        found = vendor_rigs.build(VENDORS["character-creator-4"], name, place=place)
        found.armature.keyframe_insert("location", frame=1)  # an action of the artist's
        setattr(settings, "head_a" if name == "Ada" else "head_b", found.armature)


@pytest.mark.parametrize("people", [own_heads, characters])
def test_keys_written_in_steps_are_those_written_at_once(scene, take, people):
    people()
    before = write_take(bpy.context, take)
    wanted = state(scene)

    steps = write_take_in_steps(bpy.context, take)
    progress = list(iter(lambda: next(steps, None), None))

    assert state(scene) == wanted
    assert write_take(bpy.context, take).keys == before.keys
    assert len(progress) > 20
    assert [share for _, share in progress] == sorted(share for _, share in progress)


@pytest.mark.parametrize("people", [own_heads, characters])
@pytest.mark.parametrize("again", [False, True])
def test_writing_that_is_given_up_after_any_step_leaves_the_scene_as_it_was(scene, take, people, again):
    people()
    if again:
        write_take(bpy.context, take)
    before, done = state(scene), 0

    while given_up(write_take_in_steps(bpy.context, take), after=done):
        assert state(scene) == before, f"after {done} steps"
        done += 7

    assert done > 14


def given_up(steps, after):
    """Do `after` steps and give up; False where there were no more."""
    for _ in range(after):
        if next(steps, None) is None:
            return False
    steps.close()
    return True


def test_mapping_that_is_given_up_after_any_step_leaves_the_character_as_it_was(scene):
    characters()
    head, operator = settings_of(scene).head_a, SimpleNamespace(person="shown")
    before, done = (head.duologue_rig, head.duologue_mapping, state(scene)), 0

    while given_up(DUOLOGUE_OT_auto_map.steps(operator, bpy.context), after=done):
        assert (head.duologue_rig, head.duologue_mapping, state(scene)) == before
        assert table_of(scene).hindrances == ""
        done += 1

    assert done > 4
    assert (head.duologue_rig, head.duologue_mapping) == before[:2], "it is taken on at the end alone"
    assert bpy.ops.duologue.auto_map() == {"FINISHED"}
    assert head.duologue_mapping


@pytest.mark.parametrize("people", [own_heads, characters])
@pytest.mark.parametrize("again", [False, True])
def test_what_is_shown_is_not_evaluated_again_while_keys_are_written(scene, take, people, again):
    people()
    if again:
        write_take(bpy.context, take)
    playing, shown = state(scene)["playing"], bpy.context.view_layer
    shown.update()
    evaluated = []

    def note(_scene, graph):
        evaluated.append({update.id.original.name for update in graph.updates})

    bpy.app.handlers.depsgraph_update_post.append(note)
    try:
        counts = []
        for doing, _ in write_take_in_steps(bpy.context, take):
            shown.update()  # as Blender does between two ticks
            if doing in ("Writing keys", "Comparing keys", "Arranging the scene"):
                counts.append(sum(map(bool, evaluated)))
            if doing == "Arranging the scene":
                bpy.app.handlers.depsgraph_update_post.remove(note)
                assert state(scene)["playing"] == playing, "all heads get their actions together in the last step"
    finally:
        if note in bpy.app.handlers.depsgraph_update_post:
            bpy.app.handlers.depsgraph_update_post.remove(note)

    blocks = 4
    assert len(counts) > 4 * blocks
    assert counts[-1] - counts[0] <= blocks, "new F-curves alone have Blender build its graphs again"


def test_no_scene_but_the_artists_is_there_between_two_steps(scene, take, monkeypatch):
    monkeypatch.setattr(sampling, "_TOGETHER", 0.0)
    characters()
    settings = settings_of(scene)
    before, names = [one.name for one in bpy.data.scenes], set()

    for doing, _ in write_take_in_steps(bpy.context, take):
        names.add(doing)
        assert [one.name for one in bpy.data.scenes] == before, doing
        assert not [one.name for one in bpy.data.objects if not one.users_scene], doing

    assert {f"Watching how {head.name} turns" for head in heads_of(settings)} <= names


def test_the_artists_frame_does_not_change_while_cameras_are_placed(played):
    heads, frames = heads_of(settings_of(played)), np.array([4.0, 23.0, 41.0])
    root = heads[0].parent
    for frame, along in ((1, 0.0), (50, 2.0)):
        root.location.x = along
        root.keyframe_insert("location", frame=frame)
    wanted = []
    for frame in frames.astype(int).tolist():
        played.frame_set(frame)
        wanted.append([*eyes_midpoint(heads[0]), *facing(heads[0])])
    played.frame_set(7)
    changed = []

    def note(changing, *_):
        changed.append(changing.name)

    bpy.app.handlers.frame_change_pre.append(note)
    try:
        found = at_once(people_at(played, heads[0], frames))
        write_take(bpy.context, Path(settings_of(played).take))
    finally:
        bpy.app.handlers.frame_change_pre.remove(note)

    bpy.context.view_layer.update()
    shown = eyes_midpoint(heads[0]).copy()
    played.frame_set(7)
    assert np.allclose(shown, eyes_midpoint(heads[0]), atol=1e-6), "what is shown are the new keys"
    assert np.allclose([[*moment.person.eyes, *moment.person.faces] for moment in found], wanted, atol=1e-6)
    assert changed
    assert played.name not in changed

"""A preset needs its own evidence, whatever a rig's bones happen to be called; vendors' spellings find theirs."""

import json
from pathlib import Path

import numpy as np
import pytest
from duologue.addon.retargeting.auto_map import auto_map
from duologue.addon.retargeting.canonical_names import canonical, canonical_bone
from duologue.addon.retargeting.character_axes import RestBone
from duologue.addon.retargeting.coverage import can_talk
from duologue.addon.retargeting.preset_choice import best_preset, scored
from duologue.addon.retargeting.rig_mapping import load_mapping
from duologue.backend.contract.errors import ExitCode
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.refusals import refused
from tests.support.vendor_names import VENDORS

PRESETS = {
    path.stem: load_mapping(path) for path in (Path(__file__).resolve().parents[2] / "presets" / "rigs").glob("*.json")
}
SKELETONS = json.loads((Path(__file__).resolve().parents[1] / "data" / "skeletons.json").read_text(encoding="utf-8"))
SIX_SHAPES = ["mouthOpen", "mouthSmile", "eyesClosed", "eyesLookUp", "eyesLookDown"]


def skeleton(name):
    return {bone: RestBone(bone, parent, np.eye(3), np.array(head)) for bone, (parent, head) in SKELETONS[name].items()}


def nameless(bones):
    """The same skeleton with names that say nothing, and which is which."""
    names = {name: f"Bone.{index:03d}" for index, name in enumerate(bones)}
    return {
        names[bone.name]: RestBone(names[bone.name], names.get(bone.parent), bone.rotation, bone.head)
        for bone in bones.values()
    }, names


def carriers(result, channel):
    return [part.bone for part in result.mapping.bones.get(channel, ())]


def states(result):
    return {part.part: part.state for part in result.coverage.parts}


def test_avatar_with_few_shapes_is_a_partial_face_with_eyes_that_turn():
    bones = skeleton("avatar")

    stem, result = best_preset(PRESETS, SIX_SHAPES, list(bones), bones)

    assert stem == "few-shapes"
    assert set(result.mapping.key_names) == set(SIX_SHAPES)
    assert not result.mapping.moves
    assert carriers(result, "head") == ["Neck", "Head"]
    assert (carriers(result, "eye_left"), carriers(result, "eye_right")) == (["LeftEye"], ["RightEye"])
    assert states(result)["lips"] == "partial"
    assert states(result)["brows"] == "missing"


def test_humanoid_without_a_face_is_refused_and_head_and_eyes_turn_when_asked_for():
    bones = skeleton("humanoid")

    with refused(ExitCode.RIG_UNSUITABLE):
        best_preset(PRESETS, [], list(bones), bones)
    chosen = auto_map(PRESETS["head-and-eyes"], [], list(bones), bones)

    assert carriers(chosen, "head") == ["neck", "head"]
    assert (carriers(chosen, "eye_left"), carriers(chosen, "eye_right")) == (["eye.L"], ["eye.R"])
    assert (chosen.mapped, chosen.wanted, chosen.missing) == (4, 4, ())
    assert not chosen.mapping.moves
    assert chosen.coverage.lost == ("lips", "lids")


def test_eyeball_that_is_called_like_an_eye_target_is_never_moved():
    bones = skeleton("humanoid")
    controls = ["jaw_master", "lips.L", "lips.R", "lip.T", "lip.B"]
    face = {name: RestBone(name, "head", np.eye(3), np.array([0.0, -0.05, 1.56])) for name in controls}

    result = auto_map(PRESETS["rigify-face"], [], [*bones, *face], bones | face)

    assert "lip.T" in result.mapping.moves
    assert not {"eye.L", "eye.R"} & set(result.mapping.moves)
    assert len(result.warnings) == 2


def test_control_of_the_face_that_is_a_foot_is_not_moved():
    bones = skeleton("humanoid")
    foot = RestBone("lip.T", "foot.L", np.eye(3), np.array([0.05, 0.0, 0.1]))

    result = auto_map(PRESETS["rigify-face"], [], [*bones, "lip.T"], bones | {"lip.T": foot})

    assert "lip.T" not in result.mapping.moves


@pytest.mark.parametrize("name", ["avatar", "humanoid"])
def test_head_and_eyes_without_names_are_guessed_and_the_guess_is_told(name):
    bones, names = nameless(skeleton(name))
    said = {"avatar": ("Neck", "Head", "LeftEye", "RightEye"), "humanoid": ("neck", "head", "eye.L", "eye.R")}[name]
    neck, head, left, right = (names[bone] for bone in said)

    result = auto_map(PRESETS["few-shapes"], SIX_SHAPES, list(bones), bones)

    assert carriers(result, "head") == [neck, head]
    assert (carriers(result, "eye_left"), carriers(result, "eye_right")) == ([left], [right])
    assert len(result.warnings) == 3


def test_head_that_carries_a_face_ends_the_chain_and_one_that_carries_nothing_does_not():
    """Rigify's metarig has a bone “face” in the head; exporters put an empty one on its top."""
    bones = {name: bone for name, bone in skeleton("avatar").items() if not name.endswith("Eye")}
    top = bones["HeadTop_End"].head
    face = bones | {"face": RestBone("face", "HeadTop_End", np.eye(3), top + np.array([0.0, -0.05, -0.02]))}

    for there, expected in ((bones, ["Neck", "Head"]), (face, ["Head", "HeadTop_End"])):
        unnamed, names = nameless(there)
        result = auto_map(PRESETS["few-shapes"], SIX_SHAPES, list(unnamed), unnamed)
        assert carriers(result, "head") == [names[wanted] for wanted in expected]


@pytest.mark.parametrize(("keys", "bones", "expected", "there"), VENDORS.values(), ids=VENDORS.keys())
def test_vendor_gets_its_preset_and_its_bones(keys, bones, expected, there):
    stem, result = best_preset(PRESETS, keys, bones)

    assert stem == expected
    assert {channel: carriers(result, channel) for channel in there} == there
    assert len(set(result.mapping.key_names)) == len(result.mapping.key_names)
    assert set(result.mapping.key_names) <= set(keys)


@pytest.mark.parametrize("name", [name for name, (keys, _, _, _) in VENDORS.items() if keys])
def test_no_side_is_swapped(name):
    """A key that shows one side only is spelled as that side."""
    keys, bones, _, _ = VENDORS[name]
    mapping = best_preset(PRESETS, keys, bones)[1].mapping

    for key, row in (mapping.shapes | mapping.recipes).items():
        sides = {component[-5:].removeprefix("L") for component in row if component.endswith(("Left", "Right"))}
        form = canonical(key)
        if len(sides) == 1 and len(row) == 1 and form.endswith((".l", ".r")):
            wrong = ".r" if next(iter(row)).endswith("Left") else ".l"
            eye_to_a_side = "look" in form
            assert eye_to_a_side or not form.endswith(wrong), (key, row)
    for channel in mapping.bones:
        for bone in carriers(best_preset(PRESETS, keys, bones)[1], channel):
            assert not canonical_bone(bone).endswith({"left": ".r", "right": ".l"}.get(channel.split("_")[-1], "#"))


WORDS = ["eye", "Eye", "lip", "lid", "head", "neck", "jaw", "T", "B", "L", "R", "001", "x", "c", "DEF", "brow", "smile"]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).flatmap(
    lambda words: st.sampled_from(["_", ".", "", " ", "-"]).map(lambda glue: glue.join(words))
)


def plain(name):
    return name.casefold().replace("_", ".").replace("-", ".").replace(" ", ".")


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(NAMES, unique=True, max_size=30), st.lists(NAMES, unique=True, max_size=12))
def test_a_preset_is_never_taken_without_its_evidence(bones, keys):
    forms, called = {canonical(key) for key in keys}, {plain(bone) for bone in bones}

    for candidate in scored(PRESETS, keys, bones):
        preset, mapping = PRESETS[candidate.stem], candidate.result.mapping
        spelled = {name: (name, *preset.aliases.get(name, ())) for name in (*preset.evidence, *preset.moves)}
        controls = {plain(form) for name in preset.moves for form in spelled[name]}
        assert {plain(bone) for bone in mapping.moves} <= controls
        if not candidate.score:
            continue
        assert can_talk(mapping)
        assert bool(mapping.key_names) == bool(preset.key_names)
        seen = [
            name
            for name in preset.evidence
            if any(canonical(form) in forms or plain(form) in called for form in spelled[name])
        ]
        assert len(seen) >= (preset.least_evidence if preset.evidence else 0)


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 2**31), st.integers(4, 40))
def test_random_skeletons_without_names_give_no_face(seed, count):
    random = np.random.default_rng(seed)
    parents = [None, *(f"Bone.{random.integers(0, index):03d}" for index in range(1, count))]
    bones = {
        f"Bone.{index:03d}": RestBone(f"Bone.{index:03d}", parents[index], np.eye(3), random.normal(size=3))
        for index in range(count)
    }

    with refused(ExitCode.RIG_UNSUITABLE):
        best_preset(PRESETS, [], list(bones), bones)


@settings(max_examples=examples(30), deadline=None)
@given(st.sampled_from(sorted(VENDORS)), st.randoms())
def test_order_of_names_makes_no_difference(name, random):
    keys, bones, _, _ = VENDORS[name]
    shuffled = (random.sample(keys, len(keys)), random.sample(bones, len(bones)))
    assume(shuffled != (keys, bones))

    first, second = best_preset(PRESETS, keys, bones), best_preset(PRESETS, *shuffled)

    assert first[0] == second[0]
    assert first[1].mapping.bones == second[1].mapping.bones
    assert first[1].mapping.shapes == second[1].mapping.shapes

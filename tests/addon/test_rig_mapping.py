import json

import pytest
from duologue.addon.retargeting.rig_mapping import BonePart, RigMapping, load_mapping, mapping_from_json, save_mapping
from duologue.backend.contract.errors import ExitCode

from tests.support.refusals import refused

PLAIN = {"schema": 2, "title": "A test's", "basis": "arkit"}


def test_mapping_survives_its_file(tmp_path):
    mapping = RigMapping(
        "Meine Figur",
        "arkit",
        shapes={"あ": {"jawOpen": 0.75}},
        recipes={"PP": {"mouthClose": 0.4}},
        limits={"あ": (-0.5, 2.0)},
        bones={"head": (BonePart("Neck", 0.4), BonePart("Head", 0.6))},
        moves={"lip.T": {"mouthUpperUpLeft": (0.0, 0.05, 0.0)}},
        eyes="shapes",
        aliases={"あ": ("aa",)},
    )

    save_mapping(tmp_path / "own.json", mapping)

    assert load_mapping(tmp_path / "own.json") == mapping


def test_keys_without_limits_go_from_nothing_to_all():
    assert RigMapping("A test's", "arkit").limits_of("jawOpen") == (0.0, 1.0)


def test_share_of_a_bone_is_the_whole_where_none_is_given():
    assert mapping_from_json(PLAIN | {"bones": {"jaw": [{"bone": "Jaw"}]}}).bones["jaw"] == (BonePart("Jaw", 1.0),)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        json.dumps({"title": "x", "basis": "arkit"}),
        json.dumps(PLAIN | {"schema": 1}),
        json.dumps(PLAIN | {"basis": "own"}),
        json.dumps(PLAIN | {"eyes": "closed"}),
        json.dumps(PLAIN | {"bones": {"tail": []}}),
        json.dumps(PLAIN | {"shapes": {"a": {"jawOpen": "wide"}}}),
        json.dumps(PLAIN | {"shapes": ["jawOpen"]}),
        json.dumps(PLAIN | {"limits": {"a": [1.0, 0.0]}}),
        json.dumps(PLAIN | {"moves": {"lip": {"jawOpen": [1.0, 0.0]}}}),
        json.dumps(PLAIN | {"shapes": {"a": {"jawOpen": float("nan")}}}),
    ],
)
def test_broken_preset_is_explained(tmp_path, content):
    path = tmp_path / "preset.json"
    path.write_text(content)

    with refused(ExitCode.RIG_UNSUITABLE) as caught:
        load_mapping(path)

    assert "preset.json" in caught.value.message

"""Editing a character's JSON: what changed is changed, all else stays to the letter."""

import json
from pathlib import Path

import numpy as np
import pytest
from duologue.addon.characters.character_fields import BALD, FIELDS, check_looks, shown_value, with_edits
from duologue.addon.characters.character_files import SHIPPED
from duologue.backend.contract.errors import ExitCode

from tests.support.refusals import refused

CHOICES = ("short", "bob", BALD)
CHARACTER = {
    "name": "Mira",
    "skin": {"colour": [0.7, 0.44, 0.34], "scar": {"side": "left"}},
    "hair": {"style": "braids", "beads": 3},
    "identity": {"age": 0.123456},
    "pet": "cat",
}


def _shown(data, **changed):
    """Every field as Blender holds it: numbers in single precision."""
    values = {field.property_name: shown_value(field, data, CHOICES) for field in FIELDS}
    return {name: _single(value) for name, value in (values | changed).items()}


def _single(value):
    if isinstance(value, tuple):
        return tuple(float(np.float32(channel)) for channel in value)
    return value if isinstance(value, str) else float(np.float32(value))


def _edited(data, identity=None, **changed):
    worn = data.get("identity", {})
    return with_edits(data, _shown(data, **changed), worn if identity is None else identity, worn, "identity", CHOICES)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.json")), ids=lambda path: path.stem)
def test_untouched_shipped_characters_stay_to_the_letter(path: Path):
    character = json.loads(path.read_text(encoding="utf-8"))

    assert _edited(character) == character


def test_one_edit_changes_one_number():
    assert _edited(CHARACTER, skin_blush=0.9) == CHARACTER | {"skin": CHARACTER["skin"] | {"blush": 0.9}}


def test_unknown_hair_style_stays_until_another_one_is_chosen():
    assert _edited(CHARACTER)["hair"] == CHARACTER["hair"]
    assert _edited(CHARACTER, hair_style="bob")["hair"] == {"style": "bob", "beads": 3}


def test_colours_and_habits_are_written_where_they_belong():
    edited = _edited(CHARACTER, eyes_colour=(0.25, 0.5, 0.125), gaze=0.75)

    assert edited["eyes"] == {"colour": [0.25, 0.5, 0.125]}
    assert edited["habits"] == {"gaze": 0.75}
    assert edited["skin"] == CHARACTER["skin"]


def test_sliders_that_moved_join_the_identity_and_the_others_keep_all_their_digits():
    edited = _edited(CHARACTER, identity={"age": float(np.float32(0.123456)), "nose_hump": 0.5, "weight": 0.0})

    assert edited["identity"] == {"age": 0.123456, "nose_hump": 0.5}


def test_the_character_given_is_not_touched():
    before = json.dumps(CHARACTER)

    _edited(CHARACTER, skin_blush=0.1, hair_style="bob")

    assert json.dumps(CHARACTER) == before


@pytest.mark.parametrize(
    ("looks", "named"),
    [
        ({"skin": {"colour": "red"}}, "skin colour"),
        ({"skin": {"lips": [0.1, 0.2]}}, "skin lips"),
        ({"eyes": {"colour": [0.1, 0.2, float("nan")]}}, "eyes colour"),
        ({"skin": {"blush": None}}, "skin blush"),
        ({"skin": {"stubble": True}}, "skin stubble"),
        ({"hair": {"style": 3}}, "hair style"),
        ({"garment": "blue"}, "garment"),
        ({"brows": {"colour": [-1.0, 0.0, 0.0]}}, "brows colour"),
    ],
)
def test_a_look_that_no_head_could_wear_is_named(looks, named):
    with refused(ExitCode.CHARACTER_INVALID, named):
        check_looks({"name": "Mira"} | looks, "Mira")


def test_looks_that_nobody_knows_are_nobodys_business():
    check_looks(CHARACTER | {"shoes": None}, "Mira")

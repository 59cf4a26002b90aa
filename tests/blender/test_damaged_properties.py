"""Whatever lies on an object as JSON, its reader takes it or refuses it with a code of its own."""

import json
from pathlib import Path

import bpy
import pytest
from duologue.addon.characters.character_editing import edited_character, noted_character
from duologue.addon.heads.faces import dressing
from duologue.addon.heads.reshape import IDENTITY_PROPERTY, identity_of
from duologue.addon.retargeting.rig_presets import mapping_of
from duologue.backend.contract.character import job_character
from duologue.backend.contract.errors import ExitCode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.damage import Kind, check_damage
from tests.support.damaged_files import damaged_json
from tests.support.examples import examples
from tests.support.refusals import refused

PRESETS = Path(__file__).resolve().parents[2] / "presets"


class OpenHead:
    id = "open-head-1"


def kept(path):
    """The text as Blender keeps it, which has no zeros and no halves of letters."""
    return path.read_bytes().decode("utf-8", errors="replace").replace("\0", "")


def character(path):
    head = bpy.data.objects["Head"]
    head.duologue_character.source, head.duologue_character.worn = kept(path), "{}"
    noted_character(head)
    edited = edited_character(head)
    job_character(edited)
    return dressing(OpenHead(), edited)


def worn(path):
    head = bpy.data.objects["Head"]
    head.duologue_character.source = (PRESETS / "characters" / "anna.json").read_text(encoding="utf-8")
    head.duologue_character.worn = kept(path)
    return edited_character(head)


def identity(path):
    head = bpy.data.objects["Head"]
    head[IDENTITY_PROPERTY] = kept(path)
    return identity_of(head, None)


def mapping(path):
    head = bpy.data.objects["Head"]
    head.duologue_mapping = kept(path)
    return mapping_of(head)


IDENTITY = json.dumps({"age": 0.5, "gender": -1.0}).encode()
KINDS = {
    "source": Kind(
        lambda _: (PRESETS / "characters" / "anna.json").read_bytes(),
        damaged_json, character, {ExitCode.CHARACTER_INVALID},
    ),
    "worn": Kind(lambda _: IDENTITY, damaged_json, worn, {ExitCode.CHARACTER_INVALID}),
    "identity": Kind(lambda _: IDENTITY, damaged_json, identity, {ExitCode.RIG_UNSUITABLE}),
    "mapping": Kind(
        lambda _: (PRESETS / "rigs" / "arkit-52.json").read_bytes(), damaged_json, mapping, {ExitCode.RIG_UNSUITABLE},
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def head():
    for left_over in [thing for thing in bpy.data.objects if thing.name == "Head"]:
        bpy.data.objects.remove(left_over)
    return bpy.data.objects.new("Head", bpy.data.armatures.new("Head"))


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 2**32))
def test_a_damaged_property_is_taken_or_refused_by_its_own_code(tmp_path, name, number):
    check_damage(KINDS[name], tmp_path / name, number)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e300"])
def test_an_identity_that_is_no_number_moves_no_vertex(tmp_path, number):
    (tmp_path / "identity").write_text(f'{{"age": {number}}}', encoding="utf-8")

    with refused(ExitCode.RIG_UNSUITABLE):
        identity(tmp_path / "identity")

"""Whatever is wrong with a preset or an exported take, its reader takes it or refuses it with a code of its own."""

from pathlib import Path

import pytest
from duologue.addon.characters.character_files import read_character
from duologue.addon.export.live_link_csv import read_live_link_csv
from duologue.addon.export.take_json import read_take_json, write_take_json
from duologue.addon.paths import table_of
from duologue.addon.retargeting.rig_mapping import load_mapping
from duologue.backend.contract.errors import ExitCode
from test_take_json import performance

from tests.support.damage import Kind, check_damage, check_misplaced, each_damaged
from tests.support.damaged_files import damaged_json, damaged_text

PRESETS = Path(__file__).resolve().parents[2] / "presets"
CSV = b"Timecode,BlendshapeCount,JawOpen,HeadYaw\n00:00:01:02.500,61,0.5,0.1\n00:00:01:03.500,61,0.25,0.1\n"


def _take_json(folder):
    write_take_json(folder / "whole.json", performance(), [f"c{index}" for index in range(COMPONENTS)])
    return (folder / "whole.json").read_bytes()


COMPONENTS = performance().expression.shape[2]
KINDS = {
    "take.json": Kind(_take_json, damaged_json, read_take_json, {ExitCode.PERFORMANCE_INVALID}),
    "take.csv": Kind(lambda _: CSV, damaged_text, read_live_link_csv, {ExitCode.PERFORMANCE_INVALID}),
    "rig.json": Kind(
        lambda _: (PRESETS / "rigs" / "arkit-52.json").read_bytes(),
        damaged_json, load_mapping, {ExitCode.RIG_UNSUITABLE},
    ),
    "anna.json": Kind(
        lambda _: (PRESETS / "characters" / "anna.json").read_bytes(),
        damaged_json, read_character, {ExitCode.CHARACTER_INVALID},
    ),
    "bones.json": Kind(
        lambda _: (PRESETS / "names" / "bones.json").read_bytes(),
        damaged_json, table_of, {ExitCode.ASSET_CORRUPT},
    ),
}  # fmt: skip


@each_damaged(KINDS, 40)
def test_a_damaged_file_is_taken_or_refused_by_its_own_code(tmp_path, name, number):
    check_damage(KINDS[name], tmp_path / name, number)


@pytest.mark.parametrize("name", KINDS)
def test_where_no_file_can_be_read_a_code_of_its_own_says_so(tmp_path, name):
    check_misplaced(KINDS[name], tmp_path, name)

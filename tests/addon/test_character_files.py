"""The artist's own characters: named, saved whole, listed beside the shipped ones, found again."""

import json
import string

import pytest
from duologue.addon.characters.character_files import (
    SHIPPED,
    find_character,
    free_name,
    key_of,
    list_characters,
    remove_own,
    save_own,
    stable_number,
)
from duologue.backend.contract.errors import DuologueError, ExitCode
from hypothesis import given
from hypothesis import strategies as st

from tests.support.refusals import refused

MIRA = {"name": "Mira", "identity": {"age": 0.2}, "tattoo": {"where": "neck"}}


def _keys(folder):
    return [character.key for character in list_characters(folder)]


def test_shipped_characters_are_listed_without_a_folder_of_ones_own(tmp_path):
    assert _keys(tmp_path / "none") == sorted(path.stem for path in SHIPPED.glob("*.json"))


def test_saved_character_is_listed_after_the_shipped_ones_and_found_by_key_name_and_path(tmp_path):
    path = save_own(tmp_path, MIRA | {"name": "Old Mira"})

    assert _keys(tmp_path)[-1] == "old_mira"
    assert {find_character(word, tmp_path) for word in ("old_mira", "Old Mira", "OLD MIRA", str(path))} == {path}


def test_fields_that_nobody_knows_are_saved(tmp_path):
    assert json.loads(save_own(tmp_path, MIRA).read_text(encoding="utf-8")) == MIRA


def test_a_second_one_of_the_same_name_needs_a_word(tmp_path):
    path = save_own(tmp_path, MIRA)

    with refused(ExitCode.CHARACTER_INVALID):
        save_own(tmp_path, MIRA | {"identity": {}})

    assert json.loads(path.read_text(encoding="utf-8")) == MIRA
    assert save_own(tmp_path, MIRA | {"identity": {}}, replace=True) == path


def test_shipped_characters_are_neither_replaced_nor_removed(tmp_path):
    with refused(ExitCode.CHARACTER_INVALID):
        save_own(tmp_path, {"name": "Anna"}, replace=True)
    with refused(ExitCode.CHARACTER_INVALID):
        remove_own(tmp_path, "anna")

    assert (SHIPPED / "anna.json").is_file()


@pytest.mark.parametrize(
    "name",
    ["", "   ", "a/b", "..", ".hidden", "end.", "what?", "a\\b", "con", "COM1", "nul.txt", "x" * 61, "a\x00b", 'a"b'],
)
def test_names_that_cannot_be_file_names_are_refused_with_a_sentence(tmp_path, name):
    with refused(ExitCode.CHARACTER_INVALID):
        save_own(tmp_path, {"name": name})

    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=80))
def test_whatever_is_typed_names_a_file_in_the_folder_or_is_refused(name):
    try:
        key = key_of(name)
    except DuologueError:
        return

    assert key
    assert not set(key) & set('/\\<>:"|?*')
    assert key not in {".", ".."}


@given(st.text(string.ascii_letters, min_size=5, max_size=20))  # shorter ones may be Windows's own
def test_saving_and_listing_agree_on_the_key(name):
    assert key_of(name) == name.lower()
    assert key_of(f"  {name}  {name} ") == f"{name}_{name}".lower()


def test_numbers_in_menus_stay_when_characters_come_and_go(tmp_path):
    before = {key: stable_number(key) for key in _keys(tmp_path)}
    save_own(tmp_path, {"name": "Aaron"})

    after = {key: stable_number(key) for key in _keys(tmp_path)}

    assert {key: after[key] for key in before} == before
    assert len(set(after.values())) == len(after)
    assert (stable_number("anna"), stable_number("ben")) == (0, 1)


def test_a_removed_character_is_gone(tmp_path):
    save_own(tmp_path, MIRA)

    remove_own(tmp_path, "mira")

    assert "mira" not in _keys(tmp_path)


def test_a_file_that_is_no_character_is_listed_with_its_problem(tmp_path):
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")

    (broken,) = [character for character in list_characters(tmp_path) if character.own]

    assert "broken.json" in broken.problem
    assert "cannot be read" in broken.name


def test_unknown_character_is_answered_with_the_known_ones(tmp_path):
    with refused(ExitCode.CHARACTER_INVALID, "Nobody") as caught:
        find_character("Nobody", tmp_path)

    assert "anna" in caught.value.fix


def test_nothing_half_written_is_left_where_the_folder_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()

    with refused(ExitCode.OUTPUT_NOT_WRITABLE):
        save_own(tmp_path / "file" / "characters", MIRA)


def test_a_name_to_begin_with_is_none_of_the_shipped_ones(tmp_path):
    assert (free_name("Anna"), free_name("Mira")) == ("Anna 2", "Mira")
    assert save_own(tmp_path, {"name": free_name("Anna")}).name == "anna_2.json"

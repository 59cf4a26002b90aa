"""Whatever is wrong with a FLAME file, it is taken or refused with a code of its own, and nothing of it is run."""

from functools import cache

import pytest

from backend.contract.errors import ExitCode
from backend.flame.flame_file import load_flame
from tests.support.damage import Kind, check_damage, check_misplaced, each_damaged
from tests.support.damaged_files import damaged_archive, damaged_npz, damaged_pickle
from tests.support.flame_arrays import flame_arrays
from tests.support.flame_pickles import (
    npz,
    npz_with_objects,
    pickle_of_2017,
    pickle_of_2019,
    pickle_of_2020,
    pickle_of_2023,
)

CODES = {
    ExitCode.FACE_INVALID,
    ExitCode.FACE_NOT_FOUND,
    ExitCode.FLAME_FILE_INVALID,
    ExitCode.FLAME_FILE_REFUSED,
}


@cache
def arrays():
    """A model with few components, so that a file is small."""
    return flame_arrays(identities=2, expressions=2)


@cache
def written(way):
    return way(arrays())


KINDS = {
    "2017.pkl": Kind(lambda _: written(pickle_of_2017), damaged_pickle, load_flame, CODES),
    "2019.pkl": Kind(lambda _: written(pickle_of_2019), damaged_pickle, load_flame, CODES),
    "2020.pkl": Kind(lambda _: written(pickle_of_2020), damaged_pickle, load_flame, CODES),
    "2023.pkl": Kind(lambda _: written(pickle_of_2023), damaged_pickle, load_flame, CODES),
    "plain.npz": Kind(lambda _: written(npz), damaged_npz, load_flame, CODES),
    "objects.npz": Kind(lambda _: written(npz_with_objects), damaged_archive, load_flame, CODES),
}


@each_damaged(KINDS, 15)
def test_a_damaged_model_is_taken_or_refused_by_its_own_code(tmp_path, name, number):
    check_damage(KINDS[name], tmp_path / name, number)


@pytest.mark.parametrize("name", KINDS)
def test_where_no_file_can_be_read_a_code_of_its_own_says_so(tmp_path, name):
    check_misplaced(KINDS[name], tmp_path, name)

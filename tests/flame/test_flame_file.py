"""FLAME's files of every year become the same face; what does not fit together is told."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import save_face
from backend.face.skinning import pose_vertices
from backend.flame.flame_file import load_flame
from tests.support.examples import examples
from tests.support.flame_arrays import JOINTS, TRIANGLES, VERTICES, flame_arrays
from tests.support.flame_pickles import HISTORIC, archive_of, npz, npz_with_objects, pickle_of_2017, pickle_of_2023
from tests.support.refusals import refused


@pytest.fixture
def unfit(flame):
    """The sentence for a file of these bytes that cannot be used."""

    def load(data, name="generic_model.pkl"):
        with refused(ExitCode.FLAME_FILE_INVALID) as caught:
            flame(data, name)
        assert name in caught.value.message
        return caught.value.message

    return load


def test_flame_has_three_hundred_identity_and_a_hundred_expression_components(arrays, flame):
    face = flame(pickle_of_2017(arrays))

    assert (face.identity_names[0], face.identity_names[-1]) == ("identity_001", "identity_300")
    assert (face.expression_names[0], face.expression_names[-1]) == ("expression_001", "expression_100")
    np.testing.assert_allclose(face.shapedirs, arrays["shapedirs"], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("year", HISTORIC)
def test_each_years_pickle_gives_flames_arrays(year, small, flame):
    face = flame(HISTORIC[year](small))

    assert (len(face.v_template), len(face.f)) == (VERTICES, TRIANGLES)
    for name in ("v_template", "shapedirs", "posedirs", "J_regressor", "weights", "f"):
        np.testing.assert_allclose(getattr(face, name), small[name], rtol=1e-6, atol=1e-7)
    assert face.kintree_table.tolist() == [[-1, 0, 1, 1, 1], [0, 1, 2, 3, 4]]


def test_one_model_has_one_id_however_it_is_stored(small, flame):
    ids = {flame(write(small)).id for write in HISTORIC.values()}
    ids |= {flame(npz(small), "a.npz").id, flame(npz_with_objects(small), "b.npz").id}
    single = {name: np.float32(array) if array.dtype == float else array for name, array in _numbers(small).items()}
    ids |= {flame(npz(single), "single precision.npz").id}

    assert len(ids) == 1
    assert ids.pop().startswith("flame-")


def test_another_model_has_another_id(small, flame):
    other = small | {"v_template": small["v_template"] + [0.0, 1e-5, 0.0]}

    assert flame(pickle.dumps(small)).id != flame(pickle.dumps(other)).id


def _numbers(arrays):
    return {name: array for name, array in arrays.items() if isinstance(array, np.ndarray)}


def test_transposed_correctives_and_regressor_are_understood(small, flame):
    turned = small | {
        "posedirs": small["posedirs"].reshape(3 * VERTICES, 36).T,
        "J_regressor": small["J_regressor"].T,
    }

    assert flame(pickle.dumps(turned)).id == flame(pickle.dumps(small)).id


@pytest.mark.parametrize("parent", [-1, 2**32 - 1])
def test_the_roots_parent_is_nobody_however_it_is_written(parent, small, flame):
    table = np.array([[parent, 0, 1, 1, 1], range(5)], np.int64)

    assert flame(pickle.dumps(small | {"kintree_table": table})).kintree_table[0, 0] == -1


@pytest.mark.parametrize(("components", "expressions"), [(400, 100), (200, 100), (150, 75), (20, 10), (2, 1)])
def test_the_last_hundred_components_or_the_last_half_are_expression(components, expressions, small, flame):
    directions = np.resize(small["shapedirs"], (VERTICES, 3, components)).astype(np.float32)

    face = flame(pickle.dumps(small | {"shapedirs": directions}))

    assert len(face.expression_names) == expressions
    assert len(face.identity_names) == components - expressions


def test_a_file_may_say_where_expression_begins(small, flame):
    face = flame(npz(small, expression_start=np.int64(7)), "mine.npz")

    assert (len(face.identity_names), len(face.expression_names)) == (7, 3)


def test_a_model_without_a_jaw_gets_one_that_moves_nothing(flame):
    arrays = flame_arrays(jaw=False)
    face = flame(pickle_of_2023(arrays), "flame2023_no_jaw.pkl")
    still, turned = np.zeros((5, 3)), np.zeros((5, 3))
    turned[2] = [0.4, 0.1, 0.0]
    nothing = np.zeros(len(face.identity_names)), np.zeros(len(face.expression_names))

    rest, opened = (pose_vertices(face, *nothing, pose, np.zeros(3)) for pose in (still, turned))

    np.testing.assert_array_equal(opened, rest)
    np.testing.assert_allclose(face.posedirs[:, :, [*range(9), *range(18, 36)]], arrays["posedirs"], atol=1e-7)
    jaw = face.J_regressor[2] @ face.v_template
    assert JOINTS[1, 1] < jaw[1] < JOINTS[3, 1]
    assert set(face.landmarks) == set(flame(pickle.dumps(flame_arrays())).landmarks)


def test_a_face_of_flame_keeps_itself_in_a_file(arrays, flame, tmp_path):
    face = flame(pickle_of_2017(arrays))

    save_face(tmp_path / "kept.npz", face)
    again = load_flame(tmp_path / "kept.npz")

    assert (again.id, again.landmarks, again.expression_names) == (face.id, face.landmarks, face.expression_names)
    np.testing.assert_array_equal(again.shapedirs, face.shapedirs)


@pytest.mark.parametrize("face_id", ["../../escape", "", "a/b", ".hidden", "open-head-1"])
def test_a_face_file_whose_id_is_no_file_name_is_refused(face_id, small, flame, unfit, tmp_path):
    face = flame(pickle.dumps(small))
    save_face(tmp_path / "made.npz", replace(face, id=face_id))

    unfit((tmp_path / "made.npz").read_bytes(), "theirs.npz")


def test_the_title_says_which_release_it_is(small, tmp_path):
    for name, title in (("FLAME2020/generic_model.pkl", "FLAME2020"), ("x/flame2023.pkl", "flame2023")):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_bytes(pickle.dumps(small))

        assert load_flame(path).extras["title"] == title


SPOILED = {
    "no weights": (lambda a: a.pop("weights"), "no weights"),
    "weights that sum to two": (lambda a: a.update(weights=2.0 * a["weights"]), "sum to one"),
    "negative weights": (lambda a: a["weights"].__setitem__((0, slice(0, 2)), [1.5, -0.5]), "sum to one"),
    "a vertex at infinity": (lambda a: a["v_template"].__setitem__((7, 1), np.inf), "v_template has numbers"),
    "no number in a direction": (lambda a: a["shapedirs"].__setitem__((7, 1, 1), np.nan), "shapedirs has numbers"),
    "a triangle beyond the last vertex": (lambda a: a["f"].__setitem__((0, 0), VERTICES), "vertices which are not"),
    "triangles of halves": (lambda a: a.update(f=a["f"] + 0.5), "not whole"),
    "quads": (lambda a: a.update(f=np.zeros((9, 4), int)), "its f has the shape"),
    "too few correctives": (lambda a: a.update(posedirs=a["posedirs"][:, :, :27]), "posedirs has the shape"),
    "six joints": (lambda a: a.update(weights=np.zeros((VERTICES, 6))), "6 joints"),
    "a body's joints": (
        lambda a: a.update(kintree_table=np.array([[-1, 0, 0, 0, 1], range(5)])),
        "joints hang on",
    ),
    "a vertex too many": (lambda a: a.update(v_template=np.zeros((VERTICES + 1, 3))), "shape"),
    "centimetres": (lambda a: a.update(v_template=100.0 * a["v_template"]), "left eye"),
    "a mirrored head": (lambda a: a.update(v_template=a["v_template"] * [-1.0, 1.0, 1.0]), "left eye"),
    "eyes that nothing follows": (
        lambda a: a.update(weights=np.c_[np.ones(VERTICES), np.zeros((VERTICES, 4))]),
        "follows the joint",
    ),
    "no directions": (lambda a: a.update(shapedirs=np.zeros((VERTICES, 3, 0))), "shapedirs has the shape"),
    "text": (lambda a: a.update(f="triangles"), "its f is no array but str"),
    "an empty array": (lambda a: a.update(v_template=np.zeros((0, 3))), "0 vertices"),
    "a number": (lambda a: a.update(v_template=np.float64(3.0)), "0 vertices"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_does_not_fit_together_is_told(what, small, unfit):
    spoil, reason = SPOILED[what]
    spoiled = {name: array.copy() if isinstance(array, np.ndarray) else array for name, array in small.items()}
    spoil(spoiled)

    assert reason in unfit(pickle.dumps(spoiled))


def test_an_archive_with_the_model_inside_is_to_be_unpacked(small, unfit):
    assert "unpack" in unfit(archive_of("FLAME2020/generic_model.pkl", pickle.dumps(small)), "FLAME2020.zip")


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"ply\nformat ascii 1.0\n", pickle.dumps([1, 2]), archive_of("x.npy", b"\x93NUMPY")]
)
def test_what_is_no_model_is_told(data, unfit):
    unfit(data, "something.pkl")


def test_a_file_that_is_not_there_or_a_folder_is_told(tmp_path):
    for path in (tmp_path / "nothing.pkl", tmp_path):
        with refused(ExitCode.FACE_NOT_FOUND):
            load_flame(path)


def test_a_command_in_an_array_of_objects_is_refused(small, flame, tmp_path):
    class Command:
        def __reduce__(self):
            import os

            return os.system, (f"touch '{tmp_path / 'ran'}'",)

    with refused(ExitCode.FLAME_FILE_REFUSED, "system"):
        flame(npz(small, J_regressor=np.array(Command(), dtype=object)), "theirs.npz")

    assert not (tmp_path / "ran").exists()


def test_an_npz_that_claims_more_than_it_holds_is_told(small, unfit):
    data = npz(small)
    shape = f"'shape': ({VERTICES}, 5), ".encode()
    assert data.count(shape) == 1

    assert "weights" in unfit(data.replace(shape, b"'shape': (9999, 5), "), "theirs.npz")


QUICK = {"pickle of 2017": pickle_of_2017, "pickle of 2023": pickle_of_2023, "npz": npz}


@pytest.fixture(scope="module")
def quick_files(tmp_path_factory):
    """Files whose arrays are as short as their checks allow to be read; they fail late, at the number of vertices."""
    arrays = _numbers(flame_arrays(identities=2, expressions=2))
    few = {name: array[:90] if len(array) > 90 else array for name, array in arrays.items()}
    few["J_regressor"] = arrays["J_regressor"][:, :90]
    return {name: write(few) for name, write in QUICK.items()}, tmp_path_factory.mktemp("wild") / "wild.pkl"


@given(st.sampled_from(sorted(QUICK)), st.data())
@settings(deadline=None, max_examples=examples(150))
def test_spoiled_files_raise_nothing_unexplained(quick_files, name, data):
    files, path = quick_files
    spoiled = bytearray(files[name])
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(spoiled) - 1))
        if data.draw(st.booleans()):
            place %= 400  # where names and shapes are
        spoiled[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(spoiled)) | st.just(len(spoiled)))
    path.write_bytes(spoiled[:cut])

    with pytest.raises(DuologueError) as caught:
        load_flame(path)

    assert caught.value.code in (ExitCode.FLAME_FILE_REFUSED, ExitCode.FLAME_FILE_INVALID)
    assert caught.value.message

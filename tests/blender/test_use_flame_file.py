"""*Use FLAME file…* with the real worker: the face is chosen; a conversation on it is FLAME's, dressed and seated."""

import os
import pickle
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from duologue.addon.adding import add_conversation
from duologue.addon.heads import faces
from duologue.addon.heads.faces import dressing, face_items, face_named, imported_faces, load_chosen_face
from duologue.addon.heads.hair import hair_of
from duologue.addon.heads.head_parts import PARTS
from duologue.addon.heads.rig import BONE_NAMES, FACE_PROPERTY, head_mesh
from duologue.addon.interface.operators import use_flame_file
from duologue.addon.keys import targets
from duologue.addon.keys.key_writing import write_take
from duologue.addon.settings.properties import settings_of
from duologue.addon.staging.sightline import eyes_midpoint
from duologue.backend.contract.arkit import ARKIT_NAMES
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.face import load_face
from duologue.backend.contract.performance import Performance, save_performance
from mathutils import Matrix

from tests.support.flame_arrays import TRIANGLES, VERTICES, flame_arrays
from tests.support.flame_pickles import pickle_of_2017
from tests.support.flame_reference import posed_vertices, rotation
from tests.support.open_head import FACE_FILE
from tests.support.refusals import refused

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    not FACE_FILE.is_file() or not os.environ.get("DUOLOGUE_PYTHON"),
    reason="python3 build.py test sets up the worker and the open head",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "FLAME2017" / "generic_model.pkl"
    path.parent.mkdir()
    path.write_bytes(pickle_of_2017(flame_arrays(identities=8, expressions=12)))
    return path


@pytest.fixture(scope="module")
def imported(model, tmp_path_factory):
    """The folder with the face of `model`, imported once."""
    folder = tmp_path_factory.mktemp("faces")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(use_flame_file, "faces_folder", lambda: folder)
        patch.setattr(faces, "faces_folder", lambda: folder)
        bpy.ops.wm.read_factory_settings(use_empty=True)
        assert bpy.ops.duologue.use_flame_file(filepath=str(model)) == {"FINISHED"}
        chosen = settings_of(bpy.context.scene).face
        message = settings_of(bpy.context.scene).message
    return folder, chosen, message


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(faces, "faces_folder", lambda: tmp_path / "faces")
    monkeypatch.setattr(use_flame_file, "faces_folder", lambda: tmp_path / "faces")
    return tmp_path / "faces"


@pytest.fixture
def flame_scene(scene, imported, monkeypatch):
    """A scene whose next conversation is on the imported face."""
    folder, chosen, _ = imported
    monkeypatch.setattr(faces, "faces_folder", lambda: folder)
    settings_of(scene).face = chosen
    return scene


def test_the_imported_face_is_chosen_and_told(imported):
    folder, chosen, message = imported

    assert chosen.startswith("flame-")
    assert load_face(folder / f"{chosen}.npz").id == chosen
    assert "FLAME2017" in message
    assert "10 identity and 10 expression" in message
    assert "mm" in message


def test_faces_live_in_the_users_blender_data():
    assert faces.faces_folder() == Path(bpy.utils.user_resource("DATAFILES")) / "duologue" / "faces"


def test_the_panel_offers_the_open_head_first_and_every_imported_face(flame_scene, imported):
    items = face_items(None, None)

    assert [(item[0], item[1]) for item in items] == [("open-head-1", "Open head"), (imported[1], "FLAME2017")]
    assert items[0][4] == 0
    assert len({item[4] for item in items}) == 2


@pytest.mark.parametrize("name", ["FLAME2017", "flame2017", None])
def test_a_face_is_named_by_its_title_or_its_id(flame_scene, imported, name):
    assert face_named(name or imported[1]) == imported[1]


def test_a_face_nobody_imported_is_told_with_those_there_are(flame_scene):
    with refused(ExitCode.FACE_NOT_FOUND):
        face_named("FLAME2023")


def test_a_new_scene_has_the_open_head(scene, empty_folder):
    assert settings_of(scene).face == "open-head-1"
    assert load_chosen_face(bpy.context, settings_of(bpy.context.scene).face).id == "open-head-1"


def test_a_face_that_is_gone_is_told_and_builds_nothing(flame_scene, empty_folder):
    with refused(ExitCode.FACE_NOT_FOUND):
        add_conversation(bpy.context)

    assert len(bpy.data.objects) == 0


def test_both_heads_are_flames_dressed_and_at_eye_level(flame_scene, imported):
    notes = add_conversation(bpy.context)
    bpy.context.view_layer.update()

    settings = settings_of(flame_scene)
    for head in (settings.head_a, settings.head_b):
        mesh = head_mesh(head).data
        used = np.empty(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("material_index", used)
        assert head[FACE_PROPERTY] == imported[1]
        assert (len(mesh.vertices), len(mesh.polygons)) == (VERTICES, TRIANGLES)
        assert all(material is not None for material in mesh.materials)
        for part in ("skin", "lips", "eye_white", "iris", "pupil"):
            assert PARTS.index(part) in used, part
        assert abs(eyes_midpoint(head).z - 1.18) < 0.05
        assert len(hair_of(head)) == 2
    assert notes == ()
    first, second = (head_mesh(head).data.vertices[500].co for head in (settings.head_a, settings.head_b))
    assert (first - second).length > 1e-4, "two people, not one twice"


def test_from_file_to_blender_the_head_is_what_flames_formula_makes_of_the_files_arrays(flame_scene, model):
    arrays = SimpleNamespace(**flame_arrays(identities=8, expressions=12))
    arrays.expression_directions = arrays.shapedirs[:, :, 10:]
    random = np.random.default_rng(2)
    coefficients = random.normal(size=10)
    who = {"name": "Anna", "flame_identity": coefficients.tolist()}
    add_conversation(bpy.context, (who, who))
    head = settings_of(flame_scene).head_a
    mesh = head_mesh(head)
    shaped = arrays.v_template + arrays.shapedirs[:, :, :10] @ coefficients
    for _ in range(5):
        pose, expression = random.normal(scale=0.3, size=(5, 3)), random.normal(size=10)
        for name, vector in zip(BONE_NAMES, pose, strict=True):
            head.pose.bones[name].rotation_quaternion = Matrix(rotation(vector)).to_quaternion()
        head.pose.bones["root"].location = (0.0, 0.0, 0.0)
        for index, value in enumerate(expression, start=1):
            mesh.data.shape_keys.key_blocks[f"expression_{index:03d}"].value = value
        bpy.context.view_layer.update()
        evaluated = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        found = np.empty(3 * VERTICES, np.float32)
        evaluated.vertices.foreach_get("co", found)

        expected = posed_vertices(arrays, shaped, expression, pose, np.zeros(3))

        assert np.abs(found.reshape(-1, 3) - expected).max() < 5e-5


def test_hair_sits_on_the_skull_wherever_the_face_has_its_origin(flame_scene):
    add_conversation(bpy.context)
    head = settings_of(flame_scene).head_a
    skin = np.array([vertex.co for vertex in head_mesh(head).data.vertices])
    (cap,) = (part for part in hair_of(head) if part.type == "MESH")

    points = np.array([vertex.co for vertex in cap.data.vertices])[::25]

    nearest = np.min(np.linalg.norm(points[:, None] - skin[None], axis=2), axis=1)
    assert np.median(nearest) < 0.012


def test_components_that_the_face_lacks_are_told_in_one_sentence(flame_scene):
    strange = {"name": "Anna", "identity": {"antlers": 1.0, "gender": 1.0}}

    (note,) = add_conversation(bpy.context, (strange, {"name": "Ben", "identity": {"antlers": 2.0, "wings": 1.0}}))

    assert "FLAME2017" in note
    assert "2 of Anna and Ben" in note


@pytest.mark.parametrize(
    ("given", "identity", "unknown"),
    [
        ({"flame_identity": [1.5, -0.5]}, {"identity_001": 1.5, "identity_002": -0.5}, ()),
        ({"flame_identity": {"identity_003": 2}}, {"identity_003": 2.0}, ()),
        ({"flame_identity": {"identity_999": 2}}, {}, ("identity_999",)),
        ({"identity": {"gender": -1.0}, "flame_identity": []}, {}, ()),
    ],
)
def test_a_character_may_say_who_it_is_on_flame(flame_scene, given, identity, unknown):
    found = dressing(load_chosen_face(bpy.context, settings_of(bpy.context.scene).face), {"name": "Anna", **given})

    assert (found.identity, found.unknown) == (identity, unknown)


def test_a_character_that_says_nothing_of_flame_keeps_its_own_proportions(flame_scene):
    face = load_chosen_face(bpy.context, settings_of(bpy.context.scene).face)

    found = dressing(face, {"name": "Anna", "identity": {"gender": -1.0, "antlers": 2.0}})
    doubled = dressing(face, {"name": "Anna", "identity": {"gender": -2.0}})

    coefficients = np.array([found.identity[name] for name in face.identity_names])
    assert np.abs(coefficients).max() > 0.05
    np.testing.assert_allclose(2.0 * coefficients, [doubled.identity[name] for name in face.identity_names])
    assert found.unknown == ("antlers",)


def test_a_face_that_knows_nothing_of_the_open_head_takes_what_names_they_share(flame_scene):
    face = replace(load_chosen_face(bpy.context, settings_of(bpy.context.scene).face), extras={})

    found = dressing(face, {"name": "Anna", "identity": {"gender": -1.0, "identity_002": 1.0}})

    assert (found.identity, found.unknown) == ({"identity_002": 1.0}, ("gender",))


@pytest.mark.parametrize("identity", ["tall", [1.0, "x"], {"identity_001": None}, [float("nan")], 3, [True]])
def test_a_flame_identity_that_is_none_is_told(flame_scene, identity):
    with refused(ExitCode.CHARACTER_INVALID, "flame_identity"):
        dressing(
            load_chosen_face(bpy.context, settings_of(bpy.context.scene).face),
            {"name": "Anna", "flame_identity": identity},
        )


def test_a_take_made_for_the_open_head_opens_flames_mouths(flame_scene, imported, monkeypatch, tmp_path):
    monkeypatch.setattr(targets, "faces_folder", lambda: imported[0])
    add_conversation(bpy.context)
    frames, radians = 50, 0.3
    opening = np.linspace(0.0, radians, frames, dtype=np.float32)
    pose = np.zeros((2, frames, 5, 3), np.float32)
    pose[:, :, 2, 0] = opening
    take = tmp_path / "take" / "performance.npz"
    expression = np.zeros((2, frames, 52), np.float32)
    expression[:, :, ARKIT_NAMES.index("mouthSmileLeft")] = opening / radians
    still = np.zeros((2, frames, 3), np.float32)
    save_performance(
        take,
        Performance(25.0, "open-head-1", ("Anna", "Ben"), expression, pose, still, np.zeros((2, frames)), {}),
    )

    write_take(bpy.context, take)

    head = settings_of(flame_scene).head_a
    jaw, keys = head.pose.bones["jaw"], head_mesh(head).data.shape_keys.key_blocks
    turned, driven = [], []
    for frame in (flame_scene.frame_start, flame_scene.frame_end):
        flame_scene.frame_set(frame)
        turned.append(2.0 * np.arccos(min(1.0, abs(jaw.rotation_quaternion.w))))
        driven.append(max(abs(key.value) for key in keys if key.name.startswith("expression_")))
    assert turned[0] < 0.02
    assert 0.1 < turned[1] < 1.0
    assert driven[0] < 1e-3
    assert driven[1] > 0.05


class Command:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch '{self.path}'",)


def test_a_file_that_runs_a_command_is_refused_in_the_panel(scene, empty_folder, tmp_path):
    file = tmp_path / "generic_model.pkl"
    file.write_bytes(pickle.dumps({"f": Command(tmp_path / "ran")}))

    assert bpy.ops.duologue.use_flame_file(filepath=str(file)) == {"CANCELLED"}

    settings = settings_of(scene)
    assert settings.message_is_error
    assert settings.message_code == ExitCode.FLAME_FILE_REFUSED
    assert f"{os.name}.system" in settings.message
    assert settings.face == "open-head-1"
    assert not (tmp_path / "ran").exists()
    assert imported_faces() == []


@pytest.mark.parametrize("path", ["", "/nowhere/generic_model.pkl"])
def test_a_file_that_is_not_there_is_told(scene, empty_folder, path):
    assert bpy.ops.duologue.use_flame_file(filepath=path) == {"CANCELLED"}

    assert settings_of(scene).message_code == ExitCode.FACE_NOT_FOUND

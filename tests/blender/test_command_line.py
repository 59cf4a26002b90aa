import io
import json

import bpy
import pytest
from duologue.addon import command, command_arguments
from duologue.addon.keys.takes import take_file
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.command_flags import ANIMATE
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import read_request
from duologue.backend.contract.performance import load_performance

from tests.support import vendor_rigs
from tests.support.staged_worker import fake_python, write_wave
from tests.support.vendors import VENDORS


@pytest.fixture
def tracks(scene, tmp_path, monkeypatch):
    """The words for two tracks, with a good worker; Blender's own folders are temporary ones."""
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, **__: str(tmp_path / "settings"))
    return ["--a", str(write_wave(tmp_path / "a.wav")), "--b", str(write_wave(tmp_path / "b.wav"))]


def animate(*words):
    return command.main(["animate", *(str(word) for word in words)])


def test_animate_saves_a_blend_that_plays_without_the_add_on(tracks, tmp_path):
    saved, take, timings = tmp_path / "out.blend", tmp_path / "take.npz", tmp_path / "timings.json"

    code = animate(
        *tracks, "--prompt", "arguing", "--save", saved, "--performance", take, "--timings", timings, "--seed", 7
    )

    assert code == ExitCode.OK
    assert load_performance(take).frame_count == 50
    assert {"two heads", "writing keys", "saving"} <= set(json.loads(timings.read_text()))
    bpy.ops.wm.open_mainfile(filepath=str(saved))
    settings = settings_of(bpy.context.scene)
    assert (settings.prompt, settings.seed) == ("arguing", 7)
    assert settings.head_a.animation_data.action is not None
    assert bpy.context.scene.render.fps == 25


def test_the_worker_is_told_what_not_to_infer(tracks, tmp_path, monkeypatch):
    asked, make = [], command.make_take
    monkeypatch.setattr(command, "make_take", lambda take, *rest: asked.append(rest[0]) or make(take, *rest))

    animate(*tracks, "--prompt", "A lift", "--prompt-without", "posture:lift", "--save", tmp_path / "out.blend")

    assert [request.prompt_without for request in asked] == [("posture:lift",)]


def test_untouched_start_up_scene_is_cleared_for_the_conversation(tracks, tmp_path):
    bpy.ops.wm.read_factory_settings()
    assert "Cube" in bpy.context.scene.objects

    assert animate(*tracks, "--save", tmp_path / "out.blend") == ExitCode.OK

    scene = bpy.context.scene
    assert not {"Cube", "Light", "Camera"} & set(scene.objects.keys())
    assert (scene.frame_start, scene.frame_end, scene.render.fps) == (1, 50, 25)
    assert scene.camera.users_collection[0] == settings_of(scene).collection


def test_start_up_scene_of_the_artist_s_own_stays_and_the_conversation_gets_another(tracks, tmp_path):
    bpy.ops.wm.read_factory_settings()
    bpy.data.objects["Cube"].location.x = 2.0
    first = bpy.context.scene

    assert animate(*tracks, "--save", tmp_path / "out.blend") == ExitCode.OK

    assert set(first.objects.keys()) == {"Cube", "Light", "Camera"}
    assert bpy.context.scene != first
    assert settings_of(bpy.context.scene).head_a.name in bpy.context.scene.objects


def test_file_of_the_artist_s_own_is_never_cleared(tracks, tmp_path):
    bpy.ops.wm.read_factory_settings()
    bpy.context.scene.frame_start, bpy.context.scene.frame_end, bpy.context.scene.render.fps = 1001, 1240, 24
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))

    assert animate(*tracks, "--save", tmp_path / "out.blend") == ExitCode.OK

    scene = bpy.context.scene
    assert {"Cube", "Light", "Camera"} <= set(scene.objects.keys())
    assert (scene.frame_start, scene.frame_end, scene.render.fps) == (1001, 1240, 24)
    assert tuple(settings_of(scene).head_a.animation_data.action.frame_range) == (1001, 1048)


def test_keys_start_at_the_frame_that_is_named(tracks, tmp_path):
    assert animate(*tracks, "--start", "-20", "--save", tmp_path / "out.blend") == ExitCode.OK

    scene = bpy.context.scene
    assert tuple(settings_of(scene).head_a.animation_data.action.frame_range) == (-20, 29)
    assert (scene.frame_start, scene.frame_end) == (0, 29)


def test_heads_of_an_opened_file_are_used_again(tracks, tmp_path):
    saved = tmp_path / "out.blend"
    animate(*tracks, "--save", saved)
    bpy.ops.wm.open_mainfile(filepath=str(saved))
    bpy.context.scene.render.resolution_x = 1234

    assert animate(*tracks, "--save", tmp_path / "again.blend") == ExitCode.OK

    assert len([thing for thing in bpy.data.objects if thing.type == "ARMATURE"]) == 2
    assert bpy.context.scene.render.resolution_x == 1234


def test_characters_of_an_opened_file_are_reported_part_by_part(tracks, tmp_path, capsys):
    settings = settings_of(bpy.context.scene)
    settings.head_a = vendor_rigs.build(VENDORS["vrm-1"], "Ada").armature
    settings.head_b = vendor_rigs.build(VENDORS["mmd"], "Bo").armature

    assert animate(*tracks, "--save", tmp_path / "out.blend") == ExitCode.OK

    printed = capsys.readouterr().out
    before = printed[: printed.index("Starting the worker")]
    assert "Ada, VRM 1.0: lips: open" in before
    assert "Bo, MMD: lips: open" in before


def test_one_person_of_an_opened_file_reacts_to_the_others_keys(tracks, tmp_path):
    saved = tmp_path / "out.blend"
    animate(*tracks, "--save", saved)
    bpy.ops.wm.open_mainfile(filepath=str(saved))
    settings = settings_of(bpy.context.scene)
    before = [head.animation_data.action.name for head in (settings.head_a, settings.head_b)]

    assert animate(*tracks, "--only", "b", "--save", tmp_path / "again.blend") == ExitCode.OK

    settings = settings_of(bpy.context.scene)
    after = [head.animation_data.action.name for head in (settings.head_a, settings.head_b)]
    assert (after[0] == before[0], after[1] == before[1]) == (True, False)
    assert read_request(take_file(settings).parent).partner.person == 0


def test_one_person_may_react_to_a_take_in_an_empty_scene(tracks, tmp_path):
    take = tmp_path / "take.npz"
    animate(*tracks, "--save", tmp_path / "out.blend", "--performance", take)
    bpy.ops.wm.read_factory_settings(use_empty=True)

    code = animate(*tracks, "--only", "a", "--partner", take, "--save", tmp_path / "again.blend")

    settings = settings_of(bpy.context.scene)
    assert code == ExitCode.OK
    assert settings.head_a.animation_data.action is not None
    assert settings.head_b.animation_data is None


def test_part_of_a_take_stays_in_an_opened_file(tracks, tmp_path):
    saved, take = tmp_path / "out.blend", tmp_path / "take.npz"
    animate(*tracks, "--save", saved, "--performance", take)
    bpy.ops.wm.open_mainfile(filepath=str(saved))
    settings = settings_of(bpy.context.scene)
    before = [head.animation_data.action.name for head in (settings.head_a, settings.head_b)]
    words = ["--keep", take, "--keep-person", "b", "--regenerate", "0.4-0.8", "--seed", "1"]

    assert animate(*tracks, *words, "--save", tmp_path / "again.blend") == ExitCode.OK

    settings = settings_of(bpy.context.scene)
    keep = read_request(take_file(settings).parent).keep
    after = [head.animation_data.action.name for head in (settings.head_a, settings.head_b)]
    assert (keep.take, keep.people, keep.regenerate) == (str(take), (1,), ((0.4, 0.8),))
    assert (after[0] == before[0], after[1] == before[1]) == (False, True)


def test_part_of_a_take_may_stay_in_an_empty_scene_too(tracks, tmp_path):
    take = tmp_path / "take.npz"
    animate(*tracks, "--save", tmp_path / "out.blend", "--performance", take)
    bpy.ops.wm.read_factory_settings(use_empty=True)

    assert animate(*tracks, "--keep", take, "--keep-person", "Ben", "--save", tmp_path / "again.blend") == ExitCode.OK

    settings = settings_of(bpy.context.scene)
    assert all(head.animation_data.action is not None for head in (settings.head_a, settings.head_b))
    assert not settings.lock_b


@pytest.mark.parametrize("engine", ["colocated", "dualtalk"])
def test_the_engine_is_chosen_by_its_name(tracks, tmp_path, engine):
    assert animate(*tracks, "--engine", engine, "--save", tmp_path / "out.blend") == ExitCode.OK

    settings = settings_of(bpy.context.scene)
    assert settings.engine == engine
    assert read_request(take_file(settings).parent).engine == engine


def test_a_checkpoint_that_is_not_there_ends_before_a_head_is_built(tracks, tmp_path, capsys):
    code = animate(*tracks, "--checkpoint", tmp_path / "DualTalk.pth", "--save", tmp_path / "out.blend")

    assert code == ExitCode.WEIGHTS_INVALID
    assert "DualTalk.pth" in capsys.readouterr().err
    assert len(bpy.data.objects) == 0


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--a", "x.wav", "--b", "y.wav", "--mix", "z.wav"],
        ["--mix", "x.wav", "--seed", "-1"],
        ["--mix", "x.wav", "--seed", "many"],
        ["--mix", "x.wav", "--size", "wide"],
        ["--mix", "x.wav", "--engine", "oracle"],
        ["--mix", "x.wav", "--render-engine", "POVRAY"],
        ["--mix", "x.wav", "--nonsense"],
        ["--mix", "x.wav", "--only", "Zoe"],
        ["--mix", "x.wav", "--partner", "take.npz"],
        ["--mix", __file__, "--keep", "take.npz"],
        ["--mix", __file__, "--keep-person", "a"],
        ["--mix", __file__, "--keep", "take.npz", "--keep-person", "Zoe"],
        ["--mix", __file__, "--keep", "take.npz", "--keep-person", "a", "--keep-person", "b"],
        ["--mix", __file__, "--keep", "take.npz", "--keep-person", "a", "--only", "b"],
        ["--mix", __file__, "--keep", "take.npz", "--regenerate", "soon"],
    ],
)
def test_words_that_contradict_themselves_are_refused(scene, words, tmp_path, capsys):
    assert animate(*words, "--save", tmp_path / "out.blend") == ExitCode.BAD_REQUEST

    assert capsys.readouterr().err.startswith("duologue: ")
    assert not (tmp_path / "out.blend").exists()


def test_help_is_no_failure(scene):
    assert command.main(["animate", "--help"]) == ExitCode.OK


def test_unknown_character_is_named(tracks, tmp_path):
    code = animate(*tracks, "--character-a", "Nobody", "--save", tmp_path / "out.blend")

    assert code == ExitCode.CHARACTER_INVALID


def test_missing_audio_has_its_number(tracks, tmp_path):
    code = animate("--mix", tmp_path / "gone.mp3", "--save", tmp_path / "out.blend")

    assert code == ExitCode.AUDIO_NOT_FOUND


@pytest.mark.parametrize(
    ("play", "code"), [("dies-explained", 13), ("dies-at-once", 61), ("garbage", 63), ("half-file", 64)]
)
def test_failure_of_the_worker_is_the_exit_code_and_nothing_is_saved(tracks, tmp_path, monkeypatch, play, code, capsys):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, play)))

    assert animate(*tracks, "--save", tmp_path / "out.blend") == code

    assert f"({code})" in capsys.readouterr().err
    assert not (tmp_path / "out.blend").exists()


def test_folder_that_cannot_be_written_is_explained(tracks, tmp_path):
    (tmp_path / "file").touch()

    assert animate(*tracks, "--save", tmp_path / "file" / "out.blend") == ExitCode.OUTPUT_NOT_WRITABLE


def test_console_without_the_letters_of_a_path_fails_no_command(tracks, tmp_path, monkeypatch):
    """Neither does one that is closed."""
    take = tmp_path / "дубль-健二.npz"
    assert animate(*tracks, "--save", tmp_path / "out.blend", "--performance", take) == ExitCode.OK
    codes = []
    for closed in (False, True):
        console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        if closed:
            console.close()
        with monkeypatch.context() as patched:
            patched.setattr("sys.stdout", console)
            patched.setattr("sys.stderr", console)
            codes.append(command.main(["export", "--take", str(take), "--out", str(tmp_path / "дубль.json")]))
            codes.append(command.main(["export", "--take", str(tmp_path / "нет.npz"), "--out", "x.json"]))

    assert codes == [ExitCode.OK, ExitCode.PERFORMANCE_INVALID] * 2


def test_both_programs_have_the_same_flags_but_for_those_that_one_alone_has():
    ours = {flag.name: flag for flag in command_arguments.FLAGS}
    shared = {flag.name: flag for flag in ANIMATE}

    assert set(ours) - set(shared) == {
        *("--start", "--save", "--takes", "--render", "--stills", "--render-engine"),
        *("--size", "--samples", "--performance", "--timings"),
    }
    assert set(shared) <= set(ours)
    assert {name for name, flag in shared.items() if ours[name] != flag} == {
        *("--engine", "--only", "--character-a", "--character-b", "--face"),
    }

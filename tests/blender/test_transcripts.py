"""What is said, as text files, goes from the panel and the command line into the request."""

from pathlib import Path

import bpy
import pytest
from duologue.addon.command import main
from duologue.addon.conversation import request_of
from duologue.addon.settings.properties import settings_of

from tests.support.staged_worker import write_wave


@pytest.fixture
def mixed(scene, tmp_path):
    """Settings of a scene whose dialogue is one mixed recording."""
    settings = settings_of(scene)
    settings.audio_kind, settings.mix = "mix", str(write_wave(tmp_path / "mix.wav"))
    return settings


def test_without_transcripts_the_request_has_none(mixed):
    assert request_of(bpy.context).transcripts is None


def test_a_transcript_of_each_reaches_the_request(mixed, tmp_path):
    mixed.transcript_a, mixed.transcript_b = str(tmp_path / "anna.txt"), str(tmp_path / "ben.txt")

    transcripts = request_of(bpy.context).transcripts

    assert [Path(transcript) for transcript in transcripts] == [tmp_path / "anna.txt", tmp_path / "ben.txt"]


def test_one_person_alone_may_have_a_transcript(mixed, tmp_path):
    mixed.transcript_b = str(tmp_path / "ben.txt")

    first, second = request_of(bpy.context).transcripts

    assert first is None
    assert Path(second) == tmp_path / "ben.txt"


def test_a_relative_transcript_belongs_to_the_blend(mixed, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"), check_existing=False)
    mixed.transcript_a = "//anna.txt"

    transcripts = request_of(bpy.context).transcripts

    assert Path(transcripts[0]) == tmp_path / "anna.txt"


def test_a_chosen_text_goes_into_the_panel(mixed, tmp_path):
    text = tmp_path / "ben.txt"
    text.write_text("Hello.")

    assert bpy.ops.duologue.choose_transcript(filepath=str(text), person="b") == {"FINISHED"}

    assert Path(mixed.transcript_b) == text
    assert mixed.transcript_a == ""


def test_a_file_that_is_not_there_is_not_chosen(mixed, tmp_path):
    mixed.transcript_a = "kept.txt"

    with pytest.raises(RuntimeError, match="There is no file"):
        bpy.ops.duologue.choose_transcript(filepath=str(tmp_path / "none.txt"), person="a")

    assert mixed.transcript_a == "kept.txt"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["both.txt"], ("both.txt", None)),
        (["anna.txt", "ben.txt"], ("anna.txt", "ben.txt")),
        (["-", "ben.txt"], (None, "ben.txt")),
    ],
)
def test_the_command_line_fills_the_panel(mixed, tmp_path, monkeypatch, words, wanted):
    monkeypatch.chdir(tmp_path)
    arguments = ["--mix", mixed.mix, "--transcript", *words, "--save", str(tmp_path / "out.blend")]

    main(["animate", *arguments, "--character-a", "nobody of this name"])

    settings = settings_of(bpy.context.scene)
    assert [Path(path).name if path else None for path in (settings.transcript_a, settings.transcript_b)] == list(
        wanted
    )


def test_three_transcripts_are_refused(mixed, tmp_path, capsys):
    code = main(["animate", "--mix", mixed.mix, "--transcript", "a", "b", "c", "--save", str(tmp_path / "out.blend")])

    assert code == 2
    assert "--transcript" in capsys.readouterr().err

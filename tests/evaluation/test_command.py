"""The command line: a report that stands alone, or a numbered sentence and nothing written."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from backend.contract.errors import ExitCode
from backend.contract.face import save_face
from backend.contract.performance import save_performance
from lab.__main__ import main as lab_main
from lab.evaluation.colocated import benchmark as colocated_benchmark
from lab.evaluation.command import TRIALS
from tests.support.made_dialogue import FRAMES, good_performance, random_phones, small_face

GRID = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n60\n<exists>\n1\n"IntervalTier"\n"phones"\n0\n60\n'


@pytest.fixture(scope="module")
def dialogue(tmp_path_factory):
    """A folder with performance.npz, face.npz, a TextGrid and a recording of each, anna and ben."""
    folder = tmp_path_factory.mktemp("dialogue")
    phones = random_phones(1), random_phones(2, begin=2.4)
    save_performance(folder / "performance.npz", good_performance(phones))
    save_face(folder / "face.npz", small_face())
    for name, own in zip(("anna", "ben"), phones, strict=True):
        lines = "".join(f'{start}\n{end}\n"{phone.upper()}"\n' for start, end, phone in own)
        (folder / f"{name}.TextGrid").write_text(GRID + f"{len(own)}\n" + lines)
        noise = np.random.default_rng(0).standard_normal(60 * 16_000) * 0.1
        soundfile.write(folder / f"{name}.wav", noise, 16_000)
    return folder


def _run(dialogue, report, *words):
    face = [] if "--face" in words else ["--face", str(dialogue / "face.npz")]
    performance = [] if words and words[0].endswith(".npz") else [str(dialogue / "performance.npz")]
    return lab_main(["evaluate", *performance, *words, *face, "--report", str(report)])


def test_everything_known_gives_every_number_and_one_page(dialogue, tmp_path, capsys):
    code = _run(
        dialogue,
        tmp_path / "out",
        *("--phones", str(dialogue / "anna.TextGrid"), str(dialogue / "ben.TextGrid")),
        *("--audio", str(dialogue / "anna.wav"), str(dialogue / "ben.wav")),
        *("--truth", str(dialogue / "performance.npz"), "--prompt", "two strangers far apart"),
    )

    assert code == ExitCode.OK
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.html", "report.json"]
    numbers = json.loads((tmp_path / "out" / "report.json").read_text())
    assert numbers["both"]["bilabials_closed"] > 0.92
    assert numbers["targets"]["bilabials_closed"]["met"] == [True, True]
    assert numbers["dualtalk"][0]["mse_exp"] == 0
    assert numbers["staging"]["distance_metres"][0] > numbers["staging"]["distance_metres"][1]
    assert "P B M closed" in capsys.readouterr().out


def test_the_page_needs_nothing_beside_it_and_its_ids_do_not_clash(dialogue, tmp_path):
    _run(dialogue, tmp_path, "--phones", str(dialogue / "anna.TextGrid"))

    page = (tmp_path / "report.html").read_text()
    assert page.count("<svg") >= 5
    assert not re.search(r'(?:src|href)="(?!#)', re.sub(r"xlink:href=\"#", 'href="#', page))
    assert not re.search(r"<(?:script|link|img|iframe)\b", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_same_performance_gives_the_same_page(dialogue, tmp_path):
    for name in ("one", "other"):
        _run(dialogue, tmp_path / name)

    assert (tmp_path / "one" / "report.html").read_bytes() == (tmp_path / "other" / "report.html").read_bytes()


def test_names_and_sentences_cannot_break_the_page(dialogue, tmp_path):
    performance = replace(
        good_performance((random_phones(1), random_phones(2))), speakers=("<b>Anna", 'B"en & <script>')
    )
    save_performance(tmp_path / "wild.npz", performance)

    code = _run(dialogue, tmp_path / "out", str(tmp_path / "wild.npz"), "--prompt", "<script>alert(1)</script>")

    page = (tmp_path / "out" / "report.html").read_text()
    assert code == ExitCode.OK
    assert "<script>" not in page
    assert "&lt;b&gt;Anna" in page


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["none.npz"], ExitCode.PERFORMANCE_INVALID, "There is no performance at none.npz"),
        (["--face", "none.npz"], ExitCode.FACE_NOT_FOUND, "none.npz"),
        (["--face", "performance.npz"], ExitCode.FACE_INVALID, "performance.npz"),
        (["--phones", "none.TextGrid"], ExitCode.BAD_REQUEST, "none.TextGrid is not there"),
        (["--phones", "anna.wav"], ExitCode.BAD_REQUEST, "anna.wav"),
        (["--phones", "anna.TextGrid", "-", "-"], ExitCode.BAD_REQUEST, "--phones has 3 files"),
        (["--audio", "none.wav"], ExitCode.AUDIO_NOT_FOUND, "none.wav"),
        (["--audio", "face.npz"], ExitCode.AUDIO_UNREADABLE, "face.npz"),
        (["--audio", "short.wav"], ExitCode.AUDIO_MISMATCH, "short.wav lasts 2.00 s, the performance 60.00 s"),
        (["--transcript", "none.txt", "--audio", "anna.wav", "ben.wav"], ExitCode.BAD_REQUEST, "none.txt"),
        (["--transcript", "empty.txt", "--audio", "anna.wav", "ben.wav"], ExitCode.BAD_REQUEST, "no English words"),
        (["--transcript", "words.txt", "--audio", "anna.wav"], ExitCode.BAD_REQUEST, "mixed recording"),
        (["--transcript", "words.txt"], ExitCode.BAD_REQUEST, "no recording"),
        (["--truth", "none.npz"], ExitCode.PERFORMANCE_INVALID, "none.npz"),
        (["--truth", "otherface.npz"], ExitCode.BAD_REQUEST, "otherface.npz is of other"),
        (["otherface.npz"], ExitCode.BAD_REQUEST, "components of other"),
        (["late.npz", "--phones", "anna.TextGrid"], ExitCode.BAD_REQUEST, "but the performance lasts 4.00 s"),
        (["noframes.npz"], ExitCode.PERFORMANCE_INVALID, "no frames"),
    ],
)
def test_what_is_wrong_is_named_and_no_report_is_left(dialogue, tmp_path, capsys, monkeypatch, words, code, says):
    good = good_performance((random_phones(1), random_phones(2)))
    short = {name: getattr(good, name)[:, :100] for name in ("expression", "pose", "translation", "speaking")}
    save_performance(dialogue / "otherface.npz", replace(good, face="other"))
    save_performance(dialogue / "late.npz", replace(good, **short))
    with np.load(dialogue / "performance.npz") as archive:
        np.savez(dialogue / "noframes.npz", **(dict(archive) | {"pose": np.zeros((2, 0, 5, 3))}))
    soundfile.write(dialogue / "short.wav", np.random.default_rng(0).standard_normal(32_000) * 0.1, 16_000)
    (dialogue / "empty.txt").write_text("12 – …")
    (dialogue / "words.txt").write_text("so did you move")
    monkeypatch.chdir(dialogue)

    found = _run(dialogue, tmp_path / "out", *words)

    assert found == code
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_performance_of_another_face_is_refused_without_that_face(dialogue, tmp_path, capsys):
    code = lab_main(["evaluate", str(dialogue / "performance.npz"), "--report", str(tmp_path / "out")])

    assert code == ExitCode.FACE_NOT_FOUND
    assert "--face" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_leaves_neither_file(dialogue, tmp_path, capsys):
    (tmp_path / "out" / "report.json").mkdir(parents=True)

    code = _run(dialogue, tmp_path / "out")

    assert code == ExitCode.OUTPUT_NOT_WRITABLE
    assert "report.json" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.json"]


def test_without_matplotlib_the_missing_library_is_named(dialogue, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)

    code = _run(dialogue, tmp_path / "out")

    assert code == ExitCode.DEPENDENCY_MISSING
    assert "matplotlib" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_single_frame_still_gives_a_report(dialogue, tmp_path):
    good = good_performance((random_phones(1), random_phones(2)))
    single = {name: getattr(good, name)[:, :1] for name in ("expression", "pose", "translation", "speaking")}
    save_performance(tmp_path / "one.npz", replace(good, **single))

    assert _run(dialogue, tmp_path / "out", str(tmp_path / "one.npz")) == ExitCode.OK


def test_a_stereo_file_has_a_person_a_channel_and_a_mono_one_is_a_mix(dialogue, tmp_path):
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "stereo.wav", rng.standard_normal((60 * 16_000, 2)) * 0.1, 16_000)

    sources = []
    for audio in (tmp_path / "stereo.wav", dialogue / "anna.wav"):
        _run(dialogue, tmp_path / audio.stem, "--audio", str(audio))
        sources.append(json.loads((tmp_path / audio.stem / "report.json").read_text())["speech_from"])

    assert sources == [["recording", "recording"], ["performance", "performance"]]
    assert FRAMES == 1500


def test_a_short_track_beside_a_whole_one_is_no_fault(dialogue, tmp_path, monkeypatch):
    soundfile.write(dialogue / "whole.wav", np.random.default_rng(0).standard_normal(60 * 16_000) * 0.1, 16_000)
    soundfile.write(dialogue / "part.wav", np.random.default_rng(1).standard_normal(32_000) * 0.1, 16_000)
    monkeypatch.chdir(dialogue)

    assert _run(dialogue, tmp_path / "out", "--audio", "whole.wav", "part.wav") == ExitCode.OK


@pytest.mark.parametrize("former", ["ears", "turns"])
def test_turns_keep_their_former_name(former, capsys):
    with pytest.raises(SystemExit) as caught:
        lab_main(["evaluate", former, "--help"])

    assert caught.value.code == 0
    assert "evaluate turns" in capsys.readouterr().out


@pytest.mark.parametrize("flag", ["--heard", "--detected"])
def test_the_folder_of_detected_turns_keeps_its_former_flag(flag, tmp_path, capsys):
    code = lab_main(
        ["evaluate", "colocated", flag, str(tmp_path), "--weights", f"full={tmp_path / 'none.safetensors'}"]
    )

    assert code == ExitCode.WEIGHTS_INVALID


def test_every_trial_that_can_be_chosen_can_be_run():
    assert set(TRIALS) == set(colocated_benchmark.trial_runs(None, {"actor": None}, 1.0))

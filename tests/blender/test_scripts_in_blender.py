"""Scripts in a Blender end with their own exit code: its own exit hangs or crashes, as a module above all."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _run(blender, *words):
    command = blender.command(ROOT / "building" / "in_blender.py", *words)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_missing_audio_ends_with_its_number(tmp_path, blender):
    words = ["--a", str(tmp_path / "a.wav"), "--b", str(tmp_path / "b.wav"), "--save", str(tmp_path / "out.blend")]

    finished = _run(blender, "animate", *words)

    assert finished.returncode == 10
    assert str(tmp_path / "a.wav") in finished.stderr
    assert not (tmp_path / "out.blend").exists()


def test_help_ends_with_zero(blender):
    assert _run(blender, "--help").returncode == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [("return 7", 7), ("raise SystemExit(3)", 3), ("raise SystemExit", 0), ("raise ValueError", 1), ("return 0", 0)],
)
def test_script_ends_with_what_its_main_says(tmp_path, blender, body, code):
    script = tmp_path / "told.py"
    script.write_text(f"import bpy\ndef main(words):\n    assert words == ['--python', 'x y']\n    {body}\n")

    finished = subprocess.run(
        blender.command(script, "--python", "x y"), capture_output=True, text=True, check=False, timeout=120
    )

    assert finished.returncode == code, finished.stderr

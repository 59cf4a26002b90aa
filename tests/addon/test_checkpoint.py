"""A worker that converts DualTalk's checkpoint, as the add-on starts, watches and stops it."""

import json
import sys
import textwrap
import time
from pathlib import Path

import pytest
from duologue.addon.worker.checkpoint import start_conversion
from duologue.backend.contract.errors import ExitCode

from tests.support.refusals import refused

PRELUDE = """
import json, os, pathlib, sys, time
job = pathlib.Path(sys.argv[sys.argv.index("--job") + 1])
request = json.loads((job / "request.json").read_text())
source = pathlib.Path(request["arguments"]["checkpoint"])
def say(event, **fields):
    with (job / "events.jsonl").open("a") as file:
        file.write(json.dumps({"event": event} | fields) + "\\n")
say("progress", stage="Reading the checkpoint", done=0, total=1)
"""


@pytest.fixture
def play(tmp_path):
    """Start a worker whose source is the prelude and `source`."""
    started = []

    def start(source):
        home = tmp_path / "home"
        (home / "backend").mkdir(parents=True)
        (home / "backend" / "__main__.py").write_text(PRELUDE + textwrap.dedent(source))
        (tmp_path / "weights").mkdir()
        started.append(start_conversion(Path(sys.executable), tmp_path / "weights" / "DualTalk.pth", home))
        return started[-1]

    yield start
    for process in started:
        process.close()


def run(worker):
    while (found := worker.poll()) is None:
        time.sleep(0.01)
    return found


@pytest.mark.parametrize(("written", "sentence"), [(True, "converted to"), (False, "ready at")])
def test_the_file_to_use_comes_back_with_a_sentence(play, tmp_path, written, sentence):
    found = run(play(f'say("done", file=str(source.with_suffix(".safetensors")), written={written})'))

    assert found.file == tmp_path / "weights" / "DualTalk.safetensors"
    assert sentence in found.sentence()
    assert "Generate" in found.sentence()


def test_the_worker_is_asked_to_convert_this_file(play, tmp_path):
    found = run(play('say("done", file=json.dumps([sys.argv[1], request["arguments"]]), written=True)'))

    assert json.loads(str(found.file)) == [
        "convert-checkpoint",
        {"checkpoint": str(tmp_path / "weights" / "DualTalk.pth")},
    ]


def test_what_does_not_fit_arrives_in_the_workers_own_words(play):
    with refused(ExitCode.WEIGHTS_INVALID):
        run(play('say("error", code=25, message="It does not fit: 3 missing (a, b, c).", fix="Choose another.")'))


def test_cancelling_leaves_the_checkpoint_alone_and_no_half_file_beside_it(play, tmp_path):
    worker = play("""
        source.touch()
        source.with_name(f"DualTalk.safetensors.{os.getpid()}.part").touch()
        say("progress", stage="Converting it", done=1, total=4)
        time.sleep(60)
    """)
    until = time.monotonic() + 20
    while worker.share == 0.0 and time.monotonic() < until:
        worker.poll()
        time.sleep(0.01)

    worker.cancel()

    with refused(ExitCode.CANCELLED):
        run(worker)
    assert not worker.running
    assert [path.name for path in (tmp_path / "weights").iterdir()] == ["DualTalk.pth"]

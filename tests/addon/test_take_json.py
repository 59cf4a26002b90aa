import json

import numpy as np
import pytest
from duologue.addon.export.take_json import read_take_json, write_take_json
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.examples import examples
from tests.support.refusals import refused

ARRAYS = ("expression", "pose", "translation", "speaking")
COMPONENTS = ("jawOpen", "mouthSmileLeft", "eyeBlinkLeft")


def performance(frames=4, fps=25.0, **arrays_given):
    random = np.random.default_rng(1)
    made = {
        "expression": random.random((2, frames, 3)),
        "pose": random.uniform(-1, 1, (2, frames, 5, 3)),
        "translation": random.uniform(-2, 2, (2, frames, 3)),
        "speaking": random.random((2, frames)),
    } | arrays_given
    return Performance(
        fps, "open-head-1", ("Anna", "Ben “B”"), meta={"seed": 7, "prompt": "two friends"},
        **{name: array.astype(np.float32) for name, array in made.items()},
    )  # fmt: skip


@settings(max_examples=examples(25), deadline=None)
@given(
    arrays(np.float32, (2, 4, 3), elements=st.floats(-10, 10, width=32)),
    arrays(np.float32, (2, 4, 5, 3), elements=st.floats(-4, 4, width=32)),
    st.floats(1, 240),
)
def test_take_reads_back_to_a_ten_thousandth(tmp_path_factory, expression, pose, fps):
    path = tmp_path_factory.mktemp("json") / "take.json"
    taken = performance(expression=expression, pose=pose, fps=fps)

    write_take_json(path, taken, COMPONENTS)
    back = read_take_json(path).performance()

    for name in ARRAYS:
        assert getattr(back, name) == pytest.approx(getattr(taken, name), abs=1e-4), name
    assert (back.fps, back.face, back.speakers, back.meta) == (fps, taken.face, taken.speakers, taken.meta)


def test_one_person_is_written_alone(tmp_path):
    write_take_json(tmp_path / "ben.json", performance(), COMPONENTS, people=(1,))

    take = read_take_json(tmp_path / "ben.json")

    assert [person.name for person in take.people] == ["Ben “B”"]
    assert take.people[0].expression == pytest.approx(performance().expression[1], abs=1e-6)
    assert take.components == COMPONENTS
    with refused(ExitCode.PERFORMANCE_INVALID):
        take.performance()


def test_file_says_what_it_holds(tmp_path):
    write_take_json(tmp_path / "take.json", performance(), COMPONENTS)

    data = json.loads((tmp_path / "take.json").read_text(encoding="utf-8"))

    assert (data["format"], data["schema"], data["frames"], data["seconds"]) == ("duologue-take", 1, 4, 0.16)
    assert data["joints"] == ["global", "neck", "jaw", "eye_left", "eye_right"]
    assert set(data["units"]) == set(ARRAYS)


def changed(path, **fields):
    data = json.loads(path.read_text(encoding="utf-8")) | fields
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"format": "other"}, "is other 1"),
        ({"schema": 2}, "duologue-take 2"),
        ({"fps": 0}, "0.0 frames a second"),
        ({"frames": 5}, "has expression of shape"),
        ({"frames": 0}, "no frames"),
        ({"people": []}, "no people"),
        ({"people": [{"name": "A"}]}, "cannot be read"),
        ({"components": ["jawOpen"]}, "has expression of shape"),
        ({"meta": 3}, "cannot be read"),
    ],
)
def test_wrong_files_are_refused_in_words(tmp_path, fields, says):
    path = tmp_path / "take.json"
    write_take_json(path, performance(), COMPONENTS)
    changed(path, **fields)

    with refused(ExitCode.PERFORMANCE_INVALID) as failure:
        read_take_json(path)

    assert says in failure.value.message


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"format": "duologue-take"}', "[" * 20000])
def test_other_files_are_refused(tmp_path, text):
    (tmp_path / "take.json").write_text(text, encoding="utf-8")

    with refused(ExitCode.PERFORMANCE_INVALID):
        read_take_json(tmp_path / "take.json")

import math

import numpy as np
import pytest
from duologue.addon.export.live_link_csv import (
    ANGLES,
    COLUMNS,
    SHAPES,
    FaceRecording,
    read_live_link_csv,
    timecode,
    write_live_link_csv,
)
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.errors import ExitCode
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.examples import examples
from tests.support.refusals import refused

APP_HEADER = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,EyeSquintLeft,"
    "EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,"
    "EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,"
    "MouthSmileLeft,MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,"
    "MouthStretchRight,MouthRollLower,MouthRollUpper,MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,"
    "MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,"
    "BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,"
    "TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll"
)
"""The first line of the app's own recordings."""


def recording(frames, fps, seed=0):
    random = np.random.default_rng(seed)
    return FaceRecording(
        fps=fps,
        seconds=np.arange(frames) / fps,
        expression=random.random((frames, 52)),
        head=random.uniform(-1, 1, (frames, 3)),
        eyes=random.uniform(-1, 1, (frames, 2, 3)),
    )


def app_rows(count, *, frames_a_row=1, rate=60, start=0):
    """Rows as the app writes them; the value of column c in row r is r + c / 100."""
    rows = [APP_HEADER]
    for row in range(count):
        at = timecode((start + row * frames_a_row) / rate + 0.867 / rate, rate)
        rows.append(f"{at},61," + ",".join(f"{(row + column / 100) / 100:.10f}" for column in range(61)))
    return "\n".join(rows) + "\n"


def written(tmp_path, text):
    path = tmp_path / "take.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_header_is_the_app_s():
    assert ",".join(COLUMNS) == APP_HEADER
    assert sorted(SHAPES) == sorted(ARKIT_NAMES)


@settings(max_examples=examples(25), deadline=None)
@given(
    arrays(np.float32, (30, 52), elements=st.floats(-0.25, 2, width=32)),
    arrays(np.float32, (30, 9), elements=st.floats(-3, 3, width=32)),
    st.sampled_from([24, 25, 29.97, 30, 50, 60]),
)
def test_what_is_written_reads_back_to_a_ten_thousandth(tmp_path_factory, expression, turned, fps):
    path = tmp_path_factory.mktemp("csv") / "take.csv"
    taken = FaceRecording(fps, np.arange(30) / fps, expression, turned[:, :3], turned[:, 3:].reshape(30, 2, 3))

    write_live_link_csv(path, taken)
    back = read_live_link_csv(path, fps)

    for name in ("seconds", "expression", "head", "eyes"):
        assert getattr(back, name) == pytest.approx(getattr(taken, name), abs=1e-4), name
    assert back.fps == pytest.approx(fps, abs=2e-3)


@pytest.mark.parametrize("fps", [24.0, 25.0, 30.0, 60.0])
def test_rate_follows_from_a_take_of_more_than_a_second(tmp_path, fps):
    path = tmp_path / "take.csv"

    write_live_link_csv(path, recording(100, fps))

    assert read_live_link_csv(path).fps == fps


def test_columns_hold_what_they_are_called(tmp_path):
    path = tmp_path / "take.csv"
    taken = recording(1, 25.0)

    write_live_link_csv(path, taken)

    header, row = (line.split(",") for line in path.read_text().splitlines())
    values = dict(zip(header, row, strict=True))
    assert values["Timecode"] == "00:00:00:00.000"
    assert values["BlendShapeCount"] == "61"
    assert float(values["JawOpen"]) == pytest.approx(taken.expression[0, ARKIT_INDEX["jawOpen"]])
    assert float(values["EyeBlinkRight"]) == pytest.approx(taken.expression[0, ARKIT_INDEX["eyeBlinkRight"]])
    assert [float(values[name]) for name in ANGLES] == pytest.approx([*taken.head[0], *taken.eyes[0].ravel()])


@pytest.mark.parametrize(
    ("seconds", "rate", "code"),
    [
        (0, 25, "00:00:00:00.000"),
        (0.96, 25, "00:00:00:24.000"),
        (1, 25, "00:00:01:00.000"),
        (3661.5, 60, "01:01:01:30.000"),
        (1 / 29.97, 30, "00:00:00:01.001"),
        (0.99999999, 25, "00:00:01:00.000"),
    ],
)
def test_timecode_counts_frames_and_their_thousandths(seconds, rate, code):
    assert timecode(seconds, rate) == code


def test_recording_of_the_app_is_read(tmp_path):
    back = read_live_link_csv(written(tmp_path, app_rows(90, start=32 * 3600 + 50)))

    assert back.fps == pytest.approx(60, abs=1e-3)
    assert np.diff(back.seconds) == pytest.approx(1 / 60, abs=2e-5)
    assert back.seconds[0] == pytest.approx(1920 + 50.867 / 60, abs=2e-5)
    assert back.expression[7, ARKIT_INDEX["eyeBlinkLeft"]] == pytest.approx(0.07)
    assert back.expression[7, ARKIT_INDEX["jawOpen"]] == pytest.approx((7 + 0.17) / 100)
    assert back.eyes[7, 1] == pytest.approx((7 + np.array([0.58, 0.59, 0.60])) / 100)


def test_recording_of_every_second_frame_has_half_the_rate(tmp_path):
    back = read_live_link_csv(written(tmp_path, app_rows(90, frames_a_row=2)))

    assert back.fps == pytest.approx(30, abs=1e-3)


def test_short_recording_counts_as_the_app_s_sixty(tmp_path):
    assert read_live_link_csv(written(tmp_path, app_rows(5))).fps == pytest.approx(60, abs=0.01)


def test_midnight_does_not_turn_time_back(tmp_path):
    back = read_live_link_csv(written(tmp_path, app_rows(10, start=24 * 3600 * 60 - 5).replace("24:00", "00:00")))

    assert (np.diff(back.seconds) > 0).all()
    assert back.seconds[-1] - back.seconds[0] == pytest.approx(9 / 60, abs=1e-4)


def test_columns_may_come_in_another_order_and_capitals_and_some_be_missing(tmp_path):
    text = "\ufeffJAWOPEN,timecode,mouthSmileLeft\r\n0.25,00:00:01:10,0.5\r\n0.5,00:00:01:11,0.75\r\n\r\n"

    back = read_live_link_csv(written(tmp_path, text))

    assert back.expression[:, ARKIT_INDEX["jawOpen"]].tolist() == [0.25, 0.5]
    assert back.expression[:, ARKIT_INDEX["mouthSmileLeft"]].tolist() == [0.5, 0.75]
    assert not back.head.any()
    assert np.count_nonzero(back.expression) == 4


def test_rows_without_a_face_are_left_out(tmp_path):
    lines = app_rows(5).splitlines()
    lines[2] = f"{lines[2].split(',')[0]},0"
    lines[4] = f"{lines[4].split(',')[0]},0" + "," * 61

    back = read_live_link_csv(written(tmp_path, "\n".join(lines)))

    assert len(back.seconds) == 3
    assert np.diff(back.seconds) == pytest.approx(2 / 60, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column Timecode"),
        ("Timecode,Foo\n00:00:00:00,1\n", "no column Timecode"),
        (APP_HEADER, "no row of values"),
        ("Timecode,JawOpen\nsoon,0.5\n", "timecode “soon” in line 2"),
        ("Timecode,JawOpen\n00:00:00:00,0.5\n00:00:00:01,wide\n", "no number in line 3"),
        ("Timecode,JawOpen\n00:00:00:00,nan\n", "not finite"),
    ],
)
def test_files_of_another_kind_are_refused_in_words(tmp_path, text, says):
    with refused(ExitCode.PERFORMANCE_INVALID) as failure:
        read_live_link_csv(written(tmp_path, text))

    assert says in failure.value.message


def test_missing_and_binary_files_are_refused(tmp_path):
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)))

    for name in ("gone.csv", "binary.csv"):
        with refused(ExitCode.PERFORMANCE_INVALID):
            read_live_link_csv(tmp_path / name)


@settings(max_examples=examples(50), deadline=None)
@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("csv") / "take.csv"
    path.write_bytes(content)

    with refused(ExitCode.PERFORMANCE_INVALID):
        read_live_link_csv(path)


def test_long_take_keeps_its_time(tmp_path):
    path = tmp_path / "take.csv"
    taken = recording(25 * 70, 29.97)

    write_live_link_csv(path, taken)

    assert math.isclose(read_live_link_csv(path).seconds[-1], taken.seconds[-1], abs_tol=1e-4)

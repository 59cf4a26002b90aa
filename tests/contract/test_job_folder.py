"""Requests and events as both sides read and write them."""

import json
from dataclasses import replace

import pytest

from backend.contract.errors import ExitCode
from backend.contract.job import (
    EVENTS_FILE,
    REQUEST_FILE,
    AudioInput,
    Character,
    JobRequest,
    KeptTake,
    KnownPartner,
    append_event,
    check_request,
    read_events,
    read_request,
    write_request,
)
from tests.support.refusals import refused

REQUEST = JobRequest(
    audio=AudioInput("tracks", ("/a b/änna.wav", "C:\\ben.wav")),
    prompt="“Old friends” at a café",
    seed=7,
    characters=(Character("Änna", {"age": 0.5}, {"blink_rate": 20.0}), Character("Ben")),
    assets="/assets",
    segments="/who speaks.rttm",
    swap_speakers=True,
    checkpoint="/weights/DualTalk.safetensors",
    partner=KnownPartner("/takes/anna.npz", 0),
    prompt_without=("mood:früh",),
)


def test_a_request_survives_its_file(tmp_path):
    write_request(tmp_path, REQUEST)

    assert read_request(tmp_path) == REQUEST


@pytest.mark.parametrize("partner", [{"take": "a.npz", "person": 2}, {"take": "a.npz"}, "a.npz", {"person": 0}])
def test_a_partner_that_is_none_is_refused(tmp_path, partner):
    write_request(tmp_path, REQUEST)
    data = json.loads((tmp_path / REQUEST_FILE).read_text(encoding="utf-8")) | {"partner": partner}
    (tmp_path / REQUEST_FILE).write_text(json.dumps(data), encoding="utf-8")

    with refused(ExitCode.BAD_REQUEST):
        read_request(tmp_path)


def test_a_request_from_before_speaker_segments_still_loads(tmp_path):
    write_request(tmp_path, REQUEST)
    data = json.loads((tmp_path / REQUEST_FILE).read_text(encoding="utf-8"))
    del data["segments"], data["swap_speakers"], data["checkpoint"], data["partner"]
    (tmp_path / REQUEST_FILE).write_text(json.dumps(data), encoding="utf-8")

    assert read_request(tmp_path) == replace(REQUEST, segments=None, swap_speakers=False, checkpoint=None, partner=None)


def test_a_request_from_before_transcripts_still_loads(tmp_path):
    write_request(tmp_path, REQUEST)
    data = json.loads((tmp_path / REQUEST_FILE).read_text(encoding="utf-8"))
    del data["transcripts"]
    (tmp_path / REQUEST_FILE).write_text(json.dumps(data), encoding="utf-8")

    assert read_request(tmp_path) == replace(REQUEST, transcripts=None)


KEEPING = replace(REQUEST, partner=None, keep=KeptTake("/takes/first.npz", (1,), ((12.0, 18.5),)))


def test_what_stays_of_a_take_survives_its_file(tmp_path):
    write_request(tmp_path, KEEPING)

    assert read_request(tmp_path) == KEEPING


def test_a_request_from_before_kept_takes_still_loads(tmp_path):
    write_request(tmp_path, KEEPING)
    data = json.loads((tmp_path / REQUEST_FILE).read_text(encoding="utf-8"))
    del data["keep"]
    (tmp_path / REQUEST_FILE).write_text(json.dumps(data), encoding="utf-8")

    assert read_request(tmp_path) == replace(KEEPING, keep=None)


@pytest.mark.parametrize(
    "fields",
    [
        {"people": [0, 1]},
        {"people": [], "regenerate": []},
        {"people": [2]},
        {"people": ["Anna"]},
        {"regenerate": [[3.0, 3.0]]},
        {"regenerate": [[5.0, 3.0]]},
        {"regenerate": [[-1.0, 3.0]]},
        {"regenerate": [[1.0, float("nan")]]},
        {"regenerate": [[float("nan"), 1.0]]},
        {"regenerate": [[1.0, float("inf")]]},
        {"regenerate": [[1.0]]},
        {"regenerate": 3.0},
    ],
)
def test_keeping_that_makes_no_sense_is_refused(tmp_path, fields):
    write_request(tmp_path, KEEPING)
    data = json.loads((tmp_path / REQUEST_FILE).read_text(encoding="utf-8"))
    data["keep"] |= fields
    (tmp_path / REQUEST_FILE).write_text(json.dumps(data), encoding="utf-8")

    with refused(ExitCode.BAD_REQUEST):
        read_request(tmp_path)


@pytest.mark.parametrize(
    "fields",
    [{"partner": KnownPartner("/takes/anna.npz", 0)}, {"engine": "dualtalk-official"}],
    ids=["partner", "engine"],
)
def test_a_kept_take_goes_with_no_partner_and_no_engine_without_chance(fields):
    with refused(ExitCode.BAD_REQUEST):
        check_request(replace(KEEPING, **fields))


@pytest.mark.parametrize("transcripts", [[], ["a"], ["a", "b", "c"], 3])
def test_transcripts_that_are_no_pair_are_refused(tmp_path, transcripts):
    write_request(tmp_path, REQUEST)
    data = json.loads((tmp_path / REQUEST_FILE).read_text(encoding="utf-8"))
    (tmp_path / REQUEST_FILE).write_text(json.dumps(data | {"transcripts": transcripts}), encoding="utf-8")

    with refused(ExitCode.BAD_REQUEST):
        read_request(tmp_path)


def test_a_request_from_before_inferences_leaves_none_out(tmp_path):
    write_request(tmp_path, REQUEST)
    data = json.loads((tmp_path / REQUEST_FILE).read_text(encoding="utf-8"))
    del data["prompt_without"]
    (tmp_path / REQUEST_FILE).write_text(json.dumps(data), encoding="utf-8")

    assert read_request(tmp_path) == replace(REQUEST, prompt_without=())


@pytest.mark.parametrize("keys", ["mood:sad", [1], [None], {"mood:sad": True}, 3, None])
def test_keys_of_inferences_that_are_no_texts_are_refused(tmp_path, keys):
    write_request(tmp_path, REQUEST)
    data = json.loads((tmp_path / REQUEST_FILE).read_text(encoding="utf-8"))
    (tmp_path / REQUEST_FILE).write_text(json.dumps(data | {"prompt_without": keys}), encoding="utf-8")

    with refused(ExitCode.BAD_REQUEST):
        read_request(tmp_path)


@pytest.mark.parametrize("missing", ["schema", "audio", "prompt", "engine", "seed", "face", "characters", "assets"])
def test_a_request_that_lacks_a_field_is_refused(tmp_path, missing):
    write_request(tmp_path, REQUEST)
    data = json.loads((tmp_path / REQUEST_FILE).read_text(encoding="utf-8"))
    del data[missing]
    (tmp_path / REQUEST_FILE).write_text(json.dumps(data), encoding="utf-8")

    with refused(ExitCode.BAD_REQUEST):
        read_request(tmp_path)


@pytest.mark.parametrize("content", [b"", b"null", b"[1]", b"{", b"\xff\xfe", b'"text"'])
def test_a_file_that_is_no_request_is_refused(tmp_path, content):
    (tmp_path / REQUEST_FILE).write_bytes(content)

    with refused(ExitCode.BAD_REQUEST):
        read_request(tmp_path)


@pytest.mark.parametrize(
    "audio",
    [
        AudioInput("tracks", ("a",)),
        AudioInput("mix", ("a", "b")),
        AudioInput("stereo", ()),
        AudioInput("quad", ("a",)),
        AudioInput("tracks", (None, None)),
        AudioInput("mix", (None,)),
    ],
)
def test_audio_that_contradicts_itself_is_refused(audio):
    with refused(ExitCode.BAD_REQUEST):
        check_request(replace(REQUEST, audio=audio))


def test_events_are_read_once_and_in_order(tmp_path):
    append_event(tmp_path, "progress", stage="decode", done=1, total=2)
    first, offset = read_events(tmp_path)
    append_event(tmp_path, "warning", message="leiser Ton – 3 s")
    second, end = read_events(tmp_path, offset)

    assert [event["event"] for event in first] == ["progress"]
    assert second == [{"event": "warning", "message": "leiser Ton – 3 s"}]
    assert read_events(tmp_path, end) == ([], end)


def test_no_events_file_is_no_events_yet(tmp_path):
    assert read_events(tmp_path) == ([], 0)


def test_a_line_that_is_still_being_written_waits(tmp_path):
    append_event(tmp_path, "progress", stage="decode", done=1, total=2)
    whole = (tmp_path / EVENTS_FILE).read_bytes()
    with (tmp_path / EVENTS_FILE).open("ab") as file:
        file.write(whole[:20])

    events, offset = read_events(tmp_path)
    with (tmp_path / EVENTS_FILE).open("ab") as file:
        file.write(whole[20:])
    rest, _ = read_events(tmp_path, offset)

    assert len(events) == 1
    assert rest == events


@pytest.mark.parametrize("line", [b"Segmentation fault", b"[]", b"{}", b'{"event": 3}', b"\xff\xfe\x00", b'{"event"'])
def test_a_line_that_is_no_event_is_garbage(tmp_path, line):
    (tmp_path / EVENTS_FILE).write_bytes(line + b"\n")

    with refused(ExitCode.WORKER_GARBAGE):
        read_events(tmp_path)


def test_one_of_two_tracks_may_be_nobody_s(tmp_path):
    request = JobRequest(AudioInput("tracks", (None, "/b.wav"), by_timecode=False))
    write_request(tmp_path, request)

    assert read_request(tmp_path) == request


def test_an_older_request_lays_tracks_by_their_time_codes(tmp_path):
    write_request(tmp_path, JobRequest(AudioInput("tracks", ("/a.wav", "/b.wav"))))
    path = tmp_path / "request.json"
    data = json.loads(path.read_text())
    del data["audio"]["by_timecode"]
    path.write_text(json.dumps(data))

    assert read_request(tmp_path).audio.by_timecode

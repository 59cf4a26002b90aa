"""Takes on disk are listed with what made them, whatever state they are in; notes survive everything."""

import json
import shutil
import struct
import zlib

import numpy as np
import pytest
from duologue.addon.keys import take_list
from duologue.addon.keys.take_list import listed_in_steps
from duologue.addon.keys.take_notes import TakeNotes, read_notes, write_notes
from duologue.addon.keys.take_picture import PICTURE_FILE, drawn, png
from duologue.addon.steps import at_once
from duologue.backend.contract.errors import DuologueError, ExitCode
from duologue.backend.contract.job import NOTES_FILE, PERFORMANCE_FILE, UNFINISHED
from duologue.backend.contract.performance import save_performance
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fake_worker import fake_performance


def take(folder, seed=0, seconds=2.0):
    folder.mkdir(parents=True)
    save_performance(folder / PERFORMANCE_FILE, fake_performance(seconds=seconds, seed=seed))
    return folder


def listing(*folders, extra=()):
    return at_once(listed_in_steps(folders, extra))


def test_a_take_is_listed_with_engine_seed_and_length(tmp_path):
    take(tmp_path / "take-001", seed=7, seconds=3.0)

    (listed,) = listing(tmp_path)

    assert (listed.state, listed.made.engine, listed.made.seed, listed.made.seconds) == ("whole", "fake", 7, 3.0)
    assert listed.notes == TakeNotes()


def test_takes_are_in_the_order_of_their_numbers(tmp_path):
    for number in (1000, 2, 10, 1):
        take(tmp_path / f"take-{number:03d}")

    assert [listed.folder.name for listed in listing(tmp_path)] == ["take-001", "take-002", "take-010", "take-1000"]


def test_a_copy_in_another_place_is_listed_once_and_a_duplicate_beside_it_twice(tmp_path):
    first = take(tmp_path / "v1" / "take-001")
    for copy in (tmp_path / "v1" / "take-002", tmp_path / "v2" / "take-001"):
        shutil.copytree(first, copy)

    found = [listed.folder.relative_to(tmp_path).as_posix() for listed in listing(tmp_path / "v2", tmp_path / "v1")]
    assert found == ["v2/take-001"]
    assert len(listing(tmp_path / "v1", tmp_path / "v2")) == 2


def test_a_take_whose_folder_takes_no_picture_is_read_for_it_once(tmp_path, monkeypatch):
    folder, read = take(tmp_path / "take-001"), []

    def refuse(*_):
        raise DuologueError(ExitCode.OUTPUT_NOT_WRITABLE, "It cannot be written.", "")

    monkeypatch.setattr(take_list, "write_picture", refuse)
    monkeypatch.setattr(take_list, "load_performance", read.append)
    for _ in range(3):
        assert [listed.state for listed in listing(tmp_path)] == ["whole"]
    assert len(read) == 1

    save_performance(folder / PERFORMANCE_FILE, fake_performance(seed=3))  # another one, so it is tried again
    listing(tmp_path)
    assert len(read) == 2


def test_what_is_no_take_is_not_listed(tmp_path):
    (tmp_path / "take-001").mkdir()
    (tmp_path / "take-002").mkdir()
    (tmp_path / "take-002" / "request.json").write_text("{}")
    (tmp_path / "performance.npz").write_text("a file beside")

    assert listing(tmp_path, tmp_path / "nowhere", tmp_path / "performance.npz") == []


def test_a_take_that_is_gone_and_one_that_is_damaged_are_told_apart(tmp_path):
    broken = take(tmp_path / "take-001")
    (broken / PERFORMANCE_FILE).write_bytes((broken / PERFORMANCE_FILE).read_bytes()[:200])

    states = {
        listed.folder.name: listed.state for listed in listing(tmp_path, extra=[tmp_path / "gone", tmp_path / "x\0y"])
    }

    assert states == {"take-001": "damaged", "gone": "missing", "x\0y": "missing"}


@pytest.mark.parametrize("meta", ['{"seed": "seven", "prompt": 4}', "{}", '{"seed": 99999999999999999999}'])
def test_odd_notes_of_a_performance_do_not_hide_it(tmp_path, meta):
    folder = take(tmp_path / "take-001")
    with np.load(folder / PERFORMANCE_FILE) as arrays:
        kept = dict(arrays)
    np.savez(folder / PERFORMANCE_FILE, **(kept | {"meta": np.str_(meta)}))

    assert listing(tmp_path)[0].state == "whole"


def test_a_performance_is_read_again_only_when_it_changed(tmp_path, monkeypatch):
    take(tmp_path / "take-001", seed=1)
    reads = []
    real = take_list.read_arrays
    monkeypatch.setattr(take_list, "read_arrays", lambda *given: reads.append(given) or real(*given))

    listing(tmp_path)
    listing(tmp_path)
    save_performance(tmp_path / "take-001" / PERFORMANCE_FILE, fake_performance(seconds=4.0, seed=2))

    assert listing(tmp_path)[0].made.seed == 2
    assert len(reads) == 2


def test_hundreds_of_takes_are_read_in_as_many_steps(tmp_path):
    first = take(tmp_path / "take-001")
    for number in range(2, 301):
        folder = tmp_path / f"take-{number:03d}"
        folder.mkdir()
        (folder / PERFORMANCE_FILE).hardlink_to(first / PERFORMANCE_FILE)
        (folder / PICTURE_FILE).touch()

    steps = listed_in_steps([tmp_path])

    assert len(list(steps)) == 300


def test_a_listed_take_has_a_picture_of_who_speaks(tmp_path):
    take(tmp_path / "take-001")

    (listed,) = listing(tmp_path)

    assert pixels(listed.picture.read_bytes()).shape == (128, 128, 4)


def test_a_take_in_a_folder_that_cannot_be_written_is_listed_without_a_picture(tmp_path, monkeypatch):
    take(tmp_path / "take-001")

    def refuse(*_):
        raise take_list.DuologueError(31, "read-only", "")

    monkeypatch.setattr(take_list, "write_picture", refuse)

    assert [(listed.state, listed.picture) for listed in listing(tmp_path)] == [("whole", None)]


def test_the_picture_is_bright_where_its_person_speaks():
    picture = drawn(fake_performance(seconds=4.0)).astype(int).sum(axis=-1)  # the first speaks before the second
    first, second = picture[30], picture[97]

    assert first[:64].mean() > 1.3 * first[64:].mean()
    assert second[64:].mean() > 1.3 * second[:64].mean()


@given(frames=st.integers(1, 4000))
def test_a_take_of_any_length_has_a_picture(frames):
    assert drawn(fake_performance(seconds=frames / 25)).shape == (128, 128, 4)


def test_a_picture_is_a_png_with_the_same_pixels():
    picture = np.random.default_rng(0).integers(0, 256, (7, 5, 4)).astype(np.uint8)

    np.testing.assert_array_equal(pixels(png(picture)), picture)


def pixels(data):
    """The RGBA pixels of an unfiltered PNG, with every checksum checked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + body),)
        chunks[kind], at = body, at + 12 + length
    width, height, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + 4 * width)
    return lines[:, 1:].reshape(height, width, 4)


@given(
    notes=st.builds(
        TakeNotes,
        name=st.text(st.characters(codec="utf-8")),
        star=st.booleans(),
        note=st.text(st.characters(codec="utf-8")),
        owner=st.text(alphabet="0123456789abcdef", max_size=32),
    )
)
def test_notes_are_read_as_they_were_written(tmp_path_factory, notes):
    folder = tmp_path_factory.mktemp("take")

    write_notes(folder, notes)

    assert read_notes(folder) == notes


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"name": ', b"\xff\xfe", b'"text"', b"1" * 5000])
def test_damaged_notes_are_no_notes(tmp_path, content):
    (tmp_path / NOTES_FILE).write_bytes(content)

    assert read_notes(tmp_path) == TakeNotes()


def test_notes_of_another_kind_are_read_as_far_as_they_go(tmp_path):
    (tmp_path / NOTES_FILE).write_text(json.dumps({"schema": 9, "name": 5, "star": "yes", "colour": "red"}))

    assert read_notes(tmp_path) == TakeNotes(name="5")


def test_notes_of_a_job_without_a_take_go_with_it():
    assert NOTES_FILE in UNFINISHED

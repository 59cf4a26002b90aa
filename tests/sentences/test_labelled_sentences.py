"""The labelled sentences are whole, unlike each other, and of every kind."""

import json
from collections import Counter

import pytest

from backend.contract.errors import DuologueError, ExitCode
from lab.sentences.corpus import BATCHES, FOLDER, PERSON_VALUES, SCENE_VALUES, Higher, read_batch

GOOD = {
    "id": "x-0001",
    "text": "Anna kneels, half a head lower than Ben.",
    "names": ["Anna", "Ben"],
    "labels": [
        {"quote": "kneels", "who": 0, "kind": "posture", "value": "kneeling"},
        {"quote": "half a head lower", "who": "scene", "kind": "height", "value": {"higher": 1, "by": [0.08, 0.16]}},
    ],
}


@pytest.fixture(scope="module")
def sentences():
    return {name: read_batch(name) for name in BATCHES}


def test_there_are_at_least_four_thousand_in_eight_batches_and_no_text_comes_twice(sentences):
    texts = [sentence.text.casefold() for batch in sentences.values() for sentence in batch]
    ids = [sentence.id for batch in sentences.values() for sentence in batch]

    assert len(texts) > 4000
    assert len(set(texts)) == len(texts)
    assert len(set(ids)) == len(ids)
    assert sorted(path.stem for path in FOLDER.glob("*.jsonl")) == sorted(BATCHES)


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_has_sentences_that_stage_nothing_negations_and_contradictions(sentences, name):
    batch = sentences[name]

    assert 0.06 < sum(not sentence.labels for sentence in batch) / len(batch) < 0.6
    assert sum(any(label.excluded for label in sentence.labels) for sentence in batch) / len(batch) > 0.02
    assert sum(bool(sentence.contradictions) for sentence in batch) / len(batch) > 0.015


def test_all_batches_together_have_enough_negations_and_contradictions(sentences):
    every = [sentence for batch in sentences.values() for sentence in batch]

    assert sum(any(label.excluded for label in sentence.labels) for sentence in every) / len(every) > 0.08
    assert sum(bool(sentence.contradictions) for sentence in every) / len(every) > 0.05


def test_every_value_is_there(sentences):
    found = Counter(
        (label.kind, label.value)
        for batch in sentences.values()
        for sentence in batch
        for label in sentence.labels
        if isinstance(label.value, str)
    )

    for kind, values in {**PERSON_VALUES, **SCENE_VALUES}.items():
        for value in values:
            assert found[kind, value] >= 5, (kind, value)


def test_a_row_becomes_a_sentence(tmp_path):
    (tmp_path / "film.jsonl").write_text(json.dumps(GOOD), encoding="utf-8")

    (sentence,) = read_batch("film", tmp_path)

    assert sentence.labels[0].value == "kneeling"
    assert sentence.labels[1].value == Higher(1, (0.08, 0.16))
    assert not sentence.labels[0].excluded


@pytest.mark.parametrize(
    "change",
    [
        {"names": ["Anna", "Carl"]},
        {"names": ["Anna"]},
        {"labels": [{"quote": "sits", "who": 0, "kind": "posture", "value": "seated"}]},
        {"labels": [{"quote": "", "who": 0, "kind": "posture", "value": "seated"}]},
        {"labels": [{"quote": "kneels", "who": "scene", "kind": "posture", "value": "kneeling"}]},
        {"labels": [{"quote": "kneels", "who": 0, "kind": "posture", "value": "flying"}]},
        {"labels": [{"quote": "kneels", "who": 2, "kind": "posture", "value": "kneeling"}]},
        {"labels": [{"quote": "kneels", "who": "scene", "kind": "distance", "value": [2.0, 1.0]}]},
        {"contradictions": [["kneels", "stands"]]},
    ],
)
def test_a_row_that_is_wrong_is_named(tmp_path, change):
    (tmp_path / "film.jsonl").write_text(json.dumps(GOOD) + "\n" + json.dumps(GOOD | change), encoding="utf-8")

    with pytest.raises(DuologueError) as caught:
        read_batch("film", tmp_path)

    assert caught.value.code == ExitCode.DATASET_INVALID
    assert "Line 2" in caught.value.message


def test_a_missing_batch_is_told(tmp_path):
    with pytest.raises(DuologueError) as caught:
        read_batch("film", tmp_path)

    assert caught.value.code == ExitCode.DATASET_INVALID

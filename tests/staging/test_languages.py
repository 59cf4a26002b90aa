"""Sentences in other languages are known for what they are and stage nothing; English ones stay English."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.staging.prompt import stage_prompt
from backend.staging.prompt.languages import ANOTHER, _identifier, foreign_language
from lab.sentences.corpus import FOLDER

ENGLISH = [
    json.loads(line)["text"]
    for path in sorted(FOLDER.glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
SENTENCES = json.loads((Path(__file__).parents[1] / "data" / "languages.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("language", "foreign", "named"),
    [
        ("German", 0.97, 0.96),
        ("French", 0.93, 0.9),
        ("Spanish", 0.92, 0.9),
        ("Japanese", 1.0, 1.0),
        ("Chinese", 1.0, 1.0),
    ],
)
def test_foreign_sentences_are_known_by_their_language(language, foreign, named):
    found = [foreign_language(sentence) for sentence in SENTENCES[language]]

    assert len(found) >= 100
    assert found.count(None) <= (1.0 - foreign) * len(found)
    assert found.count(language) >= named * len(found)
    assert sum(one not in (language, ANOTHER, None) for one in found) <= 1


@pytest.mark.parametrize("sentence", SENTENCES["others"])
def test_further_languages_are_no_english(sentence):
    assert foreign_language(sentence) is not None


@pytest.mark.parametrize("sentence", SENTENCES["English"])
def test_names_borrowed_words_and_quoted_lines_are_english(sentence):
    assert foreign_language(sentence) is None


def test_no_english_sentence_of_the_corpus_is_taken_for_another_language():
    foreign = [text for text in ENGLISH if foreign_language(text)]

    assert len(ENGLISH) > 4500
    assert foreign == []


def test_nor_are_the_parts_of_english_sentences():
    parts = {part.strip() for text in ENGLISH for part in re.split(r"[,;.:!?()–—]+", text)}

    foreign = [part for part in parts if foreign_language(part)]

    assert len(parts) > 15000
    assert len(foreign) <= 6


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_judged(text):
    assert foreign_language(text) is None or isinstance(foreign_language(text), str)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Anna und Ben stehen wütend Rücken an Rücken.", "German"),
        ("Anna et Ben sont debout, dos à dos, en colère.", "French"),
        ("アンナとベンは怒って背中合わせに立っている。", "Japanese"),
        ("Анна и Бен стоят спиной друг к другу.", ANOTHER),
    ],
)
def test_of_another_language_nothing_is_staged_and_one_sentence_says_so(sentence, language):
    staged = stage_prompt(sentence)

    assert staged.staging == stage_prompt("").staging
    assert staged.inferences == ()
    assert len(staged.warnings) == 1
    assert language in staged.warnings[0]


def test_without_the_library_only_foreign_letters_tell(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    _identifier.cache_clear()
    try:
        found = [foreign_language(SENTENCES[language][0]) for language in ("German", "Japanese")]
    finally:
        _identifier.cache_clear()

    assert found == [None, "Japanese"]

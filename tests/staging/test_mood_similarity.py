"""Words that no vocabulary has are compared with moods: seldom wrong, never where no mood is meant, and only then."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from backend.assets import assets_folder
from backend.contract.errors import ExitCode
from backend.staging.prompt import stage_prompt
from backend.staging.prompt.unknown_words import LEAST_SIMILARITY, _mood_similarity, similar_moods
from backend.staging.sentence_encoder import WEIGHTS_FILE, load_sentence_encoder, tokenizer_of
from tests.support.refusals import refused

WORDS = json.loads((Path(__file__).parents[1] / "data" / "mood_words.json").read_text(encoding="utf-8"))
ASSETS = assets_folder()
needs_encoder = pytest.mark.skipif(not (ASSETS / WEIGHTS_FILE).is_file(), reason="the sentence encoder is not prepared")
KNOWN = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "glee": 3, "##ful": 4, "##ly": 5, "!": 6, "cafe": 7}


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Gleefully!", [1, 3, 4, 5, 6, 2]),
        ("café", [1, 7, 2]),
        ("glee xyz", [1, 3, 0, 2]),
        ("", [1, 2]),
        ("glee " * 80, [1, *[3] * 62, 2]),
    ],
)
def test_words_are_cut_into_the_longest_known_pieces(sentence, numbers):
    assert tokenizer_of(KNOWN).encode(sentence).ids == numbers


@needs_encoder
def test_directions_are_those_of_the_published_model():
    encoder = load_sentence_encoder(ASSETS)

    directions = encoder.directions(["a gleeful person", "a happy person", "a furious person"])

    assert np.linalg.norm(directions, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert directions[0] @ directions[1] == pytest.approx(COSINES[0], abs=2e-3)
    assert directions[0] @ directions[2] == pytest.approx(COSINES[1], abs=2e-3)


COSINES = (0.5982, 0.3845)
"""By transformers' BertModel in float32."""


@needs_encoder
def test_what_is_taken_for_a_mood_is_that_mood():
    found = similar_moods([word["word"] for word in WORDS["moods"]], ASSETS)

    right = [word for word in WORDS["moods"] if found.get(word["word"]) in word["moods"]]

    assert len(right) >= 0.3 * len(WORDS["moods"])
    assert len(right) >= 0.97 * len(found)


@needs_encoder
def test_what_is_no_mood_is_left_alone():
    assert similar_moods(WORDS["no_moods"], ASSETS) == {}


@needs_encoder
def test_the_threshold_is_as_low_as_it_can_be_without_mistakes():
    likeness = _mood_similarity(ASSETS)

    wrong = [(word, *likeness.nearest(word["word"])) for word in WORDS["moods"][::3]]

    assert any(mood not in entry["moods"] and cosine > LEAST_SIMILARITY - 0.08 for entry, mood, cosine in wrong)


@needs_encoder
def test_an_unknown_mood_is_played_and_told():
    staged = stage_prompt("Anna is gleeful", assets=ASSETS)

    assert staged.staging.places[0].mood == "happy"
    (inference,) = staged.inferences
    assert (inference.key, inference.words) == ("mood:gleeful", "gleeful")
    assert "happy" in inference.meaning
    assert (staged.missed, staged.warnings) == ((), (inference.sentence,))


@needs_encoder
def test_a_mood_that_is_not_wanted_is_not_played_and_its_word_counts_as_unread():
    staged = stage_prompt("Anna is gleeful, Ben is sad", assets=ASSETS, without={"mood:gleeful"})

    assert [place.mood for place in staged.staging.places] == ["neutral", "sad"]
    assert staged.inferences == ()
    assert staged.missed == staged.warnings == stage_prompt("Anna is gleeful", without={"mood:gleeful"}).missed
    assert "gleeful" in staged.missed[0]


def test_without_the_encoder_unknown_words_are_told_with_how_to_get_it(tmp_path):
    staged = stage_prompt("Anna is gleeful", assets=tmp_path)

    assert staged.staging.places[0].mood == "neutral"
    assert "gleeful" in staged.warnings[0]
    assert "prepare-assets --only sentence-encoder" in staged.warnings[1]


def test_a_spoilt_encoder_is_refused(tmp_path):
    (tmp_path / "prompts").mkdir()
    for name in ("minilm-l6-v2.safetensors", "minilm-l6-v2-vocabulary.txt"):
        (tmp_path / "prompts" / name).write_bytes(b"nothing of the kind")

    with refused(ExitCode.ASSET_CORRUPT):
        load_sentence_encoder(tmp_path)


def test_known_words_never_load_the_encoder():
    code = (
        "from backend.staging.prompt import stage_prompt, unknown_words\n"
        "stage_prompt('Anna is angry and leans in, two metres apart')\n"
        "assert unknown_words._mood_similarity.cache_info().currsize == 0"
    )

    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True)

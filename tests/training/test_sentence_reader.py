"""Training the reader of sentences: examples that mean what their labels say, and fits that can be gone on with."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from backend.assets import assets_folder  # noqa: E402
from backend.contract.errors import ExitCode  # noqa: E402
from backend.staging.english_pipeline import PIPELINE_FILE  # noqa: E402
from backend.staging.prompt.grammar import Parse, load_grammar  # noqa: E402
from backend.staging.prompt.model.outputs import (  # noqa: E402
    DISTANCE_EDGES,
    INDEX,
    OUTPUTS,
    PERSON_VALUES,
    RISE_EDGES,
    SCENE_VALUES,
    Output,
)
from backend.staging.prompt.model.tagging import Hint  # noqa: E402
from backend.staging.sentence_encoder import WEIGHTS_FILE, load_sentence_encoder, tokenizer_of  # noqa: E402
from lab.sentences.corpus import LEARNED_FROM, Higher, Label, Sentence, read_batch  # noqa: E402
from lab.training.distributed import ProcessGroup  # noqa: E402
from lab.training.sentence_reader.calibration import calibrate  # noqa: E402
from lab.training.sentence_reader.examples import (  # noqa: E402
    ParsedSentence,
    example_of,
    parsed_variants,
    renamed,
    shares_of,
)
from lab.training.sentence_reader.model import LowerLayers, UpperLayers  # noqa: E402
from lab.training.sentence_reader.task import ReaderFit, ReaderTask  # noqa: E402
from lab.training.sentence_reader.worded import worded_sentences  # noqa: E402
from lab.training.trainer import Cadence, Trainer  # noqa: E402
from tests.support.refusals import refused  # noqa: E402

ASSETS = assets_folder()
READY = all((ASSETS / name).is_file() for name in (WEIGHTS_FILE, PIPELINE_FILE))
needs_assets = pytest.mark.skipif(not READY, reason="the sentence encoder and the grammar are not prepared")
WORDS = ["[UNK]", "[CLS]", "[SEP]", "anna", "ben", "kneels", "stands", "behind", "on", "a", "ladder", "."]
TOKENIZER = tokenizer_of({word: row for row, word in enumerate(WORDS)})
SENTENCE = Sentence(
    "made",
    "Anna kneels behind Ben.",
    ("Anna", "Ben"),
    (
        Label("kneels", 0, "posture", "kneeling"),
        Label("behind Ben", "scene", "arrangement", "one_behind_1"),
        Label("behind", "scene", "distance", (0.5, 1.0)),
        Label("kneels", "scene", "height", Higher(1, (0.3, 0.5)), implied=True),
    ),
)


HINTS = (Hint(5, 11, (INDEX[Output(0, "posture", "kneeling")], INDEX[Output("scene", "height", "higher_1")])),)


def hinted(found):
    return {(int(piece), OUTPUTS[output]) for piece, output in zip(*np.nonzero(found.tagged.hints), strict=True)}


def example(sentence=SENTENCE, **settings):
    parsed = ParsedSentence(sentence, Parse(sentence.text, ()), HINTS)
    return example_of(parsed, TOKENIZER, with_grammar=False, **settings)


def rows(found, *output):
    return np.flatnonzero(found.targets[:, INDEX[Output(*output)]]).tolist()


def test_the_pieces_of_a_quote_say_its_label():
    found = example()

    assert rows(found, 0, "posture", "kneeling") == [2]
    assert rows(found, "scene", "arrangement", "one_behind_1") == [3, 4]
    assert rows(found, "scene", "distance", "said") == [3]
    assert rows(found, "scene", "height", "higher_1") == rows(found, "scene", "implied", "said") == [2]
    assert (rows(found, 0, "mention", "named"), rows(found, 1, "mention", "named")) == ([1], [4])


def test_swapped_people_swap_all_that_is_theirs_and_nothing_else():
    usual, swapped = example(), example(swapped=True)

    assert rows(swapped, 1, "posture", "kneeling") == [2]
    assert rows(swapped, "scene", "arrangement", "one_behind_0") == [3, 4]
    assert rows(swapped, "scene", "height", "higher_0") == [2]
    assert swapped.targets.sum() == usual.targets.sum()
    assert np.array_equal(swapped.distance, usual.distance)
    assert usual.tagged.tags[:, 0].tolist() == [0, 1, 0, 0, 2, 0, 0]
    assert swapped.tagged.tags[:, 0].tolist() == [0, 2, 0, 0, 1, 0, 0]


def test_hints_go_with_their_person_and_only_to_who_is_marked():
    assert hinted(example()) == {(2, Output(0, "posture", "kneeling")), (2, Output("scene", "height", "higher_1"))}
    assert hinted(example(swapped=True)) == {
        (2, Output(1, "posture", "kneeling")),
        (2, Output("scene", "height", "higher_0")),
    }
    assert hinted(example(marked=False)) == hinted(example(hinted=False)) == set()


def test_people_left_open_are_not_marked_but_found():
    found = example(marked=False)

    assert not found.tagged.tags.any()
    assert np.array_equal(found.targets, example().targets)


def test_a_denied_label_says_and_denies_its_value():
    denied = replace(SENTENCE, labels=(replace(SENTENCE.labels[0], excluded=True, who="both"),))

    for person in (0, 1):
        assert rows(example(denied), person, "denied", "posture") == [2]
        assert rows(example(denied), person, "posture", "kneeling") == [2]


def test_a_denied_distance_says_nothing():
    denied = replace(SENTENCE, labels=(replace(SENTENCE.labels[2], excluded=True),))

    assert rows(example(denied), "scene", "distance", "said") == []


@pytest.mark.parametrize("edges", [DISTANCE_EDGES, RISE_EDGES])
@pytest.mark.parametrize("between", [(0.3, 0.9), (0.5, 0.5), (0.0, 0.01), (50.0, 99.0), (0.0, 99.0), (10.0, 10.0)])
def test_shares_of_a_range_add_up_to_one_wherever_it_lies(edges, between):
    shares = shares_of(between, edges)

    assert shares.sum() == pytest.approx(1.0)
    assert (shares >= 0.0).all()


def test_a_range_of_one_class_lies_in_it():
    assert shares_of((DISTANCE_EDGES[3], DISTANCE_EDGES[4]), DISTANCE_EDGES) == pytest.approx(np.eye(12)[3])


def test_renamed_sentences_keep_their_quotes():
    changed = 0
    for sentence in read_batch(LEARNED_FROM[0]):
        other = renamed(sentence, np.random.default_rng(1))
        changed += other.text != sentence.text
        assert [label.quote for label in other.labels if label.quote not in other.text] == []
        assert [quote for pair in other.contradictions for quote in pair if quote not in other.text] == []
        assert [name for name in other.names if name and name.lower() not in other.text.lower()] == []
    assert changed > 0


def test_calibration_finds_the_scale_and_shift_by_which_labels_were_drawn():
    rng = np.random.default_rng(0)
    logits = rng.normal(0.0, 2.0, (4000, len(OUTPUTS)))
    targets = rng.random(logits.shape) < 1.0 / (1.0 + np.exp(-(0.6 * logits - 0.8)))

    scale, shift = calibrate(logits, targets)

    for place, output in enumerate(OUTPUTS):
        sure = output.kind in ("mention", "implied")
        assert scale[place] == pytest.approx(1.0 if sure else 0.6, abs=0.05)
        assert shift[place] == pytest.approx(0.0 if sure else -0.8, abs=0.1)


def test_without_labels_that_tell_otherwise_a_calibration_stays_finite():
    scale, shift = calibrate(np.full((5, len(OUTPUTS)), -9.0), np.zeros((5, len(OUTPUTS))))

    assert np.isfinite(scale).all()
    assert np.isfinite(shift).all()


def test_sentences_in_the_vocabularys_words_are_labelled_as_a_corpus_is():
    made = worded_sentences(150, 3)

    for sentence in made:
        assert all(label.quote in sentence.text and label.quote for label in sentence.labels)
        scene = [label for label in sentence.labels if label.who == "scene"]
        assert all(label.kind == "distance" or label.value in SCENE_VALUES[label.kind] for label in scene)
        assert all(label.value in PERSON_VALUES[label.kind] for label in sentence.labels if label not in scene), (
            sentence
        )
    assert made == worded_sentences(150, 3)
    assert {label.kind for sentence in made for label in sentence.labels} >= {*PERSON_VALUES, "arrangement", "distance"}


def test_the_first_person_of_worded_sentences_is_the_first_that_they_call():
    for sentence in worded_sentences(150, 3):
        first, second = (sentence.text.find(name) if name else len(sentence.text) for name in sentence.names)
        assert first <= second


FIT = ReaderFit(epochs=1, batch=6)


@pytest.fixture(scope="module")
def material():
    grammar, tokenizer = load_grammar(ASSETS), load_sentence_encoder(ASSETS).tokenizer
    return [parsed_variants(sentence, 2, grammar, tokenizer, 1) for sentence in read_batch(LEARNED_FROM[0])[:12]]


def made_task(material, fit=FIT):
    torch.manual_seed(0)
    encoder = load_sentence_encoder(ASSETS)
    return ReaderTask(UpperLayers(encoder.weights), LowerLayers(encoder.weights), encoder.tokenizer, material, fit)


@needs_assets
def test_a_step_has_its_batch_whatever_came_before(material):
    task, other = made_task(material, replace(FIT, epochs=3)), made_task(material, replace(FIT, epochs=3))
    for step in range(5):
        other._batch(step)

    for step in (5, 0, 2):
        one, two = task._batch(step), other._batch(step)
        assert all(torch.equal(getattr(one, name), getattr(two, name)) for name in vars(one))
    assert not torch.equal(task._batch(0).ids, task._batch(2).ids)


@needs_assets
def test_a_fit_that_was_stopped_ends_with_the_weights_of_one_that_was_not(material, tmp_path):
    def trained(folder, steps):
        folder.mkdir(exist_ok=True)
        task = made_task(material)
        trainer = Trainer(task, folder, ProcessGroup("cpu"), Cadence(log_steps=1, checkpoint_steps=1))
        task.steps = steps
        begun = trainer.step
        trainer.fit()
        return begun, trainer.result.state_dict()

    _, start = trained(tmp_path / "none", 0)
    _, whole = trained(tmp_path / "whole", 2)
    trained(tmp_path / "parts", 1)
    begun, parts = trained(tmp_path / "parts", 2)

    assert begun == 1
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    assert any(not torch.equal(whole[name], start[name]) for name in whole)


@needs_assets
def test_a_fit_of_other_settings_is_not_gone_on_with(material, tmp_path):
    cadence = Cadence(log_steps=1, checkpoint_steps=1)
    Trainer(made_task(material), tmp_path, ProcessGroup("cpu"), cadence).fit()

    with refused(ExitCode.BAD_REQUEST):
        Trainer(made_task(material, replace(FIT, rate=1e-5)), tmp_path, ProcessGroup("cpu"), cadence)

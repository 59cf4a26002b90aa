"""Where the grammar is surer than the network: who is behind whom, who does it, how far a “not” reaches."""

import pytest

from backend.assets import assets_folder
from backend.staging.english_pipeline import PIPELINE_FILE
from backend.staging.prompt.denial import denied_by_grammar
from backend.staging.prompt.facts import Fact
from backend.staging.prompt.grammar import load_grammar
from backend.staging.prompt.model.people import marks_of
from backend.staging.prompt.order import front_by_grammar
from backend.staging.prompt.statements import Reading, Statement
from backend.staging.prompt.whose import by_grammar
from tests.support.made_probabilities import probabilities

ASSETS = assets_folder()
NAMES = ("Mila", "Otto")
pytestmark = pytest.mark.skipif(not (ASSETS / PIPELINE_FILE).is_file(), reason="the grammar is not prepared")


@pytest.fixture(scope="module")
def parse():
    grammar = load_grammar(ASSETS)
    assert grammar is not None
    return lambda text: grammar.parse(text, NAMES)


@pytest.mark.parametrize(
    ("text", "front"),
    [
        ("Mila stands behind Otto.", 1),
        ("Otto stands behind Mila.", 0),
        ("Mila stands in front of Otto.", 0),
        ("Otto waits behind her.", 0),
        ("Mila sits behind the counter.", None),
        ("Mila stands beside Otto.", None),
    ],
)
def test_the_preposition_tells_who_is_in_front(parse, text, front):
    assert front_by_grammar(parse(text), marks_of(text, NAMES)) == front


@pytest.mark.parametrize(
    ("text", "word", "denied"),
    [
        ("Neither of them is angry any more.", "angry", True),
        ("Mila is angry.", "angry", False),
        ("Mila is not angry, Otto is angry.", "angry", False),
        ("Otto is no longer sad.", "sad", True),
    ],
)
def test_a_mood_is_denied_where_each_of_its_places_is(parse, text, word, denied):
    reading = Reading((Statement("mood", word, (0, 1), False, word),), (), ())

    (found,) = denied_by_grammar(reading, parse(text)).statements

    assert found.negated == denied


def whose(parse, text, words, person, probability=0.5, kind="gaze", value="holds"):
    start = text.index(words)
    fact = Fact(kind, value, (person,), words, (start, start + len(words)), 0.9)
    made = probabilities(text, {(1 - person, kind, value): (words, probability)})
    return by_grammar([fact], parse(text), marks_of(text, NAMES), made)[0].people


def test_who_is_stared_at_does_not_stare(parse):
    assert whose(parse, "Mila is being stared at by Otto.", "stared at", 0) == (1,)
    assert whose(parse, "Mila is being stared at by Otto.", "stared at", 1) == (1,)


def test_the_grammar_names_nobody_whom_the_network_finds_impossible(parse):
    assert whose(parse, "Mila is being stared at by Otto.", "stared at", 0, probability=0.05) == (0,)


def test_moods_are_nobodys_doing(parse):
    assert whose(parse, "Mila is amused by Otto.", "amused", 0, kind="mood", value="happy") == (0,)

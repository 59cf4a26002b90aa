"""Tables keep their order and say which entry is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from backend.contract.errors import ExitCode
from lab.simulation.script.people import MOODS
from lab.simulation.script.sentences import SENTENCES
from lab.simulation.tables import read_table
from tests.support.refusals import refused


@dataclass(frozen=True)
class Entry:
    share: float
    words: tuple[str, ...] = ()


def written(folder, text):
    path = folder / "table.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_entries_keep_the_order_of_the_file(tmp_path):
    path = written(tmp_path, '[z]\nshare = 1\nwords = ["b", "a"]\n[a]\nshare = 0.5\n')

    table = read_table(path, Mapping[str, Entry])

    assert list(table.items()) == [("z", Entry(1.0, ("b", "a"))), ("a", Entry(0.5))]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[a]\nshare = 1\nshares = 2\n", "a.shares"),
        ('[a]\nwords = ["b"]\n', "a.share"),
        ("[a]\nshare = 1\nwords = [1]\n", "a.words.0"),
        ('[a]\nshare = "many"\n', "a.share"),
        ("[a\n", "table.toml"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(tmp_path, text, named):
    with refused(ExitCode.ASSET_CORRUPT) as failure:
        read_table(written(tmp_path, text), Mapping[str, Entry])

    assert named in str(failure.value)


def test_a_missing_table_is_refused(tmp_path):
    with refused(ExitCode.ASSET_CORRUPT):
        read_table(tmp_path / "table.toml", Mapping[str, Entry])


@pytest.mark.parametrize("name", list(MOODS))
def test_the_feelings_of_a_mood_are_shares_of_one(name):
    assert sum(MOODS[name].feelings.values()) == pytest.approx(1.0)


def test_no_sentence_has_a_slot_that_has_no_words():
    tables = [table for table in vars(SENTENCES).values() if isinstance(table, tuple)]
    tables += [*SENTENCES.short_replies.values()]
    for topic in SENTENCES.topics.values():
        tables += [topic.statements, topic.questions, topic.answers]

    for table in tables:
        for sentence in table:
            assert sentence.format(**dict.fromkeys(SENTENCES.slots, "word"))

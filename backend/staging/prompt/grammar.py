"""The grammar of a sentence: its words with their parts of speech, and which word each depends on.

By spaCy's small English pipeline, an optional asset. Labels are its own: Universal parts of speech, Penn Treebank tags,
ClearNLP dependencies (“nsubj”, “agent”, “relcl” …).
"""

from __future__ import annotations

import functools
import importlib.util
import re
import sys
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ...contract.errors import ExitCode
from ...contract.files import Stamp, explained_write_errors, stamp_of
from ...contract.reading import is_file, read_errors_as
from ..english_pipeline import ENGLISH_GRAMMAR, PIPELINE_FILE
from .rewording import reworded

_PIPES: Final = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer")
_UNUSED: Final = ("ner", "senter")


@dataclass(frozen=True)
class Token:
    """A word or stop: `text[start:end]` of the parsed text.

    `part` of speech as Universal Dependencies have it (“VERB”), `tag` as the Penn Treebank (“VBG”), `head` the index of
    the token that it depends on (its own at the root of a sentence), `dependency` in what way, `sentence` which one.
    """

    text: str
    start: int
    end: int
    lemma: str
    part: str
    tag: str
    head: int
    dependency: str
    sentence: int


@dataclass(frozen=True)
class Parse:
    """A text and its tokens in order."""

    text: str
    tokens: tuple[Token, ...]

    def children(self, index: int) -> tuple[int, ...]:
        """The tokens that depend on the one at `index`, in order."""
        return self._children[index]

    def subtree(self, index: int) -> frozenset[int]:
        """The token at `index` and all that depends on it."""
        found, waiting = {index}, [index]
        while waiting:
            for child in self._children[waiting.pop()]:
                found.add(child)
                waiting.append(child)
        return frozenset(found)

    @functools.cached_property
    def _children(self) -> tuple[tuple[int, ...], ...]:
        found: list[list[int]] = [[] for _ in self.tokens]
        for index, token in enumerate(self.tokens):
            if token.head != index:
                found[token.head].append(index)
        return tuple(map(tuple, found))


@dataclass(frozen=True)
class Grammar:
    """A loaded pipeline of spaCy's."""

    pipeline: Any

    def parse(self, text: str, names: Sequence[str] = ()) -> Parse:
        """The grammar of `text`; `names` of its people are known as names also in small letters.

        What `rewording` finds misread is parsed once more with other words.
        """
        common = self.pipeline.Defaults.stop_words
        named = {word for name in names for word in name.split() if word[:1].isupper() and word.lower() not in common}
        doc = self.pipeline(_with_capitals(text, named))
        other_words = reworded(doc, named)
        parsed = self._parsed_as(doc, other_words) if other_words else doc
        sentences = [number for number, sentence in enumerate(parsed.sents) for _ in sentence]
        tokens = []
        for first, read, sentence in zip(doc, parsed, sentences, strict=True):
            start, end = first.idx, first.idx + len(first)
            lemma, part, tag = read.lemma_, read.pos_, read.tag_
            if first.i in other_words and tag == "VBZ":
                lemma = first.lemma_
            elif first.i in other_words or first.text in named:
                lemma, part, tag = first.text, "PROPN", "NNP"
            tokens.append(Token(text[start:end], start, end, lemma, part, tag, read.head.i, read.dep_, sentence))
        return Parse(text, tuple(tokens))

    def _parsed_as(self, doc: Any, other_words: dict[int, str]) -> Any:
        from spacy.tokens import Doc

        words = [other_words.get(token.i, token.text) for token in doc]
        changed = Doc(self.pipeline.vocab, words=words, spaces=[bool(token.whitespace_) for token in doc])
        for _, pipe in self.pipeline.pipeline:
            changed = pipe(changed)
        return changed


def load_grammar(assets: Path) -> Grammar | None:
    """The grammar whose pipeline was derived into the folder `assets`; None where it or its library is not there.

    Raises DuologueError (ASSET_CORRUPT for a file that cannot be read; DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    path = assets / PIPELINE_FILE
    if not is_file(path) or importlib.util.find_spec("spacy") is None:
        return None
    return _loaded(path, stamp_of((path,)))


@functools.lru_cache(maxsize=1)
def _loaded(path: Path, stamp: Stamp) -> Grammar:  # noqa: ARG001  (another file, another grammar)
    fix = f"Run `python -m backend prepare-assets --only {ENGLISH_GRAMMAR} --again`."
    with read_errors_as(ExitCode.ASSET_CORRUPT, "The grammar of sentences cannot be read", fix):
        with _without_torch():
            import spacy
        with tempfile.TemporaryDirectory(prefix="duologue-") as folder, zipfile.ZipFile(path) as archive:
            with explained_write_errors(Path(folder)):
                archive.extractall(folder)
            pipeline = spacy.load(folder, exclude=_UNUSED)
        if set(pipeline.pipe_names) != set(_PIPES):
            raise ValueError(f"it has {', '.join(pipeline.pipe_names)}")
        grammar = Grammar(pipeline)
        if [token.dependency for token in grammar.parse("She sits.").tokens] != ["nsubj", "ROOT", "punct"]:
            raise ValueError("it does not parse")
    return grammar


@contextmanager
def _without_torch() -> Iterator[None]:
    """Keep torch from being imported, unless it was: spaCy would load it, which takes two seconds, and never use it."""
    if "torch" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]  # Python's own way to say that a module is not there
    try:
        yield
    finally:
        del sys.modules["torch"]


def _with_capitals(text: str, words: Collection[str]) -> str:
    """`text`, of the same length, with each of `words` as it is there."""
    for word in words:
        if len(word) == len(word.lower()):
            text = re.sub(rf"(?<!\w){re.escape(word.lower())}(?!\w)", word, text)
    return text

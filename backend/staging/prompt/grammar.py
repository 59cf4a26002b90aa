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
from ...contract.files import Stamp, stamp_of
from ...contract.reading import is_file, read_errors_as
from ..english_pipeline import ENGLISH_GRAMMAR, PIPELINE_FILE

_PIPES: Final = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer")
_UNUSED: Final = ("ner", "senter")
_MODIFIERS: Final = ("compound", "nmod", "amod", "npadvmod")


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

        A name that the pipeline takes for part of another word (“Ben stares”: some kind of stares) is parsed once more
        as a pronoun, which cannot be one.
        """
        common = self.pipeline.Defaults.stop_words
        named = {word for name in names for word in name.split() if word[:1].isupper() and word.lower() not in common}
        doc = self.pipeline(_with_capitals(text, named))
        words = [token.text for token in doc]
        taken = [token.i for token in doc if _is_misread_name(token, named)]
        if taken:
            as_pronouns = [("she" if at else "She") if at in taken else word for at, word in enumerate(words)]
            parsed = self._run(as_pronouns, [bool(token.whitespace_) for token in doc])
        else:
            parsed = doc
        known = {token.i for token in doc if token.text in named} | set(taken)
        sentences = [number for number, sentence in enumerate(parsed.sents) for _ in sentence]
        tokens = []
        for token, read, sentence in zip(doc, parsed, sentences, strict=True):
            start, end = token.idx, token.idx + len(token)
            lemma, part, tag, dependency = read.lemma_, read.pos_, read.tag_, read.dep_
            if token.i in known:
                lemma, part, tag = token.text, "PROPN", "NNP"
            if token.i in taken and dependency in _MODIFIERS:
                dependency = "nsubj"
            elif tag == "NNS" and any(child.i in taken and child.dep_ in _MODIFIERS for child in read.children):
                part, tag = "VERB", "VBZ"
            tokens.append(Token(text[start:end], start, end, lemma, part, tag, read.head.i, dependency, sentence))
        return Parse(text, tuple(tokens))

    def _run(self, words: list[str], spaces: list[bool]) -> Any:
        from spacy.tokens import Doc

        doc = Doc(self.pipeline.vocab, words=words, spaces=spaces)
        for _, pipe in self.pipeline.pipeline:
            doc = pipe(doc)
        return doc


def load_grammar(assets: Path) -> Grammar | None:
    """The grammar whose pipeline was derived into the folder `assets`; None where it or its library is not there.

    Raises DuologueError (ASSET_CORRUPT) for a file that cannot be read.
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


def _is_misread_name(token: Any, named: Collection[str]) -> bool:
    """Whether a name is said to be part of a word that comes after it and that is no name."""
    return (
        token.dep_ in _MODIFIERS
        and (token.tag_ == "NNP" or token.text in named)
        and token.head.i > token.i
        and not (token.head.tag_.startswith("NNP") or token.head.text in named)
        and all(
            between.dep_ == "punct" or between.head == token.head for between in token.doc[token.i + 1 : token.head.i]
        )
    )

"""Parsing a sentence into statements: known phrases, longest first, each with the people it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from ..presets import vocabulary
from .context import NEGATION_REACH, Context, begins_anew
from .lexicon import Match, matches
from .statements import EVERYBODY, NOBODY, Reading, Statement
from .tokens import is_a_name, names_of

_SENTENCE_ENDS: Final = (".", "!", "?")
_CONTINUES: Final = ("and", "or", "nor")


def read_tokens(
    tokens: Sequence[str], names: tuple[str, str], similar: Mapping[str, str] = MappingProxyType({})
) -> Reading:
    """Find every known phrase of a sentence in `tokens` and whom it is about.

    Never fails: what is not understood is reported. `similar`: words that no vocabulary has → the mood that they mean.
    """
    found = [_with_similar_mood(match, similar) for match in matches(tokens, names_of(names))]
    reader = _Reader(names, len({match.value for match in found if match.kind == "person"}))
    for match, following in zip(found, [*found[1:], None], strict=False):
        reader.read(match, following)
    reader.finish()
    return Reading(
        tuple(reader.statements),
        tuple(dict.fromkeys(reader.unknown)),
        tuple(dict.fromkeys(reader.unresolved)),
        tuple(dict.fromkeys(reader.strangers)),
    )


def _with_similar_mood(match: Match, similar: Mapping[str, str]) -> Match:
    meant = match.kind == "unknown" and similar.get(match.phrase)
    return replace(match, kind="mood", value=meant) if meant else match


class _Reader(Context):
    """Takes in one phrase after another: it adds statements, or changes whom the next ones are about."""

    def read(self, match: Match, following: Match | None) -> None:
        """Take in the next phrase."""
        handle = {
            "stop": self._stop,
            **dict.fromkeys(("person", "pronoun", "both", "placed", "other", "ranked"), self._person),
            "owner": self._owner,
            "relative": self._relative,
            "negation": self._negate,
            "attempt": self._try,
            "unknown": self._unknown,
            "also": self._likewise,
            "tag": self._too,
            "own side": self._own_side,
            "stature": self._stature,
            "order": self._order,
            "mood": self._mood,
            "plain": self._pass,
        }.get(match.kind, self._add)
        handle(match, following)
        self.clause_words += match.kind != "stop"
        self.previous = match

    def finish(self) -> None:
        """Apply to both people the statements that still wait for a person."""
        for match in self.waiting:
            if match.kind == "stature" and self.people == EVERYBODY:
                self.unresolved.append(match.phrase)
            else:
                self.statements.append(self._statement(match, self.people))
        self.waiting = []

    def _stop(self, match: Match, _following: Match | None) -> None:
        if match.phrase not in _CONTINUES:
            self.negation, self.tried = -NEGATION_REACH - 1, False
        if match.phrase == "," and (self.was_a_tag() or self.introduced_both()):
            self.people = EVERYBODY
        self.clause += 1
        self.clause_words = 0
        self.subject = False
        if match.phrase in _SENTENCE_ENDS:
            self.finish()
            self.people, self.in_sentence, self.copied, self.described = EVERYBODY, False, [], {}
            self.sentence += 1

    def _pass(self, _match: Match, _following: Match | None) -> None:
        """Nothing follows from it."""

    def _relative(self, _match: Match, _following: Match | None) -> None:
        self.people = self.mentioned

    def _negate(self, match: Match, _following: Match | None) -> None:
        self.negation = match.last

    def _try(self, _match: Match, _following: Match | None) -> None:
        self.tried = True

    def _unknown(self, match: Match, _following: Match | None) -> None:
        word = match.phrase.removesuffix("'s")
        if not is_a_name(word):
            self.unknown.append(match.phrase)
            return
        self.strangers.append(word)
        if not self.is_object(match):
            self.people, self.subject = NOBODY, True

    def _likewise(self, _match: Match, _following: Match | None) -> None:
        """“… and so does Ben”: what the clause before said waits for the next person."""
        last = max((statement.clause for statement in self.statements), default=-1)
        self.copied = [statement for statement in self.statements if statement.clause == last]

    def _too(self, match: Match, _following: Match | None) -> None:
        """“Ben too”: a clause that says nothing but who says what the clause before said."""
        if self.people in ((0,), (1,)) and not any(statement.clause == self.clause for statement in self.statements):
            self._likewise(match, _following)
            self._copy()

    def _copy(self) -> None:
        for statement in self.copied:
            if statement.kind != "side":
                self.statements.append(replace(statement, people=self.people, clause=self.clause))
        self.copied = []

    def _own_side(self, match: Match, _following: Match | None) -> None:
        """“to Anna's left”: who is looking looks there, else it is where the other one is."""
        whose, side = match.value
        owner = self.somebody(whose) if isinstance(whose, str) else whose
        if self.looks_there(match):
            entry = next(entry for entry in vocabulary()["looking"]["at"] if side in entry["targets"])
            entry = {name: value for name, value in entry.items() if name != "targets"}
            self._add(replace(match, kind="gaze", value=entry), None)
        elif owner is None:
            self.unresolved.append(match.phrase)
        else:
            # Who faces the camera has on the left what the picture has on the right.
            other = "right" if side == "left" else "left"
            self.statements.append(self._statement(replace(match, kind="side", value=other), (1 - owner,)))

    def _stature(self, match: Match, following: Match | None) -> None:
        """A child is whose name follows, or whom “boy” and “girl” mean, or who the clause is about."""
        about = self.people
        person = match.value.get("pronoun") and self.somebody(match.value["pronoun"])
        noun = match.value.get("noun", False)
        named = self.noun_of(following)
        if named is not None and (noun or (following is not None and following.kind == "pronoun")):
            about = (named,)
            self.described[named] = self.clause
        elif noun and self.antecedent is not None and person is not None:
            about = (person,)
        if about == EVERYBODY:
            if person is None:
                self.waiting.append(match)
                return
            about = (person,)
        self.statements.append(self._statement(match, about))

    def _order(self, match: Match, _following: Match | None) -> None:
        """“From left to right: Ben, Anna”: whoever comes first is on the left."""
        self.waiting.append(replace(match, kind="side"))

    def _mood(self, match: Match, following: Match | None) -> None:
        """“A nervous Anna” is about Anna; “comforts Anna” is not."""
        verb = match.phrase.endswith(("s", "ing", "with", "at")) or match.phrase in vocabulary()["prepositions"]
        named = None if verb else self.noun_of(following)
        if named is not None:
            self.described[named] = self.clause
            self.statements.append(self._statement(match, (named,)))
        else:
            self._add(match, following)

    def _add(self, match: Match, following: Match | None) -> None:
        first = self.people == EVERYBODY and not self.in_sentence
        before = not self.subject and following is not None and following.kind in ("person", "pronoun")
        if match.kind == "side" and (first or before):
            self.waiting.append(match)
            return
        self.statements.append(self._statement(match, self.people))

    def _statement(self, match: Match, people: tuple[int, ...]) -> Statement:
        negated = 0 < match.first - self.negation <= NEGATION_REACH
        return Statement(match.kind, match.value, people, negated, match.phrase, self.clause, self.sentence, self.tried)

    def _person(self, match: Match, following: Match | None) -> None:
        about = self.about(match)
        if about is None:
            self.unresolved += [match.phrase] if match.phrase in ("she", "he") else []
            return
        if match.kind == "placed" and self.previous.phrase in ("is", "as") and self.subject:
            self._add(replace(match, kind="side"), following)
            return
        self.mentioned = about
        if self.first_named is None and len(about) == 1:
            self.first_named = about[0]
        if self.is_object(match) or (self.has_subject() and not begins_anew(match, following)):
            if match.phrase == "each other" and self.statements and self.statements[-1].clause == self.clause:
                self.statements[-1] = replace(
                    self.statements[-1], people=EVERYBODY
                )  # both do it, whoever the subject was
            return
        joined = self.previous.phrase == "and" and len(self.people) == 1 and about != self.people
        self.people = EVERYBODY if joined and not self.continues_statement() and not self.copied else about
        self._begin()

    def _owner(self, match: Match, following: Match | None) -> None:
        """“Anna's happy” and “Anna's eyes are …” are about Anna; “beside Anna's chair” is not."""
        short = following is not None and following.kind in ("mood", "posture", "lean", "gaze", "negation", "stature")
        if self.clause_words == 0 or (short and not self.is_object(match)):
            self._person(replace(match, kind="person"), following)

    def _begin(self) -> None:
        """A person begins the clause: what waited for one is about this one."""
        self.subject = self.in_sentence = True
        if len(self.people) == 1:
            self.antecedent = self.people[0]
        for match in self.waiting:
            self.statements.append(self._statement(match, self.people))
        self.waiting = []
        self._copy()

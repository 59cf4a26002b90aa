"""Parsing a sentence into statements: known phrases, longest first, each with the people it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from ..presets import vocabulary
from .lexicon import Match, matches
from .statements import EVERYBODY, NOBODY, Reading, Statement
from .tokens import is_a_name, names_of, people_for_pronoun

_NEGATION_REACH: Final = 3
_SENTENCE_ENDS: Final = (".", "!", "?")
_CONTINUES: Final = ("and", "or", "nor")
_SAYS_SOMETHING: Final = ("lean", "gaze", "posture", "attempt", "frequency", "negation")


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


_START: Final = Match("stop", None, ".", -1, -1)


@dataclass
class _Reader:
    """Where reading stands: whom the clause is about, who was mentioned last, where it last said “not”.

    `subject` is the person that began the clause, `antecedent` the last single subject, `waiting` what was said before
    its person came (“on the left we see Ben”), `copied` what the next person does likewise, `first_named` is
    “the former”, `described` in which clause a person got an adjective (“a tall woman”).
    """

    names: tuple[str, str]
    people_named: int
    statements: list[Statement] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    people: tuple[int, ...] = EVERYBODY
    mentioned: tuple[int, ...] = EVERYBODY
    antecedent: int | None = None
    subject: bool = False
    in_sentence: bool = False
    previous: Match = _START
    negation: int = -_NEGATION_REACH - 1
    tried: bool = False
    waiting: list[Match] = field(default_factory=list)
    copied: list[Statement] = field(default_factory=list)
    first_named: int | None = None
    described: dict[int, int] = field(default_factory=dict)
    clause: int = 0
    sentence: int = 0
    clause_words: int = 0

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
        """What still waits for a person is about both."""
        for match in self.waiting:
            if match.kind == "stature" and self.people == EVERYBODY:
                self.unresolved.append(match.phrase)
            else:
                self.statements.append(self._statement(match, self.people))
        self.waiting = []

    def _stop(self, match: Match, _following: Match | None) -> None:
        if match.phrase not in _CONTINUES:
            self.negation, self.tried = -_NEGATION_REACH - 1, False
        if match.phrase == "," and (self._was_a_tag() or self._introduced_both()):
            self.people = EVERYBODY
        self.clause += 1
        self.clause_words = 0
        self.subject = False
        if match.phrase in _SENTENCE_ENDS:
            self.finish()
            self.people, self.in_sentence, self.copied, self.described = EVERYBODY, False, [], {}
            self.sentence += 1

    def _was_a_tag(self) -> bool:
        """Whether the clause was “Ben left” in a list of words that is about both."""
        last = self.statements[-1] if self.statements else None
        return (
            last is not None
            and last.kind == "side"
            and last.clause == self.clause
            and self.clause_words == len(("Ben", "left"))
            and self.people_named == 1
        )

    def _introduced_both(self) -> bool:
        """Whether a clause just ended that is about both, as “A tall woman and a short man, …” does."""
        return sorted(self.described.values()) == [self.clause - 1, self.clause]

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
        if not self._is_object(match):
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
        owner = self._somebody(whose) if isinstance(whose, str) else whose
        if self._looks_there(match):
            entry = next(entry for entry in vocabulary()["looking"]["at"] if side in entry["targets"])
            entry = {name: value for name, value in entry.items() if name != "targets"}
            self._add(replace(match, kind="gaze", value=entry), None)
        elif owner is None:
            self.unresolved.append(match.phrase)
        else:
            # Who faces the camera has on the left what the picture has on the right.
            other = "right" if side == "left" else "left"
            self.statements.append(self._statement(replace(match, kind="side", value=other), (1 - owner,)))

    def _looks_there(self, match: Match) -> bool:
        words = (*vocabulary()["looking"]["verbs"], *vocabulary()["looking"]["turns"])
        before = self.previous.phrase.split()
        return bool(before) and before[-1] in words and self.previous.last == match.first - 1

    def _stature(self, match: Match, following: Match | None) -> None:
        """A child is whose name follows, or whom “boy” and “girl” mean, or who the clause is about."""
        about = self.people
        person = match.value.get("pronoun") and self._somebody(match.value["pronoun"])
        noun = match.value.get("noun", False)
        named = self._noun_of(following)
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
        named = None if verb else self._noun_of(following)
        if named is not None:
            self.described[named] = self.clause
            self.statements.append(self._statement(match, (named,)))
        else:
            self._add(match, following)

    def _noun_of(self, following: Match | None) -> int | None:
        """Whose name or noun (“woman”) comes next."""
        if following is not None and following.kind == "pronoun" and following.phrase not in ("she", "he"):
            return self._somebody(str(following.value))
        return following.value if following is not None and following.kind == "person" else None

    def _add(self, match: Match, following: Match | None) -> None:
        first = self.people == EVERYBODY and not self.in_sentence
        before = not self.subject and following is not None and following.kind in ("person", "pronoun")
        if match.kind == "side" and (first or before):
            self.waiting.append(match)
            return
        self.statements.append(self._statement(match, self.people))

    def _statement(self, match: Match, people: tuple[int, ...]) -> Statement:
        negated = 0 < match.first - self.negation <= _NEGATION_REACH
        return Statement(match.kind, match.value, people, negated, match.phrase, self.clause, self.sentence, self.tried)

    def _person(self, match: Match, following: Match | None) -> None:
        about = self._about(match)
        if about is None:
            self.unresolved += [match.phrase] if match.phrase in ("she", "he") else []
            return
        if match.kind == "placed" and self.previous.phrase in ("is", "as") and self.subject:
            self._add(replace(match, kind="side"), following)
            return
        self.mentioned = about
        if self.first_named is None and len(about) == 1:
            self.first_named = about[0]
        if self._is_object(match) or (self._has_subject() and not _begins(match, following)):
            if match.phrase == "each other" and self.statements and self.statements[-1].clause == self.clause:
                self.statements[-1] = replace(
                    self.statements[-1], people=EVERYBODY
                )  # both do it, whoever the subject was
            return
        joined = self.previous.phrase == "and" and len(self.people) == 1 and about != self.people
        self.people = EVERYBODY if joined and not self._continues_statement() and not self.copied else about
        self._begin()

    def _owner(self, match: Match, following: Match | None) -> None:
        """“Anna's happy” and “Anna's eyes are …” are about Anna; “beside Anna's chair” is not."""
        short = following is not None and following.kind in ("mood", "posture", "lean", "gaze", "negation", "stature")
        if self.clause_words == 0 or (short and not self._is_object(match)):
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

    def _has_subject(self) -> bool:
        return self.subject and self.previous.phrase not in ("and", "(", "who")

    def _is_object(self, match: Match) -> bool:
        """Whether a person is looked at, leant towards or sat beside rather than doing it.

        “At the table Anna …” and “now and then Anna …” begin anew; “stares at Anna”, “beside Anna” do not.
        """
        previous = self.previous
        adjacent = previous.last == match.first - 1
        takes_object = previous.kind in ("lean", "arrangement/words") or (
            previous.kind == "gaze" and ("gaze_held" in previous.value or previous.phrase.startswith("avoid"))
        )
        return (adjacent and takes_object) or previous.phrase in vocabulary()["prepositions"]

    def _about(self, match: Match) -> tuple[int, ...] | None:
        if match.kind == "both":
            return EVERYBODY
        if match.kind == "person":
            return (int(match.value),)
        if match.kind == "placed":
            return (self._placed(str(match.value)),)
        if match.kind == "ranked":
            first = self.first_named or 0
            return (first if match.value == "former" else 1 - first,)
        if match.kind == "other":
            return None if self.antecedent is None else (1 - self.antecedent,)
        person = self._somebody(match.value)
        return None if person is None else (person,)

    def _somebody(self, pronoun: str) -> int | None:
        """Who of the two is a she or a he; when it could be either, who was spoken of last."""
        found = [] if pronoun == "they" else people_for_pronoun(pronoun, self.names)
        if len(found) == 1:
            return found[0]
        return self.antecedent if self.antecedent in found or not found else None

    def _placed(self, side: str) -> int:
        """Who is on that side as far as the sentence has said it; the first person is on the left otherwise."""
        sides = [
            statement
            for statement in self.statements
            if statement.kind == "side" and len(statement.people) == 1 and not statement.negated
        ]
        left = 0 if not sides else sides[-1].people[0] if sides[-1].value == "left" else 1 - sides[-1].people[0]
        return left if side == "left" else 1 - left

    def _continues_statement(self) -> bool:
        """Whether the last thing said was about the same people, so that “and” starts anew instead of joining."""
        return (
            bool(self.statements)
            and self.statements[-1].sentence == self.sentence
            and self.statements[-1].people == self.people
        )


def _begins(match: Match, following: Match | None) -> bool:
    """Whether a person in the middle of a clause begins the next one, because a verb follows at once."""
    return (
        following is not None
        and (
            following.kind in _SAYS_SOMETHING
            or following.phrase in ("is", "are", "has", "keeps", "seems", "looks", "who")
        )
        and match.kind in ("person", "pronoun", "placed", "both")
    )

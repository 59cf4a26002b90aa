"""What a sentence has said so far, and whom its next words are about or refer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ..presets import vocabulary
from .lexicon import Match
from .statements import EVERYBODY, Statement
from .tokens import people_for_pronoun

NEGATION_REACH: Final = 3
"""Tokens after a “not” that it is about."""

_SAYS_SOMETHING: Final = ("lean", "gaze", "posture", "attempt", "frequency", "negation")
_START: Final = Match("stop", None, ".", -1, -1)


@dataclass
class Context:
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
    negation: int = -NEGATION_REACH - 1
    tried: bool = False
    waiting: list[Match] = field(default_factory=list)
    copied: list[Statement] = field(default_factory=list)
    first_named: int | None = None
    described: dict[int, int] = field(default_factory=dict)
    clause: int = 0
    sentence: int = 0
    clause_words: int = 0

    def about(self, match: Match) -> tuple[int, ...] | None:
        """Whom a phrase that names people is about; None where that cannot be said."""
        if match.kind == "both":
            return EVERYBODY
        if match.kind == "person":
            return (int(match.value),)
        if match.kind == "placed":
            return (self.placed(str(match.value)),)
        if match.kind == "ranked":
            first = self.first_named or 0
            return (first if match.value == "former" else 1 - first,)
        if match.kind == "other":
            return None if self.antecedent is None else (1 - self.antecedent,)
        person = self.somebody(match.value)
        return None if person is None else (person,)

    def somebody(self, pronoun: str) -> int | None:
        """Who of the two is a she or a he; when it could be either, who was spoken of last."""
        found = [] if pronoun == "they" else people_for_pronoun(pronoun, self.names)
        if len(found) == 1:
            return found[0]
        return self.antecedent if self.antecedent in found or not found else None

    def placed(self, side: str) -> int:
        """Who is on that side as far as the sentence has said it; the first person is on the left otherwise."""
        sides = [
            statement
            for statement in self.statements
            if statement.kind == "side" and len(statement.people) == 1 and not statement.negated
        ]
        left = 0 if not sides else sides[-1].people[0] if sides[-1].value == "left" else 1 - sides[-1].people[0]
        return left if side == "left" else 1 - left

    def noun_of(self, following: Match | None) -> int | None:
        """Whose name or noun (“woman”) comes next."""
        if following is not None and following.kind == "pronoun" and following.phrase not in ("she", "he"):
            return self.somebody(str(following.value))
        return following.value if following is not None and following.kind == "person" else None

    def is_object(self, match: Match) -> bool:
        """Whether a person is looked at, leant towards or sat beside rather than doing it.

        “At the table Anna …” and “now and then Anna …” begin anew; “stares at Anna”, “beside Anna” do not.
        """
        previous = self.previous
        adjacent = previous.last == match.first - 1
        takes_object = previous.kind in ("lean", "arrangement/words") or (
            previous.kind == "gaze" and ("gaze_held" in previous.value or previous.phrase.startswith("avoid"))
        )
        return (adjacent and takes_object) or previous.phrase in vocabulary()["prepositions"]

    def has_subject(self) -> bool:
        """Whether somebody began the clause already."""
        return self.subject and self.previous.phrase not in ("and", "(", "who")

    def looks_there(self, match: Match) -> bool:
        """Whether a verb of looking stands right before."""
        words = (*vocabulary()["looking"]["verbs"], *vocabulary()["looking"]["turns"])
        before = self.previous.phrase.split()
        return bool(before) and before[-1] in words and self.previous.last == match.first - 1

    def was_a_tag(self) -> bool:
        """Whether the clause was “Ben left” in a list of words that is about both."""
        last = self.statements[-1] if self.statements else None
        return (
            last is not None
            and last.kind == "side"
            and last.clause == self.clause
            and self.clause_words == len(("Ben", "left"))
            and self.people_named == 1
        )

    def introduced_both(self) -> bool:
        """Whether a clause just ended that is about both, as “A tall woman and a short man, …” does."""
        return sorted(self.described.values()) == [self.clause - 1, self.clause]

    def continues_statement(self) -> bool:
        """Whether the last thing said was about the same people, so that “and” starts anew instead of joining."""
        return (
            bool(self.statements)
            and self.statements[-1].sentence == self.sentence
            and self.statements[-1].people == self.people
        )


def begins_anew(match: Match, following: Match | None) -> bool:
    """Whether a person in the middle of a clause begins the next one, because a verb follows at once."""
    return (
        following is not None
        and (
            following.kind in _SAYS_SOMETHING
            or following.phrase in ("is", "are", "has", "keeps", "seems", "looks", "who")
        )
        and match.kind in ("person", "pronoun", "placed", "both")
    )

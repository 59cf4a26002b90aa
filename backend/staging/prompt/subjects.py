"""Who does what: for each word of a sentence the one who does, or is, what it belongs to."""

from __future__ import annotations

from typing import Final

from ..presets import grammar_words, person_nouns
from .grammar import Parse

_SUBJECTS: Final = ("nsubj", "nsubjpass", "csubj", "csubjpass")
_OBJECTS: Final = ("dobj", "pobj", "dative")
_MODIFYING: Final = ("amod", "prep", "advmod", "npadvmod", "acomp", "dep", "nummod", "advcl", "acl", "oprd", "attr")
_NO_PREDICATE: Final = ("aux", "auxpass", "amod", "compound", "nmod", "det", "punct", "prep", "case")
_RELATIVE: Final = ("WDT", "WP", "WP$")


def subjects(parse: Parse) -> tuple[int | None, ...]:
    """For each token the index of whoever does or is what it belongs to; None where nobody is said to.

    That is the subject of its clause: in a passive the one it is done by, in a relative clause what the clause is
    about, at a participle or a further verb the subject it shares. Adjectives and phrases at a person's noun, and
    appositions, belong to that person. What eyes, hands or a smile do, their owner does. The sentence's order to the
    reader (“Place Anna left”) has no subject. Of “Anna and Ben” it is the first; `coordinated` has both.
    """
    found = (_whose(parse, index) for index in range(len(parse.tokens)))
    return tuple(None if index is None else _named(parse, index) for index in found)


def coordinated(parse: Parse, index: int) -> tuple[int, ...]:
    """The token at `index` and those joined to it by “and”, “or” or commas: Anna and Ben of “Anna and Ben sit”."""
    found = [index]
    for at in found:
        found += [child for child in parse.children(at) if parse.tokens[child].dependency == "conj"]
    return tuple(found)


def is_person(parse: Parse, index: int) -> bool:
    """Whether the token is a name, a personal pronoun or a noun for people."""
    token = parse.tokens[index]
    return (
        token.part == "PROPN"
        or token.text.lower() in grammar_words()["people"]
        or _lemma(parse, index) in person_nouns()
    )


def _lemma(parse: Parse, index: int) -> str:
    return parse.tokens[index].lemma.lower()


def _whose(parse: Parse, index: int) -> int | None:
    """Climb from a token to the person it describes, or to its predicate, whichever is nearer."""
    at = index
    while not is_predicate(parse, at):
        token = parse.tokens[at]
        if token.head == at:
            return at if is_person(parse, at) else _first_person_below(parse, at)
        if token.dependency == "appos" and is_person(parse, token.head):
            is_another = is_person(parse, at) and not _describes(parse, at)
            return at if is_another and at != index else token.head
        if _describes_head(parse, at):
            return _owner(parse, token.head)
        at = token.head
    return _agent(parse, at)


def _describes(parse: Parse, index: int) -> bool:
    """Whether an apposition describes (“Mila, a nervous bride”) and brings in nobody else.

    Names are somebody else (“Mila on the left, Otto on the right”), and so is who is named after more than a comma
    (“the bailiff on the mat; the widow on the stair”).
    """
    token = parse.tokens[index]
    if token.part == "PROPN":
        return False
    between = range(token.head + 1, min(parse.subtree(index)))
    return token.head > index or all(parse.tokens[at].text in (",", "(", ":", "-", "–", "—") for at in between)


def _named(parse: Parse, index: int) -> int:
    """The name beside an apposition that describes: Anna of “Anna, a nervous bride” and of “the bride, Anna”."""
    token = parse.tokens[index]
    if token.part == "PROPN":
        return index
    if token.dependency == "appos" and is_person(parse, token.head) and _describes(parse, index):
        return token.head
    beside = [child for child in parse.children(index) if parse.tokens[child].dependency == "appos"]
    names = (child for child in beside if parse.tokens[child].part == "PROPN")
    return next((child for child in names if parse.tokens[child - 1].text in (",", ":", "(")), index)


def _first_person_below(parse: Parse, root: int) -> int | None:
    """In a fragment without a verb (“Anna angry”, “a tense Ben”) the person at its root, if there is one."""
    if parse.tokens[root].part == "ADJ" and root + 1 < len(parse.tokens) and is_person(parse, root + 1):
        return root + 1
    people = [child for child in parse.children(root) if is_person(parse, child)]
    return people[0] if people and parse.tokens[people[0]].dependency in ("compound", "npadvmod", "nmod") else None


def _describes_head(parse: Parse, index: int) -> bool:
    """Whether the token modifies a person's noun, as an adjective or a phrase does."""
    token, head = parse.tokens[index], parse.tokens[index and parse.tokens[index].head]
    if token.dependency not in _MODIFYING or not (is_person(parse, token.head) or _is_owned(parse, token.head)):
        return False
    if _is_owned(parse, token.head) and token.dependency != "amod":
        return False
    # A name or pronoun that something is done to hardly takes a phrase of its own: “faces Ben at the table”.
    return token.dependency == "amod" or head.part == "NOUN" or head.dependency not in _OBJECTS


def is_predicate(parse: Parse, index: int) -> bool:
    """Whether a clause is built on the token: a verb, or whatever has a subject of its own."""
    token = parse.tokens[index]
    if any(parse.tokens[child].dependency in (*_SUBJECTS, "expl") for child in parse.children(index)):
        return True
    return token.part in ("VERB", "AUX") and token.dependency not in _NO_PREDICATE


def _agent(parse: Parse, predicate: int) -> int | None:
    """Who does it: in a passive whoever comes after “by”, else the subject."""
    done_by = _done_by(parse, predicate)
    return _owner(parse, done_by) if done_by is not None else _subject(parse, predicate)


def _done_by(parse: Parse, predicate: int) -> int | None:
    if parse.tokens[predicate].tag not in ("VBN", "VBD") or _lemma(parse, predicate) in grammar_words()["placed"]:
        return None
    for child in parse.children(predicate):
        if parse.tokens[child].text.lower() == "by" and parse.tokens[child].dependency in ("agent", "prep"):
            for at in parse.children(child):
                if parse.tokens[at].dependency == "pobj" and (is_person(parse, at) or _is_owned(parse, at)):
                    return at
    return None


def _subject(parse: Parse, predicate: int) -> int | None:
    """The subject that stands with the predicate, or the one that it shares with another."""
    own = _own_subject(parse, predicate)
    if own is None or _is_owned(parse, own):  # “Arms folded, Anna listens”
        outer = _subject_from_outside(parse, predicate)
        return own if outer is None else outer
    return own


def _own_subject(parse: Parse, predicate: int) -> int | None:
    children = parse.children(predicate)
    own = [child for child in children if parse.tokens[child].dependency in _SUBJECTS]
    if own:
        return _owner(parse, max((child for child in own if child < predicate), default=own[0]))
    if any(parse.tokens[child].dependency == "expl" for child in children):
        return next((child for child in children if parse.tokens[child].dependency in ("attr", "dobj")), None)
    return None


def _subject_from_outside(parse: Parse, predicate: int) -> int | None:
    token = parse.tokens[predicate]
    if token.head == predicate:
        return _subject_of_clause_before(parse, predicate)
    if token.dependency == "relcl":
        return _person_or_left_of(parse, token.head, predicate)
    if token.dependency in ("xcomp", "ccomp") and is_predicate(parse, token.head):
        return _controller(parse, token.head)
    if token.dependency == "acl" or (token.dependency == "advcl" and token.part == "VERB"):
        modified = _modified(parse, predicate)
        if modified is not None:
            return modified
    return _shared(parse, predicate)


def _subject_of_clause_before(parse: Parse, root: int) -> int | None:
    """Who goes on in “Mila sits. Leans back.” and “Mila sits back, amused”; nobody for an order (“Lean back.”)."""
    clauses = [
        child
        for child in parse.children(root)
        if child < root and parse.tokens[child].dependency in ("ccomp", "advcl") and is_predicate(parse, child)
    ]
    if parse.tokens[root].tag in ("VBZ", "VBD", "VBG", "VBN", "JJ") and not clauses:
        sentence = parse.tokens[root].sentence - 1
        roots = [at for at, token in enumerate(parse.tokens) if token.sentence == sentence and token.head == at]
        clauses = [at for at in roots if is_predicate(parse, at)]
    return _own_subject(parse, clauses[-1]) if clauses else None


def _controller(parse: Parse, matrix: int) -> int | None:
    """Who does what is told, seen or made: “tells him to sit”, “sees her leave”; else who wants or begins it."""
    people = [child for child in parse.children(matrix) if parse.tokens[child].dependency in ("dobj", "dative")]
    people = [child for child in people if is_person(parse, child)]
    if people and _lemma(parse, matrix) != "promise":
        return _owner(parse, people[-1])
    return _subject(parse, matrix)


def _modified(parse: Parse, predicate: int) -> int | None:
    """Whom a participle at a noun tells of; None where it tells of the clause: “takes a seat facing Ben”."""
    token = parse.tokens[predicate]
    head = token.head
    if is_predicate(parse, head):
        return None
    if is_person(parse, head) and token.tag != "VB":
        return _owner(parse, head)
    if _is_owned(parse, head):
        owner = _owner(parse, head)
        return None if owner == head else owner
    return head if token.dependency == "acl" and token.tag == "VBN" else None


def _shared(parse: Parse, predicate: int) -> int | None:
    """The subject of the clause that this predicate hangs from."""
    at = parse.tokens[predicate].head
    while True:
        if is_predicate(parse, at):
            subject = _subject(parse, at)
            # “Seat Anna on the left, facing Ben”: whoever is put somewhere.
            return subject if subject is not None else _placed(parse, at)
        token = parse.tokens[at]
        if is_person(parse, at) and (token.head == at or token.dependency in (*_SUBJECTS, "appos", "conj")):
            return _owner(parse, at)
        if token.head == at:
            return None
        at = token.head


def _placed(parse: Parse, order: int) -> int | None:
    people = [child for child in parse.children(order) if parse.tokens[child].dependency == "dobj"]
    return next((child for child in people if is_person(parse, child)), None)


def _owner(parse: Parse, index: int) -> int:
    """Whom a noun or pronoun stands for: “who” for what its clause is about, “her eyes” for her."""
    token = parse.tokens[index]
    if token.tag in _RELATIVE or (token.text.lower() == "that" and token.dependency in _SUBJECTS):
        return _antecedent(parse, index)
    if _is_owned(parse, index):
        for child in parse.children(index):
            if parse.tokens[child].dependency == "poss":
                return _owner(parse, child)
            if parse.tokens[child].text.lower() == "of":
                people = [at for at in parse.children(child) if is_person(parse, at)]
                if people:
                    return _owner(parse, people[0])
    return index


def _is_owned(parse: Parse, index: int) -> bool:
    return parse.tokens[index].part == "NOUN" and _lemma(parse, index) in grammar_words()["owned"]


def _antecedent(parse: Parse, pronoun: int) -> int:
    at = pronoun
    while parse.tokens[at].dependency != "relcl":
        if parse.tokens[at].head == at:
            return _person_or_left_of(parse, pronoun, pronoun)
        at = parse.tokens[at].head
    return _person_or_left_of(parse, parse.tokens[at].head, pronoun)


def _person_or_left_of(parse: Parse, head: int, index: int) -> int:
    """`head`; where it is nobody, the person named last before `index`."""
    if is_person(parse, head) and head != index:
        return head
    before = [at for at in range(index - 1, -1, -1) if is_person(parse, at)]
    return before[0] if before and parse.tokens[before[0]].sentence == parse.tokens[index].sentence else head

"""Which words of a sentence are said not to be so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..presets import grammar_words
from .grammar import Parse

_ADVERBS: Final = ("not", "n't", "n’t", "nt", "never", "hardly", "scarcely")
_NOBODY: Final = ("nobody", "none", "neither", "nothing", "nowhere")
_EXCEPT: Final = ("but", "except")
_ONLY: Final = ("only", "just", "merely", "simply", "alone")
_SET_PHRASES: Final = ("doubt", "wonder", "matter", "sooner", "question")
"""After “no” these deny nothing."""

_SUBJECTS: Final = ("nsubj", "nsubjpass", "csubj", "csubjpass", "expl")
_CLAUSES_APART: Final = ("relcl", "parataxis", "punct", "mark", "intj", "appos", "neg")
_BEFORE_NOR: Final = (*_ADVERBS, *_NOBODY, "no", "without")
_PLAIN: Final = (*_ADVERBS, *_NOBODY, "no", "nor")
"""Several of these deny once; “refuses”, “without” and the like are turned round by them."""

_PUNCTUATION: Final = (",", ";", ":", ".", "!", "?", "(", ")", "-", "–", "—")
_CONTRAST: Final = ("just", "only", "but", "merely", "simply", "rather", "instead", "more")
"""After a comma these begin what is so: “not angry, just sad”."""

Scope = frozenset[int]


def negated(parse: Parse) -> tuple[bool, ...]:
    """For each token whether a negation bears on it.

    A negated verb takes its objects and complements along, and what is joined to it by “or” and “nor”, but neither its
    subject nor clauses of their own (“while …”, “who …”). A negation of a negation is none (“never refuses to look”).
    """
    plain: set[int] = set()
    turned: set[int] = set()
    for index, token in enumerate(parse.tokens):
        for scope in _scopes_of(parse, index):
            if token.text.lower() in _PLAIN:
                plain |= scope  # “doesn't bend, doesn't squat”: one after the other
            else:
                turned ^= scope
    return tuple((index in plain) != (index in turned) for index in range(len(parse.tokens)))


def _scopes_of(parse: Parse, index: int) -> Iterator[Scope]:
    """What each negation that the token at `index` is, or begins, bears on."""
    word, follower = _word(parse, index), _word(parse, index + 1)
    if word in _ADVERBS:
        if follower in _ONLY or _is_reservation(parse, index):
            return
        if _is_afterthought(parse, index):
            yield _up_to_stop(parse, index + 1)
        else:
            yield _phrase(parse, _negated_head(parse, index)) - {index}
    elif word == "no":
        yield from _scopes_of_no(parse, index)
    elif word in _NOBODY:
        if follower not in _EXCEPT:
            yield _around(parse, index)
    elif word == "nor":
        yield _joined(parse, index)
    elif word in ("without", "minus"):
        yield parse.subtree(index) - {index}
    elif parse.tokens[index].lemma.lower() in grammar_words()["refusals"] or (
        word == "help" and _has_not(parse, index)  # “can't help smiling”: smiles
    ):
        yield _verbs_below(parse, index)
    else:
        yield from _scopes_of_phrase(parse, index, word, follower)


def _scopes_of_no(parse: Parse, index: int) -> Iterator[Scope]:
    token, follower = parse.tokens[index], _word(parse, index + 1)
    if token.dependency == "intj" or follower in _SET_PHRASES or follower == ",":
        return
    if follower == "longer" or (follower == "more" and token.dependency != "det"):
        verb = parse.tokens[index].head
        if _word(parse, verb) in ("longer", "more"):
            verb = parse.tokens[verb].head
        yield _phrase(parse, verb) - {index, index + 1}
    elif follower == "one":
        if _word(parse, index + 2) not in _EXCEPT:
            yield _around(parse, index + 1) - {index, index + 1}
    else:
        noun = token.head
        scope = parse.subtree(noun)
        if parse.tokens[noun].dependency in _SUBJECTS and parse.tokens[noun].head != noun:
            scope |= _phrase(parse, parse.tokens[noun].head)
        yield scope - {index}


def _scopes_of_phrase(parse: Parse, index: int, word: str, follower: str) -> Iterator[Scope]:
    """Negations of several words, which begin with the one at `index`."""
    if (word, follower) in (("instead", "of"), ("rather", "than"), ("anything", "but")):
        yield _governed(parse, index + 1) - {index}
    elif word == "than" and "rather" in (_word(parse, at) for at in range(index - 1)):  # “rather stand than sit”
        yield _governed(parse, index)
    elif (word, follower) == ("far", "from"):
        governed = _governed(parse, index + 1)
        if governed and parse.tokens[min(governed)].part in ("ADJ", "VERB", "ADV", "AUX"):
            yield governed - {index}
    elif word == "too" and parse.tokens[index].dependency == "advmod":  # “too proud to look”
        head = parse.tokens[index].head
        for child in parse.children(head):
            if parse.tokens[child].tag == "VB" and parse.tokens[child].dependency in ("xcomp", "advcl", "ccomp"):
                yield parse.subtree(child)


def _word(parse: Parse, index: int) -> str:
    return parse.tokens[index].text.lower() if index < len(parse.tokens) else ""


def _has_not(parse: Parse, index: int) -> bool:
    return any(_word(parse, child) in _ADVERBS for child in parse.children(index))


def _is_reservation(parse: Parse, index: int) -> bool:
    """“Whether or not”, “if not”: it may be so."""
    return _word(parse, index - 1) in ("or", "if") if index else False


def _is_afterthought(parse: Parse, index: int) -> bool:
    """Whether “not” or “never” begins a phrase without a verb of its own: “…, never nose to nose”, “Not sad, …”."""
    head = parse.tokens[index].head
    begins = index == 0 or _word(parse, index - 1) in _PUNCTUATION
    return begins and (head < index or parse.tokens[head].part not in ("VERB", "AUX"))


def _up_to_stop(parse: Parse, start: int) -> Scope:
    found: set[int] = set()
    for at in range(start, len(parse.tokens)):
        if _word(parse, at) in _PUNCTUATION and found:
            break
        if _word(parse, at) not in _PUNCTUATION:
            found.add(at)
    return frozenset(found)


def _negated_head(parse: Parse, index: int) -> int:
    """What “not” or “never” bears on: its head, or for the part of a compound the whole."""
    token = parse.tokens[index]
    head = parse.tokens[token.head]
    if head.dependency in ("aux", "auxpass"):
        return head.head
    follower = index + 1
    if token.head < index and head.part in ("PROPN", "PRON", "NOUN") and follower < len(parse.tokens):
        return follower  # “Anna, not Ben”
    # “not once”, “never really”: of the verb.
    if head.part == "ADV" and head.head > index and parse.tokens[head.head].part in ("VERB", "AUX"):
        return head.head
    return token.head


def _phrase(parse: Parse, head: int) -> Scope:
    """The phrase that `head` heads: without its subject and clauses of their own, with what “or” joins to it."""
    found, waiting = {head}, [head]
    while waiting:
        at = waiting.pop()
        for child in parse.children(at):
            if _goes_along(parse, at, child, outermost=at == head):
                found.add(child)
                waiting.append(child)
    return frozenset(at for at in found if at < _contrast_after(parse, head))


def _contrast_after(parse: Parse, head: int) -> int:
    """Where after `head` the sentence goes on to what is so."""
    for at in range(head, len(parse.tokens) - 1):
        if parse.tokens[at].text in (",", ";", "-", "–", "—") and _word(parse, at + 1) in _CONTRAST:
            return at
    return len(parse.tokens)


def _goes_along(parse: Parse, head: int, child: int, *, outermost: bool) -> bool:
    match parse.tokens[child].dependency:
        case "conj":
            return _is_joined_by_or(parse, head, child)
        case "cc":
            return _word(parse, child) in ("or", "nor")
        case "ccomp":
            return parse.tokens[head].lemma.lower() in grammar_words()["denied_with"]
        case "advcl":
            return not _stands_apart(parse, head, child)
        case dependency if dependency in _SUBJECTS:
            return not outermost
        case dependency:
            return dependency not in _CLAUSES_APART


def _stands_apart(parse: Parse, head: int, clause: int) -> bool:
    """Whether a clause has its own conjunction, stands before the verb or comes after a comma."""
    if clause < head or any(parse.tokens[child].dependency in ("mark", *_SUBJECTS) for child in parse.children(clause)):
        return True
    return any(parse.tokens[at].text in (",", ";", "-", "–", "—") for at in range(head, clause))


def _is_joined_by_or(parse: Parse, head: int, conjunct: int) -> bool:
    joining = [child for child in parse.children(head) if parse.tokens[child].dependency == "cc" and child < conjunct]
    if not joining:
        return False
    word = _word(parse, joining[-1])
    if _has_subject(parse, conjunct):
        return False
    if word in ("or", "nor"):
        return True
    # “Does not look up and smile”: the bare verb shares the auxiliary; “does not look up and smiles” has its own end.
    return word == "and" and (
        parse.tokens[conjunct].tag == parse.tokens[head].tag and parse.tokens[conjunct].tag in ("VB", "JJ", "VBG")
    )


def _around(parse: Parse, nobody: int) -> Scope:
    """What is said of nobody: the predicate that it is subject or object of, with the subject if that is nobody."""
    at = nobody
    while parse.tokens[at].dependency in ("pobj", "prep", "dobj", "attr", "conj", "preconj", "det", "dative"):
        at = parse.tokens[at].head
        if parse.tokens[at].part in ("VERB", "AUX") or parse.tokens[at].head == at:
            break
    if parse.tokens[at].dependency in _SUBJECTS:
        at = parse.tokens[at].head
    elif at == nobody:
        at = parse.tokens[nobody].head
    return _phrase(parse, at) - {nobody}


def _joined(parse: Parse, nor: int) -> Scope:
    """What “nor” brings in, unless the negation before it reaches over it: “nor is he”, but “neither angry nor sad”."""
    head = parse.tokens[nor].head
    conjuncts = [child for child in parse.children(head) if parse.tokens[child].dependency == "conj" and child > nor]
    if not conjuncts:
        return _phrase(parse, head) - {nor} if head > nor else frozenset()
    if _has_subject(parse, conjuncts[0]) or not any(_word(parse, at) in _BEFORE_NOR for at in range(nor)):
        return _phrase(parse, conjuncts[0])
    return frozenset()


def _has_subject(parse: Parse, index: int) -> bool:
    return any(parse.tokens[child].dependency in _SUBJECTS for child in parse.children(index))


def _governed(parse: Parse, word: int) -> Scope:
    """What a preposition or conjunction brings in."""
    own = [child for child in parse.children(word) if child > word]
    if own:
        return parse.subtree(word) - {word} - frozenset(range(word))
    head = parse.tokens[word].head
    after = [child for child in parse.children(head) if child > word and parse.tokens[child].dependency != "punct"]
    if after:
        return parse.subtree(after[0])
    return _phrase(parse, head) if head > word else frozenset()


def _verbs_below(parse: Parse, index: int) -> Scope:
    """The verbs that complete the one at `index`: “refuses to look”, “refrains from looking”."""
    found: frozenset[int] = frozenset()
    for child in parse.children(index):
        token = parse.tokens[child]
        if token.dependency in ("xcomp", "ccomp") and token.tag in ("VB", "VBG", "VBN"):
            found |= parse.subtree(child)
        elif token.dependency == "prep" and token.text.lower() == "from":
            found |= frozenset(
                at for verb in parse.children(child) if parse.tokens[verb].tag == "VBG" for at in parse.subtree(verb)
            )
    return found

"""Letter-to-sound rules for words that are in no dictionary, mostly names.

Ordered rules in the manner of Elovitz, Johnson, McHugh and Shore (“Automatic translation of English text to phonetics
by means of letter-to-sound rules”, NRL Report 7948, 1976), far fewer. Alignment only accepts a word
that fits the sound, so vowels may be off; the letters that shut the lips are read rightly.
"""

from __future__ import annotations

import re
from typing import Final

_RULES: Final = """
a: ^a$ AH|augh AO|aught AO T|air EH R|ais?le?$ AY L|ai EY|ay EY|au AO|aw AO|al(?=[km]) AO|all AO L|are$ EH R
a: (?<=w)ar AO R|arr AE R|ar(?=[aeiouy]) EH R|ar AA R|(?<=w)a(?=[ntsl]) AA|a(?=tion|ble$|ste$|nge$) EY
a: a(?=[bcdfgklmnpstvz]e[sd]?$) EY|a$ AH|a AE
b: bb B|b B
c: tch CH|ch(?=[lr]) K|ch CH|ck K|ci(?=[aou]) SH|cc(?=[eiy]) K S|cc K|c(?=[eiy]) S|c K
d: dge JH|dj JH|dd D|d D
e: eigh EY|eau OW|ear(?=[nlt]) ER|ear IH R|eer IH R|ea IY|ee IY|ei(?=n|r) EY|ei IY|ey$ IY|ey EY|ew UW|eu Y UW
e: (?<=[td])ed$ AH D|(?<=[pkfsx])ed$ T|(?<=[^aeiouytd])ed$ D|(?<=[szxhgc])es$ AH Z|(?<=[ptkf])es$ S
e: (?<=[bdlmnrvw])es$ Z|er ER|e$ -|e(?=[nlt]s?$) AH|e(?=[dklmnrstv]e$) IY|e EH
f: ff F|f F
g: ^gn N|^gh G|gh -|gg G|gu(?=[ei]) G|g(?=[eiy]) JH|g G
h: h(?=[aeiouyw]) HH|h -
i: igh AY|ign$ AY N|ing$ IH NG|ier$ IY ER|ie IY|ir(?=[aeiou]) IH R|ir ER|i(?=nd$|ld$) AY
i: i(?=[bcdfgklmnpstvz]e[sd]?$) AY|i$ IY|i(?=[aou]) IY|i IH
j: j JH
k: ^kn N|kk K|k K
l: ll L|le$ AH L|l L
m: mb$ M|mm M|m M
n: ng(?=$|s$) NG|ng(?=[aou]) NG G|nk NG K|nc(?=[^eiyh]) NG K|nn N|n N
o: ought AO T|ough OW|ould UH D|ook UH K|oor AO R|oo UW|our AO R|ous$ AH S|ou AW|ow$ OW|own OW N|ow AW|oy OY|oi OY
o: oa OW|oe$ OW|or AO R|o$ OW|o(?=[bcdfgklmnpstvz]e[sd]?$) OW|o(?=ld|st$|ll$|th$) OW|on$ AH N|o AA
p: ph F|^ps S|^pn N|pp P|p P
q: que$ K|qu K W|q K
r: rrh R|rr R|rh R|r R
s: sch SH|sh SH|ssion SH AH N|(?<=[aeiou])sion ZH AH N|sion SH AH N|ss S|sc(?=[eiy]) S|s(?=m$) Z
s: (?<=[aeiou])s(?=[aeiou]) Z|(?<=[bdglmnrvwaeiouy])s$ Z|s S
t: tion SH AH N|tial SH AH L|ture$ CH ER|tch CH|thm DH AH M|th TH|tt T|t T
u: ur(?=[aeiou]) Y UH R|ur ER|ue$ UW|ui UW|u(?=[bcdfgklmnpstvz]e[sd]?$) UW|u$ UW|u AH
v: v V
w: ^wr R|wh W|w(?=[aeiouy]) W|w -
x: ^x Z|x K S
y: ^y Y|y(?=[aeou]) Y|y(?=[bcdfgklmnpstvz]e$) AY|y$ IY|y IH
z: zz Z|zh ZH|z Z
"""
"""Letter, then rules “pattern phones” in the order in which they are tried; `-` is silent."""


_LONE_VOWEL: Final = re.compile(r"([^aeiouy]+)([ey])")
_LONE_VOWEL_SOUNDS: Final = {"e": "IY", "y": "AY"}


def letter_to_sound(word: str) -> tuple[str, ...]:
    """CMU phones, upper case, of a word in a–z; letters of other kinds are passed over. May be empty."""
    short = _LONE_VOWEL.fullmatch(word)
    if short:
        return (*letter_to_sound(short[1]), _LONE_VOWEL_SOUNDS[short[2]])
    phones: list[str] = []
    at = 0
    while at < len(word):
        length, sounds = _first_rule(word, at)
        phones += sounds
        at += length
    return tuple(phones)


def _parsed() -> dict[str, list[tuple[re.Pattern[str], tuple[str, ...]]]]:
    rules: dict[str, list[tuple[re.Pattern[str], tuple[str, ...]]]] = {}
    for line in _RULES.strip().splitlines():
        letter, _, rest = line.partition(": ")
        # A bar inside a pattern follows a small letter or a sign; rules are parted where a sound ends.
        for rule in re.split(r"(?<=[A-Z-])\|", rest):
            pattern, *sounds = rule.split(" ")
            known = tuple(sound for sound in sounds if sound != "-")
            rules.setdefault(letter, []).append((re.compile(pattern), known))
    return rules


_PARSED: Final = _parsed()


def _first_rule(word: str, at: int) -> tuple[int, tuple[str, ...]]:
    """Letters used and sounds made by the first rule that holds at `at`."""
    for pattern, sounds in _PARSED.get(word[at], ()):
        found = pattern.match(word, at)
        if found:
            return max(1, found.end() - at), sounds
    return 1, ()

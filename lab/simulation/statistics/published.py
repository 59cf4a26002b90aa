"""What conversation is like in numbers: published values, and the ranges that rehearsals must stay in.

Literature is cited from memory; D1 and D2 are two clips that were measured (docs/rehearsals.md). A range is the
published one, widened where sources differ or people do: looks away of 1.1 s and 75 % of the time at the partner mean
looks of 3.3 s, not of 7.9 s, and whoever gets the floor every few seconds looks away as often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_HELDNER: Final = "Stivers et al. 2009; Heldner & Edlund 2010"
_LEE: Final = "Lee, Badler & Badler 2002"
_GAZE: Final = "Lee, Badler & Badler 2002; Andrist et al. 2014"
_KENDON: Final = "Kendon 1967; Argyle & Cook 1976"
_BLINKS: Final = "Bentivoglio et al. 1997"
_CLIPS: Final = "clips D1, D2"
_SEVERAL: Final = "several authors"
_SCHMIDT: Final = "Ekman & Friesen 1982; Schmidt et al. 2006"
_NAKANO: Final = "Nakano & Kitazawa 2010"
_NODS: Final = "Louwerse et al. 2012 (from memory)"
_MIRRORED: Final = "Chartrand & Bargh 1999; Ramseyer & Tschacher 2011 (from memory)"
_OURS: Final = "our bound"


@dataclass(frozen=True)
class Published:
    """`name` of a measure, the range from `low` to `high` that it must stay in, what was published, and by whom."""

    name: str
    low: float
    high: float
    value: str
    source: str


TURNS: Final = (
    Published("speech share of a person", 0.3, 0.6, "0.47", "clip D2"),
    Published("turn gap mode, s", 0.1, 0.3, "0.2", _HELDNER),
    Published("turn gap mean, s", 0.12, 0.33, "0.20–0.25", _HELDNER),
    Published("turn gap spread, s", 0.4, 0.7, "0.4–0.7", _HELDNER),
    Published("turn gaps over 1 s", 0.02, 0.15, "a right tail", _HELDNER),
    Published("turn changes overlapped", 0.30, 0.40, "0.30–0.40", "Heldner & Edlund 2010"),
    Published("overlaps under 0.4 s", 0.7, 1.0, "most", "Heldner & Edlund 2010"),
    Published("overlap share of speech", 0.03, 0.06, "0.04–0.05", "Levinson & Torreira 2015"),
    Published("turn length median, s", 1.0, 2.0, "1–2", _SEVERAL),
    Published("turn length mean, s", 2.0, 4.0, "2–4", _SEVERAL),
    Published("backchannels per minute of listening", 5.0, 12.0, "5–12", "Switchboard studies"),
    Published("backchannels at phrase ends", 0.6, 1.0, "most", "Ward & Tsukahara 2000"),
)

EYES: Final = (
    Published("gaze at partner, speaking", 0.2, 0.65, "0.40 (0.20–0.65)", _KENDON),
    Published("gaze at partner, listening", 0.3, 0.82, "0.75 (0.30–0.80)", _KENDON),
    Published("mutual gaze", 0.2, 0.45, "0.30", "Argyle & Ingham 1972"),
    Published("mutual gaze episode, s", 0.9, 1.8, "1–1.5", "Argyle & Ingham 1972"),
    Published("look at partner, speaking, s", 1.5, 3.5, "3.1; 2.8", _GAZE),
    Published("look away, speaking, s", 0.9, 2.0, "0.9; 2.0", _GAZE),
    Published("look at partner, listening, s", 2.5, 8.0, "7.9; 6.1", _GAZE),
    Published("look away, listening, s", 0.4, 1.3, "0.4; 1.1", _GAZE),
    Published("longer turns begun looking away", 0.6, 0.8, "0.70", _KENDON),
    Published("longer turns ended looking at partner", 0.6, 0.95, "most", "Kendon 1967"),
    Published("saccade size mean, deg", 4.5, 8.5, "7.2", _LEE),
    Published("saccade size beyond 8 deg, mean excess", 5.0, 9.0, "6.9", _LEE),
    Published("saccade duration at 0 deg, ms", 16.0, 26.0, "21", "main sequence"),
    Published("saccade duration per deg, ms", 1.9, 2.5, "2.2", "main sequence"),
    Published("fixation median, s", 0.2, 0.5, "0.2–0.5", _SEVERAL),
    Published("blinks per minute, listening", 12.0, 26.0, "17 at rest, 26 in conversation", _BLINKS),
    Published("blinks per minute, speaking", 20.0, 36.0, "26 in conversation", _BLINKS),
    Published("blinks speaking / listening", 1.3, 2.0, "1.3–2", _SEVERAL),
    Published("blink closing median, ms", 50.0, 100.0, "50–100", _SEVERAL),
    Published("blink opening median, ms", 100.0, 250.0, "100–250", _SEVERAL),
    Published("blink opening / closing", 1.3, 2.5, "1.3–2.5", "phone recordings"),
    Published("blink duration median, ms", 100.0, 400.0, "100–400", _SEVERAL),
    Published("blink intervals, skew of logarithm", -0.8, 0.8, "about 0 (log-normal)", _SEVERAL),
)

HEAD: Final = (
    Published("head pitch spread, deg", 1.5, 6.3, "1.5; 6.3", _CLIPS),
    Published("head yaw spread, deg", 1.5, 6.7, "1.5; 6.7", _CLIPS),
    Published("head roll spread, deg", 1.0, 3.5, "1.7; 3.5", _CLIPS),
    Published("head spread listening / speaking", 0.4, 0.95, "about 0.5", "clip D2"),
    Published("head speed median, deg/s", 4.0, 20.0, "6; 20", _CLIPS),
    Published("head speed p90, deg/s", 16.0, 54.0, "22; 54", _CLIPS),
    Published("head speed p99, deg/s", 45.0, 115.0, "46; 113", _CLIPS),
    Published("head power under 0.5 Hz", 0.48, 0.86, "0.48–0.85", _CLIPS),
    Published("head power 0.5-1.5 Hz", 0.08, 0.43, "0.10–0.43", _CLIPS),
    Published("head power 1.5-4 Hz", 0.04, 0.14, "0.04–0.14", _CLIPS),
    Published("head power 4-8 Hz", 0.0, 0.02, "0.00–0.02", _CLIPS),
    Published("frozen share", 0.0, 0.002, "0", _OURS),
    Published("nods per minute of listening", 5.0, 10.0, "5–10", _SEVERAL),
    Published("nod size median, deg", 3.0, 12.0, "3–12", _SEVERAL),
    Published("nod swings mean", 1.0, 3.0, "1–3", _SEVERAL),
    Published("nod rate median, Hz", 2.0, 4.0, "2–4", _SEVERAL),
    Published("accents with a head beat", 0.3, 0.6, "0.30–0.60", _SEVERAL),
    Published("head beat from its vowel, ms", 0.0, 100.0, "under 100", _SEVERAL),
    Published("accents with a brow raise", 0.1, 0.3, "0.10–0.30", _SEVERAL),
    Published("brow raises per minute", 3.0, 12.0, "up to 9.5", "phone recordings"),
)

FACE: Final = (
    Published("smiling share", 0.03, 0.45, "–", _OURS),
    Published("smile duration median, s", 0.5, 4.0, "0.5–4", _SCHMIDT),
    Published("smile onset median, s", 0.4, 0.7, "0.4–0.7", _SCHMIDT),
    Published("smile offset / onset", 1.1, 2.5, "slower than the onset", _SCHMIDT),
    Published("smiles answered", 0.45, 0.85, "most", "Hinsz & Tomhave 1991 (from memory)"),
    Published("smile answer latency, s", 0.3, 1.0, "0.3–1", "Dimberg & Thunberg 1998 (from memory)"),
    Published("breaths per minute, at rest", 12.0, 18.0, "12–18", _SEVERAL),
    Published("breaths per minute, speaking", 8.0, 15.0, "8–15", _SEVERAL),
    Published("inhaling share, at rest", 0.35, 0.45, "0.40", _SEVERAL),
    Published("inhaling share, speaking", 0.08, 0.18, "0.10–0.15", _SEVERAL),
    Published("longer turns after an inhalation", 0.6, 1.0, "often", _SEVERAL),
    Published("inhalation before a turn, s", 0.4, 0.7, "0.4–0.7", _SEVERAL),
    Published("sway spread, mm", 4.0, 25.0, "–", _OURS),
    Published("jaw p95 speaking, deg", 4.0, 16.0, "5.6; 16.1", _CLIPS),
)

ANSWERS: Final = (
    Published("speaker's blinks at pauses followed", 0.25, 0.6, "after 0.25–0.5 s", _NAKANO),
    Published("speaker's blinks followed, over chance", 1.5, 6.0, "beyond chance", _NAKANO),
    Published("nods followed by a nod", 0.2, 0.5, "a third or so", _NODS),
    Published("nods followed, over chance", 2.0, 12.0, "beyond chance", _NODS),
    Published("looks back at a listener who is away followed", 0.45, 0.85, "most", _OURS),
    Published("looks back followed, over chance", 3.0, 9.0, "beyond chance", _OURS),
    Published("looks away followed there", 0.04, 0.25, "now and then", "Frischen et al. 2007 (from memory)"),
    Published("mutual gaze episodes over 4.7 s", 0.0, 0.02, "liked: 3.3 (spread 0.7)", "Binetti et al. 2016"),
    Published("brow raises followed, listening", 0.15, 0.4, "a quarter or so", _OURS),
    Published("brow raises followed, over chance", 1.3, 5.0, "beyond chance", "Dimberg et al. 2000 (from memory)"),
    Published("turn of the head taken over, r", 0.1, 0.5, "above 0, within 5 s", _MIRRORED),
    Published("lean taken over, r", 0.1, 0.7, "above 0, within 5 s", _MIRRORED),
)

PUBLISHED: Final[dict[str, tuple[Published, ...]]] = {
    "Turns": TURNS,
    "Eyes and lids": EYES,
    "Head and brows": HEAD,
    "Smiles, breath and jaw": FACE,
    "Answers to what is seen": ANSWERS,
}
"""Heading → rows, in the order in which they are printed."""

EXPECTED: Final[dict[str, tuple[float, float]]] = {
    row.name: (row.low, row.high) for rows in PUBLISHED.values() for row in rows
}
"""Name → (least, most)."""

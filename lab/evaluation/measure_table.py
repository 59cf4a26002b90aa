"""What each number is called, its unit, where it should lie, and what it means to an artist."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Measure:
    """`low` and `high` bound what is wanted, None where nothing is; `scale` turns the number into `unit`."""

    name: str
    title: str
    unit: str
    scale: float
    low: float | None
    high: float | None
    meaning: str

    def met(self, value: float) -> bool | None:
        """Whether `value` lies where it should, None where nothing is asked or it could not be measured."""
        if math.isnan(value) or (self.low is None and self.high is None):
            return None
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def told(self, value: float) -> str:
        """`value` in its unit, a dash where it could not be measured."""
        if math.isnan(value):
            return "–"
        digits = 0 if self.unit == "%" and self.scale == _PERCENT else 2
        return f"{value * self.scale:.{digits}f} {self.unit}".strip()

    def target(self) -> str:
        """Where the number should lie, in its unit."""
        low, high = (None if bound is None else f"{bound * self.scale:g}" for bound in (self.low, self.high))
        if low is None and high is None:
            return ""
        if high is None:
            return f"≥ {low} {self.unit}".strip()
        return f"≤ {high} {self.unit}".strip() if low is None else f"{low} to {high} {self.unit}".strip()


_PERCENT: Final = 100.0
_MILLI: Final = 1000.0

MEASURES: Final = (
    Measure(
        "bilabials_closed", "P B M closed", "%", _PERCENT, 0.92, None,
        "Lips meet on P, B and M, within a frame of the sound. A miss here is what everybody sees first.",
    ),
    Measure(
        "bilabials_closed_lift", "P B M closed, over chance", "", 1.0, 0.85, None,
        "The same with luck taken off: 0 for a mouth that is always shut or flaps at random, 1 for one that is right.",
    ),
    Measure(
        "bilabials_closed_luck", "P B M closed, by luck", "%", _PERCENT, None, 0.05,
        "How likely luck closes as many. Above 5 % the lines above prove nothing: too few phones, or flapping.",
    ),
    Measure("labiodentals_low", "F V low", "%", _PERCENT, None, None, "The lower lip comes up on F and V."),
    Measure(
        "labiodentals_low_lift", "F V low, over chance", "", 1.0, 0.82, None, "The same with luck taken off.",
    ),
    Measure("labiodentals_low_luck", "F V low, by luck", "%", _PERCENT, None, 0.05, "As for P B M."),
    Measure(
        "open_vowels_open", "open vowels open", "%", _PERCENT, None, None,
        "AA AE AO AH AW AY open the lips to at least 35 % of their widest in speech.",
    ),
    Measure(
        "open_vowels_open_lift", "open vowels open, over chance", "", 1.0, 0.80, None, "The same with luck taken off.",
    ),
    Measure("open_vowels_open_luck", "open vowels open, by luck", "%", _PERCENT, None, 0.05, "As for P B M."),
    Measure(
        "spread_against_rounded", "spread wider than rounded", "", 1.0, 0.96, None,
        "How often the mouth is wider on IY IH EY EH AE than on UW UH OW OY AO W: 0.5 is chance, 1 is always.",
    ),
    Measure(
        "spread_against_rounded_quick", "the same, smiles taken off", "", 1.0, None, None,
        "Against the second around. Well above the last line: lips do shape the phones, and a smile hides it.",
    ),
    Measure(
        "open_in_silence", "mouth open in silence", "%", _PERCENT, None, 0.02,
        "Frames at least 0.3 s from the own speech in which the lips stand apart by more than shut.",
    ),
    Measure(
        "lag", "lips late by", "ms", _MILLI, -0.02, 0.02,
        "Positive: lips come after the sound. One frame is 40 ms; eyes forgive early lips more than late ones.",
    ),
    Measure(
        "follows_phones", "follows the phones", "", 1.0, 0.83, None,
        "Correlation of the opening with that which the phones ask for, within speech; 0 for unrelated motion.",
    ),
    Measure(
        "follows_phones_at_lag", "follows the phones, lag taken off", "", 1.0, None, None,
        "Much above the last line: the motion is right and comes at the wrong time.",
    ),
    Measure(
        "lag_to_loudness", "lips late against loudness by", "ms", _MILLI, None, None,
        "Needs no phones, and is rougher: compare takes of one recording, not different recordings.",
    ),
    Measure(
        "follows_loudness", "follows the loudness", "", 1.0, None, None,
        "Correlation of the opening with the voice's loudness around speech. Below 0.3: is it the right recording?",
    ),
    Measure(
        "opening_in_speech", "opening in speech", "mm", 1.0, 3.0, 25.0,
        "How far the inner lips part beyond rest, 95th percentile. Small: mumbling or frozen; large: shouting.",
    ),
    Measure("blinks", "blinks", "a minute", 1.0, 8.0, 40.0, "17 at rest, 26 in conversation; people differ twofold."),
    Measure(
        "nods", "nods", "a minute", 1.0, None, None,
        "Dips of more than 2.5° that are over in a second, a row of them as one; head beats of speech count too.",
    ),
    Measure(
        "nods_listening", "nods while listening", "a minute", 1.0, 2.0, 15.0, "5 to 10 are usual; none looks deaf.",
    ),
    Measure(
        "at_partner_speaking", "looks at partner, speaking", "%", _PERCENT, 0.20, 0.70,
        "Speakers look away to think: 40 % is usual. All the time is a stare, unless the prompt asks for it.",
    ),
    Measure(
        "at_partner_listening", "looks at partner, listening", "%", _PERCENT, 0.30, 0.90,
        "Listeners look more than speakers: 75 % is usual. Random gaze gives a few percent.",
    ),
    Measure("mutual_gaze", "both look at each other", "%", _PERCENT, 0.10, 0.70, "30 % is usual."),
    Measure(
        "head_spread_pitch", "head spread, nodding", "°", 1.0, 0.8, 8.0, "Standard deviation of the head's pitch.",
    ),
    Measure(
        "head_spread_yaw", "head spread, turning", "°", 1.0, 0.8, 12.0, "Standard deviation of the head's yaw.",
    ),
    Measure(
        "pitch_power_4_8", "head trembling, nodding", "%", _PERCENT, None, 0.05,
        "Share of the motion above 4 Hz. Real heads have 0 to 2 %; more is jitter.",
    ),
    Measure("yaw_power_4_8", "head trembling, turning", "%", _PERCENT, None, 0.05, "The same from side to side."),
    Measure("frozen", "frozen", "%", _PERCENT, None, 0.01, "Frames in which nothing moves for half a second or more."),
    Measure("longest_frozen", "longest standstill", "s", 1.0, None, 1.0, "People breathe; nobody alive holds still."),
    Measure(
        "largest_jump", "largest jump", "mm a frame", 1.0, None, None,
        "Of any landmark from one frame to the next, lids and all; the report says which, and when.",
    ),
    Measure(
        "largest_jump_without_lids", "largest jump, lids left out", "mm a frame", 1.0, None, 20.0,
        "Half the mouth's opening within a frame is a pop, unless the whole head turns fast.",
    ),
)  # fmt: skip
"""In the order of the report. Targets of lips are the project's; those of behaviour are what people do."""

BY_NAME: Final = {measure.name: measure for measure in MEASURES}

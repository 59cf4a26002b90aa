"""A dialogue whose every number is known: a face of a few points, random phones, and lips that do as phones ask."""

from dataclasses import replace

import numpy as np

from backend.contract.face import Face
from backend.contract.performance import Performance
from lab.evaluation.measures.phones import NOMINAL_OPENING, ROUNDED, SPREAD, nominal_opening

FPS = 25.0
FRAMES = 60 * 25
OPEN, NARROW, BLINK = range(3)
LANDMARKS = (
    "lip_upper_inner",
    "lip_lower_inner",
    "mouth_left",
    "mouth_right",
    "eyelid_upper_left",
    "eyelid_lower_left",
    "eyelid_upper_right",
    "eyelid_lower_right",
)
_PLACES = np.array(
    [
        (0, -0.07, 0.03), (0, -0.07, 0.03), (0.025, -0.07, 0.02), (-0.025, -0.07, 0.02),
        (0.03, 0.005, 0.02), (0.03, -0.005, 0.02), (-0.03, 0.005, 0.02), (-0.03, -0.005, 0.02),
        (0, -0.15, -0.12), (0, -0.10, -0.10), (0, -0.05, -0.06), (0.03, 0, 0), (-0.03, 0, 0),
    ]
)  # fmt: skip


def small_face() -> Face:
    """13 points: the landmarks and the joints. One unit opens lips by 10 mm, narrows the mouth by 10 mm, shuts lids."""
    count = len(LANDMARKS)
    directions = np.zeros((len(_PLACES), 3, 3))
    directions[1, 1, OPEN] = -0.010
    directions[2, 0, NARROW], directions[3, 0, NARROW] = -0.005, 0.005
    directions[[4, 6], 1, BLINK] = -0.010
    weights = np.zeros((len(_PLACES), 5))
    weights[:count, 1] = 1
    weights[count:] = np.eye(5)
    return Face(
        id="small",
        v_template=_PLACES,
        f=np.array([[0, 1, 2]]),
        shapedirs=directions,
        posedirs=np.zeros((len(_PLACES), 3, 36)),
        J_regressor=np.hstack((np.zeros((5, count)), np.eye(5))),
        weights=weights,
        kintree_table=np.zeros((2, 5), int),
        expression_names=("open", "narrow", "blink"),
        identity_names=(),
        landmarks={name: index for index, name in enumerate(LANDMARKS)},
        regions={},
    )


def random_phones(seed, seconds=60.0, begin=0.6):
    """Phones of 50 to 150 ms in phrases of about two seconds with pauses of about one."""
    rng = np.random.default_rng(seed)
    names = sorted(set(NOMINAL_OPENING) - {"pau"})
    phones, clock = [(0.0, begin, "pau")], begin
    while clock < seconds - 4:
        for _ in range(20):
            length = rng.uniform(0.05, 0.15)
            phones.append((clock, clock + length, str(rng.choice(names))))
            clock += length
        pause = rng.uniform(0.8, 1.6)
        phones.append((clock, clock + pause, "pau"))
        clock += pause
    return tuple(phones)


def mouth_of(phones, frames=FRAMES):
    """[T, 3] expression that does what phones ask: opening, and width on spread and rounded phones."""
    expression = np.zeros((frames, 3))
    expression[:, OPEN] = nominal_opening(phones, FPS, frames)
    for start, end, name in phones:
        first, last = round(start * FPS - 0.5), round(end * FPS + 0.5)
        if name in ("p", "b", "m"):
            expression[round((start + end) / 2 * FPS), OPEN] = 0
        if name in ROUNDED or name in SPREAD:
            expression[first : last + 1, NARROW] = 1 if name in ROUNDED else -0.5
    return expression


def good_performance(phones, seed=0):
    """Both face each other at 1.1 m, speak `phones`, blink, nod, look away now and then, and sway."""
    rng = np.random.default_rng(seed)
    time = np.arange(FRAMES) / FPS
    expression = np.stack([mouth_of(own) for own in phones])
    pose = np.zeros((2, FRAMES, 5, 3))
    translation = np.zeros((2, FRAMES, 3))
    speaking = np.zeros((2, FRAMES))
    for who, own in enumerate(phones):
        for start, end, name in own:
            speaking[who, round(start * FPS) : round(end * FPS)] = name != "pau"
        for blink in rng.uniform(0.5, 3.0, 30).cumsum():
            frame = round(blink * FPS)
            expression[who, frame : frame + 3, BLINK] = (0.5, 1.0, 0.5)[: max(0, min(3, FRAMES - frame))]
        pose[who, :, 0, 1] = np.pi / 2 * (1 - 2 * who)
        pose[who, :, 1, 0] = 0.03 * np.sin(0.5 * time + who)
        pose[who, :, 1, 1] = 0.04 * np.sin(0.7 * time + who)
        for nod in np.arange(6.0 + who, 58, 8):
            since = np.clip(time - nod, 0, 0.5)
            pose[who, :, 1, 0] += np.radians(6) * np.sin(2 * np.pi * since) ** 2
        pose[who, :, 3:, 1] = -pose[who, :, 1, 1, None]  # the eyes stay on the partner
        pose[who, :, 3:, 0] = -pose[who, :, 1, 0, None]
        away = (time + 3 * who) % 7 < np.where(speaking[who] > 0.5, 4.0, 1.0)
        pose[who, away, 3:, 1] += 0.4
        translation[who, :, 0] = (2 * who - 1) * 0.55
        translation[who, :, 1] = 1.2 + 0.003 * np.sin(1.5 * time + who)
    return Performance(
        fps=FPS,
        face="small",
        speakers=("Anna", "Ben"),
        expression=expression.astype(np.float32),
        pose=pose.astype(np.float32),
        translation=translation.astype(np.float32),
        speaking=speaking.astype(np.float32),
        meta={"prompt": "two friends across a table"},
    )


def with_mouth(performance, curve):
    """The same with `curve` [T] as the opening of both mouths."""
    expression = performance.expression.copy()
    expression[:, :, OPEN] = curve
    return replace(performance, expression=expression)

"""What tests/data/staging_prompts.json expects of a prompt, held against what the reader made of it."""

from math import atan2, degrees

OFTEN, SOME, NEVER, HELD = 0.4, (0.1, 0.45), 0.1, 0.4
UPRIGHT = 2.0


def differences(expect, staged):
    """One line for everything in `expect` that does not hold; the layout is described in staging_prompts.md."""
    places = staged.staging.places
    found = [line for name, check in _CHECKS.items() if expect.get(name) is not None for line in check(expect, staged)]
    for name, matches in _OF_ONE.items():
        for person, wanted in enumerate(expect.get(name) or ()):
            if wanted is not None and not matches(places[person], wanted):
                found.append(f"{name} of {person}: wanted {wanted}, read {places[person]}")
    return found


def _left(expect, staged):
    first, second = (place.position[0] for place in staged.staging.places)
    read = 0 if first < second else 1
    return [] if read == expect["left"] else [f"left: wanted {expect['left']}, read {read}"]


def _distance(expect, staged):
    (x, _, z), (other_x, _, other_z) = (place.position for place in staged.staging.places)
    read = ((x - other_x) ** 2 + (z - other_z) ** 2) ** 0.5
    lowest, highest = expect["distance"]
    return [] if lowest - 1e-9 <= read <= highest + 1e-9 else [f"distance: wanted {lowest} to {highest}, read {read}"]


def _taller(expect, staged):
    first, second = (place.position[1] for place in staged.staging.places)
    read = 0 if first > second else 1 if second > first else None
    return [] if read == expect["taller"] else [f"taller: wanted {expect['taller']}, read {read}"]


def _arrangement(expect, staged):
    wanted = expect["arrangement"]
    known = wanted if isinstance(wanted, list) else [wanted]
    read = staged.staging.arrangement
    return [] if read in known else [f"arrangement: wanted {wanted}, read {read}"]


def _facing(expect, staged):
    wanted = expect["facing"]
    places = staged.staging.places
    facing = [degrees(place.facing) for place in places]
    off = [_apart(facing[person], _direction(places[person], places[1 - person])) for person in (0, 1)]
    between = _apart(*facing)
    aside = [_apart(angle, 0.0) for angle in facing]
    if isinstance(wanted, dict):
        lowest, highest = wanted["between_degrees"]
        right = lowest <= between <= highest
    else:
        right = {
            "each_other": max(off) <= 35.0,
            "camera": max(aside) <= 35.0,
            "side_by_side": between <= 70.0 and max(aside) <= 45.0,
            "away": min(off) > 90.0,
        }[wanted]
    return [] if right else [f"facing: wanted {wanted}, read {facing}"]


def _report(expect, staged):
    warnings = " ".join(staged.warnings).lower()
    return [f"report: wanted “{word}” in {staged.warnings}" for word in expect["report"] if word not in warnings]


def _direction(place, other):
    return degrees(atan2(other.position[0] - place.position[0], other.position[2] - place.position[2]))


def _apart(one, other):
    return abs((one - other + 180.0) % 360.0 - 180.0)


def _leans(place, wanted):
    lean = degrees(place.lean)
    return {1: lean > UPRIGHT, 0: abs(lean) <= UPRIGHT, -1: lean < -UPRIGHT}[wanted]


def _looks_away(place, wanted):
    share = place.gaze_away
    return {"often": share >= OFTEN, "some": SOME[0] <= share <= SOME[1], "never": share <= NEVER}[wanted]


def _main_direction(place, wanted):
    if place.away is None:
        return False
    left, up = place.away
    main = ("left" if left > 0 else "right") if abs(left) > abs(up) else ("up" if up > 0 else "down")
    return main == wanted


_CHECKS = {
    "left": _left,
    "distance": _distance,
    "taller": _taller,
    "arrangement": _arrangement,
    "facing": _facing,
    "report": _report,
}
_OF_ONE = {
    "posture": lambda place, wanted: place.posture == wanted,
    "lean": _leans,
    "mood": lambda place, wanted: place.mood in (wanted if isinstance(wanted, list) else [wanted]),
    "gaze_away": _looks_away,
    "away": _main_direction,
    "gaze_held": lambda place, wanted: wanted == "high" and place.gaze_held >= HELD,
}

"""People who could exist: the same for a seed, within the sliders, with colours that go together."""

import numpy as np
import pytest
from duologue.addon.characters.random_person import random_person
from duologue.addon.heads.hair_styles import STYLES
from duologue.backend.contract.character import job_character

NAMES = ("gender", "age", "african", "asian", "caucasian", "weight", "muscle", "head_oval", "nose_hump", "chin_width")
NUMBERED = tuple(f"identity_{number:03d}" for number in range(1, 101))
SEEDS = range(60)


def _people():
    return [random_person(seed, NAMES) for seed in SEEDS]


def test_a_seed_is_a_person():
    assert random_person(7, NAMES) == random_person(7, NAMES)
    assert random_person(7, NAMES) != random_person(8, NAMES)


def test_everybody_is_a_character_within_the_sliders():
    for person in _people():
        job_character({"name": "Somebody"} | person)
        assert set(person["identity"]) <= set(NAMES)
        assert max(abs(value) for value in person["identity"].values()) <= 1.0
        assert person["hair"]["style"] in STYLES
        for colour in (
            person["skin"]["colour"],
            person["skin"]["lips"],
            person["hair"]["colour"],
            person["eyes"]["colour"],
        ):
            assert all(0.0 <= channel <= 1.0 for channel in colour)


def test_origins_are_one_whole():
    for person in _people():
        assert sum(person["identity"][name] for name in ("african", "asian", "caucasian")) == pytest.approx(
            1.0, abs=0.01
        )


def test_skin_goes_with_origin_and_lips_and_brows_go_with_skin_and_hair():
    people = _people()
    african = np.array([person["identity"]["african"] for person in people])
    skin, lips, hair, brows = (
        np.array([np.mean(person[part][key]) for person in people])
        for part, key in (("skin", "colour"), ("skin", "lips"), ("hair", "colour"), ("brows", "colour"))
    )

    assert np.corrcoef(african, skin)[0, 1] < -0.8
    assert np.corrcoef(skin, lips)[0, 1] > 0.9
    assert np.corrcoef(hair, brows)[0, 1] > 0.5


def test_grey_comes_with_age_and_beards_with_men():
    people = _people()
    age, grey = (
        np.array(found) for found in zip(*((p["identity"]["age"], p["hair"]["grey"]) for p in people), strict=True)
    )

    assert grey[age < 0.3].max() == 0.0
    assert np.corrcoef(age, grey)[0, 1] > 0.7
    assert all(person["skin"]["stubble"] == 0.0 for person in people if person["identity"]["gender"] < 0)


def test_people_differ_in_everything():
    people = _people()

    assert len({person["hair"]["style"] for person in people}) >= 5
    assert 20 < sum(person["identity"]["gender"] < 0 for person in people) < 40
    assert np.std([person["identity"]["nose_hump"] for person in people]) == pytest.approx(0.28, rel=0.35)


def test_a_statistical_face_gets_its_first_components():
    person = random_person(3, NUMBERED)

    assert list(person["identity"]) == list(NUMBERED[:10])
    assert max(abs(value) for value in person["identity"].values()) <= 2.2

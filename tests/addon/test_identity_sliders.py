"""Identity components in an artist's groups and words."""

import pytest
from duologue.addon.characters.identity_sliders import GROUPS, sliders


def _one(name):
    (found,) = sliders([name])
    return found.group, found.label, found.kind


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("gender", ("Person", "Woman – man", "signed")),
        ("asian", ("Person", "Asian", "share")),
        ("head_oval", ("Head", "Oval", "share")),
        ("head_scale_horiz", ("Head", "Width", "signed")),
        ("forehead_scale_vert", ("Head", "Forehead height", "signed")),
        ("eyebrows_trans_up", ("Eyes", "Eyebrows higher", "signed")),
        ("nose_point_up", ("Nose", "Tip up", "signed")),
        ("ear_lobe", ("Ears", "Lobe", "signed")),
        ("identity_007", ("Shape", "Component 7", "deviations")),
        ("whatever_else", ("Shape", "Whatever else", "deviations")),
    ],
)
def test_component_has_a_group_a_word_and_a_range(name, shown):
    assert _one(name) == shown
    assert shown[0] in GROUPS


def test_labels_are_different_within_a_group():
    names = ["nose_scale_depth", "nose_scale_horiz", "nose_width1", "nose_width2", "nose_point_width", "nose_trans_up"]

    assert len({slider.label for slider in sliders(names)}) == len(names)


def test_of_numbered_components_the_first_ten_and_the_used_ones_are_shown():
    names = [f"identity_{number:03d}" for number in range(1, 301)]

    shown = [slider.name for slider in sliders(names, used=["identity_250"])]

    assert shown == [*names[:10], "identity_250"]

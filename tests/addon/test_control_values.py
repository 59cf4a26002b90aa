"""Driver expressions told forwards, and controls found backwards."""

import numpy as np
import pytest
from duologue.addon.retargeting.control_values import Span, solved, working_span
from duologue.addon.retargeting.driver_expression import function_of, names_in
from hypothesis import given
from hypothesis import strategies as st

UNBOUNDED = (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("expression", "at", "expected"),
    [
        ("var", 0.3, 0.3),
        ("-var / 0.02", -0.01, 0.5),
        ("max(var, 0) * 2", -1.0, 0.0),
        ("min(1, max(0, var * 10 - 1))", 0.15, 0.5),
        ("clamp(var, 0, 0.4)", 2.0, 0.4),
        ("var if var > 0 else 0", -3.0, 0.0),
        ("smoothstep(0, 1, var)", 0.5, 0.5),
        ("(var > 0.2) and var < 0.9", 0.5, 1.0),
        ("degrees(var) / 90", np.pi / 2, 1.0),
        ("not var", 0.0, 1.0),
        ("sqrt(var) + 1/0", -1.0, None),
    ],
)
def test_expression_is_reckoned_as_blender_does(expression, at, expected):
    found = function_of(expression, "var")(np.array([at]))

    assert found.shape == (1,)
    assert np.isfinite(found).all()
    if expected is not None:
        assert found[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "var +",
        "self.jaw",
        "open('x')",
        "var[0]",
        "__import__('os')",
        "frame",
        "lambda: 1",
        "'a' * 9",
        "other + var",
    ],
)
def test_what_is_no_simple_expression_of_the_variable_is_refused(expression):
    with pytest.raises(ValueError):  # noqa: PT011 — the text is the expression's own
        function_of(expression, "var")


def test_names_of_functions_are_no_variables():
    assert names_in("max(jaw, pi) * min(face, 1)") == {"jaw", "face"}


@given(
    gain=st.floats(0.01, 100.0),
    sign=st.sampled_from([-1.0, 1.0]),
    wanted=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9),
)
def test_control_brings_its_shape_where_it_should_be(gain, sign, wanted):
    def function(values):
        return np.clip(sign * gain * values, 0.0, 1.0)

    span = working_span(function, UNBOUNDED, 0.0)

    found = solved([function], np.array([wanted]), span)

    assert function(found) == pytest.approx(wanted, abs=2e-3)


@given(st.floats(-1.0, 1.0))
def test_one_slider_serves_two_shapes_of_its_two_sides(aside):
    left, right = (lambda values: np.clip(values, 0.0, 1.0)), (lambda values: np.clip(-values, 0.0, 1.0))
    wanted = np.array([[max(aside, 0.0)], [max(-aside, 0.0)]])

    found = solved([left, right], wanted, Span(-1.0, 1.0, 0.0))

    assert found[0] == pytest.approx(aside, abs=1e-3)


def test_control_stays_at_rest_where_nothing_is_asked_of_it():
    found = solved([lambda values: np.clip(values - 0.5, 0.0, 1.0)], np.zeros((1, 3)), Span(-2.0, 2.0, 0.25))

    assert found == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize("function", [np.zeros_like, lambda values: np.sin(40 * values) ** 2 * (values != 0)])
def test_control_that_moves_nothing_or_turns_back_is_none(function):
    assert working_span(function, UNBOUNDED, 0.0, wanted=2.0) is None


def test_limits_of_the_control_are_kept():
    span = working_span(lambda values: values, (0.0, 0.4), 0.0)

    assert solved([lambda values: values], np.array([[1.0]]), span) == pytest.approx(0.4)

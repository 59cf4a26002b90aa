"""Two hundred prompts that were written without the reader in sight, read as their writer meant them."""

import json
from pathlib import Path

import pytest

from backend.staging.prompt import stage_prompt
from tests.support.expectations import differences

PROMPTS = Path(__file__).parents[1] / "data" / "staging_prompts.json"
AT_LEAST = 0.95


@pytest.fixture(scope="module")
def prompts():
    return json.loads(PROMPTS.read_text(encoding="utf-8"))


def misread(prompts):
    """Prompt → what differs, of those that were not read entirely right."""
    found = {}
    for one in prompts:
        wrong = differences(one["expect"], stage_prompt(one["prompt"], tuple(one.get("names", ("Anna", "Ben")))))
        if wrong:
            found[one["prompt"]] = wrong
    return found


@pytest.mark.parametrize("held_out", [False, True])
def test_prompts_are_read_entirely_right(prompts, held_out):
    chosen = [one for one in prompts if bool(one.get("held_out")) is held_out]

    wrong = misread(chosen)

    assert len(chosen) - len(wrong) >= AT_LEAST * len(chosen), json.dumps(wrong, indent=1, ensure_ascii=False)


def test_a_wrong_expectation_is_noticed(prompts):
    spoiled = [
        one | {"expect": {"left": 1 - one["expect"]["left"]}}
        for one in prompts
        if one["expect"].get("left") is not None
    ]

    assert len(misread(spoiled)) >= AT_LEAST * len(spoiled)


def test_the_file_has_two_hundred_different_prompts(prompts):
    assert len({one["prompt"] for one in prompts}) >= 200

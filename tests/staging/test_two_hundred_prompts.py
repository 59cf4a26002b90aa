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
    for prompt in prompts:
        wrong = differences(
            prompt["expect"], stage_prompt(prompt["prompt"], tuple(prompt.get("names", ("Anna", "Ben"))))
        )
        if wrong:
            found[prompt["prompt"]] = wrong
    return found


@pytest.mark.parametrize("held_out", [False, True])
def test_prompts_are_read_entirely_right(prompts, held_out):
    chosen = [prompt for prompt in prompts if bool(prompt.get("held_out")) is held_out]

    wrong = misread(chosen)

    assert len(chosen) - len(wrong) >= AT_LEAST * len(chosen), json.dumps(wrong, indent=1, ensure_ascii=False)


def test_a_wrong_expectation_is_noticed(prompts):
    spoiled = [
        prompt | {"expect": {"left": 1 - prompt["expect"]["left"]}}
        for prompt in prompts
        if prompt["expect"].get("left") is not None
    ]

    assert len(misread(spoiled)) >= AT_LEAST * len(spoiled)


def test_the_file_has_two_hundred_different_prompts(prompts):
    assert len({prompt["prompt"] for prompt in prompts}) >= 200

"""What `build.py train` installs before it runs."""

import pytest

from building.training import needed_programs

EVERY = ("flite", "festival", "espeak-ng")


@pytest.mark.parametrize(
    ("words", "programs"),
    [
        ([], EVERY),
        (["--hours", "1"], EVERY),
        (["--corpus", "DIR"], ()),
        (["rehearse"], EVERY),
        (["rehearse", "--voices", "every"], EVERY),
        (["rehearse", "--voices", "flite"], ("flite",)),
        (["rehearse", "--voices=flite"], ("flite",)),
        (["rehearse", "--help"], ()),
        (["statistics"], ("flite",)),
        (["dualtalk", "--data", "DIR"], ()),
    ],
)
def test_only_programs_that_will_speak_are_needed(words, programs):
    assert needed_programs(words) == programs

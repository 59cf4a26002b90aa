"""Work in steps, without Blender."""

from duologue.addon.steps import at_once, part_of


def test_steps_that_are_part_of_others_tell_their_share_of_the_whole_and_are_closed_with_it():
    log = []

    def part():
        try:
            yield "One", 0.0
            yield "Two", 0.5
            return "found"
        finally:
            log.append("closed")

    assert list(part_of(part(), 0.2, 0.6)) == [("One", 0.2), ("Two", 0.4)]
    assert at_once(part_of(part(), 0.2, 0.6)) == "found"
    begun_only = part_of(part(), 0.2, 0.6)
    next(begun_only)
    log.clear()
    begun_only.close()
    assert log == ["closed"]

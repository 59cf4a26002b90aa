"""`stage` prints what a prompt makes of two people."""

import json

import pytest

from backend.command.entry import main
from backend.contract.errors import ExitCode
from backend.staging.stage import staging_from_json
from backend.staging.values import staging_of_values, values_of


def test_values_are_printed_and_what_was_not_understood_is_told_apart(capsys):
    assert main(["stage", "Mia leans in, Max juggles a flamingo", "--names", "Mia", "Max"]) == ExitCode.OK

    printed = capsys.readouterr()
    lines = {line.split()[0]: line.split()[1:] for line in printed.out.splitlines()[2:]}
    assert printed.out.splitlines()[1].split() == ["Mia", "Max"]
    assert lines["lean_degrees"] == ["13", "0"]
    assert lines["away_left_degrees"] == ["anywhere", "anywhere"]
    assert "flamingo" in printed.err


def test_json_holds_values_that_can_be_given_back(capsys):
    assert main(["stage", "two metres apart, Ben looks down", "--json"]) == ExitCode.OK

    printed = json.loads(capsys.readouterr().out)
    assert printed["values"]["distance"] == 2.0
    assert printed["warnings"] == []
    assert values_of(staging_of_values(printed["values"])) == values_of(staging_from_json(printed["staging"]))


def test_what_is_inferred_is_told_with_its_key_and_left_out_by_it(capsys):
    assert main(["stage", "Mia is agnry", "--names", "Mia", "Max", "--json"]) == ExitCode.OK

    printed = json.loads(capsys.readouterr().out)
    (inference,) = printed["inferences"]
    assert (inference["key"], inference["words"]) == ("spelling:agnry", "agnry")
    assert (len(printed["warnings"]), printed["missed"]) == (1, [])
    assert printed["values"]["people"][0]["mood"] == "angry"

    without = ["--without", inference["key"], "--without", "no such key"]
    assert main(["stage", "Mia is agnry", "--names", "Mia", "Max", "--json", *without]) == ExitCode.OK

    printed = json.loads(capsys.readouterr().out)
    assert (printed["inferences"], printed["warnings"]) == ([], printed["missed"])
    assert printed["values"]["people"][0]["mood"] == "neutral"
    assert "agnry" in printed["missed"][0]


@pytest.mark.parametrize("words", [["stage"], ["stage", "a", "b"], ["stage", "a", "--names", "Anna"]])
def test_a_command_line_that_is_off_ends_as_a_bad_request(words):
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == ExitCode.BAD_REQUEST

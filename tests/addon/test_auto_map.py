import json
import re

import pytest
from duologue.addon.retargeting.auto_map import auto_map
from duologue.addon.retargeting.canonical_names import canonical, canonical_bone
from duologue.addon.retargeting.preset_choice import best_preset
from duologue.addon.retargeting.rig_mapping import BonePart, RigMapping
from duologue.backend.contract.arkit import ARKIT_NAMES
from duologue.backend.contract.errors import ExitCode
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.refusals import refused

ARKIT = RigMapping(
    "ARKit 52",
    "arkit",
    shapes={name: {name: 1.0} for name in ARKIT_NAMES},
    bones={"head": (BonePart("Neck", 0.4), BonePart("Head", 0.6)), "eye_left": (BonePart("LeftEye"),)},
    aliases={"Head": ("CC_Base_Head",)},
)
VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
READY = RigMapping(
    "Ready Player Me",
    "arkit",
    shapes={name: {name: 1.0} for name in ARKIT_NAMES},
    recipes={f"viseme_{name}": {"jawOpen": 0.3} for name in VISEMES},
)
RIGIFY = RigMapping("Rigify", "arkit", moves={"lip.T": {"jawOpen": (0, 0, 1)}, "lip.T.L.001": {"jawOpen": (0, 1, 0)}})


def words_of(name):
    return re.findall(r"[A-Z]?[a-z]+", name)


def side_at(name, mark, *, front=False):
    """`eyeBlinkLeft` → `eyeBlink_L`, `L_eyeBlink` and the like; names without a side stay."""
    for side in ("Left", "Right"):
        if name.endswith(side):
            base, letter = name[: -len(side)], mark(side)
            return letter + base if front else base + letter
    return name


SPELLINGS = {
    "snake": lambda name: "_".join(words_of(name)).lower(),
    "kebab": lambda name: "-".join(words_of(name)).lower(),
    "words": lambda name: " ".join(words_of(name)),
    "pascal": lambda name: name[0].upper() + name[1:],
    "capitals": str.upper,
    "small": str.lower,
    "shouted snake": lambda name: "_".join(words_of(name)).upper(),
    "_L": lambda name: side_at(name, lambda side: "_" + side[0]),
    "_l": lambda name: side_at(name, lambda side: "_" + side[0].lower()),
    ".L": lambda name: side_at(name, lambda side: "." + side[0]),
    "L": lambda name: side_at(name, lambda side: side[0]),
    "L_": lambda name: side_at(name, lambda side: side[0] + "_", front=True),
    "left_": lambda name: side_at(name, lambda side: side.lower() + "_", front=True),
    "full width": lambda name: "".join(chr(ord(letter) + 0xFEE0) for letter in name),
    "copy": lambda name: name + ".001",
    "namespace": lambda name: "actor:" + name,
    "mesh": lambda name: "blendShape1." + name,
    "head": lambda name: "head." + name,
    "Wolf3D": lambda name: "Wolf3D_Head_" + name,
    "CC": lambda name: "CC_Base_" + name,
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_every_spelling_of_the_arkit_names_is_found(spelling):
    spelled = {name: spelling(name) for name in ARKIT_NAMES}

    result = auto_map(ARKIT, list(spelled.values()), [])

    assert (result.mapped, result.wanted, result.missing) == (52, 52, ())
    assert result.mapping.shapes == {spelled[name]: {name: 1.0} for name in ARKIT_NAMES}
    assert result.unused == ()


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.sampled_from(sorted(SPELLINGS)), min_size=52, max_size=52), st.randoms())
def test_a_mixture_of_spellings_in_any_order_lands_each_name_on_its_own(chosen, random):
    spelled = {SPELLINGS[spelling](name): name for name, spelling in zip(ARKIT_NAMES, chosen, strict=True)}
    there = list(spelled)
    random.shuffle(there)

    result = auto_map(ARKIT, there, [])

    assert result.mapping.shapes == {there: {name: 1.0} for there, name in spelled.items()}


@settings(max_examples=examples(400), deadline=None)
@given(
    st.text(max_size=30)
    | st.lists(st.sampled_from(["left", "R", "_", ".", "le", "ft", "head", "eye", "Bs", "001", "左", ":"])).map("".join)
)
def test_a_canonical_name_is_its_own_canonical_name(name):
    assert canonical(canonical(name)) == canonical(name)
    assert canonical_bone(canonical_bone(name)) == canonical_bone(name)


@settings(max_examples=examples(200), deadline=None)
@given(st.sampled_from(ARKIT_NAMES), st.sampled_from(sorted(SPELLINGS)))
def test_left_is_never_right(name, spelling):
    other = name.replace("Left", "#").replace("Right", "Left").replace("#", "Right")
    if other == name:
        return

    assert canonical(SPELLINGS[spelling](name)) != canonical(other)


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.from_regex(r"[a-zA-Z_. 0-9]{1,20}", fullmatch=True), unique=True))
def test_unrelated_names_are_never_mapped(names):
    known = {canonical(name) for name in ARKIT_NAMES}
    unrelated = [name for name in names if canonical(name) not in known]
    relatives = [f"{name}Extra" for name in ARKIT_NAMES] + [f"my{name}" for name in ARKIT_NAMES]

    result = auto_map(ARKIT, unrelated + relatives, [])

    assert result.mapped == 0
    assert result.mapping.shapes == {}
    assert result.unused == tuple(unrelated + relatives)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Eye_L_Look_R", "Eye_R_Look_L"),
        ("cleft", "c.L"),
        ("browUpright", "browUp_R_t"),
        ("ω□", "ω"),
        ("まばたき", "まばたき2"),
    ],
)
def test_names_that_only_look_alike_stay_apart(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CC_Base_Jaw_Open", "jawOpen"),
        ("ｳｨﾝｸ２右", "ウィンク2.R"),
        ("目.L", "左目"),
        ("Fcl_MTH_A", "mth_a"),
    ],
)
def test_names_of_vendors_meet(one, other):
    assert canonical(one) == canonical(other)


def test_bones_keep_their_numbers_and_lose_vendor_and_middle():
    assert canonical_bone("spine.006") != canonical_bone("spine.005")
    assert canonical_bone("mixamorig:Head") == canonical_bone("head.x") == canonical_bone("CC_Base_Head") == "head"
    assert canonical_bone("LeftEye") == canonical_bone("eye.L") == canonical_bone("J_Adj_L_Eye")


def test_exact_name_wins_over_its_copies_and_spellings():
    there = ["jaw_open", "JawOpen", "jawOpen.001", "jawOpen", "JAWOPEN"]

    for names in (there, there[::-1], set(there)):
        assert list(auto_map(ARKIT, names, []).mapping.shapes) == ["jawOpen"]


def test_of_two_spellings_the_one_that_differs_in_case_alone_is_taken_in_any_order():
    for names in (["jaw_open", "JawOpen"], ["JawOpen", "jaw_open"]):
        result = auto_map(ARKIT, names, [])
        assert list(result.mapping.shapes) == ["JawOpen"]
        assert result.unused == ("jaw_open",)


def test_alias_wins_over_a_spelling():
    preset = RigMapping("P", "arkit", shapes={"aa": {"jawOpen": 1.0}}, aliases={"aa": ("Fcl_MTH_A",)})

    assert list(auto_map(preset, ["a_a", "Fcl_MTH_A"], []).mapping.shapes) == ["Fcl_MTH_A"]
    assert list(auto_map(preset, ["fcl mth-A"], []).mapping.shapes) == ["fcl mth-A"]


def test_one_key_of_the_rig_answers_to_one_name():
    preset = RigMapping("P", "arkit", shapes={"blink": {"eyeBlinkLeft": 1.0}, "Blink_": {"eyeBlinkRight": 1.0}})

    result = auto_map(preset, ["BLINK"], [])

    assert result.mapping.shapes == {"BLINK": {"eyeBlinkLeft": 1.0}}
    assert result.missing == ("Blink_",)


def test_limits_recipes_and_moves_go_under_the_names_of_the_rig():
    preset = RigMapping(
        "P",
        "arkit",
        shapes={"jawOpen": {"jawOpen": 1.0}, "gone": {"cheekPuff": 1.0}},
        recipes={"viseme_PP": {"mouthClose": 0.4}},
        limits={"jawOpen": (0.0, 0.5), "gone": (0.0, 1.0)},
        moves={"lip.T": {"mouthUpperUpLeft": (0.0, 0.05, 0.0)}},
    )

    result = auto_map(preset, ["Jaw_Open", "Viseme-PP"], ["Lip.T", "spine"])

    assert result.mapping == RigMapping(
        "P",
        "arkit",
        shapes={"Jaw_Open": {"jawOpen": 1.0}},
        recipes={"Viseme-PP": {"mouthClose": 0.4}},
        limits={"Jaw_Open": (0.0, 0.5)},
        moves={"Lip.T": {"mouthUpperUpLeft": (0.0, 0.05, 0.0)}},
    )
    assert result.sentence().startswith("2 of 3 mapped; missing: gone.")


def test_bone_that_is_missing_gives_its_share_to_the_others():
    result = auto_map(ARKIT, ARKIT_NAMES, ["CC_Base_Head"])

    assert result.mapping.bones == {"head": (BonePart("CC_Base_Head", 1.0),)}
    assert result.missing_bones == ("Neck", "LeftEye")
    assert result.missing == ()


def test_extra_visemes_choose_the_preset_that_knows_them_and_their_absence_the_other():
    presets = {"ready-player-me": READY, "arkit-52": ARKIT, "rigify": RIGIFY}
    with_visemes = [*ARKIT_NAMES, *(f"viseme_{name}" for name in VISEMES)]

    assert best_preset(presets, with_visemes, ["Neck", "Head"])[0] == "ready-player-me"
    assert best_preset(presets, ARKIT_NAMES, [])[0] == "arkit-52"


def test_preset_of_bones_alone_counts_bones():
    stem, result = best_preset({"arkit-52": ARKIT, "rigify": RIGIFY}, [], ["lip.T", "Head"])

    assert (stem, result.mapped, result.wanted, result.missing) == ("rigify", 1, 2, ("lip.T.L.001",))


def test_rig_on_which_nothing_fits_gets_a_sentence_that_says_what_was_looked_for():
    with refused(ExitCode.RIG_UNSUITABLE) as failure:
        best_preset({"arkit-52": ARKIT, "rigify": RIGIFY}, ["Key 1", "Smirk"], ["Bone", "Head"])

    assert "ARKit 52 (browDownLeft" in failure.value.message
    assert "Rigify (lip.T" in failure.value.message


def test_result_reads_back_as_a_preset():
    from duologue.addon.retargeting.rig_mapping import mapping_from_json, mapping_to_json

    mapping = auto_map(READY, ARKIT_NAMES, []).mapping

    assert mapping_from_json(json.loads(json.dumps(mapping_to_json(mapping)))) == mapping

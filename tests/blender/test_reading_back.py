"""A take on a character of each vendor, read back from its keys and bones: what was said is heard again."""

import bpy
import numpy as np
import pytest
from duologue.addon.keys import key_writing
from duologue.addon.keys.partner import known_partner
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.constants import JAW_OPEN_RADIANS
from duologue.backend.contract.job import AudioInput, JobRequest
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.vendors import VENDORS

FRAMES = 60
OFFICIAL = JobRequest(AudioInput("mix", ("/nowhere.wav",)), engine="dualtalk-official", checkpoint="/nowhere.pth")
OWN = JobRequest(AudioInput("mix", ("/nowhere.wav",)))


def wave(speed, phase=0.0):
    return 0.5 - 0.5 * np.cos(speed * np.arange(FRAMES) / 25.0 + phase)


def take(flame):
    """Both people smile, blink, open the jaw, glance about, nod, turn and lean."""
    expression, pose = np.zeros((2, FRAMES, 50 if flame else 52)), np.zeros((2, FRAMES, 5, 3))
    smile = [0] if flame else [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]
    expression[:, :, smile] = 0.8 * wave(2.0)[:, None]
    expression[:, :, 1 if flame else ARKIT_INDEX["eyeBlinkLeft"]] = wave(5.0)
    pose[:, :, 2, 0] = 0.7 * JAW_OPEN_RADIANS * wave(7.0)
    pose[:, :, 3:, 1] = (0.3 * np.sin(np.arange(FRAMES) * 0.2))[:, None]
    pose[:, :, 1, 0], pose[:, :, 1, 1] = 0.2 * np.sin(np.arange(FRAMES) * 0.3), 0.3 * np.sin(np.arange(FRAMES) * 0.15)
    still, place = np.zeros((2, FRAMES)), np.zeros((2, FRAMES, 3))
    return Performance(
        25.0, "flame-2020" if flame else "open-head-1", ("Anna", "Ben"), expression, pose, place, still, {}
    )


@pytest.fixture(params=VENDORS)
def read_back(request, scene, tmp_path):
    """The vendor's name, the take that its character plays, and what is read back."""
    flame = request.param == "flame"
    character = vendor_rigs.build(VENDORS[request.param], "Anna")
    other = vendor_rigs.build(VENDORS[request.param], "Ben", turned=2.0, place=(-1.0, 0.0, 0.0))
    settings = settings_of(scene)
    settings.head_a, settings.head_b = character.armature, other.armature
    save_performance(tmp_path / "performance.npz", take(flame))
    key_writing.write_take(bpy.context, tmp_path / "performance.npz")
    scene.frame_end = FRAMES
    settings.reaction = "second"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("duologue.addon.keys.partner.check_playable", lambda *_: None)
        return request.param, take(flame), known_partner(bpy.context, OFFICIAL if flame else OWN)


def channel(name):
    return ARKIT_INDEX[name]


def test_nods_turns_glances_and_jaw_are_heard_as_they_were_said(read_back):
    """To a tenth of a degree, whatever bones or keys carry them."""
    _, said, found = read_back

    for joint in (1, 2, 3, 4):
        np.testing.assert_allclose(found.pose[0, :, joint], said.pose[0, :, joint], atol=3e-3)


def test_lips_and_lids_are_heard_as_they_were_said(read_back):
    """But for what a rig cannot show, or shows in several ways at once."""
    name, said, found = read_back
    blink, smile = (1, 0) if name == "flame" else (channel("eyeBlinkLeft"), channel("mouthSmileLeft"))
    first, second = said.expression[0], found.expression[0]

    np.testing.assert_allclose(second[:, blink], first[:, blink], atol=0.02)
    if name == "oculus-15":
        assert np.abs(second[:, smile]).max() < 0.02  # no viseme smiles
    elif name == "rigify-face":
        assert np.corrcoef(second[:, smile], first[:, smile])[0, 1] > 0.99
        assert second[:, smile].max() > 0.4
    else:
        np.testing.assert_allclose(second[:, smile], first[:, smile], atol=0.02)
    if name != "flame":
        assert np.abs(second[:, channel("eyeBlinkRight")]).max() < 0.02


def test_the_character_keeps_its_keys_and_its_frame(scene, read_back):
    armature = settings_of(scene).head_a

    assert scene.frame_current == 1
    assert [listed.name for listed in bpy.data.scenes] == [scene.name]
    assert armature.users_scene == (scene,)

"""Made-up recordings for the colocated training, tiny and exact, and a model that learns them in seconds."""

from pathlib import Path

import numpy as np
import soundfile

from backend.contract.arkit import ARKIT_NAMES
from backend.contract.face import Face
from backend.contract.performance import Performance, save_performance
from backend.engines.base import LAYOUT, MOODS
from backend.engines.colocated.conditioning import MOUTH
from backend.engines.colocated.model import ColocatedConfig
from backend.engines.colocated.stream import STREAM
from lab.training.colocated.audio_features import AudioFeatures
from lab.training.colocated.config import ColocatedSettings
from lab.training.colocated.data import Recording, fingerprint
from lab.training.colocated.windows import Dialogue, Material, turning_limit

TINY = ColocatedConfig(widths=(16, 16, 24, 24), condition=16, role=4, heads=2, dropout=0.0)
SETTINGS = ColocatedSettings(
    model=TINY, steps=6, dubbing_steps=4, batch=2, window=40, warm_up=2, half=False, averaging=0.9
)


def made_up_face() -> Face:
    """A head of nine points with ARKit's components: three ride on the trunk, three on the neck, three on the jaw."""
    rng = np.random.default_rng(5)
    points = rng.normal(0, 0.05, (9, 3))
    weights = np.zeros((9, 5))
    weights[np.arange(9), np.repeat((0, 1, 2), 3)] = 1.0
    regressor = np.zeros((5, 9))
    regressor[np.arange(5), np.arange(5)] = 1.0
    return Face(
        id="open-head-1",
        v_template=points,
        f=np.array([[0, 1, 2]]),
        shapedirs=0.01 * rng.standard_normal((9, 3, len(ARKIT_NAMES))),
        posedirs=0.001 * rng.standard_normal((9, 3, 36)),
        J_regressor=regressor,
        weights=weights,
        kintree_table=np.zeros((2, 5)),
        expression_names=ARKIT_NAMES,
        identity_names=(),
        landmarks={f"point_{index}": index for index in range(9)},
        regions={},
    )


def made_up_dialogue(name: str, frames: int, seed: int, separate: bool = True) -> Dialogue:
    """Two people who take turns of two seconds; a few slow waves move them and are in the features."""
    rng = np.random.default_rng(seed)
    time = np.arange(frames) / 25.0
    waves = np.sin(2 * np.pi * rng.uniform(0.1, 0.8, (2, 4, 1)) * time + rng.uniform(0, 6, (2, 4, 1)))  # [2, 4, T]
    stream = 0.1 * np.einsum("pwt,wn->ptn", waves, rng.standard_normal((4, STREAM)))
    first = ((np.arange(frames) // 50) % 2 == 0).astype(np.float32)
    speaking = np.stack((first, 1 - first))
    features = 0.1 * rng.standard_normal((3 if separate else 1, 2 * frames, 512))
    for row in range(len(features)):
        features[row, :, :4] = np.repeat(waves[row % 2], 2, axis=1).T
    recording = Recording(
        folder=Path(name),
        stream=stream.astype(np.float32),
        speaking=speaking,
        traits=rng.normal(0, 0.3, (2, 8)).astype(np.float32),
        mood=np.eye(len(MOODS), dtype=np.float32)[[0, 2]],
        layout=rng.normal(0, 0.5, (2, LAYOUT)).astype(np.float32),
        rehearsed=True,
        others=(stream[None] + 0.02 * rng.standard_normal((2, *stream.shape))).astype(np.float16),
    )
    mouths = 0.1 * rng.standard_normal((2 if separate else 1, 2, frames, MOUTH))
    return Dialogue(recording, AudioFeatures(features.astype(np.float16), mouths.astype(np.float16)))


def made_up_material(count: int = 3, frames: int = 200, held_out: int = 1, window: int = 40) -> Material:
    dialogues = [made_up_dialogue(f"{index:04d}", frames + 10 * index, seed=index) for index in range(count + held_out)]
    recordings = [dialogue.recording for dialogue in dialogues]
    return Material(dialogues[:count], dialogues[count:], turning_limit(recordings, window), fingerprint(recordings))


def write_take(folder: Path, seconds: float = 3.0, sound_seconds: float | None = None, channels: int = 2) -> Path:
    """A recording of one's own: performance.npz and audio.wav, two people a metre apart who face each other."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = round(25 * seconds)
    rng = np.random.default_rng(1)
    time = np.arange(frames) / 25.0
    pose = np.zeros((2, frames, 5, 3))
    pose[0, :, 0, 1], pose[1, :, 0, 1] = np.pi / 2, -np.pi / 2
    pose[:, :, 1, 1] = 0.1 * np.sin(time)
    translation = np.zeros((2, frames, 3))
    translation[:, :, 0] = [[-0.5], [0.5]]
    translation[:, :, 0] += 0.01 * np.sin(time)
    save_performance(
        folder / "performance.npz",
        Performance(
            fps=25.0,
            face="open-head-1",
            speakers=("Ann", "Ben"),
            expression=rng.uniform(0, 0.5, (2, frames, len(ARKIT_NAMES))),
            pose=pose,
            translation=translation,
            speaking=np.stack((np.ones(frames), np.zeros(frames))),
            meta={},
        ),
    )
    samples = round(16_000 * (sound_seconds or seconds))
    sound = 0.1 * rng.standard_normal((samples, channels))
    soundfile.write(folder / "audio.wav", sound.astype(np.float32), 16_000)
    return folder

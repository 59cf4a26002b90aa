"""A made-up data set in DualTalk's layout, tiny and exact, and a model that learns it in seconds."""

from pathlib import Path

import numpy as np
import soundfile

from backend.engines.dualtalk_official.model import OfficialConfig
from backend.engines.dualtalk_official.speech_encoders import FeatureShape, Wav2Vec2Shape

RATE = 16_000
FEATURES = 6

TINY_SPEECH = Wav2Vec2Shape(
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=16,
    conv_dim=(8,) * 7,
    num_conv_pos_embeddings=16,
    num_conv_pos_embedding_groups=4,
)
TINY_SOUND = OfficialConfig(speech=TINY_SPEECH, feature_dim=16, feed_forward=32, interaction_layers=1, dropout=0.0)
TINY_FEATURES = OfficialConfig(
    speech=FeatureShape(FEATURES),
    feature_dim=32,
    feed_forward=64,
    interaction_layers=1,
    dropout=0.0,
    synthesis_dropout=0.0,
)


def write_clip(folder: Path, split: str, name: str, frames: int, seed: int) -> None:
    """Both speakers: noise whose loudness the jaw follows, and motion of a few slow waves."""
    rng = np.random.default_rng(seed)
    (folder / split).mkdir(parents=True, exist_ok=True)
    time = np.arange(frames) / 25.0
    for person in (1, 2):
        loud = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.3, 1.5) * time + rng.uniform(0, 6))  # [T]
        sound = 0.1 * rng.standard_normal(frames * 640) * np.repeat(loud, 640)
        soundfile.write(
            track(folder, split, name, person, "wav"), sound.astype(np.float32), RATE, subtype="FLOAT", format="WAV"
        )
        wave = np.sin(2 * np.pi * rng.uniform(0.2, 0.7, 3) * time[:, None] + rng.uniform(0, 6, 3))  # [T, 3]
        expression = 0.3 * wave @ rng.standard_normal((3, 50))  # [T, 50]
        neck = 0.2 * np.sin(2 * np.pi * rng.uniform(0.2, 0.5, 3) * time[:, None])  # [T, 3]
        jaw = np.stack((0.2 * loud, 0.02 * loud, np.zeros(frames)), axis=1)  # [T, 3]
        write_motion(
            track(folder, split, name, person, "npz"),
            exp=expression.astype(np.float32),
            pose=np.concatenate((neck, jaw), axis=1).astype(np.float32),
        )


def write_motion(path: Path, **arrays: np.ndarray) -> None:
    """An npz as published: what is not given is there too."""
    frames = len(next(iter(arrays.values())))
    others = {"shape": 100, "tex": 50, "cam": 3, "light": 27}
    np.savez(path, **{name: np.zeros((frames, width), np.float32) for name, width in others.items()} | arrays)


def write_dataset(folder: Path, frames: int = 60, train: int = 3) -> Path:
    """`train` clips to train on, one each to test on and out of distribution."""
    for index in range(train):
        write_clip(folder, "train", f"clip{index:02d}", frames + 7 * index, seed=index)
    write_clip(folder, "test", "clip00", frames, seed=100)
    write_clip(folder, "ood", "other00", frames, seed=200)
    return folder


def track(folder: Path, split: str, name: str, person: int, kind: str) -> Path:
    return folder / split / f"{name}_speaker{person}.{kind}"


def loudness(sound: np.ndarray) -> np.ndarray:
    """In the place of Whisper's encoder: features [T, 6] of a track [640 T]."""
    frames = sound.reshape(-1, 640)
    level = np.abs(frames).mean(axis=1)  # [T]
    turns = np.arange(len(frames)) / 25.0
    waves = [np.sin(turns * speed) for speed in (0.5, 1.1, 2.3, 4.7)]
    return np.stack((10 * level, np.gradient(10 * level), *waves), axis=1)

"""The audio features of a recording, computed once and kept: speech features, and what the lip reader predicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import torch
from torch import Tensor

from backend.audio.dialogue import read_dialogue
from backend.contract.arkit import SPOKEN_COMPONENTS
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_whole
from backend.contract.job import AudioInput, AudioKind
from backend.contract.reading import explained_read_errors
from backend.engines.lip_reader.model import LipReader
from backend.speech.encoder import SpeechEncoder
from backend.speech.features import speech_features
from backend.windows import pieces_with_context

from ...simulation.rehearsal_files import load_rehearsal
from ..examples import perturbed_speaking
from .data import Recording, sound_of

_PIECE: Final = 250
"""Frames that are read at once; who speaks is perturbed anew in each."""
_MARGIN: Final = 25
"""Frames before and after a piece: the lip reader sees a third of a second."""
_MIX_GAIN: Final = 4.0
"""Standard deviation in dB of how much louder one person is than the other in a mix."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class AudioFeatures:
    """`features` [3, 2 T, 512] float16 (first, second, mix), [1, 2 T, 512] where there is only a mix;
    `mouths` [V, 2, T, 34] float16, V 2 (tracks, mix) or 1: what the lip reader predicts from them for both people.
    """

    features: np.ndarray
    mouths: np.ndarray

    @property
    def separate(self) -> bool:
        """Whether each person has a track."""
        return len(self.features) > 1

    def feature_window(self, person: int, *, mix: bool, window: slice) -> np.ndarray:
        """[2 n, 512] for the n frames of `window`."""
        row = self.features[(2 if mix else person) if self.separate else 0]
        return np.asarray(row[2 * window.start : 2 * window.stop])

    def mouth_window(self, person: int, *, mix: bool, window: slice) -> np.ndarray:
        """[n, 34]."""
        return np.asarray(self.mouths[-1 if mix or not self.separate else 0][person, window])


def compute_audio_features(
    recordings: Sequence[Recording],
    features: Path,
    mouths: Path,
    encoder: Callable[[], SpeechEncoder],
    lips: Callable[[], LipReader],
    progress: Progress = lambda _done, _total: None,
) -> list[AudioFeatures]:
    """Both of every recording, out of the folders `features` and `mouths` where they are there already.

    `encoder` and `lips` are asked for only where something is missing.

    Raises DuologueError (as `read_dialogue`, ASSET_CORRUPT for a file there that does not fit, DISK_FULL,
    OUTPUT_NOT_WRITABLE).
    """
    found = []
    for index, recording in enumerate(recordings):
        features_path = features / f"{recording.name}.npy"
        if not features_path.is_file():
            _write_features(recording, features_path, encoder())
        mouths_path = mouths / f"{recording.name}.npy"
        if not mouths_path.is_file():
            mouth_rows = mouths_of(_opened(features_path), recording.speaking, lips(), seed=index)
            write_whole(mouths_path, lambda file, mouth_rows=mouth_rows: np.save(file, mouth_rows))  # type: ignore[misc]
        audio = AudioFeatures(_opened(features_path), _opened(mouths_path))
        enough = audio.features.ndim == 3 and audio.features.shape[1] >= 2 * recording.frames  # noqa: PLR2004
        if not enough or audio.mouths.shape[2] < recording.frames:
            raise _corrupt(features_path, "it is of another recording")
        found.append(audio)
        progress(index + 1, len(recordings))
    return found


def mouths_of(features: np.ndarray, speaking: np.ndarray, lips: LipReader, seed: int) -> np.ndarray:
    """[V, 2, T, 34] float16 as in `AudioFeatures`, of `features` [3 or 1, 2 T, 512] and `speaking` [2, T].

    Who speaks is perturbed as at run time. The columns are `engines.colocated.MOUTH`.
    """
    rng = np.random.default_rng(seed)
    frames = speaking.shape[1]
    sources = [(0, 1), (2, 2)] if len(features) > 1 else [(0, 0)]
    said = np.zeros((len(sources), 2, frames, len(SPOKEN_COMPONENTS) + 3), np.float16)
    for around, inner in pieces_with_context(frames, _PIECE, _MARGIN):
        feature_rows, speaking_rows = [], []
        for pair in sources:
            both = perturbed_speaking(rng, speaking[:, around].T, mix=pair[0] == pair[1])  # [n, 2]
            feature_rows += [features[row, 2 * around.start : 2 * around.stop] for row in pair]
            speaking_rows += [both, both[:, ::-1]]
        rows = read_mouth(lips, np.stack(feature_rows), np.stack(speaking_rows))
        kept = rows[:, inner].reshape(len(sources), 2, -1, rows.shape[-1])
        said[:, :, around.start + inner.start : around.start + inner.stop] = kept
    return said


def read_mouth(lips: LipReader, features: np.ndarray, speaking: np.ndarray) -> np.ndarray:
    """[N, T, 34] of `features` [N, 2 T, 512] and `speaking` [N, T, 2] own first."""
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        mouth = lips(torch.from_numpy(features.astype(np.float32)), torch.from_numpy(speaking.astype(np.float32)))
    spoken: Tensor = mouth.expression[..., list(SPOKEN_COMPONENTS)]
    rest = torch.stack((mouth.jaw, mouth.closure.sigmoid(), mouth.touch.sigmoid()), dim=-1)
    return np.asarray(torch.cat((spoken, rest), dim=-1).float().numpy())


def _write_features(recording: Recording, path: Path, encoder: SpeechEncoder) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        features = np.stack([speech_features(sound, encoder) for sound in _sounds(recording)]).astype(np.float16)
    write_whole(path, lambda file: np.save(file, features))


def _sounds(recording: Recording) -> list[np.ndarray]:
    """Load both tracks and their mix, or the mix alone."""
    if recording.rehearsed:
        loaded = load_rehearsal(recording.folder)
        tracks, separate, seed = loaded.audio, True, loaded.seed
    else:
        path = sound_of(recording.folder)
        kind: AudioKind = "stereo" if soundfile.info(str(path)).channels > 1 else "mix"
        dialogue = read_dialogue(AudioInput(kind, (str(path),)))
        tracks, separate, seed = dialogue.tracks, dialogue.separate, 0
    if not separate:
        return [tracks[0]]
    gain = 10 ** (np.random.default_rng(seed).normal(0, _MIX_GAIN) / 20)
    return [tracks[0], tracks[1], ((tracks[0] * gain + tracks[1]) / 2).astype(np.float32)]


def _opened(path: Path) -> np.ndarray:
    """Raises DuologueError (ASSET_CORRUPT)."""
    with explained_read_errors(lambda reason: _corrupt(path, reason)):
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
        return array


def _corrupt(path: Path, why: str) -> DuologueError:
    return DuologueError(ExitCode.ASSET_CORRUPT, f"{path} cannot be used ({why}).", "Delete it; it is made anew.")

"""A folder of recordings to train the colocated model on: found, read, checked as a whole.

DIR/<name>/performance.npz and audio.flac or audio.wav; a rehearsal has events.npz and dialogue.json beside them. A take
is converted back to the streams that the model denoises. Nothing is written here, and either every recording can be
used or every fault is reported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from backend.contract.constants import FRAME_RATE, JOINT_NAMES, SAMPLE_RATE, SAMPLES_PER_FRAME
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import Face
from backend.contract.performance import ALONE, Performance, load_performance
from backend.contract.reading import explained_read_errors, read_arrays, read_json, read_or_none
from backend.contract.transfer import eyes_midpoint
from backend.engines.base import Motion, Scene
from backend.engines.colocated.stream import STREAM, stream_rows
from backend.engines.traits import trait_vector
from backend.face.skinning import axis_angle_to_matrix
from backend.job.partner import known_person
from backend.staging.presets import moods
from backend.staging.rotation import about_y, yaw_and_pitch
from backend.staging.stage import Place, Staging, scene_of, staging_from_json

from ...simulation.other_takes import other_motions
from ...simulation.rehearsal_files import AUDIO, DIALOGUE, EVENTS, PERFORMANCE
from ...simulation.scenes.parameters import rehearsed_staging_from_json

_SOUNDS: Final = (AUDIO, "audio.wav")
_MOTION: Final = ("expression", "jaw", "neck", "gaze", "speaking")
_TOLERATED_FRAMES: Final = 5
"""Lengths of sound and motion that differ less are cut to the shorter."""
_LARGEST: Final = 100.0
"""No coefficient, radian or metre is larger."""
_LISTED_FAULTS: Final = 8
_FIX: Final = "Repair or remove what is named; docs/developers/training-colocated.md says what is wanted."
_LARGEST_BYTES: Final = 4 << 30
_ROOT: Final = JOINT_NAMES.index("global")
_START: Final = 25
"""Frames over whose middle the start place is taken."""


@dataclass(frozen=True)
class Recording:
    """Two people: `stream` [2, T, 65], `speaking` [2, T] from 0 to 1, `traits` [2, 8], `mood` [2, 10] one-hot,
    `layout` [2, 7]; `folder` has the sound, `rehearsed` where it is a rehearsal; `others` [K, 2, T, 65] float16, what
    the same people did in other takes of the same sound.
    """

    folder: Path
    stream: np.ndarray
    speaking: np.ndarray
    traits: np.ndarray
    mood: np.ndarray
    layout: np.ndarray
    rehearsed: bool
    others: np.ndarray

    def take(self, number: int) -> np.ndarray:
        """[2, T, 65]: `stream` is take 0, `others` are those from 1 to K."""
        return self.stream if number == 0 else self.others[number - 1]

    @property
    def takes(self) -> int:
        """K + 1."""
        return len(self.others) + 1

    @property
    def name(self) -> str:
        """The folder's."""
        return self.folder.name

    @property
    def frames(self) -> int:
        """T."""
        return int(self.speaking.shape[1])


def read_recordings(
    folder: Path,
    face: Face,
    least_frames: int,
    *,
    leave_out_bad: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[list[Recording], list[str]]:
    """Every recording in `folder`, in the order of their names, and the faults of those that were left out.

    Raises DuologueError (DATASET_INVALID) that names the faults, or says that there is nothing.
    """
    if not folder.is_dir():
        raise invalid(f"There is no folder {folder}")
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and (path / PERFORMANCE).exists())
    if not folders:
        raise invalid(f"{folder} holds no folder with a {PERFORMANCE}")
    found, faults = [], []
    for index, path in enumerate(folders):
        try:
            with explained_read_errors(lambda reason: invalid(f"it cannot be read ({reason})")):
                found.append(_read(path, face, least_frames))
        except DuologueError as error:
            if error.code == ExitCode.OUT_OF_MEMORY:
                raise
            faults.append(f"{path.name}: {error.message}")
        progress(index + 1, len(folders))
    if not found or (faults and not leave_out_bad):
        listed = [fault.rstrip(".") for fault in faults[:_LISTED_FAULTS]]
        if len(faults) > _LISTED_FAULTS:
            listed.append(f"and {len(faults) - _LISTED_FAULTS} more")
        what = f"{len(faults)} of {len(folders)} recordings in {folder} cannot be used"
        raise invalid(f"{what}: {'; '.join(listed)}")
    return found, faults


def fingerprint(recordings: Sequence[Recording]) -> str:
    """Another one where a recording is another; the same wherever the folder lies."""
    digest = hashlib.sha256()
    for recording in recordings:
        digest.update(recording.name.encode("utf-8"))
        digest.update(recording.stream.tobytes())
        digest.update(recording.others.tobytes())
    return digest.hexdigest()


def divided(recordings: Sequence[Recording], held_out: int) -> tuple[list[Recording], list[Recording]]:
    """(to learn from, held out): the last `held_out` are. Raises DuologueError (DATASET_INVALID)."""
    if held_out >= len(recordings):
        raise invalid(
            f"Of {len(recordings)} recordings {held_out} cannot be held out", "Add recordings, or hold out fewer."
        )
    at = len(recordings) - held_out
    return list(recordings[:at]), list(recordings[at:])


def sound_of(folder: Path) -> Path:
    """The recording's sound. Raises DuologueError (AUDIO_NOT_FOUND)."""
    for name in _SOUNDS:
        if (folder / name).is_file():
            return folder / name
    raise DuologueError(ExitCode.AUDIO_NOT_FOUND, f"{' or '.join(_SOUNDS)} is missing.", "Put the sound there.")


def invalid(problem: str, fix: str = _FIX) -> DuologueError:
    """Recordings that cannot be trained on."""
    return DuologueError(ExitCode.DATASET_INVALID, f"{problem}.", fix)


def _read(folder: Path, face: Face, least_frames: int) -> Recording:
    rehearsed = (folder / EVENTS).is_file() and (folder / DIALOGUE).is_file()
    recording = _rehearsal(folder) if rehearsed else _take(folder, face)
    frames = _shared_length(recording)
    if frames < least_frames:
        raise invalid(f"it lasts {frames / FRAME_RATE:.2f} s; {least_frames / FRAME_RATE:.2f} s is the least")
    streams = (recording.stream, recording.others)
    if not all(np.isfinite(stream).all() and np.abs(stream).max(initial=0.0) <= _LARGEST for stream in streams):
        raise invalid("it holds motion that is no number or far too large")
    return replace(
        recording,
        stream=recording.stream[:, :frames],
        speaking=recording.speaking[:, :frames],
        others=recording.others[:, :, :frames],
    )


def _rehearsal(folder: Path) -> Recording:
    dialogue = read_json(folder / DIALOGUE)
    events = read_arrays(folder / EVENTS, _LARGEST_BYTES)
    arrays = {name: events[f"motion/{name}"].astype(np.float32) for name in _MOTION}
    motion = Motion(**arrays, sway=events["event/sway"].astype(np.float32))
    scene = scene_of(rehearsed_staging_from_json(dialogue["staging"]).staging)
    traits = np.stack([trait_vector(habits) for habits in dialogue["habits"]])
    found = _recording(folder, stream_rows(motion, scene.distance), motion.speaking, traits, scene, rehearsed=True)
    streams = [stream_rows(take, scene.distance).astype(np.float16) for take in other_motions(folder, motion)]
    return replace(found, others=np.stack(streams) if streams else _no_takes(motion.speaking))


def _no_takes(speaking: np.ndarray) -> np.ndarray:
    return np.empty((0, *speaking.shape, STREAM), np.float16)


def _take(folder: Path, face: Face) -> Recording:
    take = load_performance(folder / PERFORMANCE)
    if take.fps != FRAME_RATE:
        raise invalid(f"its motion has {take.fps:g} frames a second, not {FRAME_RATE}")
    scene = scene_of(staging_of_take(take, face))
    traits = np.zeros((2, len(trait_vector({}))), np.float32)
    return _recording(folder, stream_of_take(take, face), take.speaking, traits, scene, rehearsed=False)


def _recording(
    folder: Path, stream: np.ndarray, speaking: np.ndarray, traits: np.ndarray, scene: Scene, *, rehearsed: bool
) -> Recording:
    if stream.shape[-1] != STREAM:
        raise ValueError(f"streams of {stream.shape[-1]} numbers")
    stream, speaking, traits = (np.asarray(array, np.float32) for array in (stream, speaking, traits))
    return Recording(folder, stream, speaking, traits, scene.mood_rows(), scene.layout, rehearsed, _no_takes(speaking))


def _shared_length(recording: Recording) -> int:
    """The frames that sound and motion have. Raises DuologueError."""
    sound = sound_of(recording.folder)
    about = soundfile.info(str(sound))
    if about.channels > 2:  # noqa: PLR2004
        raise invalid(f"its sound has {about.channels} channels, neither one a person nor one mix")
    sound_frames = -(-round(about.frames * SAMPLE_RATE / about.samplerate) // SAMPLES_PER_FRAME)
    if abs(sound_frames - recording.frames) > _TOLERATED_FRAMES:
        lengths = f"{sound_frames / FRAME_RATE:.2f} s of sound and {recording.frames / FRAME_RATE:.2f} s of motion"
        raise invalid(f"it has {lengths}")
    return int(min(sound_frames, recording.frames))


def stream_of_take(take: Performance, face: Face) -> np.ndarray:
    """[2, T, 65] of a `take` on `face`. Raises DuologueError (BAD_REQUEST) for a take on another face."""
    people = [known_person(take, person, face) for person in range(2)]
    expression, jaw, neck, gaze = (
        np.stack([getattr(person, name) for person in people]) for name in ("expression", "jaw", "neck", "gaze")
    )
    motion = Motion(expression, jaw, neck, gaze, take.speaking, sway_of_take(take, face))
    return stream_rows(motion, staging_of_take(take, face).distance)


def sway_of_take(take: Performance, face: Face) -> np.ndarray:
    """[2, T, 3] metres that the base of the neck is off its mean place: left, up, and towards the partner.

    FLAME's root joint turns about itself, so it is where the translation takes it.
    """
    root = take.translation + (face.J_regressor @ face.v_template)[_ROOT]  # [2, T, 3] metres
    middle = root.mean(axis=1)  # [2, 3]
    swayed = []
    for person in range(2):
        to_partner = middle[1 - person] - middle[person]
        facing = _facing(take, person) if take.meta.get(ALONE) else float(yaw_and_pitch(to_partner)[0])
        swayed.append((root[person] - middle[person]) @ about_y(np.asarray(facing)))
    return np.stack(swayed)


def staging_of_take(take: Performance, face: Face) -> Staging:
    """The staging in the take's `meta`, or what can be seen of it: places, and where trunks face."""
    recorded = take.meta.get("staging")
    if isinstance(recorded, dict):
        staging = read_or_none(lambda: staging_from_json(recorded))
        if staging is not None and all(place.mood in moods() for place in staging.places):
            return staging
    return _seen(take, face)


def _seen(take: Performance, face: Face) -> Staging:
    joints = face.J_regressor @ face.v_template  # [5, 3] metres
    places = []
    for person in range(2):
        x, y, z = np.median(eyes_midpoint(take.pose[person], take.translation[person], joints)[:_START], axis=0)
        places.append(Place((float(x), float(y), float(z)), _facing(take, person)))
    return Staging("seen", (places[0], places[1]))


def _facing(take: Performance, person: int) -> float:
    """Radians: where the trunk faces on average."""
    ahead = axis_angle_to_matrix(take.pose[person, :, _ROOT])[..., 2].mean(axis=0)
    return float(yaw_and_pitch(ahead)[0])

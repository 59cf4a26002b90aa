"""Numbers that the whole project shares. They live here and nowhere else."""

from __future__ import annotations

from typing import Final

FRAME_RATE: Final = 25
"""Frames a second of every model and of every performance the worker writes."""

SAMPLE_RATE: Final = 16_000
"""Samples a second of every audio array inside the worker, mono float32."""

SAMPLES_PER_FRAME: Final = SAMPLE_RATE // FRAME_RATE

JOINT_NAMES: Final = ("global", "neck", "jaw", "eye_left", "eye_right")
"""FLAME's joint order, the third axis of `Performance.pose`."""

JOINT_PARENTS: Final = (-1, 0, 1, 1, 1)

MINIMUM_SECONDS: Final = 0.5
"""Shorter audio holds no syllable worth animating."""

MAXIMUM_SECONDS: Final = 2 * 60 * 60.0
"""Longer audio is almost surely the wrong file."""

OPEN_HEAD: Final = "open-head-1"
"""Id of the embedded default face."""

JAW_OPEN_RADIANS: Final = 0.4129
"""Rotation of the open head's jaw about X that is ARKit's jawOpen at 1; as measured when the head was made."""

OPEN_HEAD_LIP_GAP: Final = {
    "jawOpen": 40.8,
    "mouthClose": -41.0,
    "mouthFunnel": 13.3,
    "mouthPucker": 0.5,
    "mouthLowerDown": 4.1,
    "mouthUpperUp": 5.4,
    "mouthRollLower": 0.2,
    "mouthRollUpper": 0.4,
    "mouthPress": 0.0,
    "mouthSmile": 0.0,
    "mouthStretch": 0.6,
}
"""Millimetres by which the gap between the open head's inner lips grows for one unit of a component, left and right
together; the jaw stands as jawOpen. Measured between the landmarks lip_upper_inner and lip_lower_inner, mouthClose on
an open jaw."""

JAW_SIDE_RADIANS: Final = 0.0859
"""Rotation about Y that takes the chin as far aside as the open head's jawLeft at 1."""

COLOCATED_ENGINE: Final = "colocated"
"""The engine in which both people are made together, after Talking Together; it knows where they are."""

DUALTALK_ENGINE: Final = "dualtalk"
"""The small engine after DualTalk."""

DEFAULT_ENGINE: Final = COLOCATED_ENGINE
"""The engine used when a request names none."""

OFFICIAL_ENGINE: Final = "dualtalk-official"
"""The engine that runs the weights DualTalk's authors published; its takes are on FLAME's generic face."""

ENGINE_NAMES: Final = (COLOCATED_ENGINE, DUALTALK_ENGINE, OFFICIAL_ENGINE)
"""All of them, as `backend.engines.registry` has them."""

OFFICIAL_FACE: Final = "flame"
"""FLAME's generic basis, whatever file it is from."""

OFFICIAL_COMPONENTS: Final = 50
"""Expression components that DualTalk's official model has, the first of FLAME's."""

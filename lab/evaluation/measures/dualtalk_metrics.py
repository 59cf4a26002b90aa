"""The metrics that DualTalk's authors print, so that numbers here can stand beside published tables.

Peng et al., “DualTalk: Dual-Speaker Interaction for 3D Talking Head Conversations”, CVPR 2025, and its released script.
Every function takes float arrays [T, D]: T frames of D parameters (expression, jaw or head rotation), unscaled.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.errors import DuologueError, ExitCode

PARTS: Final = ("exp", "jaw", "pose")
"""Expression, jaw rotation and head rotation: each metric is computed for these three."""

CLUSTERS: Final = {"exp": 40, "jaw": 10, "pose": 10}
"""How many kinds of frame SID tells apart."""

_STEP: Final = 0.1
"""The released script's step between frames in STS; its frames are 0.04 s apart all the same."""

_TINY: Final = 1e-6


@dataclass(frozen=True)
class Compared:
    """One part of one clip: `predicted`, `truth` and the partner's truth `partner`, [T, D] each."""

    predicted: np.ndarray
    truth: np.ndarray
    partner: np.ndarray


def clip_metrics(parts: Mapping[str, Compared]) -> dict[str, float]:
    """`metric_part` → value for every metric of every one of `parts` (exp, jaw, pose); lengths are cut to the shortest.

    Raises DuologueError (PERFORMANCE_INVALID) for a clip shorter than SID has clusters, (DEPENDENCY_MISSING) where
    scikit-learn is not there.
    """
    found: dict[str, float] = {}
    for part, given in parts.items():
        frames = min(len(given.predicted), len(given.truth), len(given.partner))
        arrays = (given.predicted, given.truth, given.partner)
        clip = Compared(*(np.asarray(array[:frames], np.float64) for array in arrays))
        clusters = CLUSTERS[part]
        if len(clip.truth) < clusters:
            raise DuologueError(
                ExitCode.PERFORMANCE_INVALID,
                f"{len(clip.truth)} frames are too few to compare with a truth; SID needs {clusters}.",
                "Compare longer performances.",
            )
        values = {
            "fid": frechet_distance(clip.predicted, clip.truth),
            "p_fid": frechet_distance(np.hstack((clip.partner, clip.truth)), np.hstack((clip.partner, clip.predicted))),
            "mse": mean_squared_error(clip.predicted, clip.truth),
            "sid": diversity(clip.predicted, clip.truth, clusters),
            "sid_unswapped": diversity(clip.truth, clip.predicted, clusters),
            "sts": similarity_of_changes(clip.predicted, clip.truth),
            "variance_pre": variance(clip.predicted),
            "variance_gt": variance(clip.truth),
            "rpcc": residual_correlation(clip.predicted, clip.truth, clip.partner),
        }
        found |= {f"{name}_{part}": value for name, value in values.items()}
    return found


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Squared Fréchet distance between normal distributions fitted to [T, D] and [U, D]; 0 for equal ones.

    Heusel et al. 2017, equation 6.
    """
    first_covariance, second_covariance = (
        np.atleast_2d(np.cov(samples, rowvar=False)) for samples in (first, second)
    )  # [D, D]
    return frechet_between(first.mean(axis=0), first_covariance, second.mean(axis=0), second_covariance)


def frechet_between(
    first: np.ndarray, first_covariance: np.ndarray, second: np.ndarray, second_covariance: np.ndarray
) -> float:
    """The same from the means [D] and covariances [D, D] of both.

    The trace of the root of Σ₁Σ₂ is that of √Σ₁ Σ₂ √Σ₁, which is symmetric, so that parameters that never move do no
    harm.
    """
    values, vectors = np.linalg.eigh(first_covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    between = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ second_covariance @ root), 0.0)).sum()
    apart = ((first - second) ** 2).sum()
    return float(apart + np.trace(first_covariance) + np.trace(second_covariance) - 2.0 * between)


def mean_squared_error(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Mean squared error over all frames and parameters of [T, D]."""
    return float(((predicted - truth) ** 2).mean())


def diversity(fitted: np.ndarray, labelled: np.ndarray, clusters: int) -> float:
    """Bits: entropy of the frames of `labelled` [T, D] over k-means clusters fitted on `fitted` [U, D].

    Ng et al. 2022 (Learning to Listen) call it Shannon index. DualTalk's script fits on the prediction and labels the
    truth, `diversity(predicted, truth, …)`; the other way round tells how varied the prediction is.
    Raises DuologueError (DEPENDENCY_MISSING).
    """
    try:
        from sklearn.cluster import KMeans
        from sklearn.exceptions import ConvergenceWarning
    except ImportError as error:
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING,
            f"SID needs scikit-learn, which the backend's Python cannot load ({error}).",
            "Run `python3 build.py setup`.",
        ) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a part that never moves has one cluster, and 0 bits
        model = KMeans(n_clusters=clusters, random_state=0, n_init="auto").fit(fitted)
    share = np.bincount(model.predict(labelled), minlength=clusters) / len(labelled)
    return float(-(share * np.log2(share + _TINY)).sum())


def similarity_of_changes(predicted: np.ndarray, truth: np.ndarray) -> float:
    """STS: root of the summed squared differences between frame-to-frame changes of [T, D], over the script's step."""
    change = np.diff(truth, axis=0) - np.diff(predicted, axis=0)
    return float(np.sqrt((change**2 / _STEP).sum()))


def variance(motion: np.ndarray) -> float:
    """Mean over parameters of the variance over time of [T, D]."""
    return float(motion.var(axis=0).mean())


def residual_correlation(predicted: np.ndarray, truth: np.ndarray, partner: np.ndarray) -> float:
    """rPCC: how far the correlation with the partner is from the truth's, 0 to 2; nan where something never moves."""
    with np.errstate(invalid="ignore", divide="ignore"):
        wanted, found = (np.corrcoef(motion.ravel(), partner.ravel())[0, 1] for motion in (truth, predicted))
    return float(abs(wanted - found))

"""A head in FLAME's layout and size that anybody may have, written in every way in which FLAME's files were.

Pure NumPy, so that Blender's Python makes it too; SciPy and chumpy are imitated where a file names them.
"""

import contextlib
import io
import itertools
import pickle
import sys
import types
import zipfile

import numpy as np

VERTICES, TRIANGLES = 5023, 9976
EYE_RADIUS = 0.012
JOINTS = np.array(
    [[0.0, -0.12, -0.02], [0.0, -0.075, -0.03], [0.0, -0.01, 0.0], [0.0315, 0.02, 0.0687], [-0.0315, 0.02, 0.0687]]
)
MOUTH_HEIGHT, MOUTH_HALF = -0.045, 0.025
_RINGS, _SEGMENTS = 66, 60


def flame_arrays(seed=0, identities=300, expressions=100, jaw=True):
    """FLAME's arrays by FLAME's keys: 5,023 vertices, 9,976 triangles, random but smooth bases, all 36 correctives."""
    random = np.random.default_rng(seed)
    skin, skin_triangles = _skin()
    eye, eye_triangles = _eyeball()
    template = np.concatenate([skin, eye + JOINTS[3], eye + JOINTS[4]])
    shifted = [skin_triangles, eye_triangles + len(skin), eye_triangles + len(skin) + len(eye)]
    weights = _weights(skin, len(eye))
    identity = _smooth(random, template, identities, 0.003)
    expression = _smooth(random, template, expressions, 0.002)
    expression[len(skin) :] = 0.0
    posedirs = _smooth(random, template, 36, 0.001)
    regressor = _regressor(template, len(skin), len(eye))
    parents = [2**32 - 1, 0, 1, 1, 1]
    joints = [0, 1, 2, 3, 4]
    if not jaw:
        keep = [0, 1, 3, 4]
        reach = template - JOINTS[2]
        expression[:, :, 0] = 0.25 * weights[:, 2:3] * np.c_[0.0 * reach[:, 0], -reach[:, 2], reach[:, 1]]
        weights = np.delete(weights, 2, axis=1)
        weights[:, 1] += 1.0 - weights.sum(axis=1)
        posedirs, regressor = np.delete(posedirs, np.s_[9:18], axis=2), regressor[keep]
        parents, joints = [2**32 - 1, 0, 1, 1], [0, 1, 2, 3]
    return {
        "v_template": template,
        "f": np.concatenate(shifted).astype(np.uint32),
        "shapedirs": np.concatenate([identity, expression], axis=2),
        "posedirs": posedirs,
        "J_regressor": regressor,
        "weights": weights,
        "kintree_table": np.array([parents, joints], np.int64),
        "J": regressor @ template,
        "bs_style": "lbs",
        "bs_type": "lrotmin",
    }


def _skin():
    """[3931, 3] and [7800, 3]: rings from the crown down to the neck, closer together in front."""
    points, rings = [np.array([[0.0, 0.125, -0.01]])], []
    first = 1
    for ring in range(1, _RINGS + 1):
        count = _SEGMENTS // 2 if ring == 1 else _SEGMENTS
        polar = np.deg2rad(150.0) * ring / _RINGS
        turn = 2.0 * np.pi * np.arange(count) / count
        turn = turn - 0.62 * np.sin(turn)
        sine = np.sin(polar)
        x, z = 0.075 * sine * np.sin(turn), 0.095 * sine * np.cos(turn)
        points.append(np.c_[x, np.full(count, 0.135 * np.cos(polar) - 0.01), z - 0.01])
        rings.append(first + np.arange(count))
        first += count
    skin = np.concatenate(points)
    front = skin[:, 2] > 0.02
    nose = np.exp(-((skin[:, 0] / 0.010) ** 2) - ((skin[:, 1] + 0.012) / 0.016) ** 2)
    chin = np.exp(-((skin[:, 0] / 0.02) ** 2) - ((skin[:, 1] + 0.085) / 0.015) ** 2)
    skin[:, 2] += front * (0.022 * nose + 0.016 * chin)
    triangles = [np.c_[np.zeros(30, int), rings[0], np.roll(rings[0], -1)]]
    here, there = rings[0], rings[1]
    middle, after = there[1::2], np.roll(there[::2], -1)
    triangles += [np.c_[here, there[::2], middle], np.c_[here, middle, np.roll(here, -1)]]
    triangles += [np.c_[np.roll(here, -1), middle, after]]
    for here, there in itertools.pairwise(rings[1:]):
        triangles += [np.c_[here, there, np.roll(there, -1)], np.c_[here, np.roll(there, -1), np.roll(here, -1)]]
    return skin, np.concatenate(triangles)


def _eyeball():
    """[546, 3] and [1088, 3]: 17 rings of 32 around a pole in front, as FLAME's."""
    around = 2.0 * np.pi * np.arange(32) / 32
    points = [np.array([[0.0, 0.0, 1.0]])]
    for ring in range(1, 18):
        angle = np.pi * ring / 18
        points.append(np.c_[np.sin(angle) * np.cos(around), np.sin(angle) * np.sin(around), np.full(32, np.cos(angle))])
    points.append(np.array([[0.0, 0.0, -1.0]]))
    rings = [1 + 32 * ring + np.arange(32) for ring in range(17)]
    triangles = [np.c_[np.zeros(32, int), rings[0], np.roll(rings[0], -1)]]
    for here, there in itertools.pairwise(rings):
        triangles += [np.c_[here, there, np.roll(there, -1)], np.c_[here, np.roll(there, -1), np.roll(here, -1)]]
    triangles.append(np.c_[rings[-1], np.full(32, 545), np.roll(rings[-1], -1)])
    return EYE_RADIUS * np.concatenate(points), np.concatenate(triangles)


def _weights(skin, eye):
    head = 1.0 / (1.0 + np.exp(-(skin[:, 1] + 0.10) / 0.008))
    lower = 1.0 / (1.0 + np.exp((skin[:, 1] - MOUTH_HEIGHT) / 0.0003))
    below = 1.0 / (1.0 + np.exp((skin[:, 1] + 0.06) / 0.008))
    within = 1.0 / (1.0 + np.exp((np.abs(skin[:, 0]) - MOUTH_HALF) / 0.001))
    jaw = head * (skin[:, 2] > 0.0) * np.clip(skin[:, 2] / 0.05, 0.0, 1.0) * (within * lower + (1.0 - within) * below)
    weights = np.zeros((len(skin) + 2 * eye, 5))
    weights[: len(skin), 2] = jaw
    weights[: len(skin), 1] = head - jaw
    weights[: len(skin), 0] = 1.0 - head
    weights[len(skin) : len(skin) + eye, 3] = 1.0
    weights[len(skin) + eye :, 4] = 1.0
    return weights


def _smooth(random, points, count, metres):
    """[V, 3, count]: sums of a few long waves, weaker from component to component."""
    waves = random.normal(scale=18.0, size=(24, 3))
    phases = random.uniform(0.0, 2.0 * np.pi, size=24)
    fields = np.cos(points @ waves.T + phases) @ random.normal(size=(24, 3 * count)) / np.sqrt(24)
    return metres * fields.reshape(len(points), 3, count) / np.sqrt(1.0 + np.arange(count) / 8.0)


def _regressor(template, skin, eye):
    regressor = np.zeros((5, len(template)))
    for row, joint in enumerate(JOINTS[:3]):
        near = np.argsort(np.abs(template[:skin, 1] - joint[1]))[:60]
        system = np.c_[template[near] - joint, np.ones(60)].T
        regressor[row, near] = np.linalg.pinv(system) @ [0.0, 0.0, 0.0, 1.0]
    regressor[3, skin : skin + eye] = regressor[4, skin + eye :] = 1.0 / eye
    return regressor


@contextlib.contextmanager
def _imitated():
    """Classes under the names that files say; modules of those names exist only meanwhile."""
    made = {}
    for module, name in (
        ("chumpy.ch", "Ch"),
        ("scipy.sparse.csc", "csc_matrix"),
        ("scipy.sparse._csc", "csc_matrix"),
        ("scipy.sparse._csr", "csr_array"),
        ("scipy.sparse.coo", "coo_matrix"),
    ):
        made[f"{module}.{name}"] = type(name, (), {"__module__": module})
    modules = {one.__module__: types.ModuleType(one.__module__) for one in made.values()}
    for one in made.values():
        setattr(modules[one.__module__], one.__name__, one)
    # Python 3.14's pickle imports the packages above a module too; Blender has no scipy, the backend has.
    parents = {name.rpartition(".")[0] for name in modules} | {name.partition(".")[0] for name in modules}
    modules |= {name: types.ModuleType(name) for name in parents if name not in sys.modules}
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules |= modules
    try:
        yield made
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def _with_state(cls, **state):
    made = cls()
    made.__dict__.update(state)
    return made


def sparse_state(matrix, kind):
    """The state of SciPy's `kind` (csc, csr, coo) of a dense matrix."""
    rows, columns = np.nonzero(matrix)
    if kind == "coo":
        data = matrix[rows, columns]
        return {"_shape": matrix.shape, "row": rows.astype(np.int32), "col": columns.astype(np.int32), "data": data}
    if kind == "csc":
        columns, rows = np.nonzero(matrix.T)
    outer, inner, lines = (rows, columns, len(matrix)) if kind == "csr" else (columns, rows, matrix.shape[1])
    starts = np.r_[0, np.cumsum(np.bincount(outer, minlength=lines))]
    return {
        "_shape": matrix.shape,
        "maxprint": 50,
        "data": matrix[rows, columns],
        "indices": inner.astype(np.int32),
        "indptr": starts.astype(np.int32),
    }


class Python2Pickler(pickle._Pickler):
    """Writes text and bytes alike as Python 2's `str`, and NumPy's functions under their old module."""

    dispatch = dict(pickle._Pickler.dispatch)  # noqa: RUF012 — as in the class it extends

    def save_text(self, text):
        data = text if isinstance(text, bytes) else text.encode("latin-1")
        if not self.bin:
            self.write(pickle.STRING + repr(data)[1:].encode("ascii") + b"\n")
        elif len(data) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data)
        else:
            self.write(pickle.BINSTRING + len(data).to_bytes(4, "little") + data)
        self.memoize(text)

    def save_global(self, thing, name=None):
        module = (pickle.whichmodule(thing, thing.__qualname__)).replace("numpy._core", "numpy.core")
        module = {"builtins": "__builtin__", "copyreg": "copy_reg"}.get(module, module)
        self.write(pickle.GLOBAL + f"{module}\n{name or thing.__qualname__}\n".encode())
        self.memoize(thing)

    dispatch[str] = dispatch[bytes] = save_text
    dispatch[types.FunctionType] = dispatch[types.BuiltinFunctionType] = dispatch[type] = save_global


def python_2_pickle(value, protocol=2):
    """`value` as Python 2's `pickle.dumps` wrote it."""
    file = io.BytesIO()
    Python2Pickler(file, protocol).dump(value)
    return file.getvalue()


def pickle_of_2017(arrays, protocol=2):
    """Python 2, chumpy for everything learned, SciPy's old module; of `protocol` 0, 1 or 2."""
    with _imitated() as classes:
        held = dict(arrays)
        for name in ("v_template", "shapedirs", "posedirs", "weights"):
            held[name] = _with_state(
                classes["chumpy.ch.Ch"], x=arrays[name], _dirty_vars={"x"}, _itr=None, _depends_on_deps={}
            )
        held["J_regressor"] = _with_state(
            classes["scipy.sparse.csc.csc_matrix"], **sparse_state(arrays["J_regressor"], "csc")
        )
        held["kintree_table"] = arrays["kintree_table"].astype(np.uint32)
        return python_2_pickle(held, protocol)


def pickle_of_2019(arrays):
    """Python 2, arrays in Fortran's order, SciPy's coo."""
    with _imitated() as classes:
        held = arrays | {"shapedirs": np.asfortranarray(arrays["shapedirs"])}
        held["J_regressor"] = _with_state(
            classes["scipy.sparse.coo.coo_matrix"], **sparse_state(arrays["J_regressor"], "coo")
        )
        return python_2_pickle(held)


def pickle_of_2020(arrays):
    """Written again by Python 3 in protocol 2, as conversions do: bytes through `_codecs.encode`."""
    with _imitated() as classes:
        held = dict(arrays)
        held["shapedirs"] = _with_state(classes["chumpy.ch.Ch"], x=arrays["shapedirs"])
        held["J_regressor"] = _with_state(
            classes["scipy.sparse._csc.csc_matrix"], **sparse_state(arrays["J_regressor"], "csc")
        )
        return pickle.dumps(held, 2)


def pickle_of_2023(arrays, protocol=4):
    """Python 3's own, without chumpy."""
    with _imitated() as classes:
        held = {key.encode() if key == "f" else key: value for key, value in arrays.items()}
        held["J_regressor"] = _with_state(
            classes["scipy.sparse._csr.csr_array"], **sparse_state(arrays["J_regressor"], "csr")
        )
        return pickle.dumps(held, protocol)


HISTORIC = {
    "2017": pickle_of_2017,
    "2017 in protocol 0": lambda arrays: pickle_of_2017(arrays, 0),
    "2017 in protocol 1": lambda arrays: pickle_of_2017(arrays, 1),
    "2019": pickle_of_2019,
    "2020": pickle_of_2020,
    "2023": pickle_of_2023,
    "2023 in protocol 5": lambda arrays: pickle_of_2023(arrays, 5),
    "plain arrays": pickle.dumps,
}


def npz(arrays, **others):
    """The same model as an npz."""
    file = io.BytesIO()
    np.savez(file, **(arrays | others))
    return file.getvalue()


def npz_with_objects(arrays):
    """As `np.savez(**pickle.load(…))` writes it: the sparse matrix as an object, pickled inside."""
    with _imitated() as classes:
        sparse = _with_state(classes["scipy.sparse._csc.csc_matrix"], **sparse_state(arrays["J_regressor"], "csc"))
        return npz(arrays, J_regressor=np.array(sparse, dtype=object))


def archive_of(name, data):
    """A zip as FLAME's site hands it out."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, data)
    return file.getvalue()

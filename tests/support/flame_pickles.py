"""FLAME's arrays written in every way in which FLAME's files were; SciPy and chumpy are imitated for it."""

import contextlib
import io
import pickle
import sys
import types
import zipfile

import numpy as np


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
    modules = {kind.__module__: types.ModuleType(kind.__module__) for kind in made.values()}
    for kind in made.values():
        setattr(modules[kind.__module__], kind.__name__, kind)
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

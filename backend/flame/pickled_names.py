"""The names that FLAME's pickles say, of every year in which they were written. No other is known."""

from __future__ import annotations

from typing import Final

_BUILTINS: Final = ("__builtin__", "builtins")
_COPYREG: Final = ("copy_reg", "copyreg")
_CORES: Final = ("numpy.core", "numpy._core")
_SPARSE: Final = ("csc", "csr", "coo")

RECONSTRUCTORS: Final = frozenset(f"{module}._reconstructor" for module in _COPYREG)
ARRAYS: Final = frozenset(f"{core}.multiarray._reconstruct" for core in _CORES)
SCALARS: Final = frozenset(f"{core}.multiarray.scalar" for core in _CORES)
BUFFERS: Final = frozenset(f"{core}.numeric._frombuffer" for core in _CORES)
SPARSE: Final = {
    f"scipy.sparse.{private}{kind}.{kind}_{shape}": kind
    for kind in _SPARSE
    for private in ("", "_")
    for shape in ("matrix", "array")
}
"""Names of SciPy's sparse classes, in SciPy's old and new modules, and the layout each stands for."""
CHUMPY: Final = "chumpy.ch.Ch"
CHUMPY_SELECTION: Final = "chumpy.reordering.Select"
DTYPE: Final = "numpy.dtype"
EMPTY_BYTES: Final = frozenset(f"{module}.bytes" for module in _BUILTINS)
ENCODE: Final = "_codecs.encode"
ORDERED: Final = "collections.OrderedDict"
KNOWN: Final = (
    RECONSTRUCTORS
    | ARRAYS
    | SCALARS
    | BUFFERS
    | frozenset(SPARSE)
    | EMPTY_BYTES
    | {CHUMPY, CHUMPY_SELECTION}
    | {DTYPE, ENCODE, ORDERED, "numpy.ndarray"}
    | {f"{module}.{name}" for module in _BUILTINS for name in ("object", "set")}
)
"""Every name a file may say."""

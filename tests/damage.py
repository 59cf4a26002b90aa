"""Damaged files of every kind, for tests that hold a reader to its own failures.

Every function takes a file's content and a `random.Random`, and returns the content with one damage of many kinds.
"""

import copy
import io
import json
import zipfile

import numpy as np

ODD = (
    None,
    True,
    -1,
    0,
    1e308,
    float("inf"),
    float("nan"),
    10**400,
    "",
    "x",
    "\ud800",
    "a\0b",
    [],
    {},
    [[]],
    {"a": {}},
)
"""Values of JSON that are seldom what a reader expects."""
_DEEP = 100_000


def damaged_bytes(content, dice):
    """A few bytes changed, cut out, cut off, said twice or made zeros."""
    data = bytearray(content)
    at = dice.randrange(len(data) + 1)
    length = dice.choice((1, 2, 7, 64, len(data)))
    kind = dice.randrange(6)
    if kind == 0:
        del data[at:]
    elif kind == 1:
        del data[at : at + length]
    elif kind == 2:
        data[at:at] = data[at : at + length]
    elif kind == 3:
        data[at : at + length] = bytes(len(data[at : at + length]))
    else:
        for _ in range(dice.choice((1, 1, 2, 8, 40))):
            if data:
                data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def damaged_json(content, dice):
    """JSON with one value changed, left out or nested too deeply; or with damaged bytes."""
    kind = dice.randrange(8)
    if kind == 0:
        return damaged_bytes(content, dice)
    data = json.loads(content)
    owner, key = dice.choice([place for place in _places(data) if place[0] is not None] or [(None, None)])
    if kind == 1 or owner is None:
        deep = dice.choice(("[" * _DEEP, '{"a":' * _DEEP, "[" * _DEEP + "]" * _DEEP))
        text = json.dumps(data)
        return text.replace(json.dumps(_at(owner, key)), deep, 1).encode() if owner is not None else deep.encode()
    if kind == 2:
        del owner[key]
    else:
        owner[key] = copy.deepcopy(dice.choice((*ODD, _at(*dice.choice(list(_places(data)))))))
    return json.dumps(data).encode()


def damaged_npz(content, dice):
    """An archive whose checksums are right and one of whose arrays is not what it was; or with damaged bytes."""
    kind = dice.randrange(8)
    if kind == 0:
        return damaged_bytes(content, dice)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice(list(members))
    if kind == 1:
        del members[name]
    elif kind == 2:
        members[name] = damaged_bytes(members[name], dice)
    elif kind == 3:
        members[name] = _claiming(dice.choice(((2**60,), (2**62, 4), (-1,), (10**30,), (2**33,), (0,), ())), dice)
    elif kind == 4:
        members[name] = members[dice.choice(list(members))]
    else:
        members[name] = _npy(_other(np.load(io.BytesIO(members[name])), dice))
    return _archived(members)


def _at(owner, key):
    return owner if owner is None or key is None else owner[key]


def _places(data, owner=None, key=None):
    yield owner, key
    for inner in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield from _places(data[inner], data, inner)


def _claiming(shape, dice):
    """An array's file whose header claims `shape`."""
    kind = dice.choice(("<f4", "<U1", "<i8", "<U0", "|V0", "<c16", "<M8[s]", "|O", "|b1"))
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": kind, "fortran_order": False, "shape": shape})
    return file.getvalue() + bytes(dice.randrange(200))


def _other(array, dice):
    """Another array in place of `array`."""
    changes = (
        lambda: array.reshape(-1),
        lambda: array[None],
        lambda: array[..., :-1] if array.ndim else array,
        lambda: array[:0] if array.ndim else np.array([]),
        lambda: np.full(array.shape, np.nan),
        lambda: np.full(array.shape, 3e38),
        lambda: np.full(array.shape, -7),
        lambda: np.full(array.shape, 1e9),
        lambda: np.full(array.shape, "x"),
        lambda: np.full(array.shape, 1 + 2j),
        lambda: np.zeros(array.shape, bool),
        lambda: np.zeros(array.shape, "M8[s]"),
        lambda: np.zeros(array.shape, "S3"),
        lambda: np.zeros(array.shape, [("a", "<f4"), ("b", "<i2")]),
        lambda: np.str_(json.dumps(dice.choice(ODD[:7]))),
        lambda: np.str_("[" * _DEEP),
        lambda: np.array(["\ud800"] * max(1, len(array) if array.ndim else 1)),
    )
    return dice.choice(changes)()


def _npy(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def _archived(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()

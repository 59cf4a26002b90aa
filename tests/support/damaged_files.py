"""Content of files with one damage of many kinds: each function takes a content and a `random.Random`."""

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
    10**9,
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


def damaged_safetensors(content, dice):
    """Tensors of another kind, place or number, or a header that says so; or with damaged bytes."""
    kind = dice.randrange(8)
    if kind == 0:
        return damaged_bytes(content, dice)
    length = int.from_bytes(content[:8], "little")
    header, numbers = json.loads(content[8 : 8 + length]), content[8 + length :]
    if kind == 1:
        return dice.choice((2**63, 2**32, 0, length - 1, length + 1)).to_bytes(8, "little") + content[8:]
    if kind == 2:
        return _safetensors(damaged_json(json.dumps(header).encode(), dice), numbers)
    name = dice.choice([name for name in header if name != "__metadata__"])
    if kind == 3:
        begin, end = header[name]["data_offsets"]
        numbers = bytearray(numbers)
        width = 2 if header[name]["dtype"] == "F16" else 4
        at = begin + dice.randrange(max((end - begin) // width, 1)) * width
        numbers[at : at + width] = dice.choice((b"\xff", b"\x7f", b"\0")) * width
    elif kind == 4 and "__metadata__" in header:
        metadata = header["__metadata__"]
        field = dice.choice(list(metadata))
        damaged = damaged_json(metadata[field].encode(), dice) if metadata[field][:1] in "{[" else b"x"
        metadata[field] = damaged.decode("utf-8", errors="replace")
    elif kind == 5:
        header[name]["dtype"] = dice.choice(("BOOL", "I64", "F64", "BF16", "F8_E4M3", "U8", "C64", "x"))
    elif kind == 6:
        header[name]["shape"] = dice.choice(([], [0], [2**40, 2**40], [1, *header[name]["shape"]], [-1], [2**33]))
    else:
        other = dice.choice([name for name in header if name != "__metadata__"])
        header[name], header[other] = header[other], header[name]
        if dice.random() < 0.5:
            del header[name]
    return _safetensors(json.dumps(header).encode(), bytes(numbers))


def damaged_archive(content, dice):
    """A zip archive whose checksums are right and one of whose members is damaged, gone or another's."""
    kind = dice.randrange(4)
    if kind == 0:
        return damaged_bytes(content, dice)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    pickles = [member for member in members if member.endswith(".pkl")] or list(members)
    name = dice.choice(pickles if dice.random() < 0.6 else list(members))
    if kind == 1:
        del members[name]
    elif kind == 2:
        members[name] = members[dice.choice(list(members))]
    else:
        members[name] = damaged_pickle(members[name], dice)
    return _archived(members, zipfile.ZIP_STORED)


def damaged_pickle(content, dice):
    """Sizes and small numbers of a pickle changed, or its bytes damaged."""
    if dice.random() < 0.4:
        return damaged_bytes(content, dice)
    data = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 4))):
        at = dice.randrange(max(len(data), 1))
        numbers = {b"K": 1, b"M": 2, b"J": 4, b"X": 4, b"B": 4, b"U": 1, b"C": 1, b"h": 1, b"q": 1, b"T": 4}
        while at < len(data) and bytes(data[at : at + 1]) not in numbers:
            at += 1
        width = numbers.get(bytes(data[at : at + 1]), 0)
        data[at + 1 : at + 1 + width] = dice.choice((b"\xff", b"\x7f", b"\0", dice.randbytes(1))) * width
    return bytes(data)


def damaged_text(content, dice):
    """A text some of whose words are another's, absurd numbers, endless or no letters; or with damaged bytes."""
    if dice.random() < 0.3:
        return damaged_bytes(content, dice)
    words = content.split(b" ")
    odd = (
        b"",
        b"-1",
        b"1e999",
        b"nan",
        b"inf",
        b"9" * 5000,
        b"\xff\xfe",
        b"\0",
        b"\n",
        b"\xed\xa0\x80",
        b"x" * 100_000,
    )
    for _ in range(dice.choice((1, 1, 3, 10))):
        words[dice.randrange(len(words))] = dice.choice((*odd, dice.choice(words)))
    return b" ".join(words)


def damaged_recording(content, dice):
    """A few bytes changed, left out or put in, often in the header, or cut off."""
    data = bytearray(content)
    for _ in range(dice.choice((1, 2, 5, 20))):
        at = dice.randrange(min(len(data), 600)) if dice.random() < 0.6 else dice.randrange(len(data))
        kind = dice.randrange(5)
        if kind == 0:
            data[at] = dice.randrange(256)
        elif kind == 1:
            data[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff"))
        elif kind == 2:
            del data[at : at + dice.randrange(1, 64)]
        elif kind == 3:
            data[at:at] = dice.randbytes(dice.randrange(1, 64))
        else:
            del data[max(1, dice.randrange(len(data))) :]
        if not data:
            return b"\x00"
    return bytes(data)


def _safetensors(header, numbers):
    return len(header).to_bytes(8, "little") + header + numbers


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


def _archived(members, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()

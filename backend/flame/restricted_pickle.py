"""Pickles read as data: nothing that a file names is ever imported, called or given a state.

A pickle is a small program for a stack machine (documented in CPython's `pickletools`). This machine carries it out
with plain values only. Where the program would make an object, it notes what was asked for as a `Made`; and it knows
only the names that FLAME's files need. Any other name, a persistent id or an extension code ends the reading.

`pickle.Unpickler` with a `find_class` that makes nothing is not enough: a tuple nested a million deep as the key of a
dictionary is hashed by it, which ends the process, and a place in the memo of billions takes as much memory.
"""

from __future__ import annotations

import codecs
import io
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from ..contract.errors import DuologueError, ExitCode
from .pickled_names import EMPTY_BYTES, ENCODE, KNOWN, ORDERED, RECONSTRUCTORS

_NEWEST_PROTOCOL: Final = 5
_LONGEST_NAME: Final = 80
_OPCODES: Final = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}
_OUTSIDE: Final = {
    "PERSID": "the persistent object",
    "BINPERSID": "a persistent object",
    "EXT1": "extension code",
    "EXT2": "extension code",
    "EXT4": "extension code",
    "NEXT_BUFFER": "a buffer outside itself",
    "READONLY_BUFFER": "a buffer outside itself",
}


class UnfitFileError(ValueError):
    """A file, or an array in it, is not what it should be; the text says what is off."""


@dataclass(frozen=True)
class Name:
    """A known name that the file said, and nothing behind it."""

    full: str


@dataclass
class Made:
    """An object the file asks for: the class's or function's name, its arguments, and the state it would be given."""

    name: str
    arguments: tuple[Any, ...]
    state: Any = None


def read_pickle(data: bytes) -> Any:
    """What the pickle `data` describes, of any protocol: numbers, text, lists, tuples, dicts, `Name` and `Made`.

    Sets come as lists; bytes that Python 2 wrote come as text in Latin-1.
    Raises DuologueError (FLAME_FILE_REFUSED) for a name that no FLAME file needs, and UnfitFileError.
    """
    return _Machine(data).run()


def _refuse(what: str) -> NoReturn:
    clipped = what if len(what) <= _LONGEST_NAME else what[:_LONGEST_NAME] + "…"
    named = "".join(letter if letter.isprintable() else "?" for letter in clipped)
    raise DuologueError(
        ExitCode.FLAME_FILE_REFUSED,
        f"The file asks {named}; that is no FLAME model, and nothing of it was run.",
        "Download the model again from FLAME's own site.",
    )


class _Machine:
    """The stack machine. Its stack, marks and memo hold plain values, `Name`s and `Made`s only."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._doing: dict[str, Callable[[Any], None]] = {
            "MARK": lambda _: self._marks.append(len(self._stack)),
            "POP": self._drop,
            "POP_MARK": lambda _: self._forget(self._pop_mark()),
            "DUP": lambda _: self._stack.append(self._top()),
            "PROTO": self._expect_protocol,
            "FRAME": self._forget,
            "MEMOIZE": lambda _: self._remember(len(self._memo)),
            "NONE": lambda _: self._stack.append(None),
            "NEWTRUE": lambda _: self._stack.append(True),
            "NEWFALSE": lambda _: self._stack.append(False),
            "EMPTY_LIST": lambda _: self._stack.append([]),
            "EMPTY_TUPLE": lambda _: self._stack.append(()),
            "EMPTY_DICT": lambda _: self._stack.append({}),
            "EMPTY_SET": lambda _: self._stack.append([]),
            "LIST": lambda _: self._stack.append(self._pop_mark()),
            "TUPLE": lambda _: self._stack.append(tuple(self._pop_mark())),
            "TUPLE1": lambda _: self._stack.append(self._pop_many(1)),
            "TUPLE2": lambda _: self._stack.append(self._pop_many(2)),
            "TUPLE3": lambda _: self._stack.append(self._pop_many(3)),
            "FROZENSET": lambda _: self._stack.append(self._pop_mark()),
            "DICT": lambda _: self._stack.append(_dictionary(self._pop_mark())),
            "APPEND": lambda _: self._extend([self._pop()]),
            "APPENDS": lambda _: self._extend(self._pop_mark()),
            "ADDITEMS": lambda _: self._extend(self._pop_mark()),
            "SETITEM": lambda _: self._update(list(self._pop_many(2))),
            "SETITEMS": lambda _: self._update(self._pop_mark()),
            "GLOBAL": lambda pair: self._stack.append(_known(pair.replace(" ", ".", 1))),
            "STACK_GLOBAL": self._name_from_stack,
            "REDUCE": self._make_with_arguments,
            "NEWOBJ": self._make_with_arguments,
            "NEWOBJ_EX": self._make_with_keywords,
            "INST": lambda pair: self._make(_known(pair.replace(" ", ".", 1)), tuple(self._pop_mark())),
            "OBJ": self._make_from_mark,
            "BUILD": self._give_state,
        }
        self._doing |= dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), self._remember)
        self._doing |= dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), self._recall)

    def run(self) -> Any:
        while True:
            code = self._file.read(1)
            opcode = _OPCODES.get(code)
            if opcode is None:
                raise UnfitFileError("it holds what is no pickle" if code else "it ends too early")
            argument = self._argument(opcode)
            if opcode.name == "STOP":
                return self._pop()
            if opcode.name in _OUTSIDE:
                _refuse(f"for {_OUTSIDE[opcode.name]}{'' if argument is None else f' {argument}'}")
            self._doing.get(opcode.name, self._stack.append)(argument)

    def _argument(self, opcode: pickletools.OpcodeInfo) -> Any:
        if opcode.arg is None:
            return None
        if opcode.name == "STRING":  # pickletools reads ASCII alone here
            return _python_2_text(self._file.readline())
        try:
            return opcode.arg.reader(self._file)
        except (ValueError, OverflowError) as error:
            raise UnfitFileError("it is no pickle, or damaged, or it ends too early") from error

    def _top(self) -> Any:
        if len(self._stack) <= (self._marks[-1] if self._marks else 0):
            raise UnfitFileError("it takes from an empty stack")
        return self._stack[-1]

    def _pop(self) -> Any:
        found = self._top()
        self._stack.pop()
        return found

    def _pop_many(self, count: int) -> tuple[Any, ...]:
        return tuple([self._pop() for _ in range(count)][::-1])

    def _pop_mark(self) -> list[Any]:
        if not self._marks:
            raise UnfitFileError("it takes from a mark it never set")
        start = self._marks.pop()
        found = self._stack[start:]
        del self._stack[start:]
        return found

    def _drop(self, _: Any) -> None:
        if self._marks and self._marks[-1] == len(self._stack):
            self._marks.pop()
        else:
            self._pop()

    def _forget(self, _: Any) -> None:
        """Nothing to do."""

    def _expect_protocol(self, protocol: int) -> None:
        if protocol > _NEWEST_PROTOCOL:
            raise UnfitFileError(f"it is a pickle of protocol {protocol}, which nobody knows")

    def _remember(self, index: int) -> None:
        self._memo[index] = self._top()

    def _recall(self, index: int) -> None:
        if index not in self._memo:
            raise UnfitFileError("it refers to what it never said")
        self._stack.append(self._memo[index])

    def _extend(self, items: list[Any]) -> None:
        target = self._top()
        if not isinstance(target, list):
            raise UnfitFileError("it adds items to what is no list")
        target.extend(items)

    def _update(self, items: list[Any]) -> None:
        target = self._top()
        if not isinstance(target, dict):
            raise UnfitFileError("it adds entries to what is no dictionary")
        target.update(_dictionary(items))

    def _name_from_stack(self, _: Any) -> None:
        module, name = self._pop_many(2)
        self._stack.append(_known(f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else "?"))

    def _make_with_arguments(self, _: Any) -> None:
        named, arguments = self._pop_many(2)
        self._make(named, arguments)

    def _make_with_keywords(self, _: Any) -> None:
        named, arguments, keywords = self._pop_many(3)
        if keywords != {}:
            raise UnfitFileError("it makes an object with named arguments")
        self._make(named, arguments)

    def _make_from_mark(self, _: Any) -> None:
        found = self._pop_mark()
        self._make(found[0] if found else None, tuple(found[1:]))

    def _make(self, named: Any, arguments: Any) -> None:
        if not isinstance(named, Name) or not isinstance(arguments, tuple):
            raise UnfitFileError("it makes an object of what is no class")
        if named.full in RECONSTRUCTORS:
            if not arguments or not isinstance(arguments[0], Name):
                raise UnfitFileError("it makes an object of what is no class")
            named, arguments = arguments[0], ()
        plain = _PLAIN.get(named.full)
        self._stack.append(Made(named.full, arguments) if plain is None else plain(arguments))

    def _give_state(self, _: Any) -> None:
        state, made = self._pop(), self._top()
        if not isinstance(made, Made):
            raise UnfitFileError("it gives a state to what has none")
        made.state = state


def _known(full: str) -> Name:
    if full not in KNOWN:
        _refuse(f"to run {full}")
    return Name(full)


def _dictionary(items: list[Any]) -> dict[Any, Any]:
    """From keys and values in turn. Keys are text, bytes or numbers: nothing that hashes by going deep."""
    if len(items) % 2:
        raise UnfitFileError("it has a key without a value")
    if not all(isinstance(key, str | bytes | int | float) for key in items[::2]):
        raise UnfitFileError("it has a dictionary with keys that are neither text nor numbers")
    return dict(zip(items[::2], items[1::2], strict=True))


def _ordered(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    pairs = arguments[0] if arguments else []
    if not isinstance(pairs, list) or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):  # noqa: PLR2004
        raise UnfitFileError("it has a dictionary of what are no pairs")
    return _dictionary([item for pair in pairs for item in pair])


def _encoded(arguments: tuple[Any, ...]) -> bytes:
    """The bytes that Python 3 writes into a file for Python 2 as a call of `_codecs.encode`."""
    if len(arguments) != 2 or not isinstance(arguments[0], str) or arguments[1] != "latin1":  # noqa: PLR2004
        raise UnfitFileError("it encodes what is no text")
    try:
        return arguments[0].encode("latin-1")
    except UnicodeEncodeError as error:
        raise UnfitFileError("it has text where bytes should be") from error


def _no_bytes(arguments: tuple[Any, ...]) -> bytes:
    if arguments:
        raise UnfitFileError("it makes bytes of something else")
    return b""


_PLAIN: Final[dict[str, Callable[[tuple[Any, ...]], Any]]] = {
    ORDERED: _ordered,
    ENCODE: _encoded,
    **dict.fromkeys(EMPTY_BYTES, _no_bytes),
}
"""Calls that stand for plain values."""


def _python_2_text(line: bytes) -> str:
    """The text of protocol 0's quoted, escaped string."""
    quoted = line.strip()
    if not line.endswith(b"\n") or len(quoted) < 2 or quoted[0] != quoted[-1] or quoted[:1] not in (b"'", b'"'):  # noqa: PLR2004
        raise UnfitFileError("it has a text without its quotes")
    try:
        plain: bytes = codecs.escape_decode(quoted[1:-1])[0]  # type: ignore[attr-defined]
    except ValueError as error:
        raise UnfitFileError("it has a text that cannot be read") from error
    return plain.decode("latin-1")

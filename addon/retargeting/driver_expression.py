"""Blender's simple driver expressions, reckoned for many values at once. No bpy here."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

Values = np.ndarray
"""[N] float64, one value of the variable each."""

_BINARY: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
}
_COMPARED: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CONSTANTS: Final = {"pi": np.pi, "True": 1.0, "False": 0.0}


def _folded(fold: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def over(first: Any, *more: Any) -> Any:
        for one in more:
            first = fold(first, one)
        return first

    return over


def _smoothstep(low: Any, high: Any, value: Any) -> Any:
    part = np.clip((value - low) / (high - low), 0.0, 1.0)
    return part * part * (3.0 - 2.0 * part)


def _clamp(value: Any, low: Any = 0.0, high: Any = 1.0) -> Any:
    return np.minimum(np.maximum(value, low), high)


_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "radians": np.radians,
    "degrees": np.degrees,
    "abs": np.abs,
    "fabs": np.abs,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "int": np.trunc,
    "round": np.round,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "exp": np.exp,
    "log": lambda value, base=np.e: np.log(value) / np.log(base),
    "sqrt": np.sqrt,
    "pow": np.power,
    "fmod": np.fmod,
    "min": _folded(np.minimum),
    "max": _folded(np.maximum),
    "lerp": lambda low, high, part: low + (high - low) * part,
    "clamp": _clamp,
    "smoothstep": _smoothstep,
}


def names_in(expression: str) -> frozenset[str]:
    """The variables that `expression` uses. Raises ValueError where it is none."""
    nodes = list(ast.walk(_parsed(expression)))
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    names = (node for node in nodes if isinstance(node, ast.Name) and node not in called)
    return frozenset(node.id for node in names if node.id not in _CONSTANTS)


def function_of(expression: str, variable: str) -> Callable[[Values], Values]:
    """What `expression` gives for each of [N] values of `variable`.

    Raises ValueError where it is none of Blender's simple expressions, or uses another variable.
    """
    tree = _parsed(expression)
    _reckoned(tree, {variable: np.zeros(1)})

    def values(at: Values) -> Values:
        with np.errstate(all="ignore"):
            found = np.asarray(_reckoned(tree, {variable: at}), np.float64)
        return np.nan_to_num(np.broadcast_to(found, at.shape))

    return values


def _parsed(expression: str) -> ast.expr:
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f"“{expression}” is no expression") from error


def _reckoned(node: ast.expr, names: Mapping[str, Values]) -> Any:
    """The value of a part of an expression. Raises ValueError for what Blender's simple expressions do not have."""
    reckon = _PARTS.get(type(node))
    if reckon is None:
        raise _refused(node)
    with np.errstate(all="ignore"):
        return reckon(node, names)


def _constant(node: ast.Constant, _names: Mapping[str, Values]) -> float:
    if not isinstance(node.value, bool | int | float):
        raise _refused(node)
    return float(node.value)


def _name(node: ast.Name, names: Mapping[str, Values]) -> Any:
    if node.id not in names and node.id not in _CONSTANTS:
        raise _refused(node)
    return names[node.id] if node.id in names else _CONSTANTS[node.id]


def _unary(node: ast.UnaryOp, names: Mapping[str, Values]) -> Any:
    value = _reckoned(node.operand, names)
    if isinstance(node.op, ast.Not):
        return np.equal(value, 0.0) * 1.0
    if isinstance(node.op, ast.Invert):
        raise _refused(node)
    return -value if isinstance(node.op, ast.USub) else value


def _binary(node: ast.BinOp, names: Mapping[str, Values]) -> Any:
    if type(node.op) not in _BINARY:
        raise _refused(node)
    return _BINARY[type(node.op)](_reckoned(node.left, names), _reckoned(node.right, names))


def _boolean(node: ast.BoolOp, names: Mapping[str, Values]) -> Any:
    fold = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
    return _folded(fold)(*(np.not_equal(_reckoned(part, names), 0.0) for part in node.values)) * 1.0


def _comparison(node: ast.Compare, names: Mapping[str, Values]) -> Any:
    if not all(type(sign) in _COMPARED for sign in node.ops):
        raise _refused(node)
    sides = [_reckoned(one, names) for one in (node.left, *node.comparators)]
    pairs = zip(node.ops, sides, sides[1:], strict=False)
    return _folded(np.logical_and)(*(_COMPARED[type(sign)](*two) for sign, *two in pairs)) * 1.0


def _choice(node: ast.IfExp, names: Mapping[str, Values]) -> Any:
    taken = np.not_equal(_reckoned(node.test, names), 0.0)
    return np.where(taken, _reckoned(node.body, names), _reckoned(node.orelse, names))


def _call(node: ast.Call, names: Mapping[str, Values]) -> Any:
    if not isinstance(node.func, ast.Name) or node.func.id not in _FUNCTIONS or node.keywords:
        raise _refused(node)
    try:
        return _FUNCTIONS[node.func.id](*(_reckoned(one, names) for one in node.args))
    except TypeError as error:
        raise _refused(node) from error


def _refused(node: ast.expr) -> ValueError:
    return ValueError(f"“{ast.unparse(node)}” is not among Blender's simple expressions")


_PARTS: Final[Mapping[type, Callable[[Any, Mapping[str, Values]], Any]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.IfExp: _choice,
    ast.Call: _call,
}

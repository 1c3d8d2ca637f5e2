"""Recomputes the sums that stand in a text: `120 x 50 + 10 x 400 = 10,000`, `9 of 150: 6%`."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TERM = rf"(?:{_NUMBER})\s*%?"
_SUM = re.compile(
    rf"((?:[(]\s*)*{_TERM}(?:\s*[()]*\s*(?:[-+/^x×−]|\*)\s*[(]*\s*{_TERM})+\s*[)]*"
    rf"(?:\s*[-+/^x×]\s*{_TERM})*)\s*=\s*(?:about\s+)?[$€£]?({_NUMBER})\s*(%?)"
)
_SHARE = re.compile(rf"({_NUMBER}) of ({_NUMBER})(?: [a-z]+)?: ({_NUMBER})%")
_UNIT = re.compile(r"(?<=[\d%])(?: (?!x\b)[a-z][a-z'-]*)+(?= [-x+*/=×])")
_MILLION = re.compile(r"(\d+(?:\.\d+)?) million")
_OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "sqrt": math.sqrt, "log": math.log, "exp": math.exp, "min": min, "max": max, "ceil": math.ceil, "floor": math.floor,
}  # fmt: skip


def _value(node: ast.AST) -> float:
    if isinstance(node, ast.Expression):
        return _value(node.body)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        return _FUNCTIONS[node.func.id](*map(_value, node.args))
    raise ValueError(ast.dump(node))


def compute(expression: str) -> float:
    """The value of an expression from worked_examples.yml: numbers, the four operations, `**`, a few functions, and
    sorted([…])[n].
    """
    if found := re.fullmatch(r"sorted\(\[(.*)\]\)\[(\d+)\]", expression):
        return sorted(float(part) for part in found[1].split(","))[int(found[2])]
    return _value(ast.parse(expression, mode="eval"))


def sums(text: str) -> Iterator[tuple[str, float, float, float]]:
    """Each sum in a text: how it is written, its value, the stated result, and how far rounding lets them differ."""
    text = re.sub(r"[$€£]", "", text)
    text = _MILLION.sub(lambda match: f"{float(match[1]) * 1e6:.0f}", text)
    for match in _SHARE.finditer(text):
        part, whole, stated = (float(number.replace(",", "")) for number in match.groups())
        digits = len(match[3].partition(".")[2])
        yield match[0], 100 * part / whole, stated, 0.5 * 10**-digits + 1e-9
    for match in _SUM.finditer(_UNIT.sub("", text)):
        left, stated, percent = match[1].strip(), match[2], match[3]
        left = left + ")" * (left.count("(") - left.count(")"))
        if left.count("(") != left.count(")"):
            continue
        code = re.sub(r"(\d+(?:\.\d+)?)\s*%", r"(\1/100)", left.replace(",", "").replace("x", "*").replace("×", "*"))
        code = code.replace("^", "**").replace("−", "-")
        try:
            value = _value(ast.parse(code.strip(), mode="eval"))
        except (SyntaxError, ZeroDivisionError, ValueError):
            continue
        result = float(stated.replace(",", ""))
        digits = len(stated.partition(".")[2])
        if percent and not math.isclose(value, result, rel_tol=0.005):
            value *= 100
        yield match[0].strip(), value, result, 0.5 * 10**-digits + 1e-9


def wrong(text: str) -> list[str]:
    """The sums in a text that do not come out as stated."""
    return [
        f"{written} (is {value:.6g})"
        for written, value, stated, slack in sums(text)
        if abs(value - stated) > slack and not math.isclose(value, stated, rel_tol=1e-9)
    ]

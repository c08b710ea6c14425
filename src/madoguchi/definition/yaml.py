"""Definitions as YAML that people read and compare: one canonical way to write, exact errors when reading."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from madoguchi.definition.app import AppDefinition
from madoguchi.definition.fields import FieldBase, Model
from madoguchi.definition.findings import DefinitionError, Finding
from madoguchi.definition.schema_errors import findings_from
from madoguchi.definition.text import LANGUAGES, Text

Path = tuple[str | int, ...]
Lines = dict[Path, int]

_INT = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


def load(text: str) -> AppDefinition:
    """The definition written in ``text``; ``DefinitionError`` names field, key and line of everything wrong."""
    data, lines = read(text)
    try:
        return AppDefinition.model_validate(data)
    except ValidationError as refusal:
        raise DefinitionError(findings_from(refusal, data, lines)) from None


def dump(defn: AppDefinition) -> str:
    """``defn`` in the canonical form: keys in declared order, defaults left out, ``load`` gives it back unchanged."""
    return dump_plain(plain(defn))


def dump_plain(data: Any) -> str:
    """Any plain data in the same style (packs use it for ``pack.yaml``)."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=10**6)


def read(text: str) -> tuple[Any, Lines]:
    """Plain data and the line of every path in it. Only ``true``/``false`` are truth values, dates stay text.

    YAML 1.1 would read ``01203`` as octal, ``12:30`` as sexagesimal and ``no`` as false; staff mean none of these.
    """
    try:
        node = _Loader(text).get_single_node()
    except yaml.YAMLError as refusal:
        raise DefinitionError([_syntax_finding(refusal)]) from None
    lines: Lines = {}
    return (_construct(node, (), lines) if node else None), lines


def _syntax_finding(refusal: yaml.YAMLError) -> Finding:
    mark = getattr(refusal, "problem_mark", None)
    line = mark.line + 1 if mark else None
    mend = "字下げ、「:」のあとの空白、引用符の閉じ忘れを確かめてください。"
    return Finding("error", "YAML", "YAML として読めません。", mend, line)


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="alias", problem_mark=mark)
        return super().compose_node(parent, index)


def _construct(node: Node, path: Path, lines: Lines) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        return _construct_mapping(node, path, lines)
    if isinstance(node, SequenceNode):
        return [_construct(child, (*path, n), lines) for n, child in enumerate(node.value)]
    return _construct_scalar(node)


def _construct_mapping(node: MappingNode, path: Path, lines: Lines) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in result:
            message = f"「{key}」が2回書かれています。"
            raise DefinitionError(
                [Finding("error", "YAML", message, "どちらかを消してください。", key_node.start_mark.line + 1)]
            )
        result[key] = _construct(value_node, (*path, key), lines)
    return result


def _construct_scalar(node: Node) -> Any:
    if isinstance(node, ScalarNode) and node.style:
        return node.value
    if node.value in _WORDS:
        return _WORDS[node.value]
    if _INT.fullmatch(node.value):
        return int(node.value)
    return Decimal(node.value) if _DECIMAL.fullmatch(node.value) else node.value


def plain(value: Any) -> Any:
    """A definition or a part of it as the mappings, lists and scalars that are written."""
    if isinstance(value, Text):
        return value.root["ja"] if set(value.root) == {"ja"} else _in_order(value.root)
    if isinstance(value, Model):
        return _plain_model(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (tuple, list)) else value


def _in_order(texts: Mapping[Any, str]) -> dict[str, str]:
    return {language: texts[language] for language in LANGUAGES if language in texts}


def _plain_model(model: Model) -> Any:
    short = model.model_dump()
    if isinstance(short, str):
        return short
    kind = {"type": model.type} if isinstance(model, FieldBase) else {}  # type: ignore[attr-defined]
    changed = {
        info.alias or name: plain(getattr(model, name))
        for name, info in type(model).model_fields.items()
        if name not in kind and not _is_default(info, getattr(model, name))
    }
    return {**kind, **changed}


def _is_default(info: FieldInfo, value: Any) -> bool:
    return not info.is_required() and bool(value == info.get_default(call_default_factory=True, validated_data={}))


_ODD_LINE_BREAKS = frozenset("\r\x85\u2028\u2029")
"""YAML 1.1 folds them into spaces unless they are escaped."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> ScalarNode:
    style = "|" if "\n" in text else None
    if set(text) & _ODD_LINE_BREAKS:
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_decimal(dumper: yaml.SafeDumper, number: Decimal) -> ScalarNode:
    digits = f"{number:f}"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in digits else 'int'}", digits)


def _represent_moment(dumper: yaml.SafeDumper, moment: datetime.date) -> ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", moment.isoformat())


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Decimal, _represent_decimal)
_Dumper.add_representer(datetime.date, _represent_moment)
_Dumper.add_representer(datetime.datetime, _represent_moment)

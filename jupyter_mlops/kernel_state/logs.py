"""The state of ``logging``: levels, switches and handlers that the notebook set."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.errors import Refused
from jupyter_mlops.kernel_state.references import NOTEBOOK_MODULES
from jupyter_mlops.kernel_state.standin import noted

_LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG", "NOTSET")
Snapshot = Mapping[str, tuple[Any, ...]]
"""By logger (``""``: the root): level, propagate, disabled, handlers."""


def observe_logging() -> Snapshot:
    """All loggers as they are; empty if ``logging`` is not loaded."""
    if "logging" not in sys.modules:
        return {}
    return {
        name: (logger.level, logger.propagate, logger.disabled, _handlers(logger))
        for name, logger in _loggers()
    }


def read_logging(start: Snapshot, work: Path) -> Any:
    """What differs from ``start``, as something to pickle, or None."""
    logging = sys.modules.get("logging")
    if logging is None:
        return None
    changed = {}
    for name, state in observe_logging().items():
        before = start.get(name, (logging.NOTSET, True, False, ()))
        if state != before:
            handlers = [_describe(h, work) for h in state[3] if h not in before[3]]
            removed = [index for index, h in enumerate(before[3]) if h not in state[3]]
            changed[name] = (*state[:3], handlers, removed)
    found = {
        "loggers": changed,
        "disable": logging.root.manager.disable,
        "levels": _own_levels(logging),
        "class": _own_class(logging.getLoggerClass()),
        "classes": {
            name: (cls, _own_attributes(logger))
            for name, logger in _loggers()
            if (cls := _own_class(type(logger))) is not None
        },
    }
    return found if any(found.values()) else None


def write_logging(start: Snapshot, work: Path, value: Mapping[str, Any]) -> None:
    """Puts what ``read_logging`` gave in force."""
    import logging

    logging.disable(value["disable"])
    for level, label in value["levels"].items():
        logging.addLevelName(level, label)
    if value["class"] is not None:
        logging.setLoggerClass(value["class"])
    for name, (cls, attributes) in value["classes"].items():
        logger = logging.getLogger(name)
        logger.__class__ = cls
        vars(logger).update(attributes)
    for name, (level, propagate, disabled, handlers, removed) in value["loggers"].items():
        logger = logging.getLogger(name)
        kept = [h for i, h in enumerate(start.get(name, ((),) * 4)[3]) if i not in removed]
        logger.setLevel(level)
        logger.propagate, logger.disabled = propagate, disabled
        own = {_key(_describe(h, work)): h for h in _handlers(logger) if h not in kept}
        silent = [h for h in logger.handlers if isinstance(h, logging.NullHandler)]
        if _is_loaded(name):
            wanted = [own.get(_key(handler)) or _rebuild(handler, work) for handler in handlers]
            actual = [h for h in wanted if isinstance(h, logging.Handler)]
            logger.handlers[:] = [*silent, *kept, *actual]


def _own_levels(logging: Any) -> dict[int, str]:
    """Names of levels that are not the library's."""
    known = {getattr(logging, label) for label in _LEVELS}
    names: dict[int, str] = logging._levelToName
    return {
        level: label
        for level, label in names.items()
        if level not in known or getattr(logging, label, None) != level
    }


def _own_class(cls: type) -> type | None:
    """The class, if it is the notebook's."""
    return cls if cls.__module__ in NOTEBOOK_MODULES else None


def _own_attributes(logger: Any) -> dict[str, Any]:
    """What a logger of the notebook's class has besides what any logger has."""
    logging = sys.modules["logging"]
    common = {*vars(logging.Logger("")), "parent", "manager"}
    return {name: value for name, value in vars(logger).items() if name not in common}


def _handlers(logger: Any) -> tuple[Any, ...]:
    """The handlers that do something; filters of the logger count as one."""
    logging = sys.modules["logging"]
    handlers = [h for h in logger.handlers if not isinstance(h, logging.NullHandler)]
    return (*handlers, *logger.filters)


def _is_loaded(logger: str) -> bool:
    """False if the logger is that of a library which sets it up when it is imported later."""
    library = logger.partition(".")[0]
    return not library or library in sys.modules or importlib.util.find_spec(library) is None


def _key(description: tuple[Any, ...]) -> tuple[Any, ...]:
    """What two handlers that do the same have in common."""
    if description[0] == "refused":
        return description
    formatter = description[3]
    return (*description[:3], type(formatter), getattr(formatter, "_fmt", None))


def _loggers() -> Iterator[tuple[str, Any]]:
    logging = sys.modules["logging"]
    yield "", logging.root
    for name, logger in sorted(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger):
            yield name, logger


def _describe(handler: Any, work: Path) -> tuple[Any, ...]:
    """A handler as its kind, what it writes to, level and formatter."""
    logging = sys.modules["logging"]
    if (refused := getattr(handler, "refused", None)) is not None:
        return "refused", refused
    stranger = ("refused", f"a {type(handler).__name__}")
    if not isinstance(handler, logging.Handler) or handler.filters:
        return stranger
    common = (handler.level, handler.formatter)
    if type(handler) is logging.StreamHandler:
        for name in ("stdout", "stderr"):
            if handler.stream is getattr(sys, name):
                return "stream", name, *common
    if type(handler) is logging.FileHandler:
        handler.flush()
        path = Path(handler.baseFilename)
        if path.is_relative_to(work):
            place = path.relative_to(work).as_posix()
            return "file", (place, handler.encoding, handler.errors), *common
    return stranger


def _rebuild(description: tuple[Any, ...], work: Path) -> Any:
    import logging

    if description[0] == "refused":
        return _refusing_handler(description[1])
    kind, target, level, formatter = description
    handler: logging.Handler
    if kind == "stream":
        handler = logging.StreamHandler(getattr(sys, target))
    else:
        place, encoding, errors = target
        handler = logging.FileHandler(
            work / place, mode="a", encoding=encoding, errors=errors, delay=True
        )
    handler.setLevel(level)
    handler.setFormatter(formatter)
    return handler


def _refusing_handler(what: str) -> Any:
    """Stands for a handler that cannot be carried: the first record that it gets is refused."""
    import logging

    class RefusingHandler(logging.Handler):
        refused = what

        def emit(self, record: logging.LogRecord) -> None:
            raise noted(
                Refused(
                    codes.LOG_HANDLER,
                    name="logging",
                    path=f"the handler of logger {record.name!r}",
                    reason=what,
                    step="",
                )
            )

    return RefusingHandler()

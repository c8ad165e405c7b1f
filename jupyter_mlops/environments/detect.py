"""What a pipeline needs of its kernel's environment: imports → installed distributions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mlops.environments import inventory
from jupyter_mlops.environments.imports import Imports, follow_local, imports_of, is_written
from jupyter_mlops.environments.installs import Install, installs_of
from jupyter_mlops.environments.kernel import Kernel
from jupyter_mlops.environments.optional import optional_modules
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.pipeline import Cell, Pipeline

_PROVIDED = frozenset({"jupyter_mlops", "IPython", "ipykernel"})
"""Modules that every step has: its own runtime and its kernel."""

_PACKAGES = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Well-known packages whose name is not their module's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What a pipeline needs of its kernel's environment. Distribution names are normalised.

    Attributes:
        kernel: where it was looked for.
        needed: distribution → version, of those that the pipeline imports itself.
        closure: the same with what those need in turn.
        installed: every distribution of the environment.
        elsewhere: distribution → URL, of those in ``closure`` that came from no package index.
        modules: module that is imported in any case → distributions that install it.
        absent: modules that are imported in any case and not installed.
        installs: what the notebook installs itself.
    """

    kernel: Kernel
    needed: Mapping[str, str]
    closure: Mapping[str, str]
    installed: Mapping[str, str]
    elsewhere: Mapping[str, str]
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    installs: tuple[Install, ...] = ()

    def require_installed(self) -> None:
        """Nothing, if the kernel has what is imported, or the notebook installs what it lacks.

        Raises:
            EnvironmentFailure: a module that is imported in any case is not installed, and no
                package of which the modules are not known is installed by the notebook.
        """
        if self.absent and all(i.name in self.installed for i in self.installs):
            raise _not_installed(self.absent, self.kernel)


def detect(pipeline: Pipeline, *, notebook: Path, kernel: Kernel) -> Detected:
    """What ``pipeline`` needs of the environment of ``kernel``.

    Modules that lie beside the notebook are no packages, but what they import is needed too.

    Args:
        pipeline: the compiled notebook.
        notebook: path of its source.
        kernel: the kernel that the notebook names.

    Raises:
        EnvironmentFailure: the interpreter cannot be asked.
    """
    folder = notebook.absolute().parent
    cells = [*pipeline.shared, *(cell for step in pipeline.steps for cell in step.cells)]
    imports, _ = follow_local(_imports(pipeline, cells), (folder,))
    answer = _ask(kernel, imports)
    absent = _absent(imports, answer)
    if absent.every:
        # The notebook may put another folder of its project on sys.path.
        nearby, _ = follow_local(absent, _folders_near(folder, pipeline))
        imports = imports.without(absent.every) | nearby
        answer = _ask(kernel, imports)
        absent = _absent(imports, answer)
    versions: Mapping[str, str] = answer["versions"]
    needed = {name for found in answer["modules"].values() for name in found}
    closure = _closure(needed, answer["requires"])
    return Detected(
        kernel=kernel,
        needed={name: versions[name] for name in sorted(needed)},
        closure={name: versions[name] for name in sorted(closure)},
        installed=dict(sorted(versions.items())),
        elsewhere={
            name: url for name, url in sorted(answer["elsewhere"].items()) if name in closure
        },
        modules={
            module: tuple(sorted(found))
            for module, found in sorted(answer["modules"].items())
            if module in imports.certain
        },
        absent=tuple(
            sorted(n for n in absent.certain if not is_written(n, (c.source for c in cells)))
        ),
        installs=installs_of(cells, folder),
    )


def packages_of(kernel: Kernel) -> Mapping[str, str]:
    """Distribution → version of all that the kernel has.

    Raises:
        EnvironmentFailure: the interpreter cannot be asked.
    """
    versions: Mapping[str, str] = _ask(kernel, Imports())["versions"]
    return versions


def _imports(pipeline: Pipeline, cells: Sequence[Cell]) -> Imports:
    """The pipeline's imports; possible ones are those that no cell makes in a straight line.

    Modules that packages load by themselves are possible ones too.
    """
    from jupyter_mlops.notebook.source import tree_of

    trees = [tree_of(cell.source) for cell in cells]
    read = Imports()
    for tree in trees:
        read |= imports_of(tree)
    names = frozenset(pipeline.imports)
    possible = names & read.possible
    optional = optional_modules(trees, [cell.source for cell in cells], names)
    return Imports(certain=names - possible, possible=possible | (optional - names))


def _ask(kernel: Kernel, imports: Imports) -> dict[str, Any]:
    modules = sorted(imports.every - _PROVIDED)
    if kernel.python == sys.executable:
        return inventory.inventory(modules)
    command = [kernel.python, "-P", str(inventory.__file__), *modules]
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        raise EnvironmentFailure(
            f"the packages of kernel {kernel.name!r} ({kernel.python}) cannot be listed: "
            + result.stderr.strip().rpartition("\n")[2],
            fix="repair its environment, or choose another kernel for the notebook",
        )
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def _absent(imports: Imports, answer: Mapping[str, Any]) -> Imports:
    return imports.without({*answer["modules"], *answer["standard"], *_PROVIDED})


def _folders_near(folder: Path, pipeline: Pipeline) -> list[Path]:
    """The project's folders and those directly below them."""
    roots = [folder, folder.parent] if pipeline.uses_parent_folder else [folder]
    return [
        place
        for root in roots
        for place in (root, *sorted(child for child in root.iterdir() if child.is_dir()))
    ]


def _not_installed(missing: Iterable[str], kernel: Kernel) -> EnvironmentFailure:
    modules = sorted(missing)
    packages = " ".join(_PACKAGES.get(name, name) for name in modules)
    what = f"module {modules[0]!r}" if len(modules) == 1 else f"modules {', '.join(modules)}"
    return EnvironmentFailure(
        f"the notebook imports {what}, not installed in its kernel {kernel.name!r} "
        f"({kernel.python})",
        fix=f"install it there: {kernel.python} -m pip install {packages}",
    )


def _closure(names: Iterable[str], requires: Mapping[str, Iterable[str]]) -> set[str]:
    closure: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in closure:
            closure.add(name)
            todo.extend(requires[name])
    return closure

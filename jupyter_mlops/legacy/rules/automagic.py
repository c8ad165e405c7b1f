"""Magics as old IPython took them: ``ls *.csv`` as a cell's only line, ``% matplotlib inline``."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.order import names_in

RULE = "automagic"
_MAGICS = frozenset(
    {"alias", "bookmark", "cat", "cd", "colors", "conda", "config", "cp", "dhist", "dirs", "env",
     "gui", "hist", "history", "ldir", "less", "lf", "lk", "ll", "load", "load_ext", "loadpy", "ls",
     "lsmagic", "lx", "macro", "man", "matplotlib", "mkdir", "more", "mv", "pdef", "pdoc", "pfile",
     "pinfo", "pinfo2", "pip", "popd", "precision", "prun", "psearch", "psource", "pushd", "pwd",
     "pycat", "pylab", "quickref", "rehashx", "reload_ext", "rerun", "reset", "reset_selective",
     "rm", "rmdir", "run", "save", "set_env", "sx", "system", "tb", "time", "timeit", "unalias",
     "unload_ext", "who", "who_ls", "whos", "xdel", "xmode"}
)  # fmt: skip
"""Line magics, and the commands of the shell that IPython has as such."""
_LINE = re.compile(r"\A(?P<blank>\s*)(?P<head>[a-z_]\w*)(?P<rest>[ \t].*)?\n?\Z")
_APART = re.compile(r"^([ \t]*)%[ \t]+(?=\w)", re.M)
_NO_MAGIC = "get_ipython().run_line_magic('', "
"""What IPython makes of a magic that stands apart from its ``%``."""
_ASSIGNS = re.compile(r"\s*=(?!=)")


def spell_out(draft: Draft) -> Draft:
    """The draft with the ``%`` that IPython put before such a line."""
    names = [found for cell in draft.code if (found := names_in(cell.source)) is not None]
    bound = {name for one in names for name in one.binds}
    is_sure = not any(one.stars or one.everything for one in names)
    for cell in draft.code:
        line = _LINE.match(cell.source)
        if line is None or line["head"] not in _MAGICS - bound:
            continue
        if _ASSIGNS.match(line["rest"] or ""):
            continue
        if names_in(cell.source) is not None and not is_sure:
            continue  # it is Python, too, and the name may be bound
        draft = draft.edited(
            cell.id,
            f"{line['blank']}%{cell.source.lstrip()}",
            rule=RULE,
            reason=f"IPython took this line as its magic %{line['head']}, without saying so",
            confidence=1.0,
        )
    return draft


def close_up(draft: Draft) -> Draft:
    """The draft without the space after ``%``, with which IPython finds no magic any more."""
    for cell in draft.code:
        source = cell.source
        for apart in reversed([*_APART.finditer(source)]):
            closed = f"{source[: apart.start()]}{apart[1]}%{source[apart.end() :]}"
            if _lost(closed) < _lost(source):
                source = closed
        if source != cell.source:
            draft = draft.edited(
                cell.id,
                source,
                rule=RULE,
                reason="IPython finds a magic only without a space after its %",
                confidence=1.0,
            )
    return draft


def _lost(source: str) -> int:
    """Number of the magics that IPython does not find."""
    from IPython.core.inputtransformer2 import TransformerManager

    read = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
    return int(read.count(_NO_MAGIC))

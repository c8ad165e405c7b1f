"""One rule a module.

``STATIC`` change what can be seen, ``DATED`` what meant another thing then; ``MENDING`` answer a
failure.
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.era import Era
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rules import (
    automagic,
    backends,
    by_name,
    comparisons,
    defaults,
    dict_order,
    drift,
    encodings,
    extensions,
    filled_index,
    folds,
    formats,
    formulas,
    imputers,
    installs,
    keywords,
    leftovers,
    list_index,
    loaded,
    matrices,
    methods,
    missing_files,
    missing_modules,
    missing_names,
    mixed_index,
    modes,
    old_modules,
    older,
    one_hot,
    positions,
    pylab,
    raises,
    rc_params,
    samples,
    selections,
    shown,
    styles,
    tensorflow1,
    theano,
    unfinished,
    urls,
    videos,
    whole_numbers,
)

Static = Callable[[Draft], Draft]
Dated = Callable[[Draft, Era], Draft]
Mending = Callable[[Draft, Failure, Scene], Draft | None]

STATIC: tuple[Static, ...] = (
    automagic.spell_out,
    automagic.close_up,
    installs.comment_out,
    extensions.follow,
    pylab.spell_out,
    backends.draw_inline,
)
"""Applied once to every notebook, in this order."""

DATED: tuple[Dated, ...] = (dict_order.sort_keys, defaults.as_then, shown.as_then)
"""Applied after them, by when the notebook was written."""

MENDING: tuple[Mending, ...] = (
    raises.expect,
    old_modules.modernise,
    leftovers.modernise,
    unfinished.comment_out,
    loaded.comment_out,
    formulas.write_out,
    theano.supply,
    drift.rename,
    tensorflow1.as_then,
    missing_modules.install,
    missing_modules.complete,
    extensions.leave_out,
    comparisons.as_key,
    modes.without_newlines,
    missing_names.bind,
    videos.bring_ffmpeg,
    missing_files.find,
    urls.find,
    urls.open_file,
    encodings.name_latin1,
    folds.split,
    imputers.settle,
    one_hot.choose_columns,
    keywords.rename,
    by_name.give_names,
    samples.as_table,
    matrices.as_arrays,
    selections.by_importance,
    filled_index.columns_first,
    methods.replace,
    styles.rename,
    rc_params.rename,
    positions.by_position,
    list_index.as_tuple,
    mixed_index.by_position,
    formats.as_text,
    whole_numbers.round_down,
    older.pin,
    unfinished.leave_out,
)
"""Asked in this order; the first that has an answer is taken."""

"""Where steps are executed: engines start, watch and stop; they know nothing of notebooks.

``open_engine`` and ``choose_engine`` give an ``Engine``; ``refuse_unsupported`` compares what the
steps of a pipeline ask for with what it can honour, before anything starts.
"""

from __future__ import annotations

from jupyter_mlops.engines.base import Capabilities, Engine, Exit
from jupyter_mlops.engines.choice import choose_engine, open_engine
from jupyter_mlops.engines.refusal import refuse_unsupported

__all__ = [
    "Capabilities",
    "Engine",
    "Exit",
    "choose_engine",
    "open_engine",
    "refuse_unsupported",
]

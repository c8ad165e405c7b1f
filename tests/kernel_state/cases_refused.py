"""What one kernel does and no later step can, in stages written by hand: refused, by code."""

from __future__ import annotations

from carrying import Case

CASES = (
    Case(
        name="an open file that a function reads",
        steps=("log = open('log.txt', 'w')\ndef f():\n    return log.name", "x = [f]", "print(f())"),
        last="log.txt\n",
        names=("f", "x"),
        refused="ML602",
    ),
    Case(
        name="standard output replaced by a file",
        steps=("import sys\nbefore = sys.stderr\nsys.stderr = open('err.txt', 'w')",
               "import sys\nprint(sys.stderr.name)\nsys.stderr = sys.__stderr__"),
        last="err.txt\n",
        names=(),
        refused="ML611",
    ),
    Case(
        name="print options that hold an open file",
        steps=("import numpy as np\nlog = open('log', 'w')\n"
               "np.set_printoptions(formatter={'float': lambda x, log=log: str(log.write('x'))})",
               "import numpy as np\nprint(np.ones(1))"),
        last="[1]\n",
        names=(),
        refused="ML611",
    ),
)  # fmt: skip

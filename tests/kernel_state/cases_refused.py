"""What one kernel does and no later step can: refused, by code."""

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
        name="a generator",
        steps=("g = (i for i in range(3))\nnext(g)", "print(list(g))"),
        last="[1, 2]\n",
        names=("g",),
        refused="ML601",
    ),
    Case(
        name="a log handler of the notebook's own class",
        steps=("import logging, sys\nclass Kept(logging.Handler):\n    def emit(self, record):\n"
               "        print(record.msg)\nlogging.getLogger('mine').addHandler(Kept())",
               "import logging\nlogging.getLogger('mine').warning('seen')"),
        last="seen\n",
        refused="ML614",
    ),
    Case(
        name="pyplot's current figure",
        steps=("import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nplt.title('t')",
               "import matplotlib.pyplot as plt\nprint(plt.gca().get_title())"),
        last="t\n",
        names=(),
        refused="ML613",
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

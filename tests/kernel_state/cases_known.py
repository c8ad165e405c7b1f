"""What passes between stages written by hand, which no compiler looked at."""

from __future__ import annotations

from carrying import Case

CASES = (
    Case(
        name="names that begin with an underscore",
        steps=("_cache = {'a': 1}\ndef _f(): return _cache", "_cache['b'] = 2", "print(_f())"),
        last="{'a': 1, 'b': 2}\n",
    ),
    Case(
        name="generators seeded in the parameters cell go on",
        parameters="import random, numpy as np\nrandom.seed(7)\nnp.random.seed(7)",
        steps=("a = random.random(), np.random.rand()", "b = random.random(), np.random.rand()", "print(a != b, b)"),
        last="True (0.15084917392450192, 0.7799187922401146)\n",
    ),
    Case(
        name="scikit-learn's configuration",
        steps=("import sklearn\nsklearn.set_config(transform_output='pandas')", "x = 1",
               "import sklearn\nprint(sklearn.get_config()['transform_output'])"),
        last="pandas\n",
    ),
    Case(
        name="what settings refer to is the notebook's own, and what their functions read is there",
        steps=("import numpy as np, signal\nunits = ['m']\nclass Slow(UserWarning): pass\n"
               "import warnings\nwarnings.simplefilter('error', Slow)\n"
               "np.set_printoptions(formatter={'float': lambda x: f'{x}{units[-1]}'})\n"
               "def handle(*_): units.append('caught')\nsignal.signal(signal.SIGUSR1, handle)", "units.append('km')",
               "import numpy as np, os, signal, warnings\nprint(np.array([1.5]), signal.getsignal(signal.SIGUSR1) is handle)\n"
               "os.kill(os.getpid(), signal.SIGUSR1)\n"
               "try:\n    warnings.warn('x', Slow)\nexcept Slow:\n    print(units)"),
        last="[1.5km] True\n['m', 'km', 'caught']\n",
        names=("Slow", "handle", "units"),
    ),
    Case(
        name="what a function may read and cannot be carried does no harm unless it does",
        steps=("log = open('log.txt', 'w')\ndef f(verbose=False):\n    if verbose: log.write('x')\n    return 5",
               "x = f()", "print(x, f())"),
        last="5 5\n",
        names=("f", "x"),
    ),
)  # fmt: skip

"""What differed without a word once: the order of sets, hidden names, switches of the interpreter."""

from __future__ import annotations

from carrying import Case

WORDS = "'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron'.split()"

CASES = (
    Case(
        name="a set from which elements were removed keeps its order",
        steps=("s = set(range(100)) | {1000}\nfor i in range(100):\n    if i not in {3, 50}: s.remove(i)",
               "print(s)", "s.add(8)\nprint(s)"),
        last="{3, 8, 50, 1000}\n",
    ),
    Case(
        name="a set of strings, its copy, a union and a frozen one keep their order",
        steps=(f"words = {WORDS}\ns = set(words)\ncopy = set(s)\nunion = set(words[::2]) | set(words[1::2])\n"
               "box = {'f': frozenset(union), 'nested': {frozenset(s)}}\n"
               "orders = [list(x) for x in (s, copy, union, box['f'], *box['nested'])]",
               "now = [list(x) for x in (s, copy, union, box['f'], *box['nested'])]\n"
               "s.discard('mu'); s.add('rho'); popped = [s.pop(), s.pop()]",
               "print(now == orders, list(s), popped)"),
        last="True ['kappa', 'omicron', 'theta', 'rho', 'iota', 'lambda', 'nu', 'zeta', 'eta', 'gamma', 'xi', 'delta', "
             "'epsilon'] ['alpha', 'beta']\n",
    ),
    Case(
        name="sets of instances, whose order means nothing, are found in again",
        steps=("class C: pass\ncs = [C() for _ in range(20)]\ns = set(cs[::2]) | set(cs[1::2])",
               "print(all(c in s for c in cs), len(s), C() in s)"),
        last="True 20 False\n",
    ),
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
        name="a warning is shown once, not once a step",
        shared="import io, string, sys, warnings\nwarnings.simplefilter('default')\n"
        "def count():\n    with_ = io.StringIO()\n    old, sys.stderr = sys.stderr, with_\n"
        "    try:\n        exec('import warnings; warnings.warn(\"slow\")', vars(string))\n    finally:\n        sys.stderr = old\n"
        "    return with_.getvalue().count('slow')",
        steps=("print(count())", "print(count())", "print(count())"),
        last="0\n",
    ),
    Case(
        name="scikit-learn's configuration",
        steps=("import sklearn\nsklearn.set_config(transform_output='pandas')", "x = 1",
               "import sklearn\nprint(sklearn.get_config()['transform_output'])"),
        last="pandas\n",
    ),
    Case(
        name="limits of the interpreter",
        steps=("import sys, gc, os\nsys.setrecursionlimit(4321)\ngc.disable()\nos.umask(0o027)",
               "gc.set_threshold(500)",
               "import sys, gc, os\nprint(sys.getrecursionlimit(), gc.isenabled(), gc.get_threshold()[0], oct(os.umask(0)))"),
        last="4321 False 500 0o27\n",
    ),
    Case(
        name="patched builtins and signal handlers",
        steps=("import builtins, signal\nn = 2\ndef twice(x): return x * n\nbuiltins.twice = twice\n"
               "signal.signal(signal.SIGUSR1, lambda *_: print('caught', n))", "n = 3",
               "import os, signal\nos.kill(os.getpid(), signal.SIGUSR1)\nimport builtins\nprint(builtins.twice(5))"),
        last="caught 3\n15\n",
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
        name="a class that pickles less than it holds",
        steps=("class C:\n    def __init__(self): self.kept, self.cache = 1, [2]\n"
               "    def __getstate__(self): return {'kept': self.kept}\n"
               "class S:\n    __slots__ = ('a', '__dict__')\n    def __getstate__(self): return None\n"
               "c = C(); alias = c.cache; s = S(); s.a = c; s.b = 3", "alias.append(5)",
               "print(c.kept, c.cache, alias is c.cache, s.a is c, s.b)"),
        last="1 [2, 5] True True 3\n",
    ),
    Case(
        name="a class that leaves a lock out when it is pickled",
        steps=("import threading\nclass C:\n    def __init__(self): self.n, self.lock = 1, threading.Lock()\n"
               "    def __getstate__(self): return {'n': self.n}\n"
               "    def __setstate__(self, state): self.n, self.lock = state['n'], threading.Lock()\nc = C()",
               "with c.lock:\n    c.n += 1", "print(c.n, c.lock.locked())"),
        last="2 False\n",
    ),
    Case(
        name="what a function may read and cannot be carried does no harm unless it does",
        steps=("log = open('log.txt', 'w')\ndef f(verbose=False):\n    if verbose: log.write('x')\n    return 5",
               "x = f()", "print(x, f())"),
        last="5 5\n",
        names=("f", "x"),
    ),
)  # fmt: skip

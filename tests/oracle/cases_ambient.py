"""State that no variable holds."""

from __future__ import annotations

from table import Case, Refused, Warned

CASES = (
    Case(
        name="seeded random goes on",
        steps=("import random\nrandom.seed(0)\na = random.random()", "b = random.gauss(0, 1)",
               "print(random.random(), random.gauss(0, 1))"),
    ),
    Case(
        name="from random import random goes on",
        steps=("from random import random, seed\nseed(0)\nrandom()", "print(random())", "print(random())"),
    ),
    Case(
        name="NumPy's seeded global generator goes on",
        steps=("import numpy as np\nnp.random.seed(0)", "x = np.random.randn()", "print(np.random.rand(2))"),
    ),
    Case(
        name="a Generator object and its bit generator go on",
        steps=("import numpy as np\nrng = np.random.default_rng(1)\nbits = rng.bit_generator", "rng.random()",
               "print(rng.random(), rng.bit_generator is bits)"),
    ),
    Case(
        name="the working folder",
        steps=("import os\nos.makedirs('sub', exist_ok=True)\nos.chdir('sub')", "open('x', 'w').close()",
               "print(os.path.basename(os.getcwd()), os.listdir())"),
    ),
    Case(
        name="the environment, set and removed",
        steps=("import os\nos.environ['MY_VAR'] = 'v'\nos.environ.pop('HOME', None);", "del os.environ['MY_VAR']\n"
               "os.environ['OTHER'] = 'w'",
               "print(os.environ.get('MY_VAR'), os.environ['OTHER'], 'HOME' in os.environ)"),
    ),
    Case(
        name="warning filters",
        steps=("import warnings\nwarnings.simplefilter('error')", "pass",
               "try:\n    warnings.warn('x')\nexcept UserWarning as e:\n    print('raised', e)"),
    ),
    Case(
        name="the decimal context",
        steps=("from decimal import Decimal, getcontext\ngetcontext().prec = 5", "x = Decimal(1) / 3",
               "print(Decimal(1) / 7, x)"),
    ),
    Case(
        name="options of NumPy and pandas",
        steps=("import numpy as np, pandas as pd\nnp.set_printoptions(precision=2)\nnp.seterr(divide='raise')\n"
               "pd.set_option('display.max_rows', 7)", "pd.set_option('display.precision', 3)",
               "try:\n    np.ones(1) / 0\nexcept FloatingPointError:\n    print(np.array([1.23456]),"
               " pd.get_option('display.max_rows'), pd.get_option('display.precision'))"),
    ),
    Case(
        name="Matplotlib's parameters",
        steps=("import matplotlib as mpl\nmpl.rcParams['lines.linewidth'] = 7", "mpl.rcParams['axes.grid'] = True",
               "print(mpl.rcParams['lines.linewidth'], mpl.rcParams['axes.grid'])"),
    ),
    Case(
        name="a colormap that the notebook registered",
        steps=("import matplotlib as mpl\nmpl.colormaps.register(mpl.colors.ListedColormap(['r', 'b'], 'own'))", "x = 1",
               "print(x, mpl.colormaps['own'](1))"),
    ),
    Case(
        name="the default colormap, which a module's import registers",
        files={"maps.py": "import matplotlib as mpl\nfrom matplotlib import colors\nown = colors.ListedColormap(['r', 'b'], 'own')\n"
                          "mpl.colormaps.register(own)\n"},
        steps=("import maps\nimport matplotlib.pyplot as plt\nplt.rcParams['image.cmap'] = 'own'", "x = 1",
               "print(x, plt.get_cmap()(1))", "import maps\nprint(maps.own.name)"),
    ),
    Case(
        name="print options with a notebook function as formatter",
        steps=("import numpy as np\nunit = 'm'\nnp.set_printoptions(formatter={'float': lambda x: f'{x}{unit}'})",
               "unit = 'km'", "print(np.array([1.5]))"),
    ),
    Case(
        name="the locale",
        steps=("import locale\nlocale.setlocale(locale.LC_NUMERIC, 'C')\n"
               "locale.setlocale(locale.LC_ALL, 'C')", "print(locale.setlocale(locale.LC_ALL))"),
    ),
    Case(
        name="parameters and shared names that were deleted stay away, bound anew they are back",
        parameters="n = 1; m = 2",
        shared="k = [1]\ndef f(): pass",
        steps=("del n, m, k", "m = 3\nprint('n' in globals())", "print('n' in globals(), m, 'k' in globals(), f())"),
    ),
    Case(
        name="levels and switches of loggers",
        steps=("import logging\nlogging.getLogger('a.b').setLevel(logging.DEBUG)\nlogging.getLogger('c').disabled = True",
               "logging.getLogger('a.b').propagate = False\nlogging.disable(logging.DEBUG)",
               "import logging\nlog = logging.getLogger('a.b')\n"
               "print(log.level, log.propagate, logging.getLogger('c').disabled, logging.root.manager.disable)"),
    ),
    Case(
        name="log handlers that write files go on",
        steps=("import logging\nlogging.getLogger().addHandler(logging.FileHandler('x.log'))\nlogging.error('first')",
               "logging.error('second')", "print(open('x.log').read().split())"),
    ),
    Case(
        name="handlers of loggers on streams and files, below shared ones",
        shared="import logging\nimport sys\nlog = logging.getLogger('mine')\n"
        "log.addFilter(str)\nlogging.getLogger('other').addHandler(logging.StreamHandler(sys.stdout))",
        expected=Warned("ML108"),
        steps=("logging.basicConfig(stream=sys.stdout, format='%(name)s|%(message)s')\nlog.setLevel('INFO')\nlog.info('a')",
               "log.info('b')\nlog.debug('unseen')\nlogging.getLogger('other').warning('c')",
               "logging.getLogger().handlers.clear()\nlog.addHandler(logging.FileHandler('mine.log'))\nlog.info('to the file')",
               "log.info('to the file, too')\nprint(open('mine.log').read())"),
    ),
    Case(
        name="numbers and dates in another locale",
        steps=("import locale\nbefore = locale.setlocale(locale.LC_ALL)\nlocale.setlocale(locale.LC_CTYPE, 'C.UTF-8')\n"
               "locale.setlocale(locale.LC_NUMERIC, 'POSIX')", "x = locale.getlocale(locale.LC_CTYPE)",
               "print(x, locale.setlocale(locale.LC_CTYPE), locale.localeconv()['decimal_point'], f'{1234.5:n}')"),
    ),
    Case(
        name="draws of random, NumPy's global generator and one of its own, interleaved",
        shared="import random\nimport numpy as np",
        steps=("random.seed(3)\nnp.random.seed(4)\nrng = np.random.default_rng(5)\nprint(random.random(), np.random.rand(), rng.random())",
               "print(random.random(), rng.normal())", "print(random.gauss(0, 1), np.random.rand(), rng.integers(10))"),
    ),
    Case(name="names of log levels", steps=("import logging\nlogging.addLevelName(25, 'NOTE')\nlogging.addLevelName(logging.INFO, 'info')", "x = 1", "import logging\nprint([logging.getLevelName(n) for n in (10, 20, 25, 30)], logging.getLevelName('NOTE'))")),
    Case(name="a class of loggers", steps=("import logging\nclass L(logging.Logger):\n    def shout(self): return f'{self.name}!{getattr(self, \"n\", 0)}'\nlogging.setLoggerClass(L)\nlog = logging.getLogger('x')\nlog.n = 3\nprint(log.shout())", "import logging\nprint(logging.getLogger('y').shout())", "print(log.shout(), type(log) is L, logging.getLogger('y').shout())")),
    Case(name="an alias of a shell command", steps=("%alias hi echo hello", "%hi there")),
    Case(
        name="limits of the interpreter",
        steps=("import sys, gc, os\nsys.setrecursionlimit(4321)\ngc.disable()\nos.umask(0o027)", "gc.set_threshold(500)",
               "import sys, gc, os\nprint(sys.getrecursionlimit(), gc.isenabled(), gc.get_threshold()[0], oct(os.umask(0)))"),
    ),
    Case(
        name="patched builtins and signal handlers",
        steps=("import builtins, signal\nn = 2\ndef twice(x): return x * n\nbuiltins.twice = twice\n"
               "signal.signal(signal.SIGUSR1, lambda *_: print('caught', n))", "n = 3",
               "import os, signal\nos.kill(os.getpid(), signal.SIGUSR1)\nimport builtins\nprint(builtins.twice(5))"),
    ),
    Case(
        name="settings that refer to the notebook's own, whose functions read its names",
        steps=("import numpy as np, signal\nunits = ['m']\nclass Slow(UserWarning): pass\nimport warnings\nwarnings.simplefilter('error', Slow)\n"
               "np.set_printoptions(formatter={'float': lambda x: f'{x}{units[-1]}'})\n"
               "def handle(*_): units.append('caught')\nsignal.signal(signal.SIGUSR1, handle)", "units.append('km')",
               "import numpy as np, os, signal, warnings\nprint(np.array([1.5]), signal.getsignal(signal.SIGUSR1) is handle)\n"
               "os.kill(os.getpid(), signal.SIGUSR1)\ntry:\n    warnings.warn('x', Slow)\nexcept Slow:\n    print(units)"),
    ),
    Case(
        name="a warning of a module is shown once, not once a step",
        shared="import io, string, sys, warnings\nwarnings.simplefilter('default')\n"
        "def count():\n    with_ = io.StringIO()\n    old, sys.stderr = sys.stderr, with_\n"
        "    try:\n        exec('import warnings; warnings.warn(\"slow\")', vars(string))\n    finally:\n        sys.stderr = old\n"
        "    return with_.getvalue().count('slow')",
        steps=("print(count())", "print(count())", "print(count())"),
    ),
    Case(
        name="a generator seeded in a parameters cell",
        parameters="import random\nrandom.seed(7)",
        steps=("import random\na = random.random()", "print(a == random.random(), random.random())"),
        expected=Refused("ML205"),
    ),
)  # fmt: skip

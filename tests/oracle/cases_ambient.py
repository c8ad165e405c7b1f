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
        steps=("import os\nos.environ['MY_VAR'] = 'v'\nos.environ.pop('HOME', None)", "del os.environ['MY_VAR']\n"
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
    Case(
        name="a generator seeded in a parameters cell",
        parameters="import random\nrandom.seed(7)",
        steps=("import random\na = random.random()", "print(a == random.random(), random.random())"),
        expected=Refused("ML205"),
    ),
)  # fmt: skip

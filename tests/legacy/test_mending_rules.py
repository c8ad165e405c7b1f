"""An error of a cell, and the smallest change that answers it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from drafts import draft_of
from mending import Case, failure_in, mended

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.environments import imported_packages
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rules import MENDING, STATIC, automagic, videos
from jupyter_mlops.legacy.rules.pylab import IMPORTS

GONE = "AttributeError: module '{}' has no attribute '{}'"
NO_MODULE = "ModuleNotFoundError: No module named '{}'"
NO_IMPORT = "ImportError: cannot import name '{}' from '{}' (/lib/__init__.py)"

CASES = [
    Case(
        cell="pd.concat([d['col'], e], axis='col')",
        raises="ValueError: No axis named col for object type DataFrame",
        becomes="pd.concat([d['col'], e], axis='columns')",
        rule="renamed-value",
    ),
    Case(
        cell="x = np.float(3)  # kept",
        above="import numpy as np",
        raises=GONE.format("numpy", "float"),
        becomes="x = float(3)  # kept",
        rule="moved",
    ),
    Case(
        cell="%time x = np.in1d(a, b)",
        above="import numpy as np",
        raises=GONE.format("numpy", "in1d"),
        becomes="%time x = np.isin(a, b)",
        rule="moved",
    ),
    Case(
        cell="from sklearn.cross_validation import train_test_split, KFold",
        raises=NO_MODULE.format("sklearn.cross_validation"),
        becomes="from sklearn.model_selection import train_test_split, KFold",
        rule="moved",
    ),
    Case(
        cell="from sklearn import cross_validation, svm",
        raises=NO_IMPORT.format("cross_validation", "sklearn"),
        becomes="from sklearn import svm; from sklearn import model_selection as cross_validation",
        rule="moved",
    ),
    Case(
        cell="from sklearn.preprocessing import Imputer",
        raises=NO_IMPORT.format("Imputer", "sklearn.preprocessing"),
        becomes="from sklearn.impute import SimpleImputer as Imputer",
        rule="moved",
    ),
    Case(
        cell="from sklearn.externals import joblib",
        raises=NO_IMPORT.format("joblib", "sklearn.externals"),
        becomes="import joblib",
        rule="moved",
    ),
    Case(
        cell="from itertools import izip, chain",
        raises=NO_IMPORT.format("izip", "itertools"),
        becomes="from itertools import chain; izip = zip",
        rule="moved",
    ),
    Case(
        cell="pd.tools.plotting.scatter_matrix(df)",
        above="import pandas as pd",
        raises=GONE.format("pandas", "tools"),
        becomes="pd.plotting.scatter_matrix(df)",
        rule="moved",
    ),
    Case(
        cell="day = pd.datetime(2011, 1, 1)",
        above="import pandas as pd",
        raises=GONE.format("pandas", "datetime"),
        becomes="import datetime\nday = datetime.datetime(2011, 1, 1)",
        rule="moved",
    ),
    Case(
        cell="for i in xs:\n    # fill in\n\nplot(xs)",
        raises="IndentationError: expected an indented block after 'for' statement on line 1",
        becomes="# for i in xs:\n#     # fill in\n#\n# plot(xs)",
        rule="unfinished",
    ),
    Case(
        cell="import pandas\nimport cPickle as pickle",
        raises=NO_MODULE.format("cPickle"),
        becomes="import pandas\nimport pickle as pickle",
        rule="python2",
    ),
    Case(
        cell="xs = [coins.next() for i in range(5)]",
        raises="AttributeError: 'generator' object has no attribute 'next'",
        becomes="xs = [next(coins) for i in range(5)]",
        rule="python2",
    ),
    Case(
        cell="import urllib\nurllib.urlopen(u)",
        raises=GONE.format("urllib", "urlopen"),
        becomes="import urllib.request, urllib.parse, urllib.error\nurllib.request.urlopen(u)",
        rule="python2",
    ),
    Case(
        cell="imr = SimpleImputer(missing_values='NaN', strategy='mean', axis=0)",
        above="from sklearn.impute import SimpleImputer",
        raises="TypeError: SimpleImputer.__init__() got an unexpected keyword argument 'axis'",
        becomes="imr = SimpleImputer(missing_values=float('nan'), strategy='mean')",
        rule="imputer",
    ),
    Case(
        cell="%load solutions/05.py",
        raises="ValueError: 'solutions/05.py' was not found in history, as a file, url, nor in the "
        "user namespace.",
        becomes="# %load solutions/05.py",
        rule="load",
    ),
    Case(
        cell="import tensorflow as tf  # 1.0\nsess = tf.Session()",
        raises=GONE.format("tensorflow", "Session"),
        becomes="import tensorflow.compat.v1 as tf  # 1.0\ntf.disable_v2_behavior()\n"
        "sess = tf.Session()",
        rule="moved",
    ),
    Case(
        cell="c = tf.mul(a, b)",
        above="import tensorflow.compat.v1 as tf",
        raises=GONE.format("tensorflow._api.v2.compat.v1", "mul"),
        becomes="c = tf.multiply(a, b)",
        rule="moved",
    ),
    Case(
        cell="%watermark -v",
        raises="UsageError: Line magic function `%watermark` not found.",
        becomes="# %watermark -v",
        rule="extension",
    ),
    Case(
        cell="plt.style.use('seaborn-white')",
        raises="OSError: 'seaborn-white' is not a valid package style, path of style file",
        becomes="plt.style.use('seaborn-v0_8-white')",
        rule="renamed-value",
    ),
    Case(
        cell="x.resample('2M').mean()",
        raises="ValueError: Invalid frequency: M, failed to parse with error message",
        becomes="x.resample('2ME').mean()",
        rule="renamed-value",
    ),
    Case(
        cell="pd.set_option('max_columns', 20)",
        raises="OptionError: Pattern matched multiple keys",
        becomes="pd.set_option('display.max_columns', 20)",
        rule="renamed-value",
    ),
    Case(
        cell="np.linspace(0, 1)",
        raises="NameError: name 'np' is not defined",
        becomes="import numpy as np\nnp.linspace(0, 1)",
        rule="import",
    ),
    Case(
        cell="text = file('a.txt').read()",
        raises="NameError: name 'file' is not defined",
        becomes="file = open\ntext = file('a.txt').read()",
        rule="import",
    ),
    Case(
        cell="from sklearn.svm.classes import SVC\nprint('%s of %s'\n      % (1, 2))",
        raises=NO_MODULE.format("sklearn.svm.classes"),
        becomes="from sklearn.svm import SVC\nprint('%s of %s'\n      % (1, 2))",
        rule="moved",
    ),
    Case(
        cell="plot(x)",
        raises="NameError: name 'plot' is not defined",
        becomes=IMPORTS,
        rule="pylab",
    ),
    Case(
        cell="matrix([[1, 2]])",
        raises="NameError: name 'matrix' is not defined",
        becomes=IMPORTS,
        rule="pylab",
    ),
    Case(
        cell="plt.subplot(n / 2, 2, 1)",
        raises="ValueError: Number of rows must be a positive integer, not 5.0",
        traceback="Cell In[1], line 1",
        becomes="plt.subplot(n // 2, 2, 1)",
        rule="division",
    ),
    Case(
        cell="%load_ext autoreload\n%load_ext gone\nx = 1",
        raises="UsageError: The module 'gone' is not an IPython extension.",
        becomes="%load_ext autoreload\n# %load_ext gone\nx = 1",
        rule="extension",
    ),
    Case(
        cell="open('/home/ada/work/data/iris.csv')",
        raises="FileNotFoundError: [Errno 2] No such file or directory: "
        "'/home/ada/work/data/iris.csv'",
        becomes="open('data/iris.csv')",
        rule="path",
    ),
    Case(
        cell="import helpers",
        raises=NO_MODULE.format("helpers"),
        becomes="import sys; sys.path.insert(0, 'lib')\nimport helpers",
        rule="module",
    ),
    Case(
        cell="rcParams['axes.color_cycle'] = colours",
        raises="KeyError: \"'axes.color_cycle' is not a valid value for rcParam. Did you mean\"",
        becomes="rcParams['axes.prop_cycle'] = __import__('cycler').cycler(color=colours)",
        rule="renamed-value",
    ),
    Case(
        cell="plt.rcParams['text.latex.unicode'] = True",
        raises="KeyError: 'text.latex.unicode is not a valid rc parameter (see rcParams.keys())'",
        becomes="pass  # plt.rcParams['text.latex.unicode'] = True",
        rule="renamed-value",
    ),
    Case(
        cell="from sklearn.neighbors.kde import KernelDensity",
        raises=NO_MODULE.format("sklearn.neighbors.kde"),
        becomes="from sklearn.neighbors import KernelDensity",
        rule="moved",
    ),
    Case(
        cell="from sympy import mpmath, symbols\nmpmath.quad(f, [0, 1])",
        raises=NO_IMPORT.format("mpmath", "sympy"),
        becomes="from sympy import symbols; import mpmath\nmpmath.quad(f, [0, 1])",
        rule="moved",
    ),
    Case(
        cell="tfe = tf.contrib.eager\nflat = tf.contrib.framework.nest.flatten(xs)",
        above="import tensorflow.compat.v1 as tf",
        raises=GONE.format("tensorflow.compat.v1", "contrib"),
        becomes="tfe = tf.contrib.eager\nflat = tf.nest.flatten(xs)",
        rule="moved",
    ),
    Case(
        cell="tfe = tf.contrib.eager",
        above="import tensorflow.compat.v1 as tf",
        raises=GONE.format("tensorflow.compat.v1", "contrib"),
        becomes="tfe = tf",
        rule="moved",
    ),
    Case(
        cell="from mlxtend.evaluate import plot_decision_regions",
        raises=NO_IMPORT.format("plot_decision_regions", "mlxtend.evaluate"),
        becomes="from mlxtend.plotting import plot_decision_regions",
        rule="moved",
    ),
    Case(
        cell="import BeautifulSoup\nBeautifulSoup.BeautifulSoup(page)",
        raises=NO_MODULE.format("BeautifulSoup"),
        becomes="import bs4 as BeautifulSoup\nBeautifulSoup.BeautifulSoup(page)",
        rule="moved",
    ),
    Case(
        cell="url = 'https://example.org/u/r/master/data/iris.csv'\nd = pd.read_csv(url)",
        raises="URLError: <urlopen error [Errno -2] Name or service not known>",
        becomes="url = 'data/iris.csv'\nd = pd.read_csv(url)",
        rule="path",
    ),
    Case(
        cell="d = pd.read_csv('https://example.org/'\n    'data/' + 'iris.csv', header=None)",
        raises="URLError: <urlopen error [Errno -2] Name or service not known>",
        becomes="d = pd.read_csv('data/iris.csv', header=None)",
        rule="path",
    ),
    Case(
        cell="d = urllib.request.urlopen(url).read()",
        above="url = 'data/iris.csv'",
        raises="ValueError: unknown url type: 'data/iris.csv'",
        becomes='d = open(url, "rb").read()',
        rule="path",
    ),
    Case(
        cell="urlretrieve('data/iris.csv', 'iris.csv')",
        raises="ValueError: unknown url type: 'data/iris.csv'",
        becomes="__import__('shutil').copyfile('data/iris.csv', 'iris.csv')",
        rule="path",
    ),
    *(
        Case(
            cell=f"anim.save('a.mp4', writer='{writer}')",
            raises=raises,
            traceback="File /s/site-packages/matplotlib/animation.py:1046, in Animation.save",
            becomes=f"{videos.LINES}\nanim.save('a.mp4', writer='ffmpeg')",
            rule="video",
        )
        for writer, raises in (
            ("ffmpeg", "ValueError: unknown file extension: .mp4"),
            ("avconv", "RuntimeError: Requested MovieWriter (avconv) not available"),
            ("ffmpeg", "FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'"),
        )
    ),
    Case(
        cell="scores(m, scoring='mean_squared_error')",
        raises="ValueError: 'mean_squared_error' is not a valid scoring value. Use sorted(SCORERS)",
        becomes="scores(m, scoring='neg_mean_squared_error')",
        rule="renamed-value",
    ),
]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    for name in ("data/iris.csv", "lib/helpers.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    return Scene(folder=tmp_path, root=tmp_path, python=sys.executable)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.cell[:40]} {case.raises[:40]}")
def test_an_error_is_mended(case: Case, scene: Scene) -> None:
    draft = draft_of(case.cell, case.above)
    found = mended(draft, failure_in("c1", case.raises, case.traceback), scene)
    assert found is not None
    assert found.cells[0].source == case.becomes
    assert [patch.rule for patch in found.patches] == [case.rule]


def test_a_missing_package_is_required(scene: Scene) -> None:
    found = mended(draft_of("import bs4"), failure_in("c1", NO_MODULE.format("bs4")), scene)
    assert found is not None
    assert found.requirements == ("beautifulsoup4",)


def test_a_comment_makes_no_module(scene: Scene) -> None:
    draft = draft_of("%load_ext mine", "# %install_ext https://example.org/mine.py")
    found = mended(draft, failure_in("c1", NO_MODULE.format("mine")), scene)
    assert found is not None
    assert found.requirements == ("mine",)


@pytest.mark.parametrize("made", ["%%file mine.py\nx = 1", "!f2py -m mine -c mine.f"])
def test_a_module_that_a_cell_makes_is_no_package(made: str, scene: Scene) -> None:
    draft = draft_of("import mine", made)
    assert mended(draft, failure_in("c1", NO_MODULE.format("mine")), scene) is None
    assert imported_packages(draft, scene.folder, scene.root) == []


@pytest.mark.parametrize(
    ("source", "packages"),
    [
        ("import theano.tensor, pymc3", ["pymc3"]),
        ("import theano.tensor", ["theano"]),
        ("from figures import draw_plane", ["tqdm"]),
        ("import rich", ["rich"]),
    ],
)
def test_packages_are_what_neither_repository_nor_another_package_brings(
    source: str, packages: list[str], tmp_path: Path
) -> None:
    (tmp_path / "lib" / "figures").mkdir(parents=True)
    (tmp_path / "lib" / "figures" / "__init__.py").write_text("import tqdm")
    (tmp_path / "book").mkdir()
    assert imported_packages(draft_of(source), tmp_path / "book", tmp_path) == packages


@pytest.mark.parametrize(
    ("message", "cell"),
    [
        ("TypeError: SimpleImputer.__init__() got an unexpected keyword argument 'axis'",
         "i = SimpleImputer(axis=1)"),
        ("ValueError: unknown url type: 'data/gone.csv'", "urlopen('data/gone.csv')"),
    ],
)  # fmt: skip
def test_what_would_mean_another_thing_is_left(message: str, cell: str, scene: Scene) -> None:
    draft = draft_of(cell, "from sklearn.impute import SimpleImputer")
    assert mended(draft, failure_in("c1", message), scene) is None


@pytest.mark.parametrize(
    ("message", "package"),
    [
        ("Missing optional dependency 'xlrd'. Install xlrd >= 1.0.0", "xlrd"),
        ("`Import python-calamine` failed.  Use pip, conda", "python-calamine"),
        ("Failed to import scipy", "scipy"),
    ],
)
def test_what_a_library_asks_for_is_required(message: str, package: str, scene: Scene) -> None:
    failure = failure_in("c1", f"ImportError: {message}")
    found = mended(draft_of("pd.read_excel(f)"), failure, scene)
    assert found is not None
    assert found.requirements == (package,)


@pytest.mark.parametrize(
    ("message", "where", "line"),
    [
        ("module 'numpy' has no attribute 'bool'.", "/v/site-packages/keras/a.py", "numpy<1.24"),
        ("`np.float_` was removed in the NumPy 2.0 release.", "/v/site-packages/x.py", "numpy<2"),
        ("module 'numpy' has no attribute 'bool'.", "/repository/mine.py", None),
        ("module 'numpy' has no attribute 'whatever'", "/v/site-packages/x.py", None),
    ],
)
def test_what_a_library_misses_of_numpy_is_had_from_an_older_release(
    message: str, where: str, line: str | None, scene: Scene
) -> None:
    traceback = f"Cell In[1], line 1\n----> 1 f()\n\nFile {where}:7, in f()\n----> 7 np.x"
    failure = failure_in("c1", f"AttributeError: {message}", traceback)
    found = mended(draft_of("f()"), failure, scene)
    assert (found and found.requirements) == (None if line is None else (line,))
    if found is not None:
        assert mended(found, failure, scene) is None


@pytest.mark.parametrize(
    ("versions", "flag", "needed"),
    [
        ({"theano": "1.0.5"}, "blas.ldflags", ("numpy<1.24", "setuptools<80")),
        (
            {"theano-pymc": "1.1.2", "pymc3": "3.11.4"},
            "blas__ldflags",
            ("numpy<1.24", "setuptools<80", "arviz<0.15", "scipy<1.13"),
        ),
    ],
)
def test_theano_gets_the_releases_of_its_time(
    versions: dict[str, str], flag: str, needed: tuple[str, ...], scene: Scene
) -> None:
    traceback = "Cell In[2], line 1\n----> 1 f()\n\nFile /v/site-packages/theano/a.py:7, in f()"
    failure = failure_in(
        "c2",
        "AttributeError: module 'numpy.distutils.__config__' has no attribute 'blas_opt_info'",
        traceback,
    )
    known = replace(scene, versions=versions)
    found = mended(draft_of("import theano.tensor as T", "f()"), failure, known)
    assert found is not None
    assert found.requirements == needed
    assert [cell.source for cell in found.cells] == [
        f'import os; os.environ["THEANO_FLAGS"] = "{flag}="\nimport theano.tensor as T',
        "f()",
    ]
    assert mended(found, failure, known) is None


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("ValueError", "x is not in list"),
        ("AttributeError", "'DataFrame' object has no attribute 'price'"),
        ("TypeError", "f() got an unexpected keyword argument 'colour'"),
        ("NameError", "name 'results' is not defined"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'nowhere.csv'"),
    ],
)
def test_what_no_rule_knows_is_left_alone(kind: str, message: str, scene: Scene) -> None:
    failure = Failure(cell_id="c1", kind=kind, message=message)
    assert [rule(draft_of("f(results)"), failure, scene) for rule in MENDING] == [None] * len(
        MENDING
    )


STATICALLY = {
    "%pylab inline\nplot(x)": f"{IMPORTS}\nplot(x)",
    "!pip install -U foo==1.2\nx = 1": "# !pip install -U foo==1.2\nx = 1",
    "if colab:\n    !conda install -y baz=1.3": "if colab:\n    pass  # !conda install -y baz=1.3",
    "ls scripts/*.py": "%ls scripts/*.py",
    "cat a.txt\n": "%cat a.txt\n",
    "ls": "%ls",
    "ls = [1]": "ls = [1]",
    "ls -l\nx = 1": "ls -l\nx = 1",
    "%load_ext cythonmagic": "%load_ext Cython",
    " %load_ext sympyprinting": " from sympy import init_printing; init_printing()",
    "%matplotlib notebook": "%matplotlib inline",
    "matplotlib.use('TkAgg')": "pass  # matplotlib.use('TkAgg')",
    "mpl.use('Qt4Agg') # or MacOSX": "pass  # mpl.use('Qt4Agg') # or MacOSX",
    "plt.switch_backend('GTKAgg')": "pass  # plt.switch_backend('GTKAgg')",
    "plt.switch_backend('Agg')": "plt.switch_backend('Agg')",
    "%matplotlib inline": "%matplotlib inline",
    "x = [7\n % time]\n% time f(x)\n %  matplotlib inline": (
        "x = [7\n % time]\n%time f(x)\n %matplotlib inline"
    ),
    "x = 1  # !pip install nothing": "x = 1  # !pip install nothing",
}


@pytest.mark.parametrize("before", STATICALLY)
def test_what_can_be_seen_is_changed_at_once(before: str) -> None:
    draft = draft_of(before)
    for rule in STATIC:
        draft = rule(draft)
    assert draft.cells[0].source == STATICALLY[before]
    assert len(draft.patches) == (before != STATICALLY[before])


@pytest.mark.parametrize(
    ("cell", "other", "becomes"),
    [
        ("ls -l", "ls, l = 3, 2", "ls -l"),
        ("ls -l", "from here import *", "ls -l"),
        ("ls scripts", "from here import *", "%ls scripts"),
        ("time f(x)", "import math", "%time f(x)"),
        ("time f(x)", "import time", "time f(x)"),
        ("time", "print x", "%time"),
    ],
)
def test_a_line_is_a_magic_where_its_name_is_not_bound(cell: str, other: str, becomes: str) -> None:
    assert automagic.spell_out(draft_of(cell, other)).cells[0].source == becomes


UNREADABLE = "SyntaxError: invalid syntax"
SHOWN = ({"output_type": "stream", "name": "stdout", "text": "1"},)


@pytest.mark.parametrize(
    "draft",
    [
        draft_of("x ==== 1", counts=(3,)),
        draft_of("x ==== 1", stored=SHOWN),
        draft_of("exec('x ==== 1')"),
    ],
    ids=["counted", "shown", "readable"],
)
def test_a_cell_that_ran_is_not_unfinished(draft: Draft, scene: Scene) -> None:
    assert mended(draft, failure_in("c1", UNREADABLE), scene) is None


LOST = "AttributeError: module 'pd' has no attribute 'r'"


@pytest.mark.parametrize(
    ("draft", "becomes"),
    [
        (draft_of("pd.r", "x = 1", counts=(None, 2)), "# pd.r"),
        (draft_of("pd.r", "x = 1", counts=(1, 2)), None),
        (draft_of("pd.r", "x = 1"), None),
        (draft_of("y = pd.r", "x = y", counts=(None, 2)), None),
    ],
    ids=["alone", "it ran", "nothing ran", "it is needed"],
)
def test_a_cell_that_never_ran_is_left_out(draft: Draft, becomes: str | None, scene: Scene) -> None:
    found = mended(draft, failure_in("c1", LOST), scene)
    assert (found and found.cells[0].source) == becomes


def test_what_the_notebook_installs_is_required() -> None:
    draft = draft_of("!pip install -U foo==1.2 bar[x] -q", "!conda install -c c -y baz=1.3")
    for rule in STATIC:
        draft = rule(draft)
    assert draft.requirements == ("foo==1.2", "bar[x]", "baz")

"""What the notebook changes in modules: its helpers' globals, libraries' functions and classes."""

from __future__ import annotations

from table import Case, Refused, Warned

_COUNTER = "LEVEL = 1\nSEEN = []\n_calls = 0\nOLD = 1\ndef count():\n    global _calls\n    _calls += 1\n    SEEN.append(_calls)\n    return _calls, LEVEL, SEEN\n"

CASES = (
    Case(
        name="a global of a helper module is set",
        files={"config.py": "LEVEL = 1\n"},
        steps=("import config\nconfig.LEVEL = 2", "print('between')", "import config\nprint(config.LEVEL)"),
        expected=Warned("ML308"),
    ),
    Case(
        name="a global of an installed module is set to a plain value",
        steps=("import textwrap\ntextwrap.LEVEL = 2", "import textwrap\nprint(hasattr(textwrap, 'LEVEL'))"),
        expected=Warned("ML308", differs="b"),
    ),
    Case(
        name="a helper module counts, and a variable is its list",
        files={"counter.py": _COUNTER},
        steps=("import counter\ncounter.count()\nseen = counter.SEEN\nbox = [seen]\ndel counter.OLD", "x = 1",
               "import counter\nprint(counter.count(), box[0] is counter.SEEN, hasattr(counter, 'OLD'))", "seen.append('more')",
               "print(counter.count())"),
        expected=Warned("ML308"),
    ),
    Case(
        name="a helper module of shared cells changes",
        shared="import counter\nfrom counter import SEEN, count",
        files={"counter.py": _COUNTER},
        steps=("count()", "count()\nprint(SEEN)", "print(counter.SEEN is SEEN, SEEN, count())"),
    ),
    Case(
        name="a registry in a helper module",
        files={"registry.py": "ALL = {}\ndef register(f):\n    ALL[f.__name__] = f\n    return f\n"},
        steps=("from registry import register\nn = 2\n@register\ndef f(): return n", "n = 3",
               "import registry\nprint(registry.ALL['f'](), registry.ALL['f'] is f)"),
    ),
    Case(
        name="a connection that a helper module keeps",
        files={"db.py": "import sqlite3\n_db = None\ndef get():\n    global _db\n    if _db is None: _db = sqlite3.connect(':memory:')\n    return _db\n"},
        steps=("import db\nx = db.get().execute('select 1').fetchall()", "import db\nprint(x)", "print(db.get().execute('select 2').fetchall())"),
        expected=Refused("ML603", "c"),
    ),
    Case(
        name="a helper module shares a part with a variable",
        files={"registry.py": "ALL = {}\n"},
        steps=("import registry\nbox = [[1]]\nregistry.ALL['x'] = box[0]", "box[0].append(2)\nprint(box)", "import registry\nprint(registry.ALL['x'], box)"),
        expected=Refused("ML615", "c"),
    ),
    Case(
        name="a function of a library is patched, with the original behind it",
        steps=("import textwrap\noriginal = textwrap.dedent\ntextwrap.dedent = lambda x: mark + original(x)\nmark = 'a'", "mark = 'b'",
               "from textwrap import dedent\nprint(dedent(' x'))"),
    ),
    Case(
        name="methods and properties are added to classes of libraries",
        steps=("import pandas as pd\nfrom fractions import Fraction\npd.DataFrame.first_rows = lambda self: self.head(1)\n"
               "Fraction.half = property(lambda self: self / k)\nk = 2", "import pandas as pd\nprint(pd.DataFrame({'x': [1, 2]}).first_rows())",
               "from fractions import Fraction\nk = 4\nprint(Fraction(1, 2).half)", "pd.Series.last = lambda self: self.iloc[-1]",
               "df = pd.DataFrame({'x': [1, 2]})\nprint(df.x.last(), df.first_rows().shape, Fraction(1).half)"),
    ),
    Case(
        name="an accessor of data frames",
        steps=("import pandas as pd\n@pd.api.extensions.register_dataframe_accessor('geo')\nclass Geo:\n    def __init__(self, df): self._df = df\n"
               "    def size(self): return len(self._df)\ndf = pd.DataFrame({'x': [1, 2]})", "print(df.geo.size())"),
    ),
    Case(
        name="a module patched in a shared cell",
        shared="import textwrap\ntextwrap.dedent = lambda x: 'patched'",
        steps=("print(textwrap.dedent('1'))", "print(textwrap.dedent('2'))"),
    ),
)  # fmt: skip

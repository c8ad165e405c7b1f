"""Files that steps hand on."""

from __future__ import annotations

from table import Case

CASES = (
    Case(
        name="written, read, appended, renamed and deleted",
        shared="import os\nfrom pathlib import Path",
        files={"given.txt": "given"},
        steps=("os.makedirs('out', exist_ok=True)\nPath('out/a.txt').write_text('a')\nPath('out/b.txt').write_text('b')\n"
               "Path('given.txt').write_text('changed')",
               "with open('out/a.txt', 'a') as f: f.write('more')\nos.remove('out/b.txt')\nos.rename('given.txt', 'out/kept.txt')",
               "print(sorted(os.listdir('out')), Path('out/a.txt').read_text(), Path('out/kept.txt').read_text(),\n"
               "      os.path.exists('given.txt'))"),
    ),
    Case(
        name="globbed, walked and listed",
        shared="import glob, os\nfrom pathlib import Path",
        steps=("for n in range(3):\n    Path(f'part-{n}.csv').write_text(str(n))", "os.remove('part-1.csv')\nPath('deep/er').mkdir(parents=True)",
               "print(sorted(glob.glob('*.csv')), sorted(p.name for p in Path().rglob('*') if p.suffix == '.csv'),\n"
               "      sorted(d for _, dirs, _ in os.walk('deep') for d in dirs))"),
    ),
    Case(
        name="a working folder that a step changes, and paths relative to it",
        shared="import os\nfrom pathlib import Path",
        steps=("Path('sub').mkdir()\nos.chdir('sub')\nPath('x.txt').write_text('x')", "Path('../top.txt').write_text('t')",
               "print(os.path.basename(os.getcwd()), sorted(os.listdir()), Path('../top.txt').read_text())"),
    ),
    Case(
        name="a file that stays open to the end of its step",
        steps=("f = open('log.txt', 'w')\nf.write('one')\nf.flush()", "print(open('log.txt').read())"),
    ),
    Case(
        name="an SQLite file, opened anew in each step",
        shared="import sqlite3",
        steps=("with sqlite3.connect('db.sqlite') as db:\n    db.execute('create table t (x)')\n    db.execute('insert into t values (1)')\ndb.close()\ndel db",
               "with sqlite3.connect('db.sqlite') as db: db.execute('insert into t select x + 1 from t')\ndb.close()\ndel db",
               "print(sqlite3.connect('db.sqlite').execute('select * from t order by x').fetchall())"),
    ),
    Case(
        name="CSV by pandas, arrays by NumPy, objects by pickle, JSON",
        shared="import json, pickle\nimport numpy as np\nimport pandas as pd",
        steps=("pd.DataFrame({'a': [1, 2]}).to_csv('t.csv', index=False)\nnp.savez('a.npz', x=np.arange(3))",
               "df = pd.read_csv('t.csv')\ndf['b'] = np.load('a.npz')['x'][:2]\nwith open('o.pkl', 'wb') as f: pickle.dump(df, f)\n"
               "with open('o.json', 'w') as f: json.dump({'k': 1}, f)",
               "with open('o.pkl', 'rb') as f: back = pickle.load(f)\nprint(back.equals(df), back, json.load(open('o.json')))"),
    ),
    Case(
        name="objects of the notebook's class in a pickle file",
        shared="import pickle",
        steps=("class C:\n    def __init__(self, v): self.v = v\nwith open('c.pkl', 'wb') as f: pickle.dump([C(1)], f)", "C.seen = True",
               "with open('c.pkl', 'rb') as f: (c,) = pickle.load(f)\nprint(c.v, isinstance(c, C), c.seen)"),
    ),
    Case(
        name="a link, an empty folder, and a script that may run",
        shared="import os",
        steps=("open('real.txt', 'w').write('r')\nos.symlink('real.txt', 'link.txt')\nos.mkdir('empty')\n"
               "open('run.sh', 'w').write('#!/bin/sh\\necho ran\\n')\nos.chmod('run.sh', 0o755)",
               "open('link.txt', 'a').write('!')", "print(open('real.txt').read(), os.path.islink('link.txt'), os.listdir('empty'))\n!./run.sh"),
    ),
    Case(
        name="links: to a folder, made to lead elsewhere, that leads nowhere yet, replaced by a file",
        shared="import os\nfrom pathlib import Path",
        files={"data/one.txt": "1", "data/two.txt": "2"},
        steps=("os.symlink('data', 'd')\nos.symlink('d/one.txt', 'latest')\nos.symlink('later.txt', 'early')\nos.symlink('data/two.txt', 'gone')",
               "print(Path('latest').read_text(), os.path.lexists('early'), os.path.exists('early'))\nos.remove('latest')\n"
               "os.symlink('d/two.txt', 'latest')\nPath('later.txt').write_text('late')\nos.remove('gone')\nPath('gone').write_text('own')",
               "print(os.readlink('latest'), Path('latest').read_text(), Path('early').read_text(), os.path.islink('gone'), sorted(os.listdir('d')))"),
    ),
    Case(
        name="a script that is made runnable, and one that is not any more",
        shared="import os, subprocess\nfrom pathlib import Path",
        files={"given.sh": "#!/bin/sh\necho given\n"},
        steps=("Path('own.sh').write_text('#!/bin/sh\\necho own\\n')\nos.chmod('own.sh', 0o755)\nos.chmod('given.sh', 0o755)",
               "print(subprocess.check_output(['./own.sh']), subprocess.check_output(['./given.sh']))\nos.chmod('own.sh', 0o644)",
               "print(os.access('given.sh', os.X_OK), oct(os.stat('own.sh').st_mode))"),
    ),
    Case(
        name="a module that a step writes and another imports",
        steps=("%%writefile mine.py\nRATE = 2\ndef f(x): return x * RATE\n", "from mine import f\nimport mine\nmine.f(2)", "print(f(3), mine.RATE, f is mine.f)"),
    ),
    Case(
        name="a module on a changed sys.path, with an instance of its class",
        files={"lib/helper.py": "class H:\n    def __init__(self): self.v = 1\n"},
        steps=("import sys\nsys.path.insert(0, 'lib')\nfrom helper import H\nh = H()", "h.v += 1", "import helper\nprint(h.v, isinstance(h, helper.H), sys.path[0])"),
    ),
    Case(
        name="a package beside the notebook, with a module imported by a dotted name",
        files={"pkg/__init__.py": "", "pkg/deep/__init__.py": "", "pkg/deep/mod.py": "VALUE = [7]\n"},
        steps=("import pkg.deep.mod\nv = pkg.deep.mod.VALUE", "import pkg.deep.mod as m\nprint(m.VALUE, v)", "print(pkg.deep.mod.VALUE, v)"),
    ),
    Case(
        name="a shelf and a CSV writer",
        steps=("import csv, shelve\nwith shelve.open('s') as s: s['k'] = [1]", "with shelve.open('s') as s: s['k'] = s['k'] + [2]\n"
               "with open('r.csv', 'w', newline='') as f: csv.writer(f).writerow(['a', 1])",
               "with shelve.open('s') as s: print(s['k'])\nprint(list(csv.reader(open('r.csv'))))"),
    ),
)  # fmt: skip

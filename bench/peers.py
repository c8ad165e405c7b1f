"""The same with DVC: stages with nothing to do, and one large file taken in.

``python bench/peers.py DVC [STEPS]…`` prints CPU seconds, user and system, of whole commands; DVC
is the program of an environment of its own. ``cp`` and our store take the same file.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MIB = int(os.environ.get("BENCH_LARGE_MIB", "512"))
PUT = """
import sys
from pathlib import Path
from jupyter_mlops.store import Store
store = Store(Path(sys.argv[1])).open()
store.objects.put_file(Path(sys.argv[2]))
store.close()
"""


def cpu(what: str, *command: str | Path, folder: Path) -> None:
    """Run a command, and print what it cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environ = {**os.environ, "DVC_NO_ANALYTICS": "1"}
    subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{what}: {spent:.2f} CPU-s", flush=True)


def stages(dvc: str, steps: int, folder: Path) -> None:
    """A chain of stages, each of which reads the file of the one before; all is up to date."""
    folder.mkdir()
    text = ["stages:"]
    (folder / "f0").write_text("0\n")
    for n in range(1, steps + 1):
        text.append(f"  s{n}:\n    cmd: cp f{n - 1} f{n}\n    deps: [f{n - 1}]\n    outs: [f{n}]")
        (folder / f"f{n}").write_text("0\n")
    (folder / "dvc.yaml").write_text("\n".join(text))
    subprocess.run([dvc, "init", "--no-scm", "-q"], cwd=folder, check=True)
    cpu(f"{steps} stages, dvc commit", dvc, "commit", "-f", "-q", folder=folder)
    for _ in range(2):
        cpu(f"{steps} stages, dvc repro with nothing to do", dvc, "repro", folder=folder)


def ingest(dvc: str, folder: Path) -> None:
    """One large file, by everybody."""
    folder.mkdir()
    large = folder / "large"
    with large.open("wb") as file:
        for _ in range(MIB):
            file.write(os.urandom(1 << 20))
    subprocess.run([dvc, "init", "--no-scm", "-q"], cwd=folder, check=True)
    for n in range(2):
        put = [sys.executable, "-c", PUT, folder / f"store{n}", large]
        cpu(f"{MIB} MiB, cp", "cp", "large", f"copy{n}", folder=folder)
        cpu(f"{MIB} MiB, put_file", *put, folder=folder)
    start = [sys.executable, "-c", PUT, folder / "store0", __file__]
    cpu("a small file, put_file", *start, folder=folder)
    cpu(f"{MIB} MiB, dvc add", dvc, "add", "-q", "large", folder=folder)
    (folder / "small").write_text("small")
    cpu("a small file, dvc add", dvc, "add", "-q", "small", folder=folder)


def main(dvc: str, *steps: str) -> None:
    """Measure all of it."""
    with tempfile.TemporaryDirectory() as place:
        ingest(dvc, Path(place, "ingest"))
        for number in map(int, steps):
            stages(dvc, number, Path(place, f"stages-{number}"))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""``python -m jupyter_mlops.cli``: the console script without its installation."""

from __future__ import annotations

from jupyter_mlops.cli import main

if __name__ == "__main__":
    main()

"""The store and the settings that a command or a server works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store


class SettingError(MlopsError):
    """A setting of the installation cannot be read."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the global options choose; opened by the commands that need it.

    Attributes:
        store: value of ``--store``, or None.
    """

    store: str | None = None

    def settings(self) -> Mlops:
        """The settings in force.

        Raises:
            SettingError: if one of them cannot be read.
        """
        from traitlets import TraitError

        from jupyter_mlops.settings import load_settings

        try:
            return load_settings(store=self.store)
        except (TraitError, ValueError) as error:
            raise SettingError(
                f"a setting cannot be read: {error}",
                fix="look at the JUPYTER_MLOPS_* environment variables and at "
                "jupyter_mlops_config.py in Jupyter's configuration folders",
            ) from error

    def open_store(self) -> Store:
        """The store, opened; made if it does not exist.

        Raises:
            StoreError: if its folder cannot be read or written.
        """
        return self.name_store().open()

    def name_store(self) -> Store:
        """The store, of which nothing is read or written yet."""
        from jupyter_mlops.store import Store

        settings = self.settings()
        return Store(
            settings.store_path,
            catalog=settings.catalog_url,
            objects=settings.objects_url,
            limit=settings.objects_cache * 1_000_000,
        )

"""What an installation decides, read from Jupyter's config files and the environment.

Precedence: command-line option, ``JUPYTER_MLOPS_*`` environment variable,
``jupyter_mlops_config.py`` or ``.json`` in a Jupyter config folder, default.
"""

from __future__ import annotations

import os
from pathlib import Path

from traitlets import Enum, Int, List, Unicode
from traitlets.config import Config, Configurable


class Mlops(Configurable):
    """Settings of an installation; each has an environment variable ``JUPYTER_MLOPS_<NAME>``."""

    store = Unicode(help="Folder of the store; empty: jupyter_data_dir()/mlops.").tag(config=True)
    catalog_url = Unicode(
        help="PostgreSQL database that holds the catalog; empty: a file in the store's folder."
    ).tag(config=True)
    objects_url = Unicode(
        help="fsspec URL of the objects, such as s3://bucket/mlops; empty: the store's folder."
    ).tag(config=True)
    objects_cache = Int(
        20_000, help="Megabytes of copies of the objects at objects_url that are kept; 0: all."
    ).tag(config=True)
    openlineage = Unicode(
        help="URL that OpenLineage events of runs and steps are sent to; `configured`: as the "
        "client's own configuration says; empty: none are sent."
    ).tag(config=True)
    mlflow_tracking_uri = Unicode(
        help="MLflow server that ended runs are logged to; empty: none."
    ).tag(config=True)
    mlflow_experiment = Unicode(help="Experiment of these; empty: the notebook's name.").tag(
        config=True
    )
    telemetry = Unicode(
        help="URL that OpenTelemetry traces of ended runs are sent to (OTLP over HTTP), such as "
        "http://collector:4318; `configured`: as OTEL_EXPORTER_OTLP_* say; empty: none are sent."
    ).tag(config=True)
    base_image = Unicode(
        "python:{version}-slim",
        help="Image that step images are built from; {version} becomes the interpreter's X.Y.",
    ).tag(config=True)
    index_url = Unicode(help="Package index for locks and images; empty: pip's setting.").tag(
        config=True
    )
    extra_index_urls = List(Unicode(), help="Further package indexes.").tag(config=True)
    ca_bundle = Unicode(
        help="PEM file trusted when packages are fetched; empty: PIP_CERT or SSL_CERT_FILE."
    ).tag(config=True)
    wheelhouse = Unicode(
        help="Folder of wheels that locks and images are made of; no index is asked then."
    ).tag(config=True)
    local_environment = Enum(
        ("auto", "kernel", "locked"),
        "auto",
        help="What steps run in on the local engine: the notebook's kernel as it stands, an "
        "environment of the locked packages, or the kernel if it has what is declared.",
    ).tag(config=True)
    secrets_file = Unicode(
        help="File with a line NAME=value for each secret, read if the environment has none."
    ).tag(config=True)
    ledger_key = Unicode(
        help="PEM file with the Ed25519 key that signs the ledger at the end of each run; empty: "
        "nothing is signed."
    ).tag(config=True)
    keep_files = Int(
        8 * 2**30,
        help="Bytes up to which a file of the project that a step reads is kept in the store, so "
        "that its run can be reproduced after the file changed.",
    ).tag(config=True)
    max_files = Int(
        20_000, help="More files than this below a notebook's folder need a `files` setting."
    ).tag(config=True)

    gc_keep_last = Int(
        0, help="`gc` keeps so many runs of each notebook, the newest; 0: no rule of this kind."
    ).tag(config=True)
    gc_keep_days = Int(
        0, help="`gc` keeps runs that began in so many last days; 0: no rule of this kind."
    ).tag(config=True)

    @property
    def store_path(self) -> Path:
        """Folder of the store, absolute."""
        if self.store:
            return Path(self.store).expanduser().absolute()
        from jupyter_core.paths import jupyter_data_dir

        return Path(jupyter_data_dir()) / "mlops"


def load_settings(*, store: str | None = None) -> Mlops:
    """The settings in force.

    Args:
        store: value of ``--store``, or None.

    Raises:
        traitlets.TraitError: if a value has the wrong type.
    """
    config = _config_files()
    for name, trait in Mlops.class_traits(config=True).items():
        text = os.environ.get(f"JUPYTER_MLOPS_{name.upper()}")
        if text is not None:
            config["Mlops"][name] = (
                text.split()
                if isinstance(trait, List)
                else (int(text) if isinstance(trait, Int) else text)
            )
    if store is not None:
        config["Mlops"]["store"] = store
    return Mlops(config=config)


def _config_files() -> Config:
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config.loader import (
        ConfigFileNotFound,
        JSONFileConfigLoader,
        PyFileConfigLoader,
    )

    config = Config()
    for folder in reversed(jupyter_config_path()):
        for loader, suffix in ((PyFileConfigLoader, ".py"), (JSONFileConfigLoader, ".json")):
            try:
                config.merge(loader(f"jupyter_mlops_config{suffix}", path=folder).load_config())
            except ConfigFileNotFound:
                continue
    return config

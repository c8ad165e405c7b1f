"""The server of the browser tests; never use it for anything else: it asks for no password."""

from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)  # noqa: F821
c.ServerApp.allow_root = True  # noqa: F821
c.JupyterNotebookApp.expose_app_in_browser = True  # noqa: F821
c.MlopsApp.start_service = False  # noqa: F821

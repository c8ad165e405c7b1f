"""The Jupyter Server extension: thin handlers over what the command line uses."""

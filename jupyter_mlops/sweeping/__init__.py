"""One pipeline, many combinations of parameters: asked for, run side by side, compared."""
